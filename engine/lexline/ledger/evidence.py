"""What recorded entries bring to an evaluation: assessments and judgements as facts, waivers beside those of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from lexline.diagnostics import Source, Span
from lexline.ledger.record import AssessmentEntry, JudgementEntry, Recorded, WaiverEntry, WaiverWithdrawn
from lexline.ledger.waivers import Waiver
from lexline_lineage import facts
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.graph import Graph
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["RELATIONS", "facts_of_entries", "waivers_of_entries", "without_subject"]

RELATIONS = {"assessment": "assesses", "judgement": "judges"}
"""By the kind of an entry that becomes an element, the relation that leads from it to what it is about."""
_SYSTEM = "ledger"


def facts_of_entries(entries: Iterable[Recorded], vocabulary: Vocabulary, kinds: Mapping[str, str]) -> Iterator[Fact]:
    """The facts of assessments and judgements, as far as the vocabulary has words for them: entry 7 is the element
    ``assessment:ledger/7``, which says what the entry says and leads to what was assessed, where that still is one of
    the elements (``kinds``, by id)."""
    for recorded in entries:
        entry = recorded.entry
        if not isinstance(entry, AssessmentEntry | JudgementEntry) or entry.kind not in vocabulary.kinds:
            continue
        source = facts.Source(_SYSTEM, f"entry {recorded.sequence}")
        element = f"{entry.kind}:ledger/{recorded.sequence}"
        yield ElementFact(element, entry.kind, source)
        for name in vocabulary.kinds[entry.kind].attributes:
            value = getattr(entry, name, None) if name in type(entry).model_fields else None
            if value not in (None, ""):
                yield AttributeFact(element, name, value.isoformat() if isinstance(value, date) else value, source)
        relation = vocabulary.relations.get(RELATIONS[entry.kind])
        if relation is not None and kinds.get(entry.element) in relation.targets:
            yield EdgeFact(element, relation.name, entry.element, source)


def without_subject(graph: Graph) -> Iterator[str]:
    """The recorded assessments and judgements whose element isn't there any more, a sentence each, with its code."""
    for kind, relation in RELATIONS.items():
        for number in graph.members.get(kind, ()) if relation in graph.along else ():
            element = graph.ids[int(number)]
            if element.startswith(f"{kind}:{_SYSTEM}/") and graph.along[relation].is_empty(int(number)):
                yield f"`{element}` is about an element that is not there any more  [LX525]"


def waivers_of_entries(entries: Iterable[Recorded]) -> tuple[Waiver, ...]:
    """The waivers of entries; those that were withdrawn say from which day on."""
    waivers: dict[int, Waiver] = {}
    withdrawn: dict[int, date] = {}
    for recorded in entries:
        entry, number = recorded.entry, recorded.sequence
        if isinstance(entry, WaiverEntry):
            name = f"entry {number} of the ledger"
            waivers[number] = Waiver(name, entry, Span(Source(name, ""), 0, 0), recorded=number)
        elif isinstance(entry, WaiverWithdrawn):
            withdrawn[entry.waiver] = min(entry.on, withdrawn.get(entry.waiver, entry.on))
    return tuple(replace(waiver, withdrawn=withdrawn.get(number)) for number, waiver in waivers.items())
