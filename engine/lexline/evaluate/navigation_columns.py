"""Navigation for whole columns of origins: their members as pairs, and where the navigation is open.

Members are given by their position in their kind (or in an ``ItemTable``). Pairs come in chunks of bounded size, all
pairs of a row in one chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lexline.evaluate.column_types import Bools, Index, Truths
from lexline.evaluate.walk_kernels import WalkKernels
from lexline.evaluate.walks import Mark, Masks, edges_from
from lexline.lang.jsonpath import find
from lexline.plan.nodes import Lineage, Related
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow

__all__ = [
    "Groups",
    "ItemTable",
    "Pairs",
    "everything",
    "items_of",
    "lineage_groups",
    "masks_of",
    "open_lineage",
    "open_related",
    "opening",
    "pairs_of",
    "related_groups",
    "unrecorded",
]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The members of the origins ``begin`` to ``end``: those of origin ``i`` from ``starts[i - begin]`` to the next."""

    begin: int
    end: int
    starts: Index
    members: Index
    certain: Bools
    failed: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """A chunk of rows, each with all of its members: ``places`` says for each pair which of ``rows``, ascending;
    ``reach`` whether it is a member by what the navigation reaches."""

    rows: Index
    places: Index
    members: Index
    reach: Truths


@dataclass(frozen=True, slots=True, eq=False)
class ItemTable:
    """The raw items of one path in one document attribute: those of the element at position ``i`` of the kind from
    ``starts[i]`` to the next."""

    starts: NDArray[np.int32]
    items: Sequence[object]

    def is_empty(self, positions: Index) -> Bools:
        """Where there are none."""
        return np.asarray(self.starts[positions] == self.starts[positions + 1])

    def groups(self, positions: Index) -> Groups:
        """The items of some elements; which items there are is certain."""
        adjacency = Adjacency(self.starts, np.arange(len(self.items), dtype=np.int32), np.zeros(0, np.bool_))
        items, places = edges_from(adjacency, positions)
        return _grouped(0, len(positions), places, items, None, None)


def items_of(path: str, documents: Iterable[object]) -> ItemTable:
    """What stands at a path in each of some documents; None has nothing."""
    found: list[object] = []
    starts = [0]
    for document in documents:
        if document is not None:
            found.extend(find(path, document))
        starts.append(len(found))
    return ItemTable(np.array(starts, np.int32), found)


def pairs_of(groups: Iterator[Groups], origins: Index, pairs: int) -> Iterator[Pairs]:
    """The pairs of rows, about so many at once; ``origins[row]`` says which of the origins that ``groups`` run over is
    that of the row."""
    if len(origins) == 1:
        for group in groups:
            reach = Truths(group.certain, np.zeros(len(group.members), np.bool_), group.failed)
            yield Pairs(origins, np.zeros(len(group.members), np.int64), group.members, reach)
        return
    order = np.argsort(origins, kind="stable")
    sorted_origins = origins[order]
    for group in groups:
        first, last = np.searchsorted(sorted_origins, [group.begin, group.end])
        rows = order[first:last]
        sizes = np.diff(group.starts)[sorted_origins[first:last] - group.begin]
        ends = np.cumsum(sizes)
        start = 0
        while start < len(rows):
            done = ends[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, done + pairs, side="right")))
            yield _expanded(group, rows[start:stop], origins, sizes[start:stop])
            start = stop


