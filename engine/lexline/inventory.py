"""What a project's facts hold and how complete they are: can they carry decisions?

In: an evaluation. Out: an ``Inventory``. No rule is decided; every count is over whole columns and edges at once.
Guaranteed: a list holds all that its count says. Renderers shorten lists, this module does not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lexline.decision import Evaluation, portfolio_line
from lexline.evaluate.navigation_columns import opening
from lexline.evaluate.verdict import Clock
from lexline.inventory_likeness import Likeness, likenesses
from lexline.inventory_lineage import ModelLineage, Stage, led_to_a_model, lineage_of_models
from lexline.inventory_sources import Shares, SourceCount, origins_of, source_counts
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan.build import build_plan
from lexline.plan.footprint import attributes_read
from lexline.report import PortfolioLine
from lexline_lineage.graph import Graph

__all__ = [
    "AttributeCount",
    "Finding",
    "InputsCount",
    "Inventory",
    "KindCount",
    "Loose",
    "LooseElements",
    "SourceCount",
    "take_stock",
]

Bools = NDArray[np.bool_]
STUB_CODE = "LX463"
_CODED = re.compile(r"(.*?)\s*\[(?:(.*), )?(LX[0-9]{3})\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KindCount:
    """The elements of a kind; ``stubs`` of them only an edge names. Of its ``attributes``, so many are ``known`` of
    some element. ``sources`` are the systems that say something of some of them, with of how many, the most first."""

    kind: str
    elements: int
    stubs: int
    attributes: int
    known: int
    sources: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AttributeCount:
    """Of how many elements of a kind an attribute is known, and which rules read it. ``lacking`` are the elements of
    which it is not known, where a rule reads it and the inventory was asked for its kind."""

    kind: str
    attribute: str
    elements: int
    known: int
    rules: tuple[Key, ...]
    lacking: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Of how many elements it is not known."""
        return self.elements - self.known

    @property
    def share(self) -> float:
        """The share of the elements of which it is known, from 0 to 1."""
        return self.known / self.elements if self.elements else 1.0


@dataclass(frozen=True, slots=True)
class InputsCount:
    """A kind into whose elements something has to flow: into how many it surely does (``recorded``), into how many
    only perhaps (``possible``), how many are said to have no more than is recorded, which is nothing (``closed``); and
    the elements of which nothing of that is known."""

    kind: str
    elements: int
    recorded: int
    possible: int
    closed: int
    missing: tuple[str, ...]


class Loose(StrEnum):
    """Why an element is loose."""

    ALONE = "alone"
    """It has no edge at all."""
    UNREAD = "unread"
    """It is a dataset that nothing reads, by itself or by its columns."""
    NO_MODEL = "no-model"
    """It is a deployment, and what it runs leads to no model."""
    STUB = "stub"
    """Only an edge names it: nothing else is known of it."""


