"""How far the lineage of each model is known, from its training data to the systems that use it.

Each stage is painted over the whole graph at once, first over all edges, then over sure ones only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.navigation_columns import opening
from lexline.evaluate.walks import spread, spread_greatest
from lexline_lineage.column_flow import ANY
from lexline_lineage.graph import Adjacency, Graph

__all__ = ["Gap", "ModelLineage", "Stage", "State", "led_to_a_model", "lineage_of_models"]

Bools = NDArray[np.bool_]
MODEL = "model"
DATA = ("dataset", "feature-view", "column")


class Stage(StrEnum):
    """A part of a model's lineage, in the order in which data flows."""

    SOURCE = "source"
    """Its data is followed back to a dataset into which nothing flows, on every way."""
    COLUMNS = "columns"
    """Columns from which values flow into it are known; possible where only its data is known to have columns."""
    DATA = "data"
    """Data that it was trained on is known."""
    ARTIFACT = "artifact"
    """The file that it is stored in is known."""
    DEPLOYMENT = "deployment"
    """A deployment answers with it."""
    SYSTEM = "system"
    """A system uses it."""


KINDS = {
    Stage.SOURCE: ("dataset",),
    Stage.COLUMNS: ("column",),
    Stage.DATA: DATA,
    Stage.ARTIFACT: ("artifact",),
    Stage.DEPLOYMENT: ("deployment",),
    Stage.SYSTEM: ("system",),
}
"""The kinds that a vocabulary needs for a stage: one of them, through which data flows."""


class State(StrEnum):
    """Whether a stage is known."""

    YES = "yes"
    POSSIBLE = "possible"
    """By edges that may not be there, or on some ways only."""
    MISSING = "missing"


_STATES = (State.MISSING, State.POSSIBLE, State.YES)


@dataclass(frozen=True, slots=True)
class Gap:
    """A stage that is not surely known. ``advice`` says what is missing and what would close the gap; ``element`` is
    where the lineage ends, where it ends at one."""

    stage: Stage
    advice: str
    element: str | None = None


@dataclass(frozen=True, slots=True)
class ModelLineage:
    """One model. ``gaps`` leaves out what follows from another gap: without data there are no columns."""

    element: str
    stages: Mapping[Stage, State]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Coverage:
    """By the number of an element, a code of ``_STATES`` for each stage; ``ends``: an element at which its lineage ends
    for want of facts, -1 for none; ``bare``: nothing flows into it."""

    states: Mapping[Stage, NDArray[np.int8]]
    ends: NDArray[np.int64]
    bare: Bools


def lineage_of_models(graph: Graph) -> tuple[tuple[Stage, ...], tuple[ModelLineage, ...]]:
    """The stages that the vocabulary knows, and how far each is known of each model, by id."""
    numbers = graph.members.get(MODEL, np.zeros(0, np.int32))
    if not len(numbers):
        return (), ()
    coverage = _coverage(graph)
    stages = tuple(coverage.states)
    codes = np.stack([coverage.states[stage][numbers] for stage in stages], axis=1).tolist() if stages else []
    ends, bare = coverage.ends[numbers].tolist(), coverage.bare[numbers].tolist()
    found = []
    for number, row, end, is_bare in zip(numbers.tolist(), codes, ends, bare, strict=True):
        states = {stage: _STATES[code] for stage, code in zip(stages, row, strict=True)}
        end_at = graph.ids[end] if end >= 0 else None
        found.append(ModelLineage(graph.ids[number], states, tuple(_gaps(states, end_at, is_bare=is_bare))))
    return stages, tuple(found)


def led_to_a_model(graph: Graph) -> Bools:
    """By the number of an element: a deployment that answers, surely or perhaps, with a model or a file of one."""
    passed = ~_of_kinds(graph, ("artifact",))
    return spread(graph.downstream, _of_kinds(graph, (MODEL,)), passed, None)


def _coverage(graph: Graph) -> _Coverage:
    states: dict[Stage, NDArray[np.int8]] = {}
    known = [stage for stage in Stage if any(_flows(graph, kind) for kind in KINDS[stage])]
    ends = np.full(len(graph.kind_codes), -1, np.int64)
    for stage in known if _flows(graph, MODEL) else ():
        states[stage] = _painted(graph, stage)
    if Stage.SOURCE in states:
        open_ends = opening(graph, "upstream")
        ranks = np.arange(len(ends), dtype=np.int64)
        ends = spread_greatest(graph.downstream, open_ends, len(ends) - 1 - ranks, None, None)
        ends = np.where(ends >= 0, len(ends) - 1 - ends, -1)  # the first by number
        partly = (ends >= 0) & (states[Stage.SOURCE] == _STATES.index(State.YES))
        states[Stage.SOURCE][partly] = _STATES.index(State.POSSIBLE)
    return _Coverage(states, ends, np.diff(graph.upstream.starts) == 0)


