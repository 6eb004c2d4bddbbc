"""The vocabulary: kinds of elements, their attributes, and the relations between them.

A vocabulary is read from YAML; organisations, packs and plugins extend it by further files. It is immutable.
``file`` names the file that defined something, for errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lexline_lineage.values import ValueType

__all__ = ["LINEAGE_COMPLETE", "Attribute", "Flow", "Kind", "Relation", "Vocabulary"]


LINEAGE_COMPLETE = "lineage_complete"
"""The attribute that says that all direct inputs of an element are recorded, so that the lineage is not open there."""


class Flow(StrEnum):
    """Which way data moves along a relation as it is written."""

    FORWARD = "forward"
    BACKWARD = "backward"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a kind: its ``type``, ``unit`` (of a number) and ``meaning`` in a sentence. ``person``: its text
    names a person or a mailbox, and has to be kept so that it can be erased."""

    name: str
    type: ValueType
    unit: str = ""
    meaning: str = ""
    person: bool = False
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of element. ``expects_inputs`` / ``expects_outputs``: an element into (out of) which nothing is
    recorded leaves its lineage open."""

    name: str
    plural: str
    attributes: Mapping[str, Attribute]
    expects_inputs: bool = False
    expects_outputs: bool = False
    meaning: str = ""
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from some kinds to others. ``complete``: an empty set means none (not used by flow
    relations)."""

    name: str
    origins: tuple[str, ...]
    targets: tuple[str, ...]
    flow: Flow = Flow.NONE
    complete: bool = False
    meaning: str = ""
    file: str = field(default="", compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """All kinds and relations, by name; ``version`` is that of the file that it was read from."""

    kinds: Mapping[str, Kind]
    relations: Mapping[str, Relation]
    version: str = ""
    plurals: Mapping[str, str] = field(default_factory=dict)

    def kind(self, word: str) -> Kind | None:
        """The kind that ``word`` names, in the singular or the plural."""
        return self.kinds.get(self.plurals.get(word, word))

    @property
    def persons(self) -> frozenset[str]:
        """The attributes that name people, of any kind."""
        attributes = (attribute for kind in self.kinds.values() for attribute in kind.attributes.values())
        return frozenset(attribute.name for attribute in attributes if attribute.person)

    def has_lineage(self, kind: str) -> bool:
        """True where data flows into or out of elements of ``kind``."""
        return any(
            relation.flow is not Flow.NONE and (kind in relation.origins or kind in relation.targets)
            for relation in self.relations.values()
        )

    def between(self, kind: str, other: str) -> tuple[tuple[Relation, bool], ...]:
        """The relations that lead from ``kind`` to ``other`` in one step; the flag is True along the
        relation as written, False against it. A relation that joins a kind to itself stands twice."""
        found: list[tuple[Relation, bool]] = []
        for relation in self.relations.values():
            if kind in relation.origins and other in relation.targets:
                found.append((relation, True))
            if kind in relation.targets and other in relation.origins:
                found.append((relation, False))
        return tuple(found)
