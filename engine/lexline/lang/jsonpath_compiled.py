"""Compiles a JSONPath, where all of it is harmless: names, indexes, slices, wildcards and one ``..``."""

from __future__ import annotations

import re
from functools import lru_cache

from jsonpath_ng import Child, Descendants, Fields, Index, JSONPath, Root, Slice
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.jsonpath import Wildcard
from jsonpath_ng.parser import parse as parse_path

__all__ = ["compiled_path"]

MAX_LENGTH = 200
"""The longest path, in characters; it bounds how deeply the walk recurses."""

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


@lru_cache(maxsize=1024)
def compiled_path(path: str) -> JSONPath | str:
    """The compiled path, or why it is refused."""
    if len(path) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    # Looked for in the text, since the library's parser warns of them.
    if re.search("[|&`]", _QUOTED.sub("", path)):
        return "it joins paths or calls a function"
    try:
        compiled = parse_path(path)
    except (JSONPathError, ValueError, ArithmeticError, RecursionError):
        return "it is not a JSONPath of names, indexes, slices and wildcards"
    return _refuse(compiled) or compiled


def _refuse(compiled: JSONPath) -> str:
    descents = 0
    node = compiled
    while isinstance(node, Child | Descendants):
        descents += isinstance(node, Descendants)
        reason = _refuse_step(node.right)
        if reason:
            return reason
        node = node.left
    if descents > 1:
        return "it has more than one `..`"
    return "" if isinstance(node, Root) else _refuse_step(node)


def _refuse_step(step: JSONPath) -> str:
    match step:
        case Wildcard() | Slice():
            return ""
        case Fields(fields=fields):
            return "it names a value twice" if len(set(fields)) < len(fields) else ""
        case Index(indices=indices):
            twice = len(indices) > 1 and (min(indices) < 0 or len(set(indices)) < len(indices))
            return "it may name a value twice" if twice else ""
        case _:
            return "it holds more than names, indexes, slices and wildcards"
