"""A typed program as JSON and back, for keeping it between commands.

An object is a list: its class's name and its fields in order. Only the classes of the typed tree and of diagnostics can
stand there, so reading runs nothing but their constructors. A span is the number of its source and two offsets: the
texts themselves are the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from lexline.diagnostics import NOWHERE, Diagnostic, Label, Severity, Source, Span
from lexline.lang import typed
from lexline_lineage.values import Duration, Sort, ValueType

__all__ = ["Compiled", "decoded", "encoded"]

Compiled = tuple[typed.Program, tuple[Diagnostic, ...]]
"""What compiling gives where nothing is wrong: the program, and the warnings."""

_TREE = (getattr(typed, name) for name in typed.__all__)
CLASSES: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (*_TREE, ValueType, Duration, Diagnostic, Label)
    if isinstance(kind, type) and is_dataclass(kind)
}
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in CLASSES.values()}
_READ: Mapping[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "Sort": Sort,
    "Severity": Severity,
}


def encoded(compiled: Compiled, sources: Sequence[Source]) -> bytes:
    """What was compiled from ``sources``, as JSON. Raises ``ValueError`` for anything else in it."""
    places = {id(source): place for place, source in enumerate((*sources, NOWHERE.source))}

    def plain(node: object) -> Any:
        kind = type(node)
        if node is None or kind in (bool, int, float, str):
            return node
        if isinstance(node, Span):
            if id(node.source) not in places:
                raise ValueError(f"a span of another text: {node}")
            return ["Span", places[id(node.source)], node.start, node.end]
        if kind in _FIELDS:
            return [kind.__name__, *(plain(getattr(node, name)) for name in _FIELDS[kind])]
        if isinstance(node, tuple):
            return ["tuple", *map(plain, node)]
        if isinstance(node, list):
            return ["list", *map(plain, node)]
        if isinstance(node, Mapping):
            return ["dict", *(plain(part) for item in node.items() for part in item)]
        if kind.__name__ in _READ:
            return [kind.__name__, node.isoformat() if isinstance(node, date) else str(node)]
        raise ValueError(f"a {kind.__name__} is no part of a program")

    return json.dumps(plain(compiled), separators=(",", ":")).encode("ascii")


def decoded(content: bytes, sources: Sequence[Source]) -> Compiled:
    """What ``encoded`` made of a program, whose spans lie in ``sources``. Raises ``ValueError`` for anything else."""
    places = (*sources, NOWHERE.source)

    def made(node: Any) -> Any:
        if type(node) is not list:
            return node
        name = node[0]
        if name == "Span":
            return Span(places[node[1]], node[2], node[3])
        if name in CLASSES:
            return CLASSES[name](*[made(part) for part in node[1:]])
        if name in _READ:
            return _READ[name](node[1])
        parts = [made(part) for part in node[1:]]
        return (
            parts if name == "list" else tuple(parts) if name == "tuple" else dict(zip(*[iter(parts)] * 2, strict=True))
        )

    try:
        program, warnings = made(json.loads(content))
    except (IndexError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(f"it holds no program: {error}") from None
    if not isinstance(program, typed.Program):
        raise ValueError("it holds no program")
    return program, warnings
