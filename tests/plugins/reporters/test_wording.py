"""What people are told to do: of a breach its remedy, of what is undecided first what would settle it."""

from __future__ import annotations

import pytest

from lexline.evaluate.verdict import Decision, MissingFact, Phase, Reason, Truth, Verdict
from lexline_plugins.reporters.wording import action_lines

NONE = "no value is recorded"


@pytest.mark.parametrize(
    ("missing", "settled"),
    [
        ([("fraud", "model", "owner", NONE)], "record for fraud owner"),
        (
            [("fraud", "model", "owner", NONE), ("fraud", "model", "inputs", "nothing is recorded upstream of it")],
            "record for fraud owner and what flows into it",
        ),
        (
            [("a", "dataset", "owner", NONE), ("b", "dataset", "owner", NONE)],
            "record for a owner and record for b owner",
        ),
        (
            [(name, "dataset", "owner", NONE) for name in "abcde"],
            "record for a owner, record for b owner, record for c owner and 2 more",
        ),
        ([("house", "parameter", "floor", "no value is in force on the date")], "give the parameter floor a value"),
        ([("fraud", "model", "check drift", "it took too long")], "see why check drift says nothing of fraud"),
        (
            [("a", "dataset", "trains", "it is only possible that it trains fraud"), ("a", "dataset", "owner", NONE)],
            "say whether a trains fraud and record for a owner",
        ),
    ],
)
def test_what_would_settle_it_is_said_first(missing: list[tuple[str, str, str, str]], settled: str) -> None:
    facts = tuple(MissingFact(*fact) for fact in missing)
    lines = action_lines(_decision(Verdict.UNKNOWN, facts))
    assert lines == [f"to settle it: {settled}", "if it is broken: Mend it"]


@pytest.mark.parametrize(("verdict", "lines"), [(Verdict.FAIL, ["what to do: Mend it"]), (Verdict.PASS, [])])
def test_the_remedy_of_what_is_decided(verdict: Verdict, lines: list[str]) -> None:
    assert action_lines(_decision(verdict, (), remedy="Mend it" if verdict is Verdict.FAIL else "")) == lines


def _decision(verdict: Verdict, missing: tuple[MissingFact, ...], remedy: str = "Mend it") -> Decision:
    reason = Reason("require", "owner is known", "house.policy", 3, Truth.UNKNOWN, (), (), missing)
    return Decision(("house", "R"), "fraud", "model", verdict, verdict, Phase.IN_FORCE, (reason,), remedy=remedy)
