"""Explains what holds of a set: which members show it, the paths to them, and what keeps the set open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lexline.evaluate.explain_edges import all_edges, closing_facts, gaps_of_openness, gaps_on_the_way, path_edges
from lexline.evaluate.explanation import AbsentMember, Node, ReadEdge, Weight
from lexline.evaluate.interpret_expressions import Bound, Env, Evaluator, element
from lexline.evaluate.interpret_navigation import Item, side_of
from lexline.evaluate.interpret_sets import Keyed, around_best
from lexline.evaluate.interpret_values import Held, Missing, Range, compare, conjunction, inverse
from lexline.evaluate.verdict import MissingFact, ReadFact, Truth, Witness
from lexline.lang import typed
from lexline_lineage.vocabulary import Flow

__all__ = ["LISTED", "OPEN", "Details", "Frame", "PartExplainer", "SetExplainer", "is_settled"]

_SHOWN_BY_MEMBERS = {
    ("some", Truth.TRUE),
    ("no", Truth.FALSE),
    ("every", Truth.FALSE),
    ("at least", Truth.TRUE),
    ("at most", Truth.FALSE),
}
"""Where the members that have the body (for ``every``: lack it) show the truth, whatever else is recorded."""

LISTED = 5
"""How many of the members that show a part reasons list: a reader looks at a few, and the others show the same."""

OPEN = "nothing is known of what else may belong to it"
"""The note of a set that is open: what is missing there says so, too."""

_EXTREMES = ("latest", "earliest", "highest", "lowest")


@dataclass(frozen=True, slots=True)
class Frame:
    """The elements bound, and for each slot a path of ids to its element from the subject."""

    env: Env
    paths: Mapping[int, tuple[str, ...]]

    def bind(self, slot: int, bound: Bound, path: tuple[str, ...]) -> Frame:
        """The frame with one more slot."""
        return Frame({**self.env, slot: bound}, {**self.paths, slot: path})


@dataclass(frozen=True, slots=True)
class Details:
    """What a part reads itself, and its children."""

    facts: tuple[ReadFact, ...] = ()
    edges: tuple[ReadEdge, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    absent: tuple[AbsentMember, ...] = ()
    children: tuple[Node, ...] = ()
    further: int = 0
    note: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A part that is asked of a member: in which role, and how much it weighs."""

    node: typed.Expression
    role: str
    weight: Weight


class PartExplainer(Protocol):
    """Explains an expression for the elements of a frame; ``seek``: its missing facts reach the verdict."""

    def __call__(self, node: typed.Expression, frame: Frame, role: str, weight: Weight, seek: bool) -> Node: ...


