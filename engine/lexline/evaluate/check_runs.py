"""Running checks over a graph: each once for a kind and its arguments, and nothing it says is believed unexamined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_answers import what_is_wrong
from lexline.evaluate.check_view import Check, CheckView, Edge, UndeclaredReadError, declared_kinds
from lexline.evaluate.isolation import run_isolated
from lexline.evaluate.verdict import Clock, MissingFact
from lexline.lang.signatures import CheckSignature
from lexline_lineage.graph import Graph
from lexline_lineage.values import Value, parse_value
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["CheckRuns", "RegisteredCheck", "look_at", "unknown_reads"]

Arguments = tuple[tuple[str, Value | None], ...]

MAX_SENTENCE = 2_000
"""How many characters of a check's evidence, or of what it says of a failure, are kept."""


@dataclass(frozen=True, slots=True)
class RegisteredCheck:
    """A check and how it runs: in a child process that finds it under ``entry_point``, in this process if empty."""

    check: Check
    entry_point: str = ""


@dataclass(frozen=True, slots=True)
class CheckRuns:
    """The checks of an evaluation over its graph (see ``CheckResults``). Never raises for what a check does."""

    graph: Graph
    clock: Clock
    checks: Mapping[str, RegisteredCheck]
    _done: dict[tuple[str, str, Arguments], Sequence[CheckOutcome]] = field(default_factory=dict)
    _views: dict[str, CheckView] = field(default_factory=dict)

    def outcomes(self, check: str, kind: str, arguments: Arguments) -> Sequence[CheckOutcome]:
        """An outcome for each element of ``graph.members[kind]``, in that order."""
        key = (check, kind, arguments)
        if key not in self._done:
            if check not in self.checks:
                raise LookupError(f"no check is registered as {check}")
            self._done[key] = self._run(self.checks[check], kind, arguments)
        return self._done[key]

    def over(self, graph: Graph) -> CheckRuns:
        """The same checks over another graph."""
        return CheckRuns(graph, self.clock, self.checks)

    def _run(self, registered: RegisteredCheck, kind: str, arguments: Arguments) -> Sequence[CheckOutcome]:
        signature = registered.check.signature
        elements = [self.graph.ids[number] for number in self.graph.members[kind].tolist()]
        given = {p.name: p.default for p in signature.parameters} | dict(arguments)
        without = sorted(name for name, value in given.items() if value is None)
        if without:
            why = f"the check {signature.name} needs a value for {', '.join(without)}, and none is in force"
            return [CheckOutcome(missing=(MissingFact(e, kind, without[0], why),), until=date.max) for e in elements]
        if not elements:
            return ()
        unknown = unknown_reads(signature, self.graph.vocabulary)
        if unknown:
            return _all_failed(signature, len(elements), f"it reads {unknown[0]}, which the vocabulary does not know")
        values = cast(dict[str, Value], given)
        return _examined(signature, len(elements), self._answer(registered, elements, values))

    def _answer(self, registered: RegisteredCheck, elements: Sequence[str], values: Mapping[str, Value]) -> object:
        """What the check gives back, or a sentence about how it failed."""
        check = registered.check
        view = self._view(check.signature)
        if registered.entry_point:
            return run_isolated(check, registered.entry_point, view, elements, values)
        try:
            return check.function(view, elements, values)
        except UndeclaredReadError as error:
            return str(error)
        except Exception as error:  # whatever a check does, the evaluation goes on
            return f"it raised {type(error).__name__}: {error}"

    def _view(self, signature: CheckSignature) -> CheckView:
        if signature.name not in self._views:
            self._views[signature.name] = look_at(self.graph, self.clock, signature)
        return self._views[signature.name]


def look_at(graph: Graph, clock: Clock, signature: CheckSignature) -> CheckView:
    """What a check sees of a graph: only what it declared."""
    kinds = [kind for kind in declared_kinds(signature) if kind in graph.members]
    numbers = {kind: graph.members[kind].tolist() for kind in kinds}
    visible = {number for ofkind in numbers.values() for number in ofkind}
    return CheckView(
        dates=(clock.today, clock.now_in("UTC")) if signature.reads.today else None,
        members={kind: tuple(graph.ids[number] for number in numbers[kind]) for kind in kinds},
        columns={
            (kind, attribute): _column(graph, kind, attribute)
            for kind in kinds
            for attribute in signature.reads.attributes.get(kind, ())
        },
        edges={relation: _edges(graph, relation, visible) for relation in signature.reads.relations},
    )


def unknown_reads(signature: CheckSignature, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What a check declares that a vocabulary doesn't have: ``kind x``, ``kind.attribute``, ``relation r``."""
    found = [f"kind {kind}" for kind in declared_kinds(signature) if kind not in vocabulary.kinds]
    for kind, attributes in signature.reads.attributes.items():
        known = vocabulary.kinds[kind].attributes if kind in vocabulary.kinds else attributes
        found += [f"{kind}.{attribute}" for attribute in attributes if attribute not in known]
    found += [f"relation {name}" for name in signature.reads.relations if name not in vocabulary.relations]
    return tuple(found)


def _column(graph: Graph, kind: str, attribute: str) -> tuple[Value | None, ...]:
    column = graph.columns[kind, attribute]
    return tuple(graph.plain(column, row) if known else None for row, known in enumerate(column.known.tolist()))


def _edges(graph: Graph, relation: str, visible: set[int]) -> tuple[Edge, ...]:
    adjacency = graph.along.get(relation)
    if adjacency is None:
        return ()
    return tuple(
        (graph.ids[origin], graph.ids[target], possible)
        for origin in sorted(visible)
        for target, possible in adjacency.row(origin)
        if target in visible
    )


def _all_failed(signature: CheckSignature, count: int, how: str) -> Sequence[CheckOutcome]:
    return [CheckOutcome(failed=_failure(signature, how), until=_until(signature, None))] * count


def _until(signature: CheckSignature, given: date | None) -> date | None:
    """Until when an outcome stays as it is: that of a check that can't see the date, for ever."""
    return given if signature.reads.today else date.max


def _failure(signature: CheckSignature, how: str) -> str:
    return f"the check {signature.name} failed: {how}"[:MAX_SENTENCE]


def _examined(signature: CheckSignature, count: int, answer: object) -> Sequence[CheckOutcome]:
    """The answer of a check once it is shown to be what the signature promises; failures otherwise."""
    wrong = answer if isinstance(answer, str) else what_is_wrong(answer, count, signature.result)
    if wrong:
        return _all_failed(signature, count, wrong)
    return [_settled(signature, given) for given in cast(Sequence[CheckOutcome], answer)]


def _settled(signature: CheckSignature, given: CheckOutcome) -> CheckOutcome:
    """An outcome in the form that evaluators rely on: the value in its memory form, a failure that names the check."""
    evidence, until = given.evidence[:MAX_SENTENCE], _until(signature, given.until)
    if given.failed:
        return CheckOutcome(failed=_failure(signature, given.failed), evidence=evidence, until=until)
    value = None if given.value is None else parse_value(given.value, signature.result)
    ages = given.ages and signature.reads.today
    return CheckOutcome(value, tuple(given.missing), evidence=evidence, until=until, ages=ages)
