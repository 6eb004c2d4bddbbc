"""What is due for re-assessment, as text, JSON and CSV; and why something isn't."""

from __future__ import annotations

from collections.abc import Iterator

from lexline.app.render.causes import cause_json, cause_line
from lexline.app.render.sections import sheet
from lexline.due import CAUSES, DueItem, Queue, WhyNot
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = ["item_json", "render_queue", "render_why_not"]

RECORDS = "assessments, judgements and waivers"
COLUMNS = ("id", "cause", "element", "about", "rules", "since", "due", "overdue", "owner", "state", "assignee", "says",
           "moved", "settle")  # fmt: skip


def render_queue(queue: Queue, form: str) -> str:
    """The queue in a form: ``text``, ``json`` or ``csv``."""
    if form == "json":
        data = {
            "on": str(queue.on),
            "held": queue.held,
            "overdue": len(queue.overdue),
            "items": [item_json(queue, item) for item in queue.items],
            "notes": list(queue.notes),
        }
        return dumped(data, indent=2) + "\n"
    if form == "csv":
        return _csv(queue)
    return printable("\n".join(_text(queue))) + "\n"


def item_json(queue: Queue, item: DueItem) -> dict[str, object]:
    """One item as JSON."""
    return {
        "id": item.id,
        "cause": item.cause,
        "element": item.element,
        "about": item.about,
        "rules": list(item.rules),
        "says": item.says,
        "since": None if item.since is None else str(item.since),
        "due": None if item.due is None else str(item.due),
        "overdue": item.is_overdue(queue.on),
        "owner": item.owner,
        "state": item.state,
        "assignee": item.assignee,
        "settle": item.settle,
        "moved": [cause_json(cause) for cause in item.moved],
        "further": item.further,
    }


def _text(queue: Queue) -> Iterator[str]:
    overdue = f", {len(queue.overdue):,} overdue" if queue.items else ""
    yield (
        f"{counted(len(queue.items), 'item')} to look at on {queue.on}{overdue}; "
        + ("1 assessment, judgement or waiver stands." if queue.held == 1 else f"{queue.held:,} {RECORDS} stand.")
    )
    yield from (f"note: {inline(note)}" for note in queue.notes)
    for cause, words in CAUSES.items():
        items = [item for item in queue.items if item.cause == cause]
        if items:
            yield ""
            yield f"{words} ({len(items):,})"
        for item in items:
            yield from _item(queue, item)


def _item(queue: Queue, item: DueItem) -> Iterator[str]:
    due = "at once" if item.due is None else f"due {item.due}" + (", overdue" if item.is_overdue(queue.on) else "")
    state = "" if item.state == "open" else f" · {item.state}{f' to {item.assignee}' if item.assignee else ''}"
    owner = f" · {item.owner}" if item.owner else ""
    yield inline(f"  {item.id}  {due}{owner}{state}")
    about = f"{item.about} of {item.element}" if item.element else item.about
    yield inline(f"    {about}: {item.says}")
    yield from (f"    {cause_line(cause)}" for cause in item.moved)
    if item.further:
        yield f"    and {item.further:,} more"
    if item.rules and item.rules != (item.about,):
        yield inline(f"    read by: {', '.join(item.rules)}")
    yield inline(f"    to settle it: {item.settle}")


def _csv(queue: Queue) -> str:
    rows = []
    for item in queue.items:
        data = item_json(queue, item)
        data |= {"rules": " ".join(item.rules), "moved": "; ".join(map(cause_line, item.moved))}
        rows.append([_cell(data[column]) for column in COLUMNS])
    return sheet(COLUMNS, rows)


def _cell(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def render_why_not(answer: WhyNot, form: str) -> str:
    """The answer as ``text`` or ``json``."""
    if form == "json":
        data = {
            "element": answer.element,
            "raised": [item.id for item in answer.raised],
            "looked": [
                {
                    "about": one.about,
                    "rules": list(one.rules),
                    "reads": list(one.reads),
                    "elements": one.elements,
                    "outside": list(one.outside),
                    "says": one.says,
                }
                for one in answer.looked
            ],
            "notes": list(answer.notes),
        }
        return dumped(data, indent=2) + "\n"
    return printable("\n".join(_why(answer))) + "\n"


def _why(answer: WhyNot) -> Iterator[str]:
    raised = ", ".join(f"{item.id} ({item.cause})" for item in answer.raised)
    yield inline(f"{answer.element}: " + (f"raised are {raised}" if raised else "nothing is raised"))
    yield from (f"note: {inline(note)}" for note in answer.notes)
    for one in answer.looked:
        yield ""
        yield inline(f"{one.about}: {one.says}")
        if one.rules:
            yield inline(f"  asked for by: {', '.join(one.rules)}")
        if one.reads:
            yield f"  can be read, of {counted(one.elements, 'element')} now:"
        yield from (f"    {inline(line)}" for line in one.reads)
        if one.outside:
            yield "  changed since, and none of that:"
        yield from (f"    {inline(line)}" for line in one.outside)
