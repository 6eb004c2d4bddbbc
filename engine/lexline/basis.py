"""What an assessment, a judgement or a waiver rests on, as a digest: it is stale when the digest differs now.

``docs/basis.md`` describes the form, so that a recorded one can be checked years later. The rules that ask for it say
where they read (``plan.places``); here those places are walked from an element, and what stands there is hashed: a
block for each element, and the blocks in the order of the ids. Blocks are shared by all elements that read them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lexline.decision import Evaluation
from lexline.evaluate.column_types import Bools, Index
from lexline.evaluate.cone_kernels import ConeKernels, cone_kernels
from lexline.evaluate.walks import edges_from
from lexline.lang.digest import rule_digest
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Key
from lexline.plan.build import build_plan
from lexline.plan.nodes import Lineage, Portfolio, Related
from lexline.plan.places import EVIDENCE, Place, Reading, reading_of
from lexline.plan.plans import Plan
from lexline_lineage.graph import Adjacency, Graph
from lexline_lineage.values import Sort, Value, ValueType, format_value
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Flow

__all__ = ["FORM", "Bases", "Basis", "basis"]

FORM = "lexline-basis"
VERSION = 1
MEANINGS = {1: "lexline-meaning/2"}
"""By version the form of the digests of rules in it: where that gets another number, so does this form."""
DIRECTIONS = ("upstream", "downstream")
FEW = 200
"""From how many walks on compiled kernels are worth their start."""


@dataclass(frozen=True, slots=True)
class Basis:
    """``digest`` (``sha256:…``) of the facts and edges that ``rules`` can read, each rule with the digest of its
    meaning, sorted. ``str`` gives the text that is recorded."""

    digest: str
    rules: tuple[tuple[Key, str], ...]
    version: int = VERSION

    def __str__(self) -> str:
        """``lexline-basis/1:sha256:…``, then ``;policy/RULE=`` and its digest for each rule."""
        rules = "".join(f";{'/'.join(key)}={said.removeprefix('sha256:')}" for key, said in self.rules)
        return f"{FORM}/{self.version}:{self.digest}{rules}"

    @classmethod
    def read(cls, text: str) -> Basis:
        """The basis that a text says. Raises ``ValueError`` where it says none, or one of another form: its digests
        can't be compared with those of now, so that nobody may take it for one that moved."""
        head, *rules = text.strip().split(";")
        form, _, digest = head.partition(":")
        if form != f"{FORM}/{VERSION}" or not _is_digest(digest):
            raise ValueError(f"`{text[:80]}` is no basis")
        read = []
        for rule in rules:
            name, _, said = rule.partition("=")
            policy, slash, key = name.partition("/")
            if not (slash and policy and key and _is_digest(f"sha256:{said}")):
                raise ValueError(f"`{rule[:80]}` is no rule of a basis")
            read.append(((policy, key), f"sha256:{said}"))
        return cls(digest, tuple(read))


def _is_digest(text: str) -> bool:
    digits = text.removeprefix("sha256:")
    return text != digits and len(digits) == 64 and all(digit in "0123456789abcdef" for digit in digits)


def basis(
    evaluation: Evaluation,
    element: int,
    *,
    kind: str = "assessment",
    word: str = "",
    checks: Mapping[str, CheckSignature] | None = None,
) -> Basis:
    """The basis of an assessment of the type ``word`` (or, by ``kind``, a judgement on that norm) of an element. For
    many, ask one ``Bases``."""
    return Bases(evaluation, checks).of(element, kind, word)


@dataclass(frozen=True, slots=True)
class Look:
    """What is read of an element: some attributes, and its edges: ``(name, True)`` along a relation as written,
    ``(name, False)`` against it; ``to`` is the kind at the other end (empty: any)."""

    attributes: tuple[str, ...] = ()
    edges: tuple[tuple[str, bool], ...] = ()
    to: str = ""


Looks = Mapping[Look, Index]
"""What is read, and of which elements."""
_Asked = tuple[str, str, str]
"""The kind of an element, the kind of evidence, and its type or norm."""