def _flows(graph: Graph, kind: str) -> bool:
    return kind in graph.vocabulary.kinds and graph.vocabulary.has_lineage(kind)


def _painted(graph: Graph, stage: Stage) -> NDArray[np.int8]:
    """A code of ``_STATES`` for each element."""
    models = _of_kinds(graph, (MODEL,))
    artifacts = _of_kinds(graph, ("artifact",))
    up, down = graph.upstream, graph.downstream
    match stage:
        case Stage.SOURCE:
            seeds = _of_kinds(graph, ("dataset",)) & (np.diff(up.starts) == 0)
            return _states(down, seeds, None)
        case Stage.COLUMNS:
            columns, tables = _columns(graph)
            return np.maximum(_states(down, columns, models), np.minimum(_states(down, tables, models), 1))
        case Stage.DATA:
            return _states(down, _of_kinds(graph, DATA), models)
        case Stage.ARTIFACT:
            return np.maximum(_states(down, artifacts, None, 1), _states(up, artifacts, None, 1))
        case Stage.DEPLOYMENT:
            return _states(up, _of_kinds(graph, ("deployment",)), ~artifacts)
        case Stage.SYSTEM:
            between = artifacts | _of_kinds(graph, ("deployment",))
            return _states(up, _of_kinds(graph, ("system",)), ~between)


def _states(adjacency: Adjacency, seeds: Bools, blocked: Bools | None, steps: int | None = None) -> NDArray[np.int8]:
    perhaps = spread(adjacency, seeds, blocked, steps)
    surely = spread(adjacency, seeds, blocked, steps, certain=True) if adjacency.possible.any() else perhaps
    return perhaps.astype(np.int8) + surely


def _columns(graph: Graph) -> tuple[Bools, Bools]:
    """The columns, without those that stand for any column of a table; and the tables to which they belong."""
    columns = _of_kinds(graph, ("column",))
    name = graph.columns.get(("column", "name"))
    if name is not None and ANY in graph.texts:
        columns[graph.members["column"][name.known & (name.values == graph.texts.index(ANY))]] = False
    tables = np.zeros(len(columns), np.bool_)
    belongs = graph.along.get("belongs_to")
    if belongs is not None:
        tables[belongs.neighbours[columns[np.repeat(np.arange(len(columns)), np.diff(belongs.starts))]]] = True
    return columns, tables


def _of_kinds(graph: Graph, kinds: Collection[str]) -> Bools:
    found = np.zeros(len(graph.kind_codes), np.bool_)
    for kind in kinds:
        if kind in graph.members:
            found[graph.members[kind]] = True
    return found


# ---- what would close a gap ----------------------------------------------------------------------------------------


def _gaps(states: Mapping[Stage, State], end: str | None, *, is_bare: bool) -> Iterator[Gap]:
    data = states.get(Stage.DATA, State.YES)
    if data is State.MISSING:
        yield _no_data(end, is_bare=is_bare)
    for stage, state in states.items():
        if state is State.YES or (stage in (Stage.SOURCE, Stage.COLUMNS) and data is State.MISSING):
            continue
        if stage is Stage.SYSTEM and states.get(Stage.DEPLOYMENT) is State.MISSING:
            continue
        if stage is Stage.SOURCE and end is not None:
            yield Gap(stage, f"nothing is recorded upstream of {end}: import what it reads", end)
        elif state is State.POSSIBLE:
            yield Gap(
                stage, _POSSIBLE.get(stage, "known by edges only that may not be there: let a person confirm them")
            )
        elif stage is not Stage.DATA:
            yield Gap(stage, _MISSING[stage])


def _no_data(end: str | None, *, is_bare: bool) -> Gap:
    if is_bare:
        return Gap(Stage.DATA, "nothing is recorded upstream of it: import its training run and what that reads")
    if end is not None:
        return Gap(Stage.DATA, f"nothing is recorded upstream of {end}: import what it reads", end)
    return Gap(Stage.DATA, "what flows into it is no data: record what it was trained on")


_POSSIBLE = {
    Stage.COLUMNS: "which columns of its data go into it is not recorded: import its signature, or column lineage",
}
_MISSING = {
    Stage.SOURCE: "no way back leads to a dataset that nothing flows into: record where its data comes from",
    Stage.COLUMNS: "no column of its training data is known: import its schema, and the signature of the model",
    Stage.ARTIFACT: "no stored file is recorded: import from the registry where it is stored",
    Stage.DEPLOYMENT: "no deployment answers with it: import the serving platform, or retire the model",
    Stage.SYSTEM: "no system uses its deployments: record in the portfolio what each of them powers",
}
