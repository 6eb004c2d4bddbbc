"""Where a rule reads: from its subject along its navigations, whatever the facts are.

A footprint says which attributes and relations a rule can read, a ``Reading`` besides of which elements: those that
certain steps lead to. What stands behind evidence (an assessment or a judgement) is left out, and so is the evidence;
that a rule asks for it is said apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from lexline.lang.signatures import CheckSignature, Reads
from lexline.plan import nodes as plan
from lexline.plan.nodes import Items, Lineage, Navigate, Node, Portfolio, Related, navigation_of
from lexline.plan.plans import Plan, RulePlan
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["EVIDENCE", "Asked", "Place", "Reading", "reading_of"]

EVIDENCE: Mapping[str, str] = {"assessment": "type", "judgement": "norm"}
"""The kinds of what people find, each with the attribute that says what was asked."""


@dataclass(frozen=True, slots=True)
class Place:
    """The elements of ``kind`` that ``step`` leads to from those of ``parent``. Without a step: the subject."""

    kind: str
    step: Lineage | Related | Portfolio | None = None
    parent: Place | None = None

    def below(self, top: Place) -> Place | None:
        """The same place as it is seen from ``top`` as the subject; None where it does not start from there."""
        if self == top:
            return Place(self.kind)
        parent = None if self.parent is None else self.parent.below(top)
        return None if parent is None else replace(self, parent=parent)


@dataclass(frozen=True, slots=True)
class Asked:
    """Evidence of ``kind`` about the elements of ``place``: of one of ``words`` (types, norms), or of any (None)."""

    place: Place
    kind: str
    words: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of the elements of each place, and which evidence is asked for."""

    attributes: Mapping[Place, frozenset[str]] = field(default_factory=dict)
    asked: frozenset[Asked] = frozenset()

    def below(self, top: Place) -> Reading:
        """What is read from the elements of a place on."""
        if top.step is None:
            return self
        seen = ((place.below(top), names) for place, names in self.attributes.items())
        return Reading({place: names for place, names in seen if place is not None})

    def joined(self, *others: Self) -> Reading:
        """This and all that others hold."""
        attributes: dict[Place, frozenset[str]] = dict(self.attributes)
        for other in others:
            for place, names in other.attributes.items():
                attributes[place] = attributes.get(place, frozenset()) | names
        return Reading(attributes, self.asked.union(*(other.asked for other in others)))


def reading_of(of: Plan, rule: RulePlan, checks: Mapping[str, CheckSignature], vocabulary: Vocabulary) -> Reading:
    """What a rule reads. A check reads all that its signature in ``checks`` declares, anything where it has none."""
    walk = _Walk(of, checks, vocabulary)
    subject = Place(rule.kind)
    walk.reach(subject)
    for number in of.conditions[rule.key]:
        walk.visit(number, (subject,) * len(of.nodes[number].domains))
    return Reading({place: frozenset(names) for place, names in walk.attributes.items()}, frozenset(walk.asked))


Slots = tuple[Place | None, ...]
"""Where the elements of each slot stand; None: among evidence, or no elements but items of a document."""


