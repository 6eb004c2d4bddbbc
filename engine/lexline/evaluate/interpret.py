"""The reference interpreter: what a rule says of one element, and why.

In: a typed program, a graph, the dates. It walks the graph from the element that is asked about and shares nothing with
the executor of whole columns, which has to agree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lexline.evaluate.calls import CheckResults, NoChecks
from lexline.evaluate.explain import Explanation, explain_rule, reasons_of
from lexline.evaluate.explain_sets import LISTED
from lexline.evaluate.interpret_expressions import Evaluator
from lexline.evaluate.interpret_values import Missing, Range, as_plain
from lexline.evaluate.message import render
from lexline.evaluate.phase import decide_phase
from lexline.evaluate.verdict import Clock, Decision, Verdict, decide_verdict
from lexline.lang.typed import Expression, Key, Program
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value

__all__ = ["Interpreter", "MeasureResult"]


KEPT = 200_000
"""How many elements met by walking are remembered from one decision to the next: rules about one element, and elements
side by side, have much of their lineage in common."""


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """What a measure comes to: ``value`` where it is settled, else the range ``low`` to ``high`` of a number (infinite
    where the lineage is open); all None where nothing can be said. ``failed``: because a check failed."""

    key: Key
    value: Value | None
    low: float | None
    high: float | None
    failed: bool = False


class Interpreter:
    """Decides and explains rules for one element at a time."""

    def __init__(self, program: Program, graph: Graph, clock: Clock, checks: CheckResults | None = None) -> None:
        self._evaluator = Evaluator(program, graph, clock, checks or NoChecks())

    def forget(self, *, beyond: int = -1) -> None:
        """Forgets what was found about elements, where more than ``beyond`` of them were met."""
        if self._evaluator.walked + self._evaluator.met > beyond:
            self._evaluator.forget()

    def decide(self, rule: Key, number: int, *, reasons: bool = True) -> Decision:
        """The verdict before waivers, and the phase, with reasons where it isn't a pass."""
        evaluator = self._evaluator
        self.forget(beyond=KEPT)
        declared, graph = evaluator.program.rules[rule], evaluator.graph
        judged = evaluator.judge(rule, number)
        verdict, underlying = decide_verdict(judged.applies, judged.excepted, judged.required)
        timezone = evaluator.program.timezone(rule[0])
        phase = decide_phase(declared.force, evaluator.clock, timezone, lambda node: evaluator.truth(node, {0: number}))
        decision = Decision(rule, graph.ids[number], declared.kind, verdict, underlying, phase)
        if underlying in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR):
            message = render(declared.explain, evaluator, {0: number})
            decision = replace(decision, message=message, remedy=render(declared.remedy, evaluator, {0: number}))
        if not reasons or verdict is Verdict.PASS:
            return decision
        nodes = explain_rule(evaluator, rule, number, in_full=False, listed=LISTED)
        return replace(decision, reasons=reasons_of(nodes, verdict))

    def explain(self, rule: Key, number: int, *, listed: int | None = None) -> Explanation:
        """The decision, and every part of the rule with what it came to, the facts and edges that it read; ``listed``:
        how many of the members that show a part are named where fewer would do (None: all)."""
        decision = self.decide(rule, number, reasons=False)
        nodes = explain_rule(self._evaluator, rule, number, in_full=True, listed=listed)
        return Explanation(replace(decision, reasons=reasons_of(nodes, decision.verdict)), nodes)

    def value(self, tree: Expression, number: int) -> Value | None:
        """What an expression of a rule comes to for its subject; None where that is missing or not settled."""
        self.forget(beyond=KEPT)
        return as_plain(self._evaluator.value(tree, {0: number}))

    def measure(self, key: Key) -> MeasureResult:
        """The figure of a measure over the portfolio."""
        value = self._evaluator.value(self._evaluator.program.measures[key].value, {})
        if isinstance(value, Range):
            return MeasureResult(key, as_plain(value), value.low, value.high, value.failed)
        return MeasureResult(key, as_plain(value), None, None, isinstance(value, Missing) and value.failed)
