"""What a generated expression can see, and the names that it may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from choices import Choices
from lexline_lineage.values import ValueType
from lexline_lineage.vocabulary import Relation, Vocabulary


@dataclass(frozen=True)
class Element:
    """An element, by its alias or its kind; the item of a document has no kind."""

    name: str
    kind: str | None


@dataclass(frozen=True)
class Named:
    """A parameter: its type, and how it measures time where it is a duration (``days``, ``hours``, ``months``)."""

    name: str
    type: ValueType
    measure: str = ""


Scope = tuple[Element, ...]
"""The elements around an expression, the outermost first."""


@dataclass
class World:
    """What a policy is written about, and what it has declared so far. All names are unlike any other word."""

    choices: Choices
    vocabulary: Vocabulary
    parameters: list[Named] = field(default_factory=list)
    terms: dict[str, list[str]] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    with_checks: bool = True
    aliases: int = 0

    def alias(self) -> str:
        """A new name for an element."""
        self.aliases += 1
        return f"el{self.aliases}"

    def word_for(self, kind: str) -> str:
        """A kind in the singular or the plural."""
        return self.vocabulary.kinds[kind].plural if self.choices.chance(30) else kind

    def ways(self, kind: str) -> list[tuple[str, str]]:
        """What leads one relation away from a kind without a direction: (word, kind there)."""
        near = [other for other in self.vocabulary.kinds if len(self.vocabulary.between(kind, other)) == 1]
        found = [(self.word_for(other), other) for other in near]
        for relation in self.vocabulary.relations.values():
            kinds = _kinds_by_name(relation, kind)
            if len(kinds) == 1:
                found.append((relation.name, kinds[0]))
        return found

    def flowing(self) -> list[str]:
        """The kinds that data flows through."""
        return [kind for kind in self.vocabulary.kinds if self.vocabulary.has_lineage(kind)]


def innermost(scope: Scope) -> Element | None:
    """The element that a bare attribute belongs to."""
    return next((element for element in reversed(scope) if element.kind is not None), None)


def item(scope: Scope) -> Element | None:
    """The innermost document item, where nothing but it is innermost."""
    return scope[-1] if scope and scope[-1].kind is None else None


def nameable(scope: Scope) -> list[Element]:
    """The elements that a name tells from all others, the innermost first."""
    names = [element.name for element in scope if element.kind is not None]
    return [element for element in reversed(scope) if element.kind is not None and names.count(element.name) == 1]


def attributes(world: World, scope: Scope, type_: ValueType) -> Iterator[tuple[int, str]]:
    """All ways to write an attribute of a type, with weights: those of the innermost element weigh most."""
    inner = innermost(scope)
    for element in nameable(scope):
        for attribute in world.vocabulary.kinds[element.kind or ""].attributes.values():
            if attribute.type == type_:
                yield (2 if element is inner else 3), f"{element.name}.{attribute.name}"
    if inner is not None:
        for attribute in world.vocabulary.kinds[inner.kind or ""].attributes.values():
            if attribute.type == type_:
                yield 6, attribute.name


def _kinds_by_name(relation: Relation, kind: str) -> tuple[str, ...]:
    if kind in relation.origins:
        return relation.targets
    return relation.origins if kind in relation.targets else ()