def _expanded(group: Groups, rows: Index, origins: Index, sizes: Index) -> Pairs:
    places = np.repeat(np.arange(len(rows)), sizes)
    offsets = np.arange(len(places)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    found = group.starts[origins[rows] - group.begin][places] + offsets
    reach = Truths(group.certain[found], np.zeros(len(found), np.bool_), group.failed[found])
    return Pairs(rows, places, group.members[found], reach)


def everything(size: int) -> Groups:
    """All of a kind, as the members of one origin."""
    return _grouped(0, 1, np.zeros(size, np.int64), np.arange(size), None, None)


# ---- lineage -------------------------------------------------------------------------------------------------------


def masks_of(scope: Lineage, holds: Callable[[int, str], Truths], graph: Graph) -> Masks | None:
    """The elements that ``scope`` avoids; ``holds`` gives a condition for all elements of a kind."""
    if not scope.avoiding:
        return None
    size = len(graph.kind_codes)
    surely, undecided, failed = (np.zeros(size, np.bool_) for _ in range(3))
    for avoided in scope.avoiding:
        condition = holds(avoided.condition, avoided.kind)
        numbers = members_of(graph, avoided.kind)
        surely[numbers] |= condition.yes
        undecided[numbers] |= ~condition.known
        failed[numbers] |= condition.failed
    return Masks(surely, undecided & ~surely, failed & ~surely)


def lineage_groups(
    graph: Graph, scope: Lineage, kind: str, origins: Index, masks: Masks | None, walks: WalkKernels, pairs: int
) -> Iterator[Groups]:
    """The members of ``kind`` of each origin (a number of the graph), in chunks by the size of ``pairs``."""
    adjacency = graph.upstream if scope.direction == "upstream" else graph.downstream
    code = graph.kind_names.index(kind) if kind in graph.kind_names else -2
    for reached in walks.walk(adjacency, origins, graph.kind_codes == code, masks, scope.steps, pairs):
        members = graph.rows[reached.elements].astype(np.int64)
        yield _grouped(reached.begin, reached.end, reached.origins, members, reached.certain, reached.failed)


def open_lineage(graph: Graph, scope: Lineage, kind: str, masks: Masks | None, walks: WalkKernels) -> Bools:
    """For the elements of ``kind`` whether their lineage is open."""
    opens, origins = opening(graph, scope.direction), members_of(graph, kind)
    found = opens[origins]
    # Painted from the opening elements towards the origins, one step short of the last.
    back = graph.downstream if scope.direction == "upstream" else graph.upstream
    steps = None if scope.steps is None else scope.steps - 1
    numbers = np.flatnonzero(opens)
    if len(numbers) and steps != 0:
        mark = Mark(numbers, np.ones(len(numbers), np.bool_), certain=False)
        found |= walks.spread_marks(back, [mark], masks, steps, origins)[0]
    return found


def opening(graph: Graph, direction: str) -> Bools:
    """The elements from which further lineage is expected, with none recorded."""
    found = np.zeros(len(graph.kind_codes), np.bool_)
    upstream = direction == "upstream"
    adjacency = graph.upstream if upstream else graph.downstream
    for name, kind in graph.vocabulary.kinds.items():
        if kind.expects_inputs if upstream else kind.expects_outputs:
            numbers = members_of(graph, name)
            found[numbers] = unrecorded(graph, name, numbers, adjacency, complete=upstream)
    return found


def unrecorded(graph: Graph, kind: str, numbers: Index, adjacency: Adjacency, *, complete: bool) -> Bools:
    """For some elements of a kind: no edge is recorded, and (``complete``) none said to be the whole."""
    empty: Bools = adjacency.starts[numbers] == adjacency.starts[numbers + 1]
    column = graph.columns.get((kind, LINEAGE_COMPLETE)) if complete else None
    if column is not None and column.values.dtype == np.bool_:
        rows = graph.rows[numbers]
        empty &= ~(column.known[rows] & column.values[rows])
    return empty


# ---- relations -----------------------------------------------------------------------------------------------------


def related_groups(graph: Graph, scope: Related, kind: str, origins: Index, pairs: int) -> Iterator[Groups]:
    """The members of ``kind`` one relation away from each origin (a number of the graph), about so many at once."""
    ways = [_adjacency(graph, relation, along=along) for relation, along in scope.relations]
    ends = np.cumsum(np.sum([way.starts[origins + 1] - way.starts[origins] for way in ways], axis=0, dtype=np.int64))
    begin = 0
    while begin < len(origins):
        done = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, done + pairs, side="right")))
        yield _related_group(graph, ways, kind, origins, begin, end)
        begin = end


def _related_group(graph: Graph, ways: Sequence[Adjacency], kind: str, origins: Index, begin: int, end: int) -> Groups:
    code = graph.kind_names.index(kind) if kind in graph.kind_names else -2
    found = [_related(way, code, origins[begin:end], graph) for way in ways]
    if len(found) == 1:
        places, elements, certain = found[0]
    else:
        size = max(len(graph.kind_codes), 1)
        keys = np.unique(np.concatenate([places * size + elements for places, elements, _ in found]))
        sure = np.concatenate([(places * size + elements)[certain] for places, elements, certain in found])
        places, elements, certain = keys // size, keys % size, np.isin(keys, sure)
    return _grouped(begin, end, places, graph.rows[elements].astype(np.int64), certain, None)


def _related(adjacency: Adjacency, code: int, origins: Index, graph: Graph) -> tuple[Index, Index, Bools]:
    """The members of the kind ``code`` along one relation: which of the origins, its number, whether surely."""
    edges, places = edges_from(adjacency, origins)
    elements = adjacency.neighbours[edges]
    wanted = graph.kind_codes[elements] == code
    return places[wanted], elements[wanted].astype(np.int64), ~adjacency.possible[edges[wanted]]


def open_related(graph: Graph, scope: Related, kind: str, numbers: Index) -> Bools:
    """For some elements of ``kind`` whether the navigation from them is open."""
    found = np.zeros(len(numbers), np.bool_)
    for name, along in scope.relations:
        relation = graph.vocabulary.relations[name]
        if relation.flow is Flow.NONE:
            if not relation.complete:
                starts = _adjacency(graph, name, along=along).starts
                found |= starts[numbers] == starts[numbers + 1]
            continue
        inputs = along is (relation.flow is Flow.BACKWARD)
        description = graph.vocabulary.kinds[kind]
        if description.expects_inputs if inputs else description.expects_outputs:
            adjacency = graph.upstream if inputs else graph.downstream
            found |= unrecorded(graph, kind, numbers, adjacency, complete=inputs)
    return found


def _adjacency(graph: Graph, relation: str, *, along: bool) -> Adjacency:
    return graph.along[relation] if along else graph.against[relation]


def members_of(graph: Graph, kind: str) -> Index:
    """The numbers of the elements of a kind."""
    numbers = graph.members.get(kind)
    return np.zeros(0, np.int64) if numbers is None else numbers.astype(np.int64)


def _grouped(
    begin: int, end: int, places: Index, members: Index, certain: Bools | None, failed: Bools | None
) -> Groups:
    """Groups of pairs sorted by ``places``, which count from ``begin``."""
    starts = np.concatenate([[0], np.cumsum(np.bincount(places, minlength=end - begin))]).astype(np.int64)
    sure = np.ones(len(places), np.bool_) if certain is None else certain
    broken = np.zeros(len(places), np.bool_) if failed is None else failed
    return Groups(begin, end, starts, members, sure, broken)
