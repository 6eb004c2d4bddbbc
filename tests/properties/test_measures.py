"""The elements behind a figure add up to it."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import RefusedError, generate
from lexline.decision import Evaluation
from lexline.lang.typed import AggregateValue
from lexline.measures import Target, reaches, take_measures
from probes import Probes

SEEDS = st.integers(0, 2**48)


@settings(max_examples=100)
@given(SEEDS)
def test_the_lists_make_the_figure(seed: int) -> None:
    case = generate(ByChance(seed), checks=seed % 3 == 0)
    try:
        program = case.program()
    except RefusedError:
        assume(False)
        raise
    graph = case.graph()
    for figure in take_measures(Evaluation(program, graph, case.clock, Probes(graph))):
        lists = figure.lists
        if figure.goal is not None and figure.low is not None and figure.high is not None:
            ends = [reaches(figure.unit, end, figure.goal) for end in (figure.low, figure.high)]
            expected = Target.OPEN if ends[0] != ends[1] else Target.MET if ends[0] else Target.MISSED
            assert figure.target in (expected, Target.EMPTY)
        if lists is None:
            continue
        assert set(lists.numerator) <= set(lists.denominator)
        assert len({*lists.denominator, *lists.unknown}) <= len(graph.ids)
        sure, open_ = len(lists.denominator), len(lists.unknown)
        if figure.unit == "count":
            assert (figure.low, figure.high) == (sure, sure + open_)
        value = program.measures[figure.key].value
        if isinstance(value, AggregateValue) and value.function == "share" and sure and not open_:
            assert figure.low == figure.high == len(lists.numerator) / sure
        assert (figure.target is Target.EMPTY) is (figure.unit != "count" and not sure and not open_)
