"""What ``lexline coverage`` shows: tables for a person, a sheet, a page, and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import Field

from lexline.app.render.page import LISTED, page
from lexline.app.render.sections import Row, Section, cut, section_lines, sheet
from lexline.coverage import Coverage, Covered, CoveringRule, State
from lexline.report_document import Closed
from lexline_plugins.reporters.documents import dumped
from lexline_plugins.reporters.wording import counted, printable

__all__ = [
    "CoverageDocument",
    "render_coverage",
    "render_coverage_html",
    "render_coverage_json",
    "render_coverage_sheet",
]

FEW = 20
SAID = ("fail", "unknown", "waived", "pass", "upcoming fail", "upcoming unknown")
"""The verdicts that are shown of each pack."""
WORDS = {
    State.RULE: "decided by rules",
    State.JUDGEMENT: "by judgements that rules ask for",
    State.NOT_ENCODABLE: "by no rule",
    State.MISSING: "not covered",
}
SCHEMA: Literal["lexline-coverage/1"] = "lexline-coverage/1"
COLUMNS = (
    "pack",
    "provision",
    "instrument",
    "where",
    "title",
    "status",
    "confidence",
    "covered by",
    "rules",
    "examples",
)
SHEET = (*COLUMNS, "verdicts", "reason", "decided by", "source")


def render_coverage(found: Coverage) -> str:
    """Plain text: the packs, and what needs somebody."""
    lines = [f"Coverage on {found.on}: {_lead(found)}", ""]
    for section in (_packs(found), _said(found), *_gaps(found, FEW)):
        lines += section_lines(section) if section.rows else []
    return printable("\n".join(lines).rstrip()) + "\n"


def render_coverage_html(found: Coverage) -> str:
    """A page with every provision."""
    rows = tuple(Row(_in_short(covered), _notes(covered)) for covered in found.provisions)
    every = Section("Provisions", ("provision", "where", "status", "covered by", "what it asks for"), rows)
    shown = [section for section in (_packs(found), _said(found), *_gaps(found, LISTED), every) if section.rows]
    return page(f"Coverage on {found.on}", _lead(found), shown)


def render_coverage_sheet(found: Coverage) -> str:
    """CSV: a line for every provision."""
    return sheet(SHEET, map(_line, found.provisions))


def _lead(found: Coverage) -> str:
    provisions, packs = counted(len(found.provisions), "provision"), counted(len(found.packs), "pack")
    if not found.provisions:
        return f"no provision in {packs}."
    states = Counter(covered.state for covered in found.provisions)
    told = ", ".join(f"{states[state]} {WORDS[state]}" for state in State if states[state])
    doubted = sum(covered.entry.confidence != "high" for covered in found.provisions)
    return f"{provisions} of {packs}, {told}. {doubted} unverified: their rules warn at most."


def _packs(found: Coverage) -> Section:
    states = tuple(State)
    rows = []
    for line in found.packs:
        review = f"overdue since {line.review_due}" if line.overdue else f"due {line.review_due}"
        figures = (str(line.states.get(state, 0)) for state in states)
        rows.append(Row((*figures, f"{line.id} {line.version}", f"reviewed {line.reviewed_on}, {review}")))
    return Section("Packs", (*(state.value for state in states), "pack", "review"), tuple(rows), len(states))


def _said(found: Coverage) -> Section:
    """How often the rules of each pack say what of the portfolio."""
    rules = {rule.rule: rule for covered in found.provisions for rule in covered.rules}
    totals: dict[str, Counter[str]] = {}
    for (policy, _), rule in rules.items():
        totals.setdefault(policy, Counter()).update(rule.verdicts)
    rows = [Row((*(f"{total[verdict]:,}" for verdict in SAID), pack)) for pack, total in totals.items() if total]
    return Section("The portfolio", (*SAID, "policy"), tuple(rows), len(SAID))


def _gaps(found: Coverage, listed: int) -> Iterator[Section]:
    """What nobody covers yet, the rules whose examples leave something unshown, and what others decide."""
    columns = ("provision", "where", "title")
    rows = (Row((c.entry.id, c.entry.provision, c.entry.title)) for c in found.missing)
    yield cut("Not covered", columns, rows, listed)
    wanting = {rule.rule: rule for covered in found.provisions for rule in covered.rules if rule.wanted}
    lacking = (Row(("/".join(key), ", ".join(rule.wanted))) for key, rule in wanting.items())
    yield cut("Rules without an example", ("rule", "that gives"), lacking, listed)
    told = ((covered.entry, covered.not_encodable) for covered in found.provisions)
    apart = (Row((entry.id, why.decided_by, why.reason)) for entry, why in told if why is not None)
    yield cut("What no rule can decide", ("provision", "decided by", "because"), apart, listed)


def _in_short(covered: Covered) -> tuple[str, ...]:
    entry = covered.entry
    where, status = f"{entry.instrument}, {entry.provision}", f"{entry.status}, {entry.confidence} confidence"
    return entry.id, where, status, covered.state.value, entry.title


def _cells(covered: Covered) -> Iterator[str]:
    entry = covered.entry
    yield from (covered.pack, entry.id, entry.instrument, entry.provision, entry.title, entry.status, entry.confidence)
    yield covered.state.value
    yield ", ".join([*("/".join(rule.rule) for rule in covered.rules), *covered.terms])
    yield "; ".join(_shown(rule) for rule in covered.rules)


def _shown(rule: CoveringRule) -> str:
    return f"{rule.rule[1]}: {', '.join(sorted(rule.shown)) or 'none'}"


def _line(covered: Covered) -> tuple[str, ...]:
    why = covered.not_encodable
    verdicts = "; ".join(f"{rule.rule[1]}: {_figures(rule)}" for rule in covered.rules if rule.verdicts)
    reason, decider = (why.reason, why.decided_by) if why else ("", "")
    return (*_cells(covered), verdicts, reason, decider, covered.entry.source_url)


def _figures(rule: CoveringRule) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(rule.verdicts.items()))


def _notes(covered: Covered) -> tuple[str, ...]:
    notes = [covered.entry.requirement]
    for rule in covered.rules:
        said = f"; the portfolio: {_figures(rule)}" if rule.verdicts else ""
        notes.append(f"{'/'.join(rule.rule)} (examples: {', '.join(sorted(rule.shown)) or 'none'}{said})")
    notes += covered.terms
    if covered.not_encodable is not None:
        notes.append(f"{covered.not_encodable.reason}; decided by {covered.not_encodable.decided_by}")
    return tuple(notes)


class PackEntry(Closed):
    """A pack, and whether its review is overdue."""

    id: str
    version: str
    reviewed_on: date
    review_due: date
    overdue: bool


class RuleEntry(Closed):
    """A rule that cites the provision; ``judgement`` where it asks for a person's."""

    rule: str
    judgement: bool
    examples: list[str]
    wanting: list[str]
    verdicts: dict[str, int]


