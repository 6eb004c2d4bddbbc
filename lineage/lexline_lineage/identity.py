"""Joins what several sources call by different names into one element, and says why.

In: facts of all sources, with the names that each gives, and the rules of ``identity.yaml``. Out: ``Joined``: the same
facts under one id for each element, possible edges for what may be one, and every join with its reason. Guaranteed: the
order of the facts changes nothing, joining twice is joining once, and nothing is joined without being said
(``docs/identity.md``, ``docs/decisions/0006-identity.md``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lexline_lineage.facts import AliasFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.identity_facts import moved, possible_edges, system_of
from lexline_lineage.identity_groups import Groups
from lexline_lineage.identity_rules import IdentityRules

__all__ = ["IDENTITY", "MAX_SHARED", "ROUNDS", "Joined", "Joins", "Link", "Pending", "join"]

IDENTITY = "identity"
"""The source of what joining itself says: under which names an element went before."""
MAX_SHARED = 20
"""How many elements may share a derived name; what more of them share says nothing about any two."""
ROUNDS = 4
"""How often templates are applied to what templates gave."""
_ORDER = tuple(Strength)


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """``one`` and ``other`` go by ``name``. ``said_by`` are the sources, or the places of the rules, that say so."""

    one: str
    other: str
    name: str
    said_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """Elements that share a name and are not joined: ``why`` is a sentence in lower case without a full stop."""

    link: Link
    why: str


@dataclass(frozen=True, slots=True)
class Joins:
    """How facts were joined.

    ``ids`` gives for every other id, and every exact name, the id that counts. ``links`` are the joins that were made,
    ``possible`` those that wait for a person, ``hints`` what only resembles, ``refused`` the joins that would bring
    together what a source or a person keeps apart. ``tables`` gives for each column that is, or may be, one with
    another because its table is, that table.
    """

    ids: Mapping[str, str]
    links: Sequence[Link] = ()
    possible: Sequence[Link] = ()
    hints: Sequence[Link] = ()
    refused: Sequence[Pending] = ()
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def about(self, elements: Iterable[str]) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
        """The joins that made the elements, and those that wait for a person. Columns follow their table: what is said
        of that is why they are one."""
        cited = tuple(elements)
        wanted = {*cited, *(table for element in cited for table in self.tables.get(element, ()))}
        made = (link for link in self.links if link.said_by and self.ids.get(link.one, link.one) in wanted)
        return tuple(made), tuple(link for link in self.possible if link.said_by and {link.one, link.other} & wanted)


@dataclass(frozen=True, slots=True)
class Joined(Joins):
    """Facts after joining, and how they were joined."""

    facts: Collection[Fact] = ()


def join(facts: Iterable[Fact], rules: IdentityRules | None = None) -> Joined:
    """Join the facts of all sources."""
    given = tuple(facts)
    work = _Join(given, rules or IdentityRules())
    work.gather()
    work.merge()
    work.merge_columns()
    ids = work.chosen()
    work.pair()
    facts_moved = tuple(moved(given, ids))
    copies = possible_edges(facts_moved, work.twins(ids))
    told = {(fact.element, fact.alias) for fact in facts_moved if isinstance(fact, AliasFact) and _is_exact(fact)}
    former = (
        AliasFact(element, old, Strength.EXACT, Source(IDENTITY))
        for old, element in sorted(ids.items())
        if old != element and (element, old) not in told
    )
    return Joined(
        work.exact_names(ids) | ids,
        tuple(sorted(work.links)),
        _renamed(work.possible, ids),
        _renamed(work.hints, ids),
        tuple(work.refused),
        work.followed(ids),
        (*facts_moved, *copies, *former),
    )


def _is_exact(fact: AliasFact) -> bool:
    return fact.strength is Strength.EXACT


def _renamed(links: Iterable[Link], ids: Mapping[str, str]) -> tuple[Link, ...]:
    """Links by the ids that count, each once."""
    by_ids = (replace(link, one=ids.get(link.one, link.one), other=ids.get(link.other, link.other)) for link in links)
    return tuple(sorted({link for link in by_ids if link.one != link.other}))


class _Join:
    """One join while it goes on."""

    def __init__(self, facts: Sequence[Fact], rules: IdentityRules) -> None:
        self._facts = facts
        self._rules = rules
        self._kinds: dict[str, str] = {}
        self._declared: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, dict[str, dict[Strength, set[str]]]] = defaultdict(lambda: defaultdict(dict))
        self._parents: dict[str, set[str]] = defaultdict(set)
        self._called: dict[str, str] = {}
        self._one = Groups()
        self._twin = Groups()
        self.links: list[Link] = []
        self.possible: list[Link] = []
        self.hints: list[Link] = []
        self._apart = {frozenset(pair) for pair in rules.apart}
        self.refused: list[Pending] = []

    # ------------------------------------------------------------------------------------------------- what is named
    def gather(self) -> None:
        """Every element with its names: by its id, by what sources say, and by what the rules make of both."""
        elements: dict[str, None] = {}
        for fact in self._facts:
            if isinstance(fact, EdgeFact):
                elements[fact.origin] = elements[fact.target] = None
                if fact.relation == "belongs_to" and not fact.possible:
                    self._parents[fact.origin].add(fact.target)
                continue
            elements[fact.element] = None
            if isinstance(fact, ElementFact):
                self._kinds.setdefault(fact.element, fact.kind)
                self._declared[fact.element].add(system_of(fact.source))
            elif isinstance(fact, AliasFact):
                self._call(fact.element, fact.alias, fact.strength, str(fact.source))
            elif fact.attribute == "name" and isinstance(fact.value, str):
                self._called[fact.element] = min(fact.value, self._called.get(fact.element, fact.value))
        for element in elements:
            self._call(element, element, Strength.EXACT, "")
        for element, names in self._names.items():
            self._follow(element, tuple(names))
            for one, other, place in self._rules.same:
                if one in names:
                    self._call(element, other, Strength.EXACT, place)

    def _follow(self, element: str, fresh: Sequence[str]) -> None:
        """The names that templates make of an element's names."""
        for _ in range(ROUNDS):
            made: list[str] = []
            for name in fresh:
                for template in self._rules.templates:
                    further = template.apply(name)
                    if further is not None and further != name:
                        if further not in self._names[element]:
                            made.append(further)
                        self._call(element, further, template.strength, template.said_in)
            fresh = made
            if not fresh:
                return

    def _call(self, element: str, name: str, strength: Strength, said_by: str) -> None:
        says = self._names[element][name].setdefault(strength, set())
        if said_by:
            says.add(said_by)

    def _by_name(self, weakest: Strength) -> Iterator[tuple[str, list[str]]]:
        """Names that several elements go by, at least as strongly as ``weakest``."""
        reached = _ORDER[: _ORDER.index(weakest) + 1]
        holders: dict[str, list[str]] = defaultdict(list)
        for element, names in self._names.items():
            for name, says in names.items():
                if any(strength in says for strength in reached):
                    holders[name].append(element)
        for name in sorted(holders):
            if len(holders[name]) > 1:
                yield name, sorted(holders[name])

    # ------------------------------------------------------------------------------------------------ what is one
    def merge(self) -> None:
        """Joins what shares an exact name."""
        by_rules = {template.said_in for template in self._rules.templates} | {rule[2] for rule in self._rules.same}
        for name, elements in self._by_name(Strength.EXACT):
            first, *rest = elements
            for other in rest:
                said = self._said_by(name, (first, other), (Strength.EXACT,))
                self._try(Link(first, other, name, said), by_a_person=not by_rules.isdisjoint(said))

    def merge_columns(self) -> None:
        """Columns of one dataset are one where they have one name."""
        by_place: dict[tuple[str, str], list[str]] = defaultdict(list)
        for column in sorted(self._parents):
            for parent in self._parents[column]:
                by_place[self._one.root(parent), self._column_name(column)].append(column)
        for (_, name), columns in sorted(by_place.items()):
            for other in columns[1:]:
                if other != columns[0]:
                    self._try(Link(columns[0], other, name, ()), by_a_person=True)

    def _column_name(self, column: str) -> str:
        return self._called.get(column) or column.rpartition("#")[2]

    def _said_by(self, name: str, elements: Iterable[str], strengths: Iterable[Strength]) -> tuple[str, ...]:
        return tuple(sorted({s for e in elements for how in strengths for s in self._names[e][name].get(how, ())}))

    def _try(self, link: Link, by_a_person: bool) -> None:
        if self._one.root(link.one) == self._one.root(link.other):
            self.links.append(link)
            return
        why = self._objection(self._one.members(link.one), self._one.members(link.other), link, by_a_person)
        if why:
            self.refused.append(Pending(link, why))
        else:
            self._one.join(link.one, link.other, lambda _one, _other: True)
            self.links.append(link)

    def _objection(self, left: Sequence[str], right: Sequence[str], link: Link, by_a_person: bool) -> str:
        """Why two groups are not one; empty where nothing stands against it."""
        kinds = {self._kinds[member] for member in (*left, *right) if member in self._kinds}
        if len(kinds) > 1:
            return f"they are of different kinds ({', '.join(sorted(kinds))})"
        if self._are_apart(left, right):
            return "identity.yaml keeps them apart"
        if by_a_person:
            return ""
        told = {said.partition(" (")[0] for said in link.said_by}
        for one in left:
            for other in right:
                both = (self._declared.get(one, set()) & self._declared.get(other, set())) - told
                if both:
                    return f"`{min(both)}` keeps `{one}` and `{other}` apart"
        return ""

    def _are_apart(self, left: Iterable[str], right: Iterable[str]) -> bool:
        if not self._apart:
            return False
        names = [{name for member in side for name in self._names[member]} for side in (left, right)]
        return any(pair & names[0] and pair & names[1] and len(pair) == 2 for pair in self._apart)

    # --------------------------------------------------------------------------------------------- what may be one
    def pair(self) -> None:
        """Finds what may be one: it shares a derived name, or a join of it was refused for what a source says."""
        for name, elements in self._by_name(Strength.DERIVED):
            roots = sorted({self._one.root(element) for element in elements})
            if 1 < len(roots) <= MAX_SHARED:
                for other in elements[1:]:
                    self._suggest(Link(elements[0], other, name, self._said_by(name, (elements[0], other), _ORDER[:2])))
        for name, elements in self._by_name(Strength.HINT):
            for other in elements[1:]:
                if self._twin.root(self._root(elements[0])) != self._twin.root(self._root(other)):
                    self.hints.append(Link(elements[0], other, name, self._said_by(name, (elements[0], other), _ORDER)))
        for pending in self.refused:
            self._suggest(pending.link)
        self._pair_columns()

    def _root(self, element: str) -> str:
        return self._one.root(element)

    def _suggest(self, link: Link) -> None:
        one, other = self._root(link.one), self._root(link.other)
        kinds = {
            self._kinds[member] for root in (one, other) for member in self._one.members(root) if member in self._kinds
        }
        if one == other or len(kinds) > 1:
            return

        def allowed(left: Iterable[str], right: Iterable[str]) -> bool:
            everything = [[m for root in side for m in self._one.members(root)] for side in (left, right)]
            return len(everything[0]) + len(everything[1]) <= 2 * MAX_SHARED and not self._are_apart(*everything)

        if self._twin.join(one, other, allowed):
            self.possible.append(link)

    def _pair_columns(self) -> None:
        """Columns of datasets that may be one may be one, where their names are the same in small letters; so are
        those of one dataset whose names differ in nothing else."""
        by_place: dict[tuple[str, str], list[str]] = defaultdict(list)
        for column in sorted(self._parents):
            for parent in self._parents[column]:
                place = self._twin.root(self._root(parent))
                by_place[place, self._column_name(column).casefold()].append(column)
        for (_, name), columns in sorted(by_place.items()):
            for other in columns[1:]:
                self._suggest(Link(columns[0], other, name, ()))

    # ------------------------------------------------------------------------------------------------- what comes out
    def chosen(self) -> dict[str, str]:
        """For each member of a group the id that counts: a declared one, one that says where it lies, the shortest;
        a column follows its dataset."""
        ids: dict[str, str] = {}
        groups = list(self._one.all())
        for is_column in (False, True):
            for members in groups:
                if any(member in self._parents for member in members) == is_column:
                    best = min(members, key=lambda member: self._rank(member, ids))
                    ids |= dict.fromkeys(members, best)
        return ids

    def _rank(self, member: str, ids: Mapping[str, str]) -> tuple[bool, bool, bool, int, str]:
        moved = any(ids.get(parent, parent) != parent for parent in self._parents.get(member, ()))
        return member not in self._kinds, moved, "://" not in member, len(member), member

    def twins(self, ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """For each element the others that it may be one with."""
        found: dict[str, tuple[str, ...]] = {}
        for roots in self._twin.all():
            group = sorted({ids.get(root, root) for root in roots})
            found |= {element: tuple(other for other in group if other != element) for element in group}
        return found

    def followed(self, ids: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
        """For each column that is, or may be, one with another because its table is, the tables that it belongs to."""
        unsaid = {
            ids.get(end, end)
            for link in (*self.links, *self.possible)
            if not link.said_by
            for end in (link.one, link.other)
        }
        found: dict[str, set[str]] = defaultdict(set)
        for column, tables in self._parents.items():
            if (element := ids.get(column, column)) in unsaid:
                found[element] |= {ids.get(table, table) for table in tables}
        return {element: tuple(sorted(tables)) for element, tables in found.items()}

    def exact_names(self, ids: Mapping[str, str]) -> dict[str, str]:
        """The id that counts for each exact name of one element."""
        holders: dict[str, set[str]] = defaultdict(set)
        for element, names in self._names.items():
            for name, says in names.items():
                if Strength.EXACT in says:
                    holders[name].add(ids.get(element, element))
        return {name: min(found) for name, found in holders.items() if len(found) == 1 and name not in found}