class Bases:
    """The bases of one evaluation. ``checks`` say what the checks read; one that isn't there may read all."""

    def __init__(self, evaluation: Evaluation, checks: Mapping[str, CheckSignature] | None = None) -> None:
        self._program = evaluation.program
        self._graph = evaluation.graph
        self.checks = checks or {}
        self._shared: Bases | None = None
        self._readings: dict[Key, Reading] = {}
        self._digests: dict[Key, str] = {}
        self._asking: dict[_Asked, tuple[tuple[Key, Reading], ...]] = {}
        self._known: dict[tuple[_Asked, int], Basis] = {}
        self._looking = _Looking(evaluation.graph)

    @property
    def graph(self) -> Graph:
        """The graph whose facts they are."""
        return self._graph

    @property
    def rules(self) -> Collection[Key]:
        """All rules of the program."""
        return self._program.rules.keys()

    def over(self, graph: Graph) -> Bases:
        """The same over other facts of the same vocabulary; what rules say is shared."""
        if graph is self._graph:
            return self
        found = copy(self)
        found._graph, found._shared, found._known, found._looking = graph, self, {}, _Looking(graph)
        return found

    def of(self, element: int, kind: str, word: str) -> Basis:
        """The basis of an assessment of that type, or a judgement on that norm (``kind`` says which), of an element.
        Without a word: of any type or norm."""
        asked = (self._graph.kind(element), kind, word)
        if (asked, element) not in self._known:
            found = self.asking(*asked)
            reading = Reading().joined(*(reading for _, reading in found))
            self._known[asked, element] = self._basis([key for key, _ in found], [(element, reading)])
        return self._known[asked, element]

    def of_waiver(self, elements: Iterable[int], rules: Collection[Key]) -> Basis:
        """The basis of a waiver of some rules for some elements."""
        keys = [key for key in rules if key in self._program.rules]
        pairs = []
        for element in sorted(set(elements), key=self._graph.ids.__getitem__):
            about = [key for key in keys if self._program.rules[key].kind == self._graph.kind(element)]
            pairs.append((element, Reading().joined(*(self.reading(key) for key in about))))
        return self._basis(keys, pairs)

    def asking(self, about: str, kind: str, word: str) -> tuple[tuple[Key, Reading], ...]:
        """The rules that ask for an assessment of that type, or a judgement on that norm, of elements of the kind
        ``about``, each with what it reads from them."""
        asked = (about, kind, word)
        if asked not in self._asking:
            self._asking[asked] = tuple(self._search(*asked))
        return self._asking[asked]

    def reading(self, rule: Key) -> Reading:
        """What a rule reads from its subject."""
        if rule not in self._readings:
            plan, vocabulary = self.plan, self._graph.vocabulary
            self._readings[rule] = reading_of(plan, plan.rules[rule], self.checks, vocabulary)
        return self._readings[rule]

    def meaning(self, key: Key) -> str:
        """The digest of the meaning of a rule."""
        if key not in self._digests:
            self._digests[key] = rule_digest(self._program, key)
        return self._digests[key]

    def looks(self, element: int, reading: Reading, only: Bools | None = None) -> Looks:
        """Which elements are looked at from an element, and what is read of them; those that ``only`` marks."""
        return self._looking.found(element, reading, only)

    def read(self, looks: Looks) -> dict[str, dict[str, object]]:
        """What is read of elements that are looked at, by their ids."""
        return self._looking.read(looks)

    def _search(self, about: str, kind: str, word: str) -> Iterator[tuple[Key, Reading]]:
        for key in sorted(self._program.rules):
            reading = self.reading(key)
            tops = {
                asked.place
                for asked in reading.asked
                if asked.kind == kind
                and asked.place.kind == about
                and (not word or asked.words is None or word in asked.words)
            }
            if tops:
                yield key, Reading().joined(*(reading.below(top) for top in tops))

    @cached_property
    def plan(self) -> Plan:
        """The plan of the program, not rewritten: what it reads is what the rules say."""
        return build_plan(self._program) if self._shared is None else self._shared.plan

    def _basis(self, keys: Iterable[Key], pairs: Iterable[tuple[int, Reading]]) -> Basis:
        digest = hashlib.sha256()
        for element, reading in pairs:
            digest.update(self._looking.digest(element, reading))
        rules = tuple((key, self.meaning(key)) for key in sorted(keys))
        return Basis(f"sha256:{digest.hexdigest()}", rules)


# ---- what stands at the places -----------------------------------------------------------------------------------