@dataclass(frozen=True, slots=True)
class LooseElements:
    """Elements that hang on nothing, by id."""

    why: Loose
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that was left out of the graph: the code of the problem, where it stands, and a sentence."""

    code: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """All of it, each part in the order of the vocabulary, then of ids. ``stages`` are those of a model's lineage that
    the vocabulary knows."""

    clock: Clock
    portfolio: PortfolioLine
    sources: tuple[SourceCount, ...]
    kinds: tuple[KindCount, ...]
    attributes: tuple[AttributeCount, ...]
    inputs: tuple[InputsCount, ...]
    stages: tuple[Stage, ...]
    models: tuple[ModelLineage, ...]
    likenesses: tuple[Likeness, ...]
    loose: tuple[LooseElements, ...]
    findings: tuple[Finding, ...]

    @property
    def needed(self) -> tuple[AttributeCount, ...]:
        """The attributes that rules read and that some element does not have, what is missing most first."""
        found = [count for count in self.attributes if count.rules and count.missing]
        return tuple(sorted(found, key=lambda count: -count.missing))

    def gaps_only(self) -> Inventory:
        """Without what is complete: attributes known of all elements, kinds with all their inputs, whole lineages."""
        return replace(
            self,
            attributes=tuple(count for count in self.attributes if count.missing),
            inputs=tuple(count for count in self.inputs if count.missing or count.possible),
            models=tuple(model for model in self.models if model.gaps),
        )


def take_stock(
    evaluation: Evaluation,
    *,
    kinds: Collection[str] | None = None,
    checks: Mapping[str, CheckSignature] | None = None,
) -> Inventory:
    """The inventory of an evaluation's facts; of some ``kinds`` only where they are given.

    ``checks`` are the signatures of the checks that rules call: without them, what a check reads is not counted as read
    by its rules.
    """
    graph = evaluation.graph
    chosen = tuple(kind for kind in graph.vocabulary.kinds if kinds is None or kind in kinds)
    read = attributes_read(build_plan(evaluation.program), checks or {})
    attributes = tuple(_attributes(graph, chosen, read, named=kinds is not None))
    stages, models = lineage_of_models(graph) if "model" in chosen else ((), ())
    sources, by_kind = source_counts(graph)
    return Inventory(
        clock=evaluation.clock,
        portfolio=portfolio_line(graph),
        sources=sources,
        kinds=tuple(_kinds(graph, chosen, attributes, by_kind)),
        attributes=attributes,
        inputs=tuple(_inputs(graph, kind) for kind in chosen if _expects(graph, kind)),
        stages=stages,
        models=models,
        likenesses=tuple(one for one in likenesses(graph, evaluation.joined) if one.kind in chosen),
        loose=_loose(graph, chosen),
        findings=tuple(_findings(evaluation.unread)),
    )


# ---- elements and who speaks of them -------------------------------------------------------------------------------


def _kinds(
    graph: Graph, kinds: Collection[str], attributes: Collection[AttributeCount], sources: Mapping[str, Shares]
) -> Iterator[KindCount]:
    stubs = _stubs(graph)
    for kind in kinds:
        numbers = graph.members[kind]
        known = [count.known > 0 for count in attributes if count.kind == kind]
        if len(numbers):
            said_by = sources.get(kind, ())
            yield KindCount(kind, len(numbers), int(stubs[numbers].sum()), len(known), sum(known), said_by)


def _stubs(graph: Graph) -> Bools:
    return _marked(graph, np.fromiter(graph.stubs, np.int64, len(graph.stubs)))


def _ids(graph: Graph, numbers: NDArray[np.integer]) -> tuple[str, ...]:
    return tuple(graph.ids[number] for number in numbers.tolist())


def _marked(graph: Graph, numbers: NDArray[np.integer]) -> Bools:
    marks = np.zeros(len(graph.kind_codes), np.bool_)
    marks[numbers] = True
    return marks


# ---- completeness --------------------------------------------------------------------------------------------------


def _attributes(
    graph: Graph, kinds: Collection[str], read: Mapping[tuple[str, str], tuple[Key, ...]], *, named: bool
) -> Iterator[AttributeCount]:
    for kind in kinds:
        numbers = graph.members[kind]
        for name in graph.vocabulary.kinds[kind].attributes if len(numbers) else ():
            known, rules = graph.columns[kind, name].known, read.get((kind, name), ())
            lacking = numbers[~known] if named and rules else numbers[:0]
            yield AttributeCount(kind, name, len(numbers), int(known.sum()), rules, _ids(graph, lacking))


def _expects(graph: Graph, kind: str) -> bool:
    return graph.vocabulary.kinds[kind].expects_inputs and len(graph.members[kind]) > 0


def _inputs(graph: Graph, kind: str) -> InputsCount:
    numbers = graph.members[kind]
    adjacency = graph.upstream
    some = (adjacency.starts[1:] > adjacency.starts[:-1])[numbers]
    surely = _marked(graph, origins_of(adjacency)[~adjacency.possible])
    executes = graph.along.get("executes")
    if executes is not None:  # what a run reads is recorded at the run, and not at its job again
        runs = surely[origins_of(executes)] & ~executes.possible
        surely[executes.neighbours[runs]] = True
    surely = surely[numbers]
    opens = opening(graph, "upstream")[numbers] & ~surely
    return InputsCount(
        kind,
        len(numbers),
        recorded=int(surely.sum()),
        possible=int((some & ~surely).sum()),
        closed=int((~some & ~opens & ~surely).sum()),
        missing=_ids(graph, numbers[opens]),
    )


# ---- what hangs on nothing -----------------------------------------------------------------------------------------


def _loose(graph: Graph, kinds: Collection[str]) -> tuple[LooseElements, ...]:
    size = len(graph.kind_codes)
    codes = [graph.kind_names.index(kind) for kind in kinds]
    wanted = np.isin(graph.kind_codes, codes)
    tied = np.zeros(size, np.bool_)
    for relation in graph.vocabulary.relations:
        for adjacency in (graph.along[relation], graph.against[relation]):
            tied |= np.diff(adjacency.starts) > 0
    masks = {
        Loose.ALONE: ~tied,
        Loose.UNREAD: tied & ~_read(graph) & _of_kind(graph, "dataset"),
        Loose.NO_MODEL: tied & ~led_to_a_model(graph) & _of_kind(graph, "deployment"),
        Loose.STUB: _stubs(graph),
    }
    found = []
    for why, mask in masks.items():
        numbers = np.flatnonzero(mask & wanted)
        if len(numbers):
            found.append(LooseElements(why, _ids(graph, numbers)))
    return tuple(found)


def _of_kind(graph: Graph, kind: str) -> Bools:
    """The elements of a kind, in a vocabulary in which data flows through it; else none."""
    has_lineage = kind in graph.vocabulary.kinds and graph.vocabulary.has_lineage(kind)
    return _marked(graph, graph.members[kind] if has_lineage else np.zeros(0, np.int32))


def _read(graph: Graph) -> Bools:
    """The elements from which data goes somewhere, by themselves or by one of their columns."""
    read = np.diff(graph.downstream.starts) > 0
    belongs = graph.along.get("belongs_to")
    if belongs is not None:
        read[belongs.neighbours[read[origins_of(belongs)]]] = True
    return np.asarray(read)


def _findings(unread: Collection[str]) -> list[Finding]:
    """What was left out. Elements that only an edge names stand among the loose ones."""
    found = []
    for sentence in unread:
        match = _CODED.fullmatch(sentence)
        message, place, code = match.groups(default="") if match else (sentence, "", "")
        if code != STUB_CODE:
            found.append(Finding(code, place, message))
    return found
