"""What recorded entries bring to an evaluation: assessments and judgements as facts, waivers beside those of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from lexline.diagnostics import Source, Span
from lexline.ledger.record import AssessmentEntry, JudgementEntry, Recorded, WaiverEntry, WaiverWithdrawn
from lexline.ledger.waivers import Waiver
from lexline_lineage import facts
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["RELATIONS", "facts_of_entries", "waivers_of_entries"]

RELATIONS = {"assessment": "assesses", "judgement": "judges"}
"""By the kind of an entry that becomes an element, the relation that leads from it to what it is about."""
_SYSTEM = "ledger"


def facts_of_entries(entries: Iterable[Recorded], vocabulary: Vocabulary) -> Iterator[Fact]:
    """The facts of assessments and judgements, as far as the vocabulary has words for them: entry 7 is the element
    ``assessment:ledger/7``, which says what the entry says and leads to what was assessed."""
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
        if RELATIONS[entry.kind] in vocabulary.relations:
            yield EdgeFact(element, RELATIONS[entry.kind], entry.element, source)


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
