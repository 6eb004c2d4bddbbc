"""What ``lexline log`` and ``lexline diff`` print."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from lexline.store.facts_store import FactDifference
from lexline.store.revisions import EMPTY, Revision, SourceChange
from lexline_lineage.fact_files import record_of
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, inline, printable

__all__ = ["render_diff", "render_diff_json", "render_log", "render_log_json"]

Changes = Mapping[int, Sequence[SourceChange]]


def render_log(revisions: Sequence[Revision], changes: Changes) -> str:
    """Revisions as text, one a line."""
    if not revisions:
        return "Nothing has been imported yet.\n"
    lines = []
    for revision in revisions:
        about = [f"{inline(c.source)} +{c.added} -{c.removed}" for c in changes.get(revision.number, ())]
        said = ", ".join([*about, *([inline(revision.note)] if revision.note else [])])
        lines.append(f"{revision.number:>6}  {_moment(revision)}  {revision.kind:<6}  {said}".rstrip())
    return printable("\n".join(lines)) + "\n"


def render_log_json(revisions: Sequence[Revision], changes: Changes) -> str:
    """Revisions as JSON."""
    entries = []
    for revision in revisions:
        sources = [
            {"source": c.source, "importer": c.importer, "added": c.added, "removed": c.removed}
            for c in changes.get(revision.number, ())
        ]
        entries.append({**_revision(revision), "sources": sources})
    return dumped({"revisions": entries}, indent=2) + "\n"


def render_diff(old: Revision, new: Revision, found: FactDifference) -> str:
    """What changed, as text: by element, what went before what came."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for sign, facts in (("-", found.removed), ("+", found.added)):
        for fact in facts:
            about = fact.origin if isinstance(fact, EdgeFact) else fact.element
            lines[about].append(f"  {sign} {_said(fact)}  [{inline(fact.source.system)}]")
    head = f"Revision {old.number} ({_moment(old)}) to {new.number} ({_moment(new)}): "
    if not lines:
        return f"{head}no fact changed.\n"
    parts = [f"{head}{counted(len(found.added), 'fact')} came, {len(found.removed):,} went."]
    for about in sorted(lines):
        parts += ["", inline(about), *sorted(lines[about], key=lambda line: (line[4:], line[2] == "+"))]
    return printable("\n".join(parts)) + "\n"


def render_diff_json(old: Revision, new: Revision, found: FactDifference) -> str:
    """What changed, as JSON: facts in the facts form."""
    document = {
        "from": _revision(old),
        "to": _revision(new),
        "added": [record_of(fact) for fact in found.added],
        "removed": [record_of(fact) for fact in found.removed],
    }
    return dumped(document, indent=2) + "\n"


def _said(fact: Fact) -> str:
    match fact:
        case ElementFact():
            return f"is a {inline(fact.kind)}"
        case AliasFact():
            return f"goes by {inline(fact.alias)} ({fact.strength})"
        case EdgeFact():
            said = f"{inline(fact.relation)} {inline(fact.target)}{' (possible)' if fact.possible else ''}"
        case AttributeFact():
            value = record_of(fact)["value"]
            said = f"{inline(fact.attribute)}: {inline(json.dumps(value, ensure_ascii=False))}"
    said += f" from {fact.since}" if fact.since else ""
    return said + (f" until {fact.until}" if fact.until else "")


def _revision(revision: Revision) -> dict[str, object]:
    moment = revision.moment.isoformat().replace("+00:00", "Z") if revision != EMPTY else None
    return {"number": revision.number, "moment": moment, "kind": revision.kind, "note": revision.note}


def _moment(revision: Revision) -> str:
    return f"{revision.moment:%Y-%m-%d %H:%M:%S} UTC" if revision != EMPTY else "before the first import"
