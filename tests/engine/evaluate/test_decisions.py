"""``Decisions``: columns that read as a list of decisions."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lexline.evaluate.decisions import Decisions
from lexline.evaluate.verdict import Decision, Phase, Verdict

DECISIONS = st.builds(
    Decision,
    rule=st.sampled_from([("p", "ONE"), ("p", "TWO"), ("q", "ONE")]),
    element=st.sampled_from(["a", "b", "ü", ""]),
    kind=st.sampled_from(["model", "dataset"]),
    verdict=st.sampled_from(Verdict),
    underlying=st.sampled_from(Verdict),
    phase=st.sampled_from(Phase),
    message=st.sampled_from(["", "why"]),
)


@given(st.lists(DECISIONS, max_size=12))
def test_decisions_read_as_the_list_that_they_are(some: list[Decision]) -> None:
    decisions = Decisions.of(some)
    assert list(decisions) == some
    assert [decisions[place] for place in range(-len(some), len(some))] == some + some
    assert list(decisions[1:]) == some[1:]
    assert decisions == tuple(some)
    assert len(decisions) == len(some)
    assert decisions.tally() == Counter((d.rule, d.verdict, d.phase) for d in some)


@given(st.lists(DECISIONS, max_size=12), st.lists(st.sampled_from(Verdict), max_size=3, unique=True))
def test_chosen_groups_keep_their_order(some: list[Decision], wanted: list[Verdict]) -> None:
    found = Decisions.of(some).chosen([[(("p", "ONE"), verdict, phase) for phase in Phase] for verdict in wanted])
    rule = ("p", "ONE")
    assert list(found) == [d for verdict in wanted for d in some if d.rule == rule and d.verdict is verdict]
