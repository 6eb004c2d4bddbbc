"""What the horizon finds, going from date to date, is what deciding everything on every day finds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from choices import ByChance, Choices
from generated_cases import GeneratedCase, RefusedError, generate
from lexline.decision import Evaluation, decide
from lexline.diagnostics import Source, Span
from lexline.evaluate.cone_columns import Decided
from lexline.evaluate.verdict import Clock, Verdict
from lexline.horizons import holds_until, horizon
from lexline.lang.typed import Key, Program
from lexline.ledger.record import WaiverTerms
from lexline.ledger.waivers import Waiver
from lexline_lineage.builder import build
from lexline_lineage.facts import ElementFact
from probes import Probes, probe_signatures

SEEDS = st.integers(0, 2**48)
DAYS = 34
Said = dict[tuple[Key, str], Decided]


def waivers(choices: Choices, case: GeneratedCase, program: Program) -> tuple[Waiver, ...]:
    elements = [fact.element for fact in case.facts if isinstance(fact, ElementFact)]
    found: list[Waiver] = []
    for number in range(choices.integer(0, 3) if elements and program.rules else 0):
        since = case.clock.today + timedelta(days=choices.integer(-9, 20))
        until = since + timedelta(days=choices.integer(0, 20))
        people = {"reason": "r", "control": "c", "approver": "a", "role": "r", "requested_by": "b"}
        rules = ["/".join(choices.pick(tuple(program.rules)))]
        chosen = sorted({choices.pick(elements) for _ in range(3)})
        terms = WaiverTerms.model_validate(
            {"rules": rules, "elements": chosen, "from": since, "until": until, **people}
        )
        withdrawn = since + timedelta(days=choices.integer(0, 9)) if choices.chance(30) else None
        found.append(Waiver(f"w{number}", terms, Span(Source("w", ""), 0, 0), withdrawn=withdrawn))
    return tuple(found)


def over_time(seed: int) -> tuple[GeneratedCase, Callable[[date], Evaluation]]:
    choices = ByChance(seed)
    case = generate(choices, checks=seed % 3 == 0)
    try:
        program = case.program()
    except RefusedError:
        assume(False)
        raise
    granted = waivers(choices, case, program)
    built = build(case.vocabulary, case.facts, on=case.clock.today)

    def on(day: date) -> Evaluation:
        nonlocal built
        if not built.first <= day <= built.last:
            built = build(case.vocabulary, case.facts, on=day)
        clock, probes = Clock(day, None, case.clock.known_on), Probes(built.graph, day)
        return Evaluation(program, built.graph, clock, probes, waivers=granted, facts_until=built.last)

    return case, on


def said(evaluation: Evaluation) -> Said:
    """What every rule says of the elements that it applies to."""
    return {
        (d.rule, d.element): Decided(d.verdict, d.underlying, d.phase)
        for d in decide(evaluation, reasons=0).decisions
        if d.verdict is not Verdict.NOT_APPLICABLE
    }


@settings(max_examples=40)
@given(SEEDS)
@example(5)
def test_every_turn_is_found(seed: int) -> None:
    case, on = over_time(seed)
    start = case.clock.today
    signatures = probe_signatures(case.vocabulary) if seed % 2 else None
    found = horizon(on, start, start + timedelta(days=DAYS), checks=signatures, reasons=3)
    turns = {
        (at.day, told.flip.rule, told.flip.element): (told.flip.before, told.flip.after)
        for at in found.dates
        for told in at.turns
    }
    expected = {}
    before = said(on(start))
    for step in range(1, DAYS + 1):
        day = start + timedelta(days=step)
        after = said(on(day))
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                expected[day, *key] = (before.get(key), after.get(key))
        before = after
    assert turns == expected
    ends = [after for _, after in expected.values() if after is not None]
    assert found.unfinished is any(after.verdict is Verdict.ERROR for after in ends)


@settings(max_examples=40)
@given(SEEDS)
def test_a_waived_verdict_holds_as_long_as_its_waiver(seed: int) -> None:
    case, on = over_time(seed)
    today = on(case.clock.today)
    now = said(today)
    for key, rule in today.program.rules.items():
        elements = [today.graph.ids[number] for number in today.graph.members[rule.kind].tolist()]
        days = holds_until(today, key)
        for step in (1, 2, 9, 20, 31):
            later = said(on(case.clock.today + timedelta(days=step)))
            stands = np.isnat(days) | (days >= np.datetime64(case.clock.today + timedelta(days=step)))
            for element, holds in zip(elements, stands.tolist(), strict=True):
                assert not holds or later.get((key, element)) == now.get((key, element))