class ProvisionState(Closed):
    """A provision and what covers it."""

    pack: str
    id: str
    instrument: str
    provision: str
    title: str
    status: str
    confidence: str
    source: str
    state: Literal["rule", "judgement", "not encodable", "missing"]
    rules: list[RuleEntry]
    terms: list[str]
    reason: str
    decided_by: str


class CoverageDocument(Closed):
    """The whole document."""

    schema_: Literal["lexline-coverage/1"] = Field(alias="schema")
    on: date
    packs: list[PackEntry]
    provisions: list[ProvisionState]


def render_coverage_json(found: Coverage) -> str:
    """The coverage as JSON."""
    packs = [
        PackEntry(
            id=line.id,
            version=line.version,
            reviewed_on=line.reviewed_on,
            review_due=line.review_due,
            overdue=line.overdue,
        )
        for line in found.packs
    ]
    provisions = [_state(covered) for covered in found.provisions]
    document = CoverageDocument(schema=SCHEMA, on=found.on, packs=packs, provisions=provisions)
    return dumped(document.model_dump(mode="json", by_alias=True), indent=2) + "\n"


def _state(covered: Covered) -> ProvisionState:
    entry, why = covered.entry, covered.not_encodable
    rules = [
        RuleEntry(
            rule="/".join(rule.rule),
            judgement=rule.asks,
            examples=sorted(rule.shown),
            wanting=list(rule.wanted),
            verdicts=dict(sorted(rule.verdicts.items())),
        )
        for rule in covered.rules
    ]
    return ProvisionState(
        pack=covered.pack,
        id=entry.id,
        instrument=entry.instrument,
        provision=entry.provision,
        title=entry.title,
        status=entry.status,
        confidence=entry.confidence,
        source=entry.source_url,
        state=covered.state.value,
        rules=rules,
        terms=list(covered.terms),
        reason=why.reason if why else "",
        decided_by=why.decided_by if why else "",
    )