class SetExplainer:
    """Explains quantifiers, extremes and aggregates; ``part`` explains the conditions and values in them."""

    def __init__(self, evaluator: Evaluator, part: PartExplainer, *, in_full: bool, listed: int | None) -> None:
        self._evaluator = evaluator
        self._part = part
        self._in_full = in_full
        self._listed = listed

    # ---- the three kinds of set expression -------------------------------------------------------------------------

    def quantified(self, node: typed.QuantifiedCondition, frame: Frame, weight: Weight, seek: bool) -> Details:
        """Why a quantifier is true, false or undecided."""
        truth = self._evaluator.truth(node, frame.env)
        navigation = node.navigation
        members = []
        for bound, membership in self._candidates(navigation, frame.env):
            body = Truth.TRUE
            if node.body is not None and membership is not Truth.FALSE:
                body = self._evaluator.truth(node.body, {**frame.env, navigation.slot: bound})
            counts = conjunction((membership, inverse(body) if node.quantifier == "every" else body))
            members.append((bound, membership, counts))
        sure = sum(counts is Truth.TRUE for _, _, counts in members)
        beyond = node.quantifier == "exactly" and truth is Truth.FALSE and sure > node.count
        if beyond or (node.quantifier, truth) in _SHOWN_BY_MEMBERS:
            showing = [bound for bound, _, counts in members if counts is Truth.TRUE]
            return self._shown(node, frame, showing, weight)
        children: list[Node] = []
        undecided = []
        for bound, membership, counts in members:
            heavy = weight if _member_bears(truth, membership, counts) else _supporting(weight)
            asked = self._deciding(node, frame, bound, membership, heavy)
            children.extend(self._member(navigation, frame, bound, membership, heavy, asked, seek=seek))
            if not is_settled(counts):
                undecided.append(bound)
        details = self._whole(navigation, frame, weight, seek, undecided, children)
        lacks = node.quantifier in ("some", "at least") or (node.quantifier == "exactly" and sure < node.count)
        return (
            replace(details, absent=self._absent(navigation, frame)) if lacks and truth is not Truth.TRUE else details
        )

    def _shown(
        self, node: typed.QuantifiedCondition, frame: Frame, showing: Sequence[Bound], weight: Weight
    ) -> Details:
        """The members that show a quantifier's truth, each of them surely: the nearest of them, as far as they are
        listed, and never fewer than it takes."""
        navigation, shown = node.navigation, showing
        if self._listed is not None:
            takes = {"at least": node.count, "at most": node.count + 1, "exactly": node.count + 1}
            listed = max(self._listed, takes.get(node.quantifier, 1))
            shown = sorted(showing, key=lambda bound: self._distance(navigation, frame, bound))[:listed]
        asked = [] if node.body is None else [_Asked(node.body, "has", weight)]
        children = [
            child
            for bound in shown
            for child in self._member(navigation, frame, bound, Truth.TRUE, weight, asked, way=True)
        ]
        return Details(children=tuple(children), further=len(showing) - len(shown))

    def extreme(self, node: typed.ExtremeCondition, frame: Frame, weight: Weight, seek: bool) -> Details:
        """Why the latest of a set has something, or hasn't, or nobody can say."""
        truth = self._evaluator.truth(node, frame.env)
        navigation = node.navigation
        members: list[tuple[Bound, Keyed]] = []
        for bound, membership in self._candidates(navigation, frame.env):
            inner = {**frame.env, navigation.slot: bound}
            body = Truth.TRUE if membership is Truth.FALSE else self._evaluator.truth(node.body, inner)
            members.append((bound, Keyed(membership, body, self._evaluator.value(node.key, inner))))
        foremost = [id(keyed) for group in around_best(node.which, [k for _, k in members]) for keyed in group]
        children: list[Node] = []
        undecided = []
        for bound, keyed in members:
            bears = id(keyed) in foremost and (truth is not Truth.FALSE or keyed.body is Truth.FALSE)
            heavy = weight if bears else _supporting(weight)
            asked: list[_Asked] = []
            if keyed.membership is not Truth.FALSE:
                asked = [_Asked(node.body, "has", heavy)] if id(keyed) in foremost else []
                asked.append(_Asked(node.key, "value", heavy))
            children.extend(self._member(navigation, frame, bound, keyed.membership, heavy, asked, seek=seek))
            if bears and not is_settled(keyed.membership):
                undecided.append(bound)
        details = self._whole(navigation, frame, weight, seek, undecided, children)
        return replace(details, absent=self._absent(navigation, frame)) if truth is not Truth.TRUE else details

    def aggregate(self, node: typed.AggregateValue, frame: Frame, weight: Weight, seek: bool) -> Details:
        """What a value over a set rests on."""
        navigation = node.navigation
        members = self._evaluator.members(navigation, frame.env)
        result = self._evaluator.value(node, frame.env)
        children: list[Node] = []
        undecided = []
        for bound, membership in self._candidates(navigation, frame.env):
            asked_of = [part for part in (node.body, node.attribute) if part is not None]
            parts = asked_of if membership is not Truth.FALSE else []
            inner = {**frame.env, navigation.slot: bound}
            heavy = weight if self._figures(node, result, membership, parts, inner) else _supporting(weight)
            asked = [_Asked(part, "has" if part is node.body else "value", heavy) for part in parts]
            children.extend(self._member(navigation, frame, bound, membership, heavy, asked, seek=seek))
            if not is_settled(membership):
                undecided.append(bound)
        is_empty = not members.is_open and all(membership is Truth.FALSE for membership in members.memberships)
        if is_empty and node.if_none is not None:
            children.append(self._part(node.if_none, frame, "value", weight, seek))
        details = self._whole(navigation, frame, weight, seek, undecided, children)
        return replace(details, absent=self._absent(navigation, frame))

    def _figures(
        self, node: typed.AggregateValue, result: Held, membership: Truth, parts: Sequence[typed.Expression], inner: Env
    ) -> bool:
        """Whether a member says why an aggregate comes to what it does."""
        if membership is Truth.FALSE:
            return False
        if not is_settled(result):
            unsettled = any(not is_settled(self._evaluator.value(part, inner)) for part in parts)
            return unsettled or not is_settled(membership)
        if node.function in _EXTREMES and node.attribute is not None:
            return compare("=", self._evaluator.value(node.attribute, inner), result) is Truth.TRUE
        return True

    # ---- members ---------------------------------------------------------------------------------------------------

    def _candidates(self, navigation: typed.Navigation, env: Env) -> Sequence[tuple[Bound, Truth]]:
        """The members to look at: those that are surely none can only support a verdict."""
        bound = self._evaluator.members(navigation, env).bound
        return [member for member in bound.items() if self._in_full or member[1] is not Truth.FALSE]

    def _member(
        self,
        navigation: typed.Navigation,
        frame: Frame,
        bound: Bound,
        membership: Truth,
        weight: Weight,
        asked: Iterable[_Asked],
        *,
        seek: bool = False,
        way: bool = False,
    ) -> tuple[Node, ...]:
        """A member with what is asked of it; ``way``: with the edges that lead to it. Nothing for one that only
        supports the verdict, unless all is to be explained."""
        if weight is Weight.SUPPORTS and not self._in_full:
            return ()
        path, numbers = self._path(navigation, frame, bound)
        inner = frame.bind(navigation.slot, bound, path)
        children = [self._part(part.node, inner, part.role, part.weight, seek) for part in asked]
        if navigation.condition is not None:
            condition = self._evaluator.truth(navigation.condition, inner.env)
            # A member that is only possible by its path needs no more than the path to be said.
            lighter = condition is Truth.TRUE and not is_settled(membership)
            heavy = _supporting(weight) if lighter or membership is Truth.FALSE else weight
            children.insert(0, self._part(navigation.condition, inner, "where", heavy, seek))
        edges: tuple[ReadEdge, ...] = ()
        if way and numbers and isinstance(navigation.scope, typed.Lineage | typed.Related):
            edges = path_edges(self._evaluator.graph, navigation.scope, numbers) if self._in_full else ()
            children += self._masks(navigation, numbers[1:], weight)
        if way and isinstance(navigation.scope, typed.DocumentPath):
            children.append(self._part(navigation.scope.document, frame, "value", _supporting(weight), seek))
        witness = Witness(self._name(bound), navigation.kind or "value", path, membership is Truth.TRUE)
        return (Node("member", navigation.span, weight, witness=witness, edges=edges, children=tuple(children)),)

    def _deciding(
        self, node: typed.QuantifiedCondition, frame: Frame, bound: Bound, membership: Truth, weight: Weight
    ) -> list[_Asked]:
        """What is asked of a member, as far as it says whether the member counts."""
        if node.body is None or membership is Truth.FALSE:
            return []
        body = self._evaluator.truth(node.body, {**frame.env, node.navigation.slot: bound})
        counted = Truth.FALSE if node.quantifier == "every" else Truth.TRUE
        lighter = body is counted and not is_settled(membership)
        return [_Asked(node.body, "has", _supporting(weight) if lighter else weight)]

    def _path(
        self, navigation: typed.Navigation, frame: Frame, bound: Bound
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """A shortest path to a member: as ids from the subject, and as numbers from the start of the navigation."""
        name = self._evaluator.name
        before = () if navigation.origin is None else frame.paths[navigation.origin]
        if isinstance(bound, Item):
            return (*(before or (name(bound.element),)), bound.place), ()
        if isinstance(navigation.scope, typed.Portfolio) or navigation.origin is None:
            return (name(bound),), ()
        start = element(frame.env[navigation.origin])
        reached = self._evaluator.reached(navigation, frame.env)
        walk = reached.sure if bound in reached.sure.before else reached.possible
        numbers = walk.path(start, bound)
        return (*before, *map(name, numbers[1:])), numbers

    def _distance(self, navigation: typed.Navigation, frame: Frame, bound: Bound) -> int:
        """How many steps it is to a member that is surely reached; 0 where there are none to take."""
        if isinstance(bound, Item) or isinstance(navigation.scope, typed.Portfolio) or navigation.origin is None:
            return 0
        sure = self._evaluator.reached(navigation, frame.env).sure
        return sure.distance[sure.before[bound]] + 1

    def _name(self, bound: Bound) -> str:
        return bound.place if isinstance(bound, Item) else self._evaluator.name(bound)

    def _absent(self, navigation: typed.Navigation, frame: Frame) -> tuple[AbsentMember, ...]:
        """What could be added to a set, one relation away from where it starts."""
        scope, graph = navigation.scope, self._evaluator.graph
        if navigation.origin is None or navigation.kind is None or isinstance(scope, typed.DocumentPath):
            return ()
        origin = element(frame.env[navigation.origin])
        relations: tuple[tuple[str, bool], ...] = ()
        if isinstance(scope, typed.Related):
            relations = scope.relations
        elif isinstance(scope, typed.Lineage):
            relations = tuple(
                (relation.name, forward)
                for relation, forward in graph.vocabulary.between(graph.kind(origin), navigation.kind)
                if relation.flow is not Flow.NONE and side_of(graph, relation.name, forward) == scope.direction
            )
        return tuple(AbsentMember(navigation.kind, graph.ids[origin], *relation) for relation in relations[:1])

    # ---- the set as a whole ----------------------------------------------------------------------------------------

    def _whole(
        self,
        navigation: typed.Navigation,
        frame: Frame,
        weight: Weight,
        seek: bool,
        undecided: Sequence[Bound],
        children: list[Node],
    ) -> Details:
        """What a set rests on beside its members: all that was walked, and (``seek``) what leaves it open."""
        scope = navigation.scope
        if isinstance(scope, typed.Portfolio) or navigation.origin is None:
            return Details(children=tuple(children), note=self._emptiness(navigation, frame))
        if isinstance(scope, typed.DocumentPath):
            return self._document(scope, frame, weight, seek, children)
        graph = self._evaluator.graph
        start = element(frame.env[navigation.origin])
        reached = self._evaluator.reached(navigation, frame.env)
        missing: tuple[MissingFact, ...] = ()
        doubtful: tuple[int, ...] = ()
        if seek and weight is Weight.BEARS:
            surely = reached.sure.before
            open_at = [number for number in reached.open_at if number != start]
            met = [*(bound for bound in undecided if isinstance(bound, int)), *open_at]
            ends = [number for number in dict.fromkeys(met) if number not in surely]
            gaps, doubtful = gaps_on_the_way(graph, scope, start, reached, ends)
            missing = (*gaps_of_openness(graph, scope, reached), *gaps)
        light = _supporting(weight)
        masked = [number for number in reached.masks if number != start and number not in doubtful]
        return Details(
            facts=closing_facts(graph, scope, start, reached),
            edges=all_edges(graph, scope, start, reached) if self._in_full else (),
            missing=missing,
            children=(
                *children,
                *self._masks(navigation, doubtful, weight, seek=True),
                *(self._masks(navigation, masked, light) if self._in_full else ()),
            ),
            note=OPEN if reached.open_at else self._emptiness(navigation, frame),
        )

    def _emptiness(self, navigation: typed.Navigation, frame: Frame) -> str:
        """That nothing belongs to a set, where that is so."""
        members = self._evaluator.members(navigation, frame.env).bound
        if navigation.kind is None or any(membership is not Truth.FALSE for membership in members.values()):
            return ""
        kind = self._evaluator.graph.vocabulary.kinds[navigation.kind]
        if not members:
            return f"no {kind.name} is recorded"
        some = f"1 {kind.name} is" if len(members) == 1 else f"{len(members)} {kind.plural} are"
        return f"{some} recorded, none of this sort"

    def _masks(
        self, navigation: typed.Navigation, numbers: Iterable[int], weight: Weight, *, seek: bool = False
    ) -> Iterator[Node]:
        """Whether elements on the way are ones to avoid."""
        graph = self._evaluator.graph
        if not isinstance(navigation.scope, typed.Lineage):
            return
        for number in numbers:
            for avoided in navigation.scope.avoiding:
                if avoided.kind == graph.kind(number) and avoided.condition is not None:
                    frame = Frame({avoided.slot: number}, {avoided.slot: (graph.ids[number],)})
                    yield self._part(avoided.condition, frame, "avoiding", weight, seek)

    def _document(
        self, scope: typed.DocumentPath, frame: Frame, weight: Weight, seek: bool, children: list[Node]
    ) -> Details:
        is_there = not isinstance(self._evaluator.value(scope.document, frame.env), Missing)
        # The whole document says little to a reader beside the values in it.
        heavy = _supporting(weight) if is_there else weight
        document = self._part(scope.document, frame, "value", heavy, seek)
        missing: tuple[MissingFact, ...] = ()
        read = scope.document
        if seek and is_there and isinstance(read, typed.AttributeValue) and not self._evaluator.items(scope, frame.env):
            why = f"the document holds nothing at {scope.path}"
            holder = self._evaluator.name(element(frame.env[read.slot]))
            missing = (MissingFact(holder, read.kind, read.attribute, why),)
        return Details(missing=missing, children=(document, *children))


def is_settled(value: Held | Truth) -> bool:
    """True for what is true or false, and for a single value."""
    if isinstance(value, Truth):
        return value in (Truth.TRUE, Truth.FALSE)
    if isinstance(value, Range):
        return value.low == value.high
    return not isinstance(value, Missing)


def _member_bears(truth: Truth, membership: Truth, counts: Truth) -> bool:
    if not is_settled(truth):
        return not is_settled(counts)
    return membership is not Truth.FALSE


def _supporting(weight: Weight) -> Weight:
    return Weight.SUPPORTS if weight is Weight.BEARS else weight
