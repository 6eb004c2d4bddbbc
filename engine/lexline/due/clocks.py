"""What falls due by a date: a rule's interval, a validity that ends, a measurement in breach since the last look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lexline.basis import Bases
from lexline.decision import Evaluation
from lexline.due.breaches import breaches
from lexline.due.items import DueItem, Marks, item_id
from lexline.due.movements import MOST, latest_looks, rules_asking, settle
from lexline.due.owners import Owners, add
from lexline.due.records import Held
from lexline.evaluate.columns import PHASES, VERDICTS, ColumnEvaluator
from lexline.evaluate.verdict import Phase, Verdict
from lexline.impact_causes import Cause
from lexline.lang.typed import ForceLine, Key, Rule

__all__ = ["clock_items"]

SILENT = (Verdict.NOT_APPLICABLE, Verdict.EXEMPT)


def clock_items(evaluation: Evaluation, bases: Bases, held: list[Held], marks: Marks, last: date) -> Iterator[DueItem]:
    """All items that dates make due by the day ``last``."""
    owners = Owners(evaluation)
    yield from _every(evaluation, bases, held, marks, owners, last)
    yield from _expiry(evaluation, held, marks, owners, last)
    yield from _monitors(evaluation, bases, held, marks, owners)


# ---- reassess every ----------------------------------------------------------------------------------------------


def _every(
    evaluation: Evaluation, bases: Bases, held: list[Held], marks: Marks, owners: Owners, last: date
) -> Iterator[DueItem]:
    rules = {key: rule for key, rule in evaluation.program.rules.items() if rule.reassess_every is not None}
    if not rules:
        return
    columns = ColumnEvaluator(evaluation.program, evaluation.graph, evaluation.clock, evaluation.checks)
    looks = latest_looks(bases, evaluation, held, rules)
    for key, rule in rules.items():
        for number in _applied(columns, key):
            item = _interval(evaluation, key, rule, number, looks.get((key, number)), marks, owners)
            if item is not None and (item.due is None or item.due <= last):
                yield item


def _applied(columns: ColumnEvaluator, key: Key) -> Iterator[int]:
    """The elements of which a rule in force says something, or may."""
    column = columns.rule(key)
    parts = (column.elements.tolist(), column.verdicts.tolist(), column.phases.tolist())
    for number, verdict, phase in zip(*parts, strict=True):
        if VERDICTS[verdict] not in SILENT and PHASES[phase] in (Phase.IN_FORCE, Phase.UNKNOWN):
            yield number


def _interval(
    evaluation: Evaluation, key: Key, rule: Rule, number: int, look: Held | None, marks: Marks, owners: Owners
) -> DueItem | None:
    element, name = evaluation.graph.ids[number], "/".join(key)
    subject = item_id("every", name, element)
    done = marks.done.get(subject)
    days = [look.since.date() if look is not None and look.since is not None else None]
    days.append(done.moment.date() if done is not None else None)
    latest = max((day for day in days if day is not None), default=None)
    every = owners.duration(rule.reassess_every, number) if rule.reassess_every is not None else None
    if every is None:
        return None
    if latest is not None:
        says, due = f"every {every}: the last look was on {latest}", add(latest, every)
    else:
        due = _in_force_since(rule.force, evaluation.clock.today)
        says = f"every {every}: nobody has looked yet" + (f", and the rule is in force since {due}" if due else "")
    return DueItem(
        id=subject,
        cause="every",
        element=element,
        about=name,
        rules=(name,),
        says=says,
        since=latest or due,
        due=due,
        owner=owners.owner(number, [key], look.person if look is not None else ""),
        settle=settle("assessment", look.word if look is not None else ""),
    )


def _in_force_since(lines: tuple[ForceLine, ...], today: date) -> date | None:
    """The first day of a rule that is in force; None where it always was."""
    began = [line for line in lines if line.since <= today]
    latest = max((line.published or date.min for line in began), default=date.min)
    return min((line.since for line in began if (line.published or date.min) == latest), default=None)


# ---- a validity that ends ----------------------------------------------------------------------------------------


def _expiry(evaluation: Evaluation, held: list[Held], marks: Marks, owners: Owners, last: date) -> Iterator[DueItem]:
    graph = evaluation.graph
    together: dict[str, list[Held]] = {}
    for one in held:
        together.setdefault(one.name, []).append(one)
    for name, parts in together.items():
        one, elements = parts[0], [number for part in parts for number in part.elements]
        days = [(one.until, "it holds until"), (one.review, "its review is due on")]
        ends = sorted((day, words) for day, words in days if day is not None and day <= last)
        alone = elements[0] if len(elements) == 1 else None
        subject = item_id("expiry", name, "")
        done = marks.done.get(subject)
        if ends and (done is None or done.moment.date() < ends[0][0]):
            says = "; ".join(f"{words} {day}" for day, words in ends)
            yield DueItem(
                id=subject,
                cause="expiry",
                element=graph.ids[alone] if alone is not None else "",
                about=name,
                rules=tuple("/".join(key) for key in one.rules),
                says=says if alone is not None else f"{says}; it is about {len(elements)} elements",
                since=one.on,
                due=ends[0][0],
                owner=owners.owner(elements[0] if elements else None, one.rules, one.person),
                settle=settle(one.kind, one.word),
            )


# ---- measurements in breach --------------------------------------------------------------------------------------


def _monitors(
    evaluation: Evaluation, bases: Bases, held: list[Held], marks: Marks, owners: Owners
) -> Iterator[DueItem]:
    ids = evaluation.graph.ids
    found = breaches(evaluation.graph)
    for one in held:
        if one.kind == "waiver" or one.since is None or one.elements[0] not in found:
            continue
        number = one.elements[0]
        subject = item_id("monitor", one.name, ids[number])
        done = marks.done.get(subject)
        since = max(one.since, done.moment) if done is not None else one.since
        new = [breach for breach in found[number] if since.date() < breach.on <= evaluation.clock.today]
        if new:
            first, keys = new[0], rules_asking(bases, one, one.elements)
            where = f" of {ids[first.way[-1]]}" if len(first.way) > 1 else ""
            yield DueItem(
                id=subject,
                cause="monitor",
                element=ids[number],
                about=one.name,
                rules=(),
                says=f"{first.what}{where} was in breach on {first.on}, after {one.on}",
                since=first.on,
                due=owners.due(first.on, number, keys),
                owner=owners.owner(number, keys, one.person),
                settle=settle(one.kind, one.word),
                moved=tuple(
                    Cause("fact", f"{b.what} of {ids[b.way[-1]]}", "not in breach", b.value, b.by, _ids(ids, b.way))
                    for b in new[:MOST]
                ),
                further=max(0, len(new) - MOST),
            )


def _ids(ids: Sequence[str], way: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(ids[number] for number in way) if len(way) > 1 else ()
