"""Which of the bound elements an expression reads, so that what it came to can be found again."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from lexline.lang import typed

__all__ = ["free_slots"]

_READS_SLOT = (
    typed.AttributeValue,
    typed.ItemValue,
    typed.CheckValue,
    typed.TermHolds,
    typed.PassesRule,
)


def free_slots(node: typed.Expression | typed.Navigation) -> tuple[int, ...]:
    """The slots that a part of a rule reads and doesn't bind itself, ascending."""
    read: set[int] = set()
    bound: set[int] = set()
    stack: list[object] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif is_dataclass(part):
            if isinstance(part, _READS_SLOT):
                read.add(part.slot)
            elif isinstance(part, typed.Navigation | typed.AvoidedNode):
                # Every slot is bound once in a rule: what is bound here is read nowhere outside.
                bound.add(part.slot)
                if isinstance(part, typed.Navigation) and part.origin is not None:
                    read.add(part.origin)
            stack.extend(getattr(part, field.name) for field in fields(part) if field.name not in ("span", "type"))
    return tuple(sorted(read - bound))
