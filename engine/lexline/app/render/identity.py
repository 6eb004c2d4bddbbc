"""What ``lexline identity`` prints: joins with their reasons, and what is left to a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexline.joins import IdentityReport, Proposal
from lexline_lineage.identity import Link
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import inline, join_line, printable

__all__ = ["render_identity", "render_identity_json"]

LISTED = 20
"""Entries of one section that are shown."""
NAMED = 5
"""Elements that are named of one kind and source."""


def render_identity(report: IdentityReport, whole: bool = False) -> str:
    """The report as text; ``whole`` leaves nothing out."""
    limit = None if whole else LISTED
    known = _many(report.shared, "is known to several sources by one id", "are known to several sources by one id")
    joined = _many(len(report.joined), "is joined from several names", "are joined from several names")
    waits = _many(len(report.possible), "join waits for a person", "joins wait for a person")
    lines = [f"{report.elements} elements: {known}, {joined}; {waits}.", ""]
    joins: list[str] = []
    for element, links in report.joined.items():
        joins += [inline(element), *(f"  {join_line(link)}" for link in links)]
    waiting = [join_line(link) for link in report.possible]
    refused = [f"{join_line(pending.link)}, but {pending.why}" for pending in report.refused]
    contradictions = [f"{found.message}  [{found.code}]" for found in report.contradictions]
    alone = list(_alone(report, whole))
    for title, section in (
        ("Joined", joins),
        ("May be one: confirm it in identity.yaml with `same` or `names`, or rule it out with `apart`", waiting),
        ("Not joined, though they share an exact name", refused),
        ("Contradictions between sources: say in `precedence` which counts", contradictions),
        ("Only resemble each other, and are not joined", [join_line(link) for link in report.hints]),
        ("Known to one source only", alone),
        ("Rules of identity.yaml that join nothing", [inline(place) for place in report.idle]),
    ):
        lines += _section(title, section, limit)
    if report.proposal is not None:
        lines += _proposal(report.proposal, limit)
    return printable("\n".join(lines).rstrip()) + "\n"


def render_identity_json(report: IdentityReport) -> str:
    """The report as JSON."""
    proposal = report.proposal
    document = {
        "elements": report.elements,
        "shared": report.shared,
        "joined": [{"element": e, "links": [_entry(k) for k in links]} for e, links in report.joined.items()],
        "possible": [_entry(link) for link in report.possible],
        "hints": [_entry(link) for link in report.hints],
        "refused": [{**_entry(pending.link), "why": pending.why} for pending in report.refused],
        "contradictions": [
            {"element": f.element, "attribute": f.attribute, "code": f.code, "message": f.message}
            for f in report.contradictions
        ],
        "alone": [{"kind": kind, "source": source, "elements": list(e)} for (kind, source), e in report.alone.items()],
        "idle_rules": list(report.idle),
        "proposal": None
        if proposal is None
        else {name: [_entry(k) for k in getattr(proposal, name)] for name in ("joins", "parts", "settles")},
    }
    return dumped(document, indent=2) + "\n"


def _entry(link: Link) -> dict[str, object]:
    return {"one": link.one, "other": link.other, "name": link.name, "said_by": list(link.said_by)}


def _section(title: str, section: Sequence[str], limit: int | None) -> list[str]:
    if not section:
        return []
    more = len(section) - limit if limit is not None else 0
    shown = [f"  {line}" for line in section[:limit]]
    return [title, *shown, *([f"  and {more} more lines (--all shows them)"] if more > 0 else []), ""]


def _alone(report: IdentityReport, whole: bool) -> Iterator[str]:
    for (kind, source), elements in report.alone.items():
        named = elements if whole else elements[:NAMED]
        more = f" and {len(elements) - len(named)} more" if len(elements) > len(named) else ""
        yield inline(f"{kind}, {source}: {', '.join(named)}{more}")


def _proposal(proposal: Proposal, limit: int | None) -> list[str]:
    lines = ["What the proposed rules would change"]
    for word, links in (("joins", proposal.joins), ("parts", proposal.parts), ("no longer waits", proposal.settles)):
        shown = links[:limit]
        lines += [f"  {word}: {join_line(link)}" for link in shown]
        if len(links) > len(shown):
            lines.append(f"  and {len(links) - len(shown)} more")
    return [*lines, "  nothing"] if len(lines) == 1 else lines


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
