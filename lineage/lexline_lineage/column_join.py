"""Joins and builds facts that are given by columns: ``files.joined_graph`` without an object for each fact.

Only what shares a name with something, or may, is joined fact by fact: elements with other names or that templates and
rules name, columns and their tables. What no other name leads to goes by columns. Guaranteed: the graph, its report
and its joins are those of ``joined_graph`` for the same facts; where facts are refused, that says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.builder import BuiltGraph
from lexline_lineage.column_build import build_from_facts
from lexline_lineage.column_flow import READ, column_flow
from lexline_lineage.fact_columns import ALIAS, ATTRIBUTE, EDGE, ELEMENT, FactColumns
from lexline_lineage.facts import Fact
from lexline_lineage.identity import ROUNDS, join
from lexline_lineage.identity_rules import IdentityRules, Template
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["joined_columns"]


def joined_columns(
    vocabulary: Vocabulary, facts: FactColumns, on: date, rules: IdentityRules | None = None
) -> BuiltGraph:
    """The graph of facts of several sources, joined into one. Raises ``LineageError``."""
    rules = rules or IdentityRules()
    shared = _shared(facts, rules)
    concerned = shared[facts.subject] | ((facts.form == EDGE) & shared[facts.thing * (facts.form == EDGE)])
    joined = join(facts.take(concerned), rules)
    known = _put_back(facts, concerned, joined.facts)
    known = known.plus(column_flow(tuple(_flowing(known)), on))
    built = build_from_facts(vocabulary, known, on, rules.sources_first)
    if built is None:
        from lexline_lineage.files import joined_graph

        return joined_graph(vocabulary, facts, on, rules)
    return replace(built, joined=replace(joined, facts=known))


def _put_back(facts: FactColumns, concerned: NDArray[np.bool_], joined: Iterable[Fact]) -> FactColumns:
    """The facts with those that were joined in place of those that are ``concerned``. Attributes are where they were:
    of values that are left out, a report names the first."""
    if not concerned.any():
        return facts
    rest = facts.take(~concerned)
    known = rest.plus(joined)
    place = np.full(len(known), len(facts))
    place[: len(rest)] = np.flatnonzero(~concerned)
    attributes = np.flatnonzero(known.form[len(rest) :] == ATTRIBUTE) + len(rest)
    place[attributes] = np.flatnonzero(concerned & (facts.form == ATTRIBUTE))
    return known.take(np.argsort(place, kind="stable"))


def _shared(facts: FactColumns, rules: IdentityRules) -> NDArray[np.bool_]:
    """Marks the texts that name elements which may be one with others, and columns with their tables."""
    aliases, edges = facts.take(facts.form == ALIAS), facts.take(facts.form == EDGE)
    declared = facts.take((facts.form == ELEMENT) | (facts.form == ATTRIBUTE))
    ids = np.zeros(len(facts.texts), np.bool_)
    for column in (aliases.subject, edges.subject, edges.thing, declared.subject):
        ids[column] = True
    shared = np.zeros(len(facts.texts), np.bool_)
    shared[aliases.subject] = shared[aliases.name] = True
    belonging = [text for text in np.unique(edges.name).tolist() if facts.texts[text] == "belongs_to"]
    held = np.isin(edges.name, belonging) & (edges.flag == 0)
    shared[edges.subject[held]] = shared[edges.thing[held]] = True
    named = {name for one, other, _ in rules.same for name in (one, other)}
    beginnings = tuple(template.source.partition("{")[0] for template in rules.templates)
    texts = facts.texts
    for number in np.flatnonzero(ids | shared).tolist():
        if texts[number].startswith(beginnings):
            made = _names(texts[number], rules.templates)
            named |= made
            shared[number] |= bool(made)
    if named:
        shared[[number for number in np.flatnonzero(ids).tolist() if texts[number] in named]] = True
    return shared & ids


def _names(name: str, templates: Iterable[Template]) -> set[str]:
    """The names that templates make of one, and of what they made."""
    made: set[str] = set()
    fresh = [name]
    for _ in range(ROUNDS):
        further = {template.apply(one) for one in fresh for template in templates} - {None, name}
        fresh = [one for one in further if one is not None and one not in made]
        made |= set(fresh)
    return made


def _flowing(facts: FactColumns) -> FactColumns:
    """What tells how columns may flow; nothing where there are none."""
    texts = facts.texts
    kinds = np.unique(facts.name[facts.form == ELEMENT]).tolist()
    if all(texts[kind] != "column" for kind in kinds):
        return facts.take(np.zeros(0, np.int64))
    names = [name for name in np.unique(facts.name[facts.form != ELEMENT]).tolist() if texts[name] in READ]
    return facts.take((facts.form == ELEMENT) | np.isin(facts.name, names) & (facts.form != ALIAS))
