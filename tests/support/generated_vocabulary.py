"""Random vocabularies: a few kinds with attributes of every sort, related by flow, in part, wholly, to themselves."""

from __future__ import annotations

from choices import Choices
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Attribute, Flow, Kind, Relation, Vocabulary

TEXT = ValueType(Sort.TEXT)
NUMBER = ValueType(Sort.NUMBER)
PERCENTAGE = ValueType(Sort.PERCENTAGE)
DATE = ValueType(Sort.DATE)
MOMENT = ValueType(Sort.MOMENT)
DURATION = ValueType(Sort.DURATION)
BOOLEAN = ValueType(Sort.BOOLEAN)
DOCUMENT = ValueType(Sort.DOCUMENT)
GRADE = ValueType(Sort.ENUMERATION, ("low", "middle", "high"))
ROUTE = ValueType(Sort.ENUMERATION, ("north", "south"))
TEXTS = ValueType(Sort.LIST, item=TEXT)
NUMBERS = ValueType(Sort.LIST, item=NUMBER)

ALWAYS = {"tier": NUMBER, "research_only": BOOLEAN, "trained_on": DATE}
"""What every kind has: the probes answer with it."""
SOMETIMES = {
    "grade": GRADE,
    "card": DOCUMENT,
    "owner": TEXT,
    "gap": PERCENTAGE,
    "ended_on": DATE,
    "seen_at": MOMENT,
    "told_at": MOMENT,
    "period": DURATION,
    "tags": TEXTS,
    "risky": BOOLEAN,
    "cost": NUMBER,
    "rate": PERCENTAGE,
    "delay": DURATION,
    "route": ROUTE,
    "grade_before": GRADE,
    "label": TEXT,
    "sizes": NUMBERS,
    "tags_before": TEXTS,
}
NAMES = ("model", "dataset", "job", "deployment", "vendor")


def vocabulary(choices: Choices) -> Vocabulary:
    """A vocabulary of two to four kinds, of which at least two are joined by flow."""
    names = NAMES[: choices.weighted(((5, 2), (3, 3), (2, 4)))]
    kinds = {name: _kind(choices, name) for name in names}
    flowing = names[: choices.integer(2, len(names))]
    relations = {"feeds": Relation("feeds", flowing, flowing[: choices.integer(1, len(flowing))], Flow.FORWARD)}
    if choices.chance(60):
        relations["reads"] = Relation("reads", (choices.pick(flowing),), (choices.pick(flowing),), Flow.BACKWARD)
    if choices.chance(70):
        relations["governs"] = _aside(choices, "governs", names, complete=choices.chance(60))
    if choices.chance(50):
        relations["backs"] = _aside(choices, "backs", names, complete=choices.chance(60))
    plurals = {f"{name}s": name for name in names}
    return Vocabulary(kinds, relations, "", plurals)


def _kind(choices: Choices, name: str) -> Kind:
    types = dict(ALWAYS)
    types.update({attribute: type_ for attribute, type_ in SOMETIMES.items() if choices.chance(60)})
    inputs = choices.chance(45)
    if inputs and choices.chance(70):
        types["lineage_complete"] = BOOLEAN
    attributes = {attribute: Attribute(attribute, type_) for attribute, type_ in types.items()}
    return Kind(name, f"{name}s", attributes, inputs, choices.chance(30))


def _aside(choices: Choices, name: str, kinds: tuple[str, ...], *, complete: bool) -> Relation:
    origins = (kinds[-1],) if choices.chance(50) else (choices.pick(kinds),)
    targets = (choices.pick(kinds),) if choices.chance(70) else kinds[:2]
    return Relation(name, origins, targets, Flow.NONE, complete)
