"""What the language knows of a check: its name, parameters, result, and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lexline_lineage.values import Value, ValueType

__all__ = ["CheckParameter", "CheckSignature", "Reads"]


@dataclass(frozen=True, slots=True)
class CheckParameter:
    """A parameter of a check; ``default`` None means that a call has to give it."""

    name: str
    type: ValueType
    default: Value | None = None
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a check may read: attributes by kind, relations (all edges of them between elements of those kinds), and
    whether the date (``today``): what does not read it answers the same on every day."""

    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    relations: tuple[str, ...] = ()
    today: bool = False


@dataclass(frozen=True, slots=True)
class CheckSignature:
    """A check as a policy sees it. ``kinds`` are those of the elements that it can be asked about; ``version`` is part
    of a rule's meaning; ``meaning`` is the docstring that becomes its page."""

    name: str
    kinds: tuple[str, ...]
    parameters: tuple[CheckParameter, ...]
    result: ValueType
    reads: Reads
    version: str = "1"
    meaning: str = ""