class _Looking:
    """Walks the places of a reading from one element after another."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._order = _by_id(graph)
        self._ids = _Ids(graph)
        self._blocks: dict[Look, _Blocks] = {}
        self._flow = {direction: _flow(graph, upstream=direction == "upstream") for direction in DIRECTIONS}
        self._seen, self._starts = (np.zeros(len(graph.ids), np.bool_) for _ in range(2))
        self._cones = 0

    @cached_property
    def _kernels(self) -> ConeKernels:
        return cone_kernels()

    @cached_property
    def _zeros(self) -> NDArray[np.int32]:
        return np.zeros(len(self._graph.ids), np.int32)

    def digest(self, element: int, reading: Reading) -> bytes:
        """SHA-256 over what is read from an element, look by look."""
        digest = hashlib.sha256()
        found = self.found(element, reading)
        for look, text in sorted(((look, _text(look)) for look in found), key=lambda pair: pair[1]):
            elements = self._order(found[look])
            digest.update(f"{text}\n{len(elements)}\n".encode("ascii"))
            digest.update(self._blocks_of(look).of(elements))
        return digest.digest()

    def _blocks_of(self, look: Look) -> _Blocks:
        if look not in self._blocks:
            self._blocks[look] = _Blocks(self._graph, look, self._ids)
        return self._blocks[look]

    def read(self, looks: Looks) -> dict[str, dict[str, object]]:
        """What is looked at as it stands, by the id of what it is read of."""
        found: dict[str, dict[str, object]] = {}
        for look, numbers in looks.items():
            blocks = self._blocks_of(look)
            for number in numbers.tolist():
                known = found.setdefault(self._ids[number], {})
                for name, value in blocks.block(number).items():
                    one = known.get(name)
                    known[name] = [*one, *value] if isinstance(one, list) and isinstance(value, list) else value
        return found

    def found(self, element: int, reading: Reading, only: Bools | None = None) -> Looks:
        """For each look the numbers of the elements that are looked at so, each once; of those that ``only`` marks."""
        parts: dict[Look, list[Index]] = {}
        stand: dict[Place, Index] = {}
        cones: dict[tuple[Place | None, str, int | None], tuple[Index, Index]] = {}

        def look_at(look: Look, numbers: Index) -> None:
            chosen = numbers if only is None else numbers[only[numbers]]
            if only is None or len(chosen):
                parts.setdefault(look, []).append(chosen)

        for place in sorted(reading.attributes, key=_depth):
            origins = stand[place.parent] if place.parent is not None else np.array([element], np.int64)
            match place.step:
                case None:
                    members = origins
                case Portfolio():
                    members = self._graph.members.get(place.kind, np.zeros(0, np.int32)).astype(np.int64)
                case Related() as step:
                    members = self._related(step, place.kind, origins)
                    for look in self._edges(step, place.kind):
                        look_at(look, origins)
                case Lineage(direction, steps):
                    cone = (place.parent, direction, steps)
                    if cone not in cones:
                        walked, _ = cones[cone] = self._cone(direction, steps, origins)
                        look_at(self._flow[direction], walked)
                    members = self._of_kind(cones[cone][1], place.kind)
            stand[place] = members
            look_at(Look(tuple(sorted(reading.attributes[place]))), members)
        return {look: np.unique(np.concatenate(numbers)) for look, numbers in parts.items()}

    def _related(self, step: Related, kind: str, origins: Index) -> Index:
        found = [np.zeros(0, np.int64)]
        for name, along in step.relations:
            adjacency = _adjacency(self._graph, name, along)
            if adjacency is not None:
                edges, _ = edges_from(adjacency, origins)
                found.append(adjacency.neighbours[edges].astype(np.int64))
        return self._of_kind(np.unique(np.concatenate(found)), kind)

    def _edges(self, step: Related, kind: str) -> Iterator[Look]:
        for name, along in step.relations:
            relation = self._graph.vocabulary.relations[name]
            if relation.flow is not Flow.NONE:  # open where no data at all is recorded to go that way
                yield self._flow["upstream" if along is (relation.flow is Flow.BACKWARD) else "downstream"]
            empty_is_none = relation.complete or relation.flow is not Flow.NONE
            yield Look((), ((name, along),), kind if empty_is_none else "")

    def _cone(self, direction: str, steps: int | None, origins: Index) -> tuple[Index, Index]:
        """The elements from which further steps are taken, and those that are reached in one step or more."""
        adjacency = self._graph.upstream if direction == "upstream" else self._graph.downstream
        self._cones += 1
        if steps is None and len(origins) == 1 and self._cones > FEW:
            walked, inner = self._kernels.gather(adjacency, int(origins[0]), None, self._zeros)
            return walked, walked[0 if (inner.neighbours == 0).any() else 1 :]
        seen, starts = self._seen, self._starts
        seen[origins] = starts[origins] = True
        levels, looped = [origins], [origins[:0]]
        while len(levels[-1]) and (steps is None or len(levels) <= steps):
            edges, _ = edges_from(adjacency, levels[-1])
            targets = adjacency.neighbours[edges].astype(np.int64)
            looped.append(targets[starts[targets]])
            levels.append(np.unique(targets[~seen[targets]]))
            seen[levels[-1]] = True
        starts[origins] = seen[np.concatenate(levels)] = False
        return np.concatenate(levels[:steps]), np.concatenate([*levels[1:], np.unique(np.concatenate(looped))])

    def _of_kind(self, numbers: Index, kind: str) -> Index:
        graph = self._graph
        if kind not in graph.kind_names:
            return numbers[:0]
        return np.asarray(numbers[graph.kind_codes[numbers] == graph.kind_names.index(kind)])


def _flow(graph: Graph, *, upstream: bool) -> Look:
    """How data comes to an element (or goes on from it), and whether all of that is recorded."""
    relations = (relation for relation in graph.vocabulary.relations.values() if relation.flow is not Flow.NONE)
    edges = sorted((relation.name, (relation.flow is Flow.BACKWARD) is upstream) for relation in relations)
    return Look((LINEAGE_COMPLETE,) if upstream else (), tuple(edges))


def _adjacency(graph: Graph, name: str, along: bool) -> Adjacency | None:
    return (graph.along if along else graph.against).get(name)


def _depth(place: Place) -> int:
    depth = 0
    while place.parent is not None:
        place, depth = place.parent, depth + 1
    return depth


def _text(look: Look) -> str:
    return json.dumps([look.attributes, look.edges, look.to], separators=(",", ":"))


def _by_id(graph: Graph) -> Callable[[Index], Index]:
    """Puts numbers of elements in the order of their ids."""
    if not graph.appended:
        return np.sort
    ranks = np.empty(len(graph.ids), np.int64)
    ranks[sorted(range(len(graph.ids)), key=graph.ids.__getitem__)] = np.arange(len(graph.ids))
    return lambda numbers: numbers[np.argsort(ranks[numbers])]


class _Ids(dict[int, str]):
    """The ids of elements by number, each looked up once."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph

    def __missing__(self, number: int) -> str:
        found = self[number] = self._graph.ids[number]
        return found


