"""Random policies, as text: parameters, terms, rules with every clause that decides, and measures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import generated_conditions as conditions
import generated_navigation as navigations
import generated_values as values
from choices import Choices
from generated_facts import STEPS
from generated_scope import Element, Named, World
from generated_vocabulary import DATE, DURATION, GRADE, MOMENT, NUMBER, PERCENTAGE, TEXT, TEXTS
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Vocabulary

TIMEZONES = ("", "Europe/London", "America/New_York", "Asia/Tokyo", "Pacific/Apia")
NUMBER_LIST = ValueType(Sort.LIST, item=NUMBER)
DEEPEST = 4


@dataclass(frozen=True)
class PolicyText:
    """A policy: its head, and its declarations, each a text of its own."""

    id: str
    head: str
    declarations: tuple[str, ...]

    @property
    def text(self) -> str:
        """The policy as one file."""
        return "\n\n".join((self.head, *self.declarations)) + "\n"


def policies(choices: Choices, vocabulary: Vocabulary, today: date, *, checks: bool = True) -> tuple[PolicyText, ...]:
    """One policy, or one and a pack that it uses, each with its own time zone."""
    world = World(choices, vocabulary, with_checks=checks)
    parameters = [_parameter(world, at, today) for at in range(choices.below(4))]
    terms = [_term(world, at) for at in range(choices.below(4))]
    rules = [_rule(world, at, today) for at in range(choices.integer(1, 4))]
    measures = [_measure(world, at) for at in range(choices.below(2))]
    if choices.chance(25):
        pack = PolicyText("ground", _head("ground", choices), (*parameters, *terms))
        main = PolicyText("main", _head("main", choices), ("use ground", *choices.shuffled([*rules, *measures])))
        return pack, main
    declarations = choices.shuffled([*parameters, *terms, *rules, *measures])
    return (PolicyText("main", _head("main", choices), tuple(declarations)),)


def _head(name: str, choices: Choices) -> str:
    zone = choices.pick(TIMEZONES)
    return f'policy {name} "Generated"' + (f" timezone {zone}" if zone else "")


def _day(choices: Choices, today: date) -> date:
    return today + timedelta(days=choices.pick(STEPS))


def _dated(choices: Choices, today: date) -> str:
    """``from``, ``until`` and ``published`` of a value."""
    written = ""
    since = _day(choices, today) if choices.chance(50) else None
    if since is not None:
        written += f" from {since}"
    if choices.chance(30):
        written += f" until {max(_day(choices, today), since or date.min)}"
    if choices.chance(40):
        written += f" published {_day(choices, today)}"
    return written


def _parameter(world: World, at: int, today: date) -> str:
    choices = world.choices
    name = f"pm{at}"
    type_ = choices.pick((NUMBER, DURATION, PERCENTAGE, DATE, TEXT, TEXTS, NUMBER_LIST, MOMENT, GRADE))
    measure = choices.pick(("days", "months", "hours")) if type_ == DURATION else ""
    if type_ == GRADE:  # a list of texts that are all symbols
        type_, measure = TEXTS, "grades"
    lines = []
    for _ in range(choices.integer(1, 3)):
        if measure == "grades":
            value = "{" + ", ".join(f'"{symbol}"' for symbol in GRADE.symbols[: choices.integer(1, 3)]) + "}"
        elif type_.item is not None:
            value = values.set_of(choices, type_.item)
        else:
            value = values.literal(choices, type_, (measure,))
        lines.append(f"  is {value}{_dated(choices, today) if choices.chance(60) else ''}")
    world.parameters.append(Named(name, type_, measure))
    return "\n".join((f'parameter {name} "a value"', *lines))


def _term(world: World, at: int) -> str:
    choices = world.choices
    name = f"tm{at}"
    kind = choices.pick(tuple(world.vocabulary.kinds))
    alias = world.alias() if choices.chance(30) else ""
    written = conditions.condition(world, (Element(alias or kind, kind),), choices.below(3), 4)
    world.terms.setdefault(kind, []).append(name)
    return f"term {name} for {world.word_for(kind)}{f' as {alias}' if alias else ''} means {written}"


def _rule(world: World, at: int, today: date) -> str:
    choices = world.choices
    name = f"RL{at}"
    kind = choices.pick(tuple(world.vocabulary.kinds))
    alias = world.alias() if choices.chance(30) else ""
    scope = (Element(alias or kind, kind),)
    lines = [f'rule {name} "generated"']
    adjective = navigations.adjectives(world, kind) if choices.chance(30) else ""
    subject = f"  for {adjective}{kind}{f' as {alias}' if alias else ''}"
    if choices.chance(20):
        subject += f" where {conditions.condition(world, scope, choices.below(3), 4)}"
    clauses = [subject]
    if choices.chance(35):
        clauses += [_force(world, scope, today) for _ in range(choices.integer(1, 4))]
    if choices.chance(15):
        clauses += [_exception(world, scope) for _ in range(choices.integer(1, 2))]
    for _ in range(choices.weighted(((5, 1), (1, 2)))):
        clauses.append(f"  require {conditions.condition(world, scope, choices.below(DEEPEST + 1), 4)}")
    world.rules.setdefault(kind, []).append(name)
    return "\n".join((*lines, *choices.shuffled(clauses)))


def _force(world: World, scope: tuple[Element, ...], today: date) -> str:
    choices = world.choices
    since = _day(choices, today)
    written = f"  in force from {since}"
    if choices.chance(35):
        written += f" until {max(since, _day(choices, today))}"
    if choices.chance(60):
        written += f" where {conditions.condition(world, scope, choices.below(2))}"
    if choices.chance(40):
        written += f" published {_day(choices, today)}"
    return written


def _exception(world: World, scope: tuple[Element, ...]) -> str:
    by = " by BOARD-7" if world.choices.chance(20) else ""
    return f"  except where {conditions.condition(world, scope, world.choices.below(2))}{by}"


def _measure(world: World, at: int) -> str:
    type_ = world.choices.pick((PERCENTAGE, NUMBER, DATE))
    depth = world.choices.integer(1, 3)
    return f'measure ms{at} "generated" is {values.figure(world, (), depth, type_)}'
