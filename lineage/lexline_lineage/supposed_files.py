"""Files of supposed facts: what is to be otherwise than a graph says, as a portfolio file with a part `without`.

In: a file and a graph. Out: ``Changes`` that fit the graph. ``nodes`` and ``edges`` are as in a portfolio; ``without``
holds ``nodes`` (ids), ``values`` (attributes by id) and ``edges`` that are no longer there. A file in the facts form
only adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from lexline_lineage.documents import Document
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.files import read_facts
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import THERE, Changes, near_element
from lexline_lineage.placement import is_id
from lexline_lineage.portfolio_files import PortfolioReader
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.reading import read_document
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["read_supposed"]

PARTS = ("nodes", "values", "edges")


def read_supposed(path: Path, graph: Graph, on: date, number: Callable[[str], int | None]) -> Changes:
    """The changes that a file says, of what holds on a day; ``number`` gives the element that an exact name means.
    Raises ``LineageError`` with every mistake of its form, or all that does not fit the graph."""
    if path.suffix.lower() in (".jsonl", ".parquet"):
        facts = read_facts(path)
        ends = [
            End(end, *fact.source.location()) for fact in facts if isinstance(fact, EdgeFact) for end in _ends(fact)
        ]
        return _fitting(graph, _added(facts, graph, on, number), _strangers(ends, facts, graph, number))
    reader = _Reader(read_document(path), graph.vocabulary)
    facts = tuple(reader.read())
    added = _added(facts, graph, on, number)
    gone = [_named(changes, graph, number) for changes in reader.without]
    without = {element for changes in gone for element in changes.kinds}  # whose edges go with them
    gone = [c for c in gone if not any(edge[0] in without or edge[2] in without for edge in c.edges)]
    both = {edge for changes in gone for edge in changes.edges} & {edge for changes in added for edge in changes.edges}
    for changes in gone:
        for edge in both & changes.edges.keys():
            message = f"the edge `{' '.join(edge)}` is both supposed and taken away"
            reader.problems.append(Problem("LX420", *changes.source.location(), message, "keep one of the two"))
    for changes in added:
        for edge in changes.edges:
            if lost := [end for end in (edge[0], edge[2]) if end in without]:
                message = f"`{lost[0]}` is taken away, and the edge `{' '.join(edge)}` names it"
                reader.problems.append(Problem("LX420", *changes.source.location(), message, "keep one of the two"))
    if reader.problems:
        raise LineageError(sorted(reader.problems, key=_place))
    return _fitting(graph, [*gone, *added], _strangers(reader.ends, facts, graph, number))


@dataclass(frozen=True, slots=True)
class End:
    """An element that an edge names, and where; ``without``: that of an edge that is taken away."""

    element: str
    file: str
    line: int
    column: int
    without: bool = False


def _ends(fact: EdgeFact) -> tuple[str, str]:
    return fact.origin, fact.target


def _strangers(
    ends: Iterable[End], facts: Iterable[Fact], graph: Graph, number: Callable[[str], int | None]
) -> list[Problem]:
    """Those ends that are not there: a name with a slip would else be taken for a new element, of which nothing is
    known."""
    new = {fact.element for fact in facts if isinstance(fact, ElementFact)}
    found = []
    for end in ends:
        if number(end.element) is not None or (end.element in new and not end.without) or not is_id(end.element):
            continue
        near = near_element(graph, end.element)
        if end.without:
            code, message = "LX437", f"there is no element `{end.element[:80]}`, and so no edge of it to remove"
            near = near or THERE
        else:
            code, message = "LX433", f"nothing declares `{end.element[:80]}`, which an edge names"
            near = f"{near} declare it under `nodes`, with its kind, if it is new".strip()
        found.append(Problem(code, end.file, end.line, end.column, message, near))
    return found


def _place(problem: Problem) -> tuple[str, int, int]:
    return problem.file, problem.line, problem.column


class _Reader(PortfolioReader):
    """Reads the part ``without`` beside a portfolio."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        data = document.data
        rest = {key: value for key, value in data.items() if key != "without"} if isinstance(data, dict) else data
        super().__init__(replace(document, data=rest), vocabulary)
        self._all = data
        self.without: list[Changes] = []
        self.ends: list[End] = []

    def read(self) -> list[Fact]:
        """The facts that are added or otherwise; ``without`` holds what is taken away."""
        found = super().read()
        if isinstance(self._all, dict) and self._all.get("without") is not None:
            self._without(self._all["without"])
        return found

    def _source(self, *path: str | int) -> Source:
        """The place of a value; of the attribute's name where its kind has no such attribute."""
        content = self._all["nodes"][path[1]] if isinstance(self._all, dict) else {}
        kind = self._vocabulary.kinds.get(str(content.get("kind")))
        line, column = self._document.place(*path, of_value=kind is None or path[2] in kind.attributes)
        return Source(self._document.file, f"line {line}, column {column}")

    def _edge(self, edge: object, path: tuple[str | int, ...], facts: list[Fact]) -> None:
        before = len(facts)
        super()._edge(edge, path, facts)
        for fact in facts[before:]:
            keys: tuple[str | int, str | int] = ("from", "to") if isinstance(edge, dict) else (0, 2)
            for end, key in zip(_ends(fact) if isinstance(fact, EdgeFact) else (), keys, strict=False):
                place = self._document.place(*path, key, of_value=True)
                self.ends.append(End(end, self._document.file, *place, without=path[0] == "without"))

    def _without(self, part: object) -> None:
        if not isinstance(part, dict):
            self._refuse(
                "`without` is a mapping", ("without",), "write `without: {nodes: […], values: {…}, edges: […]}`"
            )
            return
        for key in part:
            if key not in PARTS:
                self._refuse(f"`without` has no `{key[:80]}`", ("without", key), nearest(key, PARTS))
        for index, element in enumerate(self._list(part, "nodes")):
            if not isinstance(element, str):
                self._refuse("an element is named by its id", ("without", "nodes", index), "put it in quotes")
                continue
            self.without.append(Changes({element: None}, source=self._source_of_word("without", "nodes", index)))
        values = part.get("values") or {}
        if not isinstance(values, dict):
            self._refuse("`values` is a mapping from ids", ("without", "values"), "write `values: {id: [attribute]}`")
            values = {}
        for element, names in values.items():
            if not isinstance(names, list):
                self._refuse("attributes are a list", ("without", "values", element), "write `id: [attribute]`")
                continue
            for index, name in enumerate(names):
                at = ("without", "values", element, index)
                if not isinstance(name, str):
                    self._refuse("an attribute is named by its name", at, "write `id: [attribute]`")
                    continue
                self.without.append(Changes(values={(element, name): None}, source=self._source_of_word(*at)))
        facts: list[Fact] = []
        for index, edge in enumerate(self._list(part, "edges")):
            self._edge(edge, ("without", "edges", index), facts)
        for fact in facts:
            if isinstance(fact, EdgeFact):
                edge = (fact.origin, fact.relation, fact.target)
                self.without.append(Changes(edges={edge: None}, source=fact.source))

    def _list(self, part: dict[str, object], key: str) -> list[object]:
        found = part.get(key)
        if found is None or isinstance(found, list):
            return found or []
        self._refuse(f"`{key}` is a list", ("without", key), f"write `{key}: […]`")
        return []


