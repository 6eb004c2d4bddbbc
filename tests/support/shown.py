"""Shows what an importer gave as short lines, for golden files and cases."""

from __future__ import annotations

import json

from lexline.importing import ImportResult
from lexline_lineage.facts import AliasFact, AttributeFact, ElementFact, Fact

__all__ = ["shown", "shown_fact"]


def shown(result: ImportResult) -> str:
    """All of a result, a line for each fact with its place."""
    lines = [f"{shown_fact(fact)}   [{fact.source.place}]" for fact in result.facts]
    lines += [f"unresolved: {found.reference} | {found.where} | {found.why}" for found in result.unresolved]
    lines += [f"skipped: {found.place} | {found.why}" for found in result.skipped]
    return "\n".join(lines) + "\n"


def shown_fact(fact: Fact) -> str:
    """``ELEMENT : KIND``, ``ELEMENT . ATTRIBUTE = VALUE``, ``ORIGIN RELATION -> TARGET``,
    ``ELEMENT = NAME (STRENGTH)``."""
    if isinstance(fact, ElementFact):
        return f"{fact.element} : {fact.kind}"
    if isinstance(fact, AttributeFact):
        return f"{fact.element} . {fact.attribute} = {json.dumps(fact.value, ensure_ascii=False)}"
    if isinstance(fact, AliasFact):
        return f"{fact.element} = {fact.alias} ({fact.strength})"
    return f"{fact.origin} {fact.relation} -> {fact.target}" + (" possible" if fact.possible else "")
