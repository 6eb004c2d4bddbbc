"""Shows what an importer gave as short lines, for golden files and cases."""

from __future__ import annotations

import json
import re

from lexline.importing import ImportResult
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength

__all__ = ["fact_of_line", "shown", "shown_fact"]


def shown(result: ImportResult) -> str:
    """All of a result, a line for each fact with its place."""
    lines = [f"{shown_fact(fact)}   [{fact.source.place}]" for fact in result.facts]
    lines += [f"unresolved: {found.reference} | {found.where} | {found.why}" for found in result.unresolved]
    lines += [f"skipped: {found.place} | {found.why}" for found in result.skipped]
    return "\n".join(lines) + "\n"


def shown_fact(fact: Fact) -> str:
    """``ELEMENT : KIND``, ``ELEMENT . ATTRIBUTE = VALUE [since DAY]``, ``ORIGIN RELATION -> TARGET``,
    ``ELEMENT = NAME (STRENGTH)``."""
    if isinstance(fact, ElementFact):
        return f"{fact.element} : {fact.kind}"
    if isinstance(fact, AttributeFact):
        value = json.dumps(fact.value, ensure_ascii=False)
        return f"{fact.element} . {fact.attribute} = {value}" + (f" since {fact.since}" if fact.since else "")
    if isinstance(fact, AliasFact):
        return f"{fact.element} = {fact.alias} ({fact.strength})"
    return f"{fact.origin} {fact.relation} -> {fact.target}" + (" possible" if fact.possible else "")


_LINES = (
    (re.compile(r"(\S+) : (\S+)"), lambda m, source: ElementFact(m[1], m[2], source)),
    (re.compile(r"(\S+) \. (\S+) = (.+)"), lambda m, source: AttributeFact(m[1], m[2], json.loads(m[3]), source)),
    (re.compile(r"(\S+) (\S+) -> (\S+)( possible)?"), lambda m, source: EdgeFact(m[1], m[2], m[3], source, bool(m[4]))),
    (re.compile(r"(\S+) = (\S+) \((\w+)\)"), lambda m, source: AliasFact(m[1], m[2], Strength(m[3]), source)),
)


def fact_of_line(line: str, source: str) -> Fact:
    """The fact that ``shown_fact`` shows so."""
    for pattern, make in _LINES:
        match = pattern.fullmatch(line)
        if match is not None:
            fact: Fact = make(match, Source(source))
            return fact
    raise ValueError(line)