def _added(facts: Sequence[Fact], graph: Graph, on: date, number: Callable[[str], int | None]) -> list[Changes]:
    """Facts that hold on a day, each as a change."""
    return [_named(changes, graph, number) for fact in facts for changes in _change(fact, graph, on, number)]


def _change(fact: Fact, graph: Graph, on: date, number: Callable[[str], int | None]) -> Iterator[Changes]:
    match fact:
        case ElementFact(element, kind, source):
            there = number(element)
            if there is None or there in graph.stubs or graph.kind(there) != kind:
                yield Changes({element: kind}, source=source)
        case AttributeFact(element, attribute, value, source):
            if (fact.since or on) <= on <= (fact.until or on):
                yield Changes(values={(element, attribute): value}, source=source)
        case EdgeFact(origin, relation, target, source, possible):
            if (fact.since or on) <= on <= (fact.until or on):
                yield Changes(edges={(origin, relation, target): possible}, source=source)
        case AliasFact(source=source):
            file, line, column = source.location()
            message = "names of elements can't be supposed"
            raise LineageError(
                [Problem("LX420", file, line, column, message, "say them in the facts (docs/identity.md)")]
            )


def _named(changes: Changes, graph: Graph, number: Callable[[str], int | None]) -> Changes:
    """A change with the ids of the elements that its names mean."""

    def id_of(name: str) -> str:
        found = number(name)
        return name if found is None else graph.ids[found]

    return Changes(
        {id_of(element): kind for element, kind in changes.kinds.items()},
        {(id_of(element), attribute): value for (element, attribute), value in changes.values.items()},
        {(id_of(origin), relation, id_of(target)): flag for (origin, relation, target), flag in changes.edges.items()},
        changes.source,
    )


def _fitting(graph: Graph, parts: Sequence[Changes], problems: list[Problem]) -> Changes:
    """All parts as one, which fits the graph. Raises ``LineageError`` with the ``problems``, and with what is wrong in
    each part, where it stands."""
    whole = Changes(
        {element: kind for part in parts for element, kind in part.kinds.items()},
        {cell: value for part in parts for cell, value in part.values.items()},
        {edge: flag for part in parts for edge, flag in part.edges.items()},
        Source("supposed"),
    )
    try:
        graph.with_changes(whole)
    except LineageError as error:
        found: list[Problem] = []
        for part in sorted(parts, key=lambda part: (not part.kinds, not part.values)):
            try:
                graph = graph.with_changes(part)
            except LineageError as refused:
                found += refused.problems
        told = {problem.line for problem in problems}  # of an edge whose end is not there that is enough
        problems += [one for one in found or error.problems if one.line not in told or one.code == "LX431"]
    if problems:
        raise LineageError(sorted(problems, key=_place))
    return whole
