"""Reads JSON that somebody else wrote, with the same guarantees as ``hostile_yaml``.

The standard reader does the work; only where it, or a check after it, objects does a slower pass over the
text find the places of what is wrong.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from lexline_lineage.documents import MAX_DEPTH, Branch, Document, Spot, decode
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.values import is_clean_text

__all__ = ["MAX_DIGITS", "read_json"]

MAX_DIGITS = 310
"""How long a whole number may be written; longer ones are beyond what a number can hold."""
MAX_LOCATED = 4_000_000
"""Up to how many characters it costs little to find the places of all parts."""

_TOKEN = re.compile(r'[ \t\n\r]*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))', re.DOTALL)
_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")


class _RefusedError(ValueError):
    """The fast pass met something that is refused."""


def read_json(content: str | bytes, file: str, *, infinite_is_missing: bool = False) -> Document:
    """The data of a JSON text. Raises ``LineageError`` with every mistake found. Tools that measure write ``NaN`` where
    there was nothing to measure: with ``infinite_is_missing``, what is no finite number is ``None``, not a mistake."""
    text = decode(content, file)
    try:
        data = (_LENIENT if infinite_is_missing else _STRICT).decode(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise LineageError([Problem("LX415", file, error.lineno, error.colno, message)]) from None
    except (_RefusedError, RecursionError):
        raise LineageError(_Scan(text, file).refusals()) from None
    if _too_deep(data) or ("\\u" in text and _SUSPICIOUS_ESCAPE.search(text) and _has_bad_text(data)):
        raise LineageError(_Scan(text, file).refusals())
    return Document(file, data, lambda: _Scan(text, file).branch(), is_located=len(text) <= MAX_LOCATED)


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _RefusedError
    return mapping


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _RefusedError
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _RefusedError
    return number


def _constant(_: str) -> NoReturn:
    raise _RefusedError


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


_STRICT = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)
_LENIENT = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_float=_finite, parse_constant=lambda _: None
)


def _too_deep(data: object) -> bool:
    """True where containers are nested beyond the bound; level by level, without recursion."""
    level: list[object] = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [
            part
            for container in level
            for part in (
                container.values() if isinstance(container, dict) else container if isinstance(container, list) else ()
            )
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _has_bad_text(data: object) -> bool:
    parts: list[object] = [data]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            if not is_clean_text(part):
                return True
        elif isinstance(part, dict):
            parts.extend(part)
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return False


class _Scan:
    """One pass over the tokens of a text that is JSON (or nearly so), noting places and what is refused."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.line, self.line_start, self.counted = 1, 0, 0

    def refusals(self) -> tuple[Problem, ...]:
        """What is refused, with places."""
        self.branch()
        if not self.problems:
            self.problems.append(Problem("LX415", self.file, 0, 0, "this JSON cannot be read"))
        return tuple(self.problems)

    def branch(self) -> Branch | None:
        """The places of all parts."""
        root: Branch = {}
        # A frame: its parts, whether it is an object, the key that waits for its value, and the key's place.
        frames: list[tuple[Branch, bool]] = [(root, False)]
        keys: list[tuple[str, int, int] | None] = [None]
        for match in _TOKEN.finditer(self.text):
            string, mark, _ = match.groups()
            line, column = self._place(match.start(match.lastindex or 0))
            if mark in ("}", "]"):
                if len(frames) > 1:
                    frames.pop()
                    keys.pop()
                continue
            if mark in (",", ":"):
                continue
            branch, is_object = frames[-1]
            key = keys[-1]
            if is_object and key is None and string is not None:
                keys[-1] = (self._key(string, branch, line, column), line, column)
                continue
            inside: Branch | None = {} if mark else None
            if mark is None:
                self._check(match.group().strip(), line, column)
            name: str | int = key[0] if key else len(branch)
            place = key[1:] if key else (line, column)
            branch.setdefault(name, Spot(*place, line, column, inside))
            keys[-1] = None
            if inside is not None:
                if len(frames) > MAX_DEPTH:
                    self._refuse("LX404", line, column, f"this is nested more than {MAX_DEPTH} levels deep")
                    return None
                frames.append((inside, mark == "{"))
                keys.append(None)
        spot = root.get(0)
        return spot.inside if spot is not None else None

    def _place(self, index: int) -> tuple[int, int]:
        """Line and column of an index; indices only grow, so lines are counted once."""
        lines = self.text.count("\n", self.counted, index)
        if lines:
            self.line += lines
            self.line_start = self.text.rfind("\n", 0, index) + 1
        self.counted = index
        return self.line, index - self.line_start + 1

    def _refuse(self, code: str, line: int, column: int, message: str, help_text: str = "") -> None:
        self.problems.append(Problem(code, self.file, line, column, message, help_text))

    def _key(self, string: str, branch: Branch, line: int, column: int) -> str:
        key = str(json.loads(string))
        if not is_clean_text(key):
            self._refuse("LX405", line, column, "a key holds a NUL or a lone surrogate")
        elif key in branch:
            first = branch[key].line
            message = f"`{key[:80]}` stands twice; the first is in line {first}"
            self._refuse("LX407", line, column, message, "remove one of the two")
        return key

    def _check(self, token: str, line: int, column: int) -> None:
        if token.startswith('"'):
            if not is_clean_text(str(json.loads(token))):
                self._refuse("LX405", line, column, "a text holds a NUL or a lone surrogate")
        elif token in ("NaN", "Infinity", "-Infinity"):
            self._refuse("LX406", line, column, f"`{token}` is not a finite number")
        elif token[:1] in "-0123456789":
            too_long = len(token) > MAX_DIGITS and token.lstrip("-").isdigit()
            if too_long or not math.isfinite(float(token)):
                self._refuse("LX406", line, column, f"the number `{token[:20]}` is too large")
