"""What ``lexline ledger`` prints."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lexline.ledger.chain import Fault, Head
from lexline.ledger.record import (
    Acknowledgement,
    AssessmentEntry,
    Checkpoint,
    Entry,
    EvaluationEntry,
    JudgementEntry,
    Recorded,
    WaiverEntry,
    WaiverTerms,
    WaiverWithdrawn,
)
from lexline.ledger.waivers import Waiver
from lexline.replays import Replay, Same
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import inline, printable

__all__ = [
    "count_of",
    "render_entries",
    "render_entries_json",
    "render_entry",
    "render_faults",
    "render_faults_json",
    "render_replays",
    "render_replays_json",
    "render_waivers",
    "render_waivers_json",
]


def count_of(entries: int) -> str:
    """``1 entry``, ``2 entries``."""
    return "1 entry" if entries == 1 else f"{entries} entries"


def render_faults(head: Head, faults: Sequence[Fault]) -> str:
    """Whether a ledger is whole, as text."""
    if not faults:
        return f"{count_of(head.sequence)}, whole, head {head.sequence}:{head.digest}\n"
    return printable("".join(f"{fault.message}\n" for fault in faults))


def render_faults_json(head: Head, faults: Sequence[Fault]) -> str:
    """The same as JSON."""
    document = {
        "head": {"sequence": head.sequence, "digest": head.digest},
        "whole": not faults,
        "faults": [{"sequence": fault.sequence, "message": fault.message} for fault in faults],
    }
    return dumped(document, indent=2) + "\n"


def render_entries(entries: Sequence[Recorded]) -> str:
    """Entries as text, one a line."""
    lines = [f"{e.sequence:>6}  {_moment(e)}  {e.entry.kind:<16}  {_said(e.entry)}" for e in entries]
    return printable("\n".join(lines) or "Nothing has been recorded.") + "\n"


def render_entries_json(entries: Sequence[Recorded]) -> str:
    """Entries as JSON, with all that they hold."""
    document = [
        {
            "sequence": recorded.sequence,
            "moment": recorded.moment.isoformat().replace("+00:00", "Z"),
            "previous": recorded.previous,
            "digest": recorded.digest,
            "entry": recorded.entry.model_dump(mode="json"),
        }
        for recorded in entries
    ]
    return dumped({"entries": document}, indent=2) + "\n"


def render_entry(recorded: Recorded) -> str:
    """One entry as text, with all that it holds."""
    held = {name: value for name, value in recorded.entry.model_dump(mode="json").items() if name != "kind"}
    lines = [f"Entry {recorded.sequence}, {recorded.entry.kind}, {_moment(recorded)}"]
    for name, value in held.items():
        said = [_held(one) for one in value] if isinstance(value, list) else [_held(value)]
        lines += [f"  {name}: {text}" for text in said if text]
    return printable("\n".join([*lines, f"  digest: {recorded.digest}"])) + "\n"


def _held(value: object) -> str:
    """What an entry holds under a name, on one line; empty where it holds nothing."""
    if isinstance(value, dict):
        return ", ".join(f"{inline(name)} {_held(one)}" for name, one in value.items())
    return "" if value is None else inline(str(value))


def render_replays(replays: Sequence[tuple[int, EvaluationEntry, Replay]]) -> str:
    """What replays came to, as text."""
    lines = []
    for sequence, entry, replayed in replays:
        lines.append(f"{sequence:>6}  {_said(entry)}: {_came_to(entry, replayed)}")
        lines += [f"        {inline(difference)}" for difference in replayed.differences]
        if replayed.same is Same.UNDECIDED:
            lines.append("        replay with the policies as they were: --policies FOLDER, or a git revision")
    return printable("\n".join(lines) or "No evaluation has been recorded.") + "\n"


def render_replays_json(replays: Sequence[tuple[int, EvaluationEntry, Replay]]) -> str:
    """The same as JSON."""
    document = [
        {
            "sequence": sequence,
            "replay": replayed.same.value,
            "recorded": entry.verdicts,
            "now": replayed.digest or None,
            "differences": list(replayed.differences),
        }
        for sequence, entry, replayed in replays
    ]
    return dumped({"replays": document}, indent=2) + "\n"


def _came_to(entry: EvaluationEntry, replayed: Replay) -> str:
    match replayed.same:
        case Same.YES:
            return "the same verdicts"
        case Same.NO if replayed.digest == entry.verdicts:
            return "ANOTHER OUTCOME of the same verdicts"
        case Same.NO:
            return f"OTHER VERDICTS, recorded {entry.verdicts}, now {replayed.digest}"
        case _:
            return "can't be decided again"


def render_waivers(waivers: Sequence[Waiver], today: date) -> str:
    """Waivers as text, each with whether it hides anything today."""
    lines = []
    for waiver in waivers:
        terms = waiver.terms
        rules = ", ".join(map(inline, terms.rules))
        lines += [
            f"{waiver.name}: {_state(waiver, today)}",
            f"  {rules} for {_covered(terms)}, from {terms.since} until {terms.until}",
            f"  {inline(terms.reason)}; instead: {inline(terms.control)}",
            f"  approved by {inline(terms.approver)} ({inline(terms.role)}), for {inline(terms.requested_by)}",
            "",
        ]
    return printable("\n".join(lines[:-1]) or "Nothing is waived.") + "\n"


def render_waivers_json(waivers: Sequence[Waiver], today: date) -> str:
    """The same as JSON, with all terms."""
    document = [
        {
            "name": waiver.name,
            "entry": waiver.recorded,
            "state": _state(waiver, today),
            "withdrawn": waiver.withdrawn and waiver.withdrawn.isoformat(),
            "terms": waiver.terms.model_dump(mode="json"),
        }
        for waiver in waivers
    ]
    return dumped({"waivers": document}, indent=2) + "\n"


def _state(waiver: Waiver, today: date) -> str:
    if waiver.is_withdrawn(today):
        return "withdrawn"
    if waiver.is_in_force(today):
        return "in force"
    return "ended" if waiver.terms.until < today else "upcoming"


def _covered(terms: WaiverTerms) -> str:
    return ", ".join(map(inline, terms.elements)) or f"every {terms.every} where {inline(terms.where)}"


def _said(entry: Entry) -> str:
    match entry:
        case EvaluationEntry():
            about = inline(entry.element) or "all elements"
            return f"{entry.door} of {about} on {entry.on}: {entry.outcome}"
        case AssessmentEntry():
            until = f", until {entry.valid_until}" if entry.valid_until else ""
            about = f"{inline(entry.type)} of {inline(entry.element)} by {inline(entry.assessor)}"
            return f"{about}: {inline(entry.status)}{until}"
        case JudgementEntry():
            about = f"{inline(entry.norm)} for {inline(entry.element)} by {inline(entry.assessor)}"
            return f"{about}: {inline(entry.finding)}"
        case WaiverEntry():
            rules = ", ".join(map(inline, entry.rules))
            return f"{rules} for {_covered(entry)} from {entry.since} until {entry.until}, by {inline(entry.approver)}"
        case WaiverWithdrawn():
            return f"waiver {entry.waiver} from {entry.on} on, by {inline(entry.by)}: {inline(entry.reason)}"
        case Acknowledgement():
            to = f" to {inline(entry.assignee)}" if entry.assignee else ""
            return f"{inline(entry.subject)} {entry.state}{to} by {inline(entry.by)}"
        case Checkpoint():
            return f"up to {entry.sequence}, {entry.digest}" + (f", signed by {entry.key}" if entry.key else "")


def _moment(recorded: Recorded) -> str:
    return f"{recorded.moment:%Y-%m-%d %H:%M:%S} UTC"