class _Walk:
    """Goes once through each node for each combination of places in its slots."""

    def __init__(self, of: Plan, checks: Mapping[str, CheckSignature], vocabulary: Vocabulary) -> None:
        self._nodes = of.nodes
        self._checks = checks
        self._vocabulary = vocabulary
        self._seen: set[tuple[int, Slots]] = set()
        self.attributes: defaultdict[Place, set[str]] = defaultdict(set)
        self.asked: set[Asked] = set()

    def reach(self, place: Place | None, attributes: Iterable[str] = ()) -> None:
        """Elements of a place are there, and some of their attributes are read."""
        if place is not None:
            self.attributes[place].update(attributes)

    def visit(self, number: int, slots: Slots) -> None:
        """A node and all that it reads."""
        todo = [(number, slots)]
        while todo:
            place = todo.pop()
            if place not in self._seen:
                self._seen.add(place)
                todo += self._reads(self._nodes[place[0]], place[1])

    def _reads(self, node: Node, slots: Slots) -> Iterator[tuple[int, Slots]]:
        navigation = navigation_of(node.operation)
        if isinstance(node.operation, plan.Attribute):
            self.reach(slots[0], (node.operation.attribute,))
        elif isinstance(node.operation, plan.Check):
            self._check(node.operation.check)
        elif navigation is not None:
            yield from self._avoided(navigation, slots)
            slots = (*slots, self._member(navigation, slots, node))
        for read in node.inputs:
            yield read.node, tuple(slots[slot] for slot in read.slots)

    def _member(self, navigation: Navigate, slots: Slots, node: Node) -> Place | None:
        """Where the members stand, which are reached by this."""
        member = navigation.member
        origin = None if navigation.origin is None else slots[navigation.origin]
        if isinstance(member, Items):
            self.reach(origin, (member.attribute,))
            return None
        if member in EVIDENCE:
            if origin is not None:
                self.asked.add(Asked(origin, member, self._words(node, EVIDENCE[member])))
            return None
        if navigation.origin is not None and origin is None:
            return None
        place = _led(navigation, origin, member)
        self.reach(place)
        return place

    def _avoided(self, navigation: Navigate, slots: Slots) -> Iterator[tuple[int, Slots]]:
        """What is asked of the elements that a walk may have to avoid; they stand where it goes."""
        if isinstance(navigation.scope, Lineage) and navigation.origin is not None:
            for avoided in navigation.scope.avoiding:
                place = _led(navigation, slots[navigation.origin], avoided.kind)
                self.reach(place)
                yield avoided.condition, (place,) * len(self._nodes[avoided.condition].domains)

    def _check(self, check: str) -> None:
        vocabulary = self._vocabulary
        signature = self._checks.get(check)
        reads = Reads({}, tuple(vocabulary.relations)) if signature is None else signature.reads
        kinds = tuple(vocabulary.kinds) if signature is None else (*signature.kinds, *reads.attributes)
        wholes = {kind: Place(kind, Portfolio()) for kind in kinds if kind not in EVIDENCE}
        for kind, whole in wholes.items():
            every = vocabulary.kinds[kind].attributes if kind in vocabulary.kinds else ()
            self.reach(whole, every if signature is None else reads.attributes.get(kind, ()))
        for name in reads.relations:
            relation = vocabulary.relations.get(name)
            ends = ((a, b) for a in relation.origins for b in relation.targets) if relation is not None else ()
            for origin, target in ends:
                if origin in wholes and target in wholes:
                    self.reach(Place(target, Related(((name, True),)), wholes[origin]))

    # ---- which evidence ----------------------------------------------------------------------------------------------

    def _words(self, node: Node, attribute: str) -> frozenset[str] | None:
        """The types or norms that a navigation asks for; None where it names none."""
        narrowing = node.inputs[:1]
        if isinstance(node.operation, plan.Quantify) and node.operation.quantifier != "every":
            narrowing = node.inputs[:2]
        found = [
            self._named(read.node, read.slots.index(node.member), attribute)
            for read in narrowing
            if node.member in read.slots
        ]
        return _both(found)

    def _named(self, number: int, slot: int, attribute: str) -> frozenset[str] | None:
        """The values of an attribute of the element in a slot outside of which a condition is false."""
        node = self._nodes[number]
        match node.operation:
            case plan.Compare("="):
                sides = [self._nodes[read.node].operation for read in node.inputs]
                return _named_by(sides, attribute, [slot in read.slots for read in node.inputs])
            case plan.OneOf():
                value, *options = (self._nodes[read.node].operation for read in node.inputs)
                is_it = value == plan.Attribute(attribute) and slot in node.inputs[0].slots
                words = [str(option.value) for option in options if isinstance(option, plan.Constant)]
                return frozenset(words) if is_it and len(words) == len(options) else None
            case plan.Connect("and" | "or" as operator):
                parts = [
                    self._named(read.node, read.slots.index(slot), attribute) if slot in read.slots else None
                    for read in node.inputs
                ]
                return _both(parts) if operator == "and" else _either(parts)
            case _:
                return None


def _led(navigation: Navigate, origin: Place | None, kind: str) -> Place | None:
    match navigation.scope:
        case Lineage(direction, steps):
            return None if origin is None else Place(kind, Lineage(direction, steps), origin)
        case Related() as step:
            return None if origin is None else Place(kind, step, origin)
        case _:
            return Place(kind, Portfolio())


def _named_by(sides: list[plan.Operation], attribute: str, reads: list[bool]) -> frozenset[str] | None:
    for one, other, is_read in ((sides[0], sides[1], reads[0]), (sides[1], sides[0], reads[1])):
        if one == plan.Attribute(attribute) and is_read and isinstance(other, plan.Constant):
            return frozenset({str(other.value)})
    return None


def _both(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    given = [part for part in parts if part is not None]
    return frozenset.intersection(*given) if given else None


def _either(parts: list[frozenset[str] | None]) -> frozenset[str] | None:
    given = [part for part in parts if part is not None]
    return frozenset.union(*given) if len(given) == len(parts) and given else None
