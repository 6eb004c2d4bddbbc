"""Runs the examples that policies hold, and says what they leave untested."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from lexline.evaluate.calls import CheckResults
from lexline.evaluate.explanation import Explanation, Node, walk_nodes
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Clock, Truth
from lexline.lang.typed import Example, Key, Program
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.graph import Graph
from lexline_lineage.problems import LineageError
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["ExampleResult", "ExamplesReport", "Gap", "run_examples"]


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example: one sentence for each expectation that does not hold."""

    example: Example
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a rule that no example decides ``never`` (true, or false, or both); ``clause`` is its text, and
    ``file`` and ``line`` say where it stands: in the rule, or in a term that the rule uses."""

    rule: Key
    clause: str
    file: str
    line: int
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExamplesReport:
    """All results, the rules that no example expects anything of, and the parts that are never both true and false."""

    results: tuple[ExampleResult, ...]
    untested: tuple[Key, ...]
    gaps: tuple[Gap, ...]

    @property
    def failed(self) -> int:
        """How many examples don't hold."""
        return sum(bool(result.failures) for result in self.results)


def run_examples(
    program: Program,
    vocabulary: Vocabulary,
    checks: Callable[[Graph, Clock], CheckResults],
    today: date,
    without: Collection[str] = (),
) -> ExamplesReport:
    """Run every example on its own small graph, but those of the policies ``without``, whose parts are not counted
    either; one without a date runs on ``today``."""
    files = {term.span.source.name for key, term in program.terms.items() if key[0] not in without}
    files |= {rule.span.source.name for key, rule in program.rules.items() if key[0] not in without}
    parts = _Parts(files)
    results = []
    examples = [example for example in program.examples if example.policy not in without]
    for example in examples:
        failures = _run(program, vocabulary, checks, example, today, parts)
        results.append(ExampleResult(example, failures))
    expected = {outcome.rule for example in examples for outcome in example.expected}
    untested = tuple(key for key in program.rules if key not in expected and key[0] not in without)
    return ExamplesReport(tuple(results), untested, tuple(parts.gaps(set(untested))))


def example_facts(example: Example) -> Iterator[Fact]:
    """The facts that an example supposes; its place in the policy is their source."""
    for element in example.elements:
        source = Source("example", f"{element.span.source.name}:{element.span.line}")
        yield ElementFact(element.id, element.kind, source)
        for attribute, value in element.attributes:
            yield AttributeFact(element.id, attribute, value, source)
    for edge in example.edges:
        source = Source("example", f"{edge.span.source.name}:{edge.span.line}")
        yield EdgeFact(edge.origin, edge.relation, edge.target, source, edge.possible)


def supposed(example: Example, vocabulary: Vocabulary, today: date) -> tuple[Graph, Clock]:
    """The graph that an example supposes, and its clock; one without a date is about ``today``. Raises
    ``LineageError``."""
    day = example.on or today
    return build(vocabulary, example_facts(example), day).graph, Clock.of(day, example.known_on)


def _run(
    program: Program,
    vocabulary: Vocabulary,
    checks: Callable[[Graph, Clock], CheckResults],
    example: Example,
    today: date,
    parts: _Parts,
) -> tuple[str, ...]:
    try:
        graph, clock = supposed(example, vocabulary, today)
    except LineageError as error:
        return tuple(problem.message for problem in error.problems)
    interpreter = Interpreter(program, graph, clock, checks(graph, clock))
    failures = []
    for expected in example.expected:
        number = graph.number(expected.element)
        if number is None:
            failures.append(f"there is no element {expected.element}")
            continue
        explanation = interpreter.explain(expected.rule, number)
        parts.note(explanation, expected.rule)
        decision = explanation.decision
        got = decision.phase.value if expected.phase else decision.verdict.value
        if got != expected.outcome:
            verb = "is" if expected.phase else "gives"
            failures.append(f"{expected.rule[1]} {verb} {got} for {expected.element}, not {expected.outcome}")
    return tuple(failures)


class _Parts:
    """How the parts of rules, as far as they stand in ``files``, came out in the examples."""

    def __init__(self, files: set[str]) -> None:
        self._files = files
        self._seen: dict[tuple[Key, str, int, int], set[Truth]] = {}
        self._nodes: dict[tuple[Key, str, int, int], Node] = {}

    def note(self, explanation: Explanation, rule: Key) -> None:
        """Take in one verdict with its parts."""
        for node in walk_nodes(explanation.nodes):
            file = node.span.source.name
            if node.truth is not None and file in self._files:
                place = (rule, file, node.span.start, node.span.end)
                self._seen.setdefault(place, set()).add(node.truth)
                self._nodes.setdefault(place, node)

    def gaps(self, untested: set[Key]) -> Iterator[Gap]:
        """The parts that are never true, or never false, but for rules of which no example expects anything."""
        for place in sorted(self._seen, key=lambda p: (p[0], p[1], p[2], -p[3])):
            never = tuple(truth.value for truth in (Truth.TRUE, Truth.FALSE) if truth not in self._seen[place])
            if never and place[0] not in untested:
                node = self._nodes[place]
                yield Gap(place[0], node.text, place[1], node.span.line, never)
