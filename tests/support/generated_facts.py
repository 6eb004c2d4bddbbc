"""Random facts and dates: few elements, values that meet, and everything that can be missing or uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from choices import Choices
from lexline.evaluate.verdict import Clock
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Flow, Relation, Vocabulary

SOURCE = Source("generated")
TODAYS = tuple(
    map(
        date.fromisoformat,
        (
            "2026-11-22",
            "2026-03-31",
            "2024-02-29",
            "2025-02-28",
            "2026-12-31",
            "2027-01-01",
            "2026-03-29",
            "2026-10-25",
        ),
    )
)
STEPS = (0, 1, -1, 2, -30, -31, -28, 30, 31, -365, -366, 365, -60, 100)
NUMBERS = (1, 2, 0, 3, 0.5, -1, 13, 13, -2, 100, 1e308, -1e308)
FRACTIONS: tuple[object, ...] = (0.5, 0.05, 1, 0, 0.1, "8.7%", "50%")
WORDS = ("a", "b", "A", "é", "")
DURATIONS = (
    "30 days",
    "1 month",
    "12 months",
    "72 hours",
    "1 day",
    "0 days",
    "P1Y",
    "3 days",
    "90 minutes",
    "9999 years",
)
TIMES = ("12:00", "00:00", "00:30", "01:30", "23:30", "23:59:59")
WRONG: tuple[object, ...] = ("Wrong", -7, True, [1, "a"], "2026-02-30", {})


def clock(choices: Choices) -> Clock:
    """A date of evaluation, perhaps a moment of it, and since when law is known."""
    today = choices.pick(TODAYS)
    now = datetime.combine(today, time.fromisoformat(choices.pick(TIMES)), UTC) if choices.chance(60) else None
    known_on = today + timedelta(days=choices.pick(STEPS)) if choices.chance(35) else None
    return Clock(today, now, known_on)


def near(choices: Choices, today: date) -> date:
    """A date that matters beside ``today``: the ends of months, leap days, a few days or a year away."""
    if choices.chance(15):
        return choices.pick(
            (date(2024, 2, 29), date(2026, 1, 31), date(2026, 2, 28), date(1, 1, 1), date(9999, 12, 31))
        )
    return today + timedelta(days=choices.pick(STEPS))


def moment(choices: Choices, today: date) -> str:
    """A moment as a portfolio file writes it."""
    return f"{near(choices, today).isoformat()}T{choices.pick(TIMES)}{choices.pick(('Z', 'Z', '+01:00', '-05:00'))}"


def raw_value(choices: Choices, type_: ValueType, today: date) -> object:
    """A value as a portfolio file holds it, now and then of another type."""
    if choices.chance(4):
        return choices.pick(WRONG)
    match type_.sort:
        case Sort.BOOLEAN:
            return choices.chance(50)
        case Sort.NUMBER:
            return choices.pick(NUMBERS)
        case Sort.PERCENTAGE:
            return choices.pick(FRACTIONS)
        case Sort.TEXT:
            return choices.pick(WORDS)
        case Sort.DATE:
            return near(choices, today).isoformat()
        case Sort.MOMENT:
            return moment(choices, today)
        case Sort.DURATION:
            return choices.pick(DURATIONS)
        case Sort.ENUMERATION:
            return choices.pick(type_.symbols)
        case Sort.LIST:
            item = type_.item or ValueType(Sort.TEXT)
            return [raw_value(choices, item, today) for _ in range(choices.below(3))]
        case _:
            return document(choices, today)


def document(choices: Choices, today: date) -> object:
    """A document with a few items of any type."""
    types = [
        ValueType(sort) for sort in (Sort.NUMBER, Sort.PERCENTAGE, Sort.TEXT, Sort.DATE, Sort.BOOLEAN, Sort.MOMENT)
    ]
    type_ = choices.pick(types)
    items = [
        None if choices.chance(10) else raw_value(choices, choices.pick(types) if choices.chance(15) else type_, today)
        for _ in range(choices.below(4))
    ]
    if choices.chance(20):
        return items
    status = raw_value(choices, type_, today)
    return {"items": items, "status": status, "parts": [{"gap": item} for item in items], "tags": ["a", "b"]}


def facts(choices: Choices, vocabulary: Vocabulary, today: date) -> list[Fact]:
    """Elements, their values, and edges: loops, possible edges, stubs, facts that hold on some days only."""
    names = tuple(vocabulary.kinds)
    kinds = {f"{choices.pick('mbz')}{at}": choices.pick(names) for at in range(choices.integer(1, 9))}
    found: list[Fact] = [ElementFact(element, kind, SOURCE) for element, kind in kinds.items()]
    share = choices.pick((90, 100, 70, 40))
    for element, kind in kinds.items():
        for attribute in vocabulary.kinds[kind].attributes.values():
            if choices.chance(share):
                value = raw_value(choices, attribute.type, today)
                if attribute.name == "lineage_complete" and choices.chance(50):
                    value = True
                since, until = _validity(choices, today)
                found.append(AttributeFact(element, attribute.name, value, SOURCE, since, until))
    found.extend(_edges(choices, vocabulary, kinds, today))
    return found


def _validity(choices: Choices, today: date) -> tuple[date | None, date | None]:
    if not choices.chance(6):
        return None, None
    since = today + timedelta(days=choices.pick(STEPS)) if choices.chance(50) else None
    until = today + timedelta(days=choices.pick(STEPS)) if choices.chance(50) else None
    return (since, until) if since is None or until is None or since <= until else (until, since)


def _edges(choices: Choices, vocabulary: Vocabulary, kinds: Mapping[str, str], today: date) -> Iterator[EdgeFact]:
    # Data flows more often than not, or no lineage would be long.
    relations = [r for r in vocabulary.relations.values() for _ in range(2 if r.flow is not Flow.NONE else 1)]
    doubt = choices.pick((20, 0, 40))
    for _ in range(choices.below(3 * len(kinds) + 2)):
        relation = choices.pick(relations)
        origins, targets = _ends(relation, kinds)
        if len(relation.targets) == 1 and choices.chance(5):
            targets = [f"stub-{relation.targets[0]}"]
        elif len(relation.origins) == 1 and choices.chance(5):
            origins = [f"stub-{relation.origins[0]}"]
        if origins and targets:
            since, until = _validity(choices, today)
            possible = choices.chance(doubt)
            yield EdgeFact(choices.pick(origins), relation.name, choices.pick(targets), SOURCE, possible, since, until)


def _ends(relation: Relation, kinds: Mapping[str, str]) -> tuple[Sequence[str], Sequence[str]]:
    origins = [element for element, kind in kinds.items() if kind in relation.origins]
    return origins, [element for element, kind in kinds.items() if kind in relation.targets]