class _Blocks:
    """The digests of what a look reads, each worked out when it is first asked for."""

    def __init__(self, graph: Graph, look: Look, ids: _Ids) -> None:
        self._graph = graph
        self._look = look
        self._ids = ids
        self._digests = bytearray()

    @cached_property
    def _places(self) -> Index:
        return np.full(len(self._graph.ids), -1, np.int64)

    def of(self, elements: Index) -> bytes:
        """The digests of some elements, one after the other."""
        for number in elements[self._places[elements] < 0].tolist():
            text = _written(self.block(number))
            self._places[number] = len(self._digests) // 32
            self._digests += hashlib.sha256(text.encode("ascii")).digest()
        if not len(elements):
            return b""
        table = np.frombuffer(self._digests, np.uint8).reshape(-1, 32)
        return table[self._places[elements]].tobytes()

    def block(self, number: int) -> dict[str, object]:
        """What the look reads of an element."""
        graph, look = self._graph, self._look
        kind = graph.kind(number)
        block: dict[str, object] = {"element": self._ids[number], "kind": kind}
        for name in look.attributes:
            value = graph.value(number, name)
            if value is not None:
                block[f".{name}"] = _plain(value, graph.columns[kind, name].type)
        for key, adjacency in self._edges:
            edges = [] if adjacency.is_empty(number) else sorted(self._ends(number, adjacency))
            if edges:
                block[key] = edges
        return block

    @cached_property
    def _edges(self) -> list[tuple[str, Adjacency]]:
        """The relations that are read, each by its name in a block."""
        found = ((f"{n} {'>' if along else '<'}", _adjacency(self._graph, n, along)) for n, along in self._look.edges)
        return [(key, adjacency) for key, adjacency in found if adjacency is not None]

    def _ends(self, number: int, adjacency: Adjacency) -> Iterator[tuple[str, bool]]:
        graph, to = self._graph, self._look.to
        for other, possible in adjacency.row(number):
            if to in ("", kind := graph.kind(other)) and kind not in EVIDENCE:
                yield self._ids[other], bool(possible)


_written = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def _plain(value: Value, type_: ValueType) -> object:
    """A value as JSON; a document as its text, whose order says something."""
    if type_.sort is Sort.DOCUMENT:
        return json.dumps(value)
    if isinstance(value, tuple):
        return [_plain(item, type_.item or ValueType(Sort.TEXT)) for item in value]
    return value if isinstance(value, bool | float | int | str) else format_value(value, type_)
