"""Reads YAML that somebody else wrote, which may be wrong or made to do harm.

In: text or bytes. Out: a ``Document`` of plain data that knows the line and column of each part. Guaranteed:
no code runs, no key stands twice, depth, size and aliases are bounded, text holds no NUL and no lone
surrogate, numbers are finite; anything else is a ``LineageError``.

Simpler than YAML 1.1, and nearer to what a reader expects: only ``true`` and ``false`` are booleans; keys
are text as written (``on``, ``1``); numbers with leading zeros, ``_`` or ``:`` are text, and so are moments;
a day is a ``date``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lexline_lineage.documents import MAX_DEPTH, Branch, Document, Spot, decode
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.values import is_clean_text

__all__ = ["MAX_ALIASED_PARTS", "MAX_DIGITS", "read_yaml", "read_yaml_documents"]

MAX_ALIASED_PARTS = 100_000
"""How many parts the aliases of a file may stand for, together."""
MAX_DIGITS = 310
"""How long a number may be written; longer ones are beyond what a number can hold."""

_TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep"
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_TAG + name for name in ("bool", "float", "int", "map", "null", "seq", "timestamp"))
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_yaml(content: str | bytes, file: str) -> Document:
    """The one document of a YAML text; an empty text holds ``None``. Raises ``LineageError``."""
    documents = read_yaml_documents(content, file)
    if not documents:
        return Document(file, None, lambda: None)
    if len(documents) > 1:
        line, column = documents[1].start
        message = "a second document begins here, and one is expected"
        raise LineageError([Problem("LX411", file, line, column, message, "remove the `---`")])
    return documents[0]


def read_yaml_documents(
    content: str | bytes, file: str, keys_of_tags: Mapping[str, str] = MappingProxyType({})
) -> tuple[Document, ...]:
    """All documents of a YAML text, which ``---`` separates. Where tags are a short form of a key, ``keys_of_tags``
    says of which: with ``{"!Ref": "Ref"}``, ``!Ref x`` is ``{Ref: x}``, and plain data like the rest. Raises
    ``LineageError`` with every mistake found."""
    text = decode(content, file)
    control = _CONTROL.search(text)
    if control is not None:
        message = f"a control character (U+{ord(control.group()):04X}) stands here"
        raise LineageError([_problem_at(text, control.start(), file, "LX410", message)])
    composer = _Composer(file, keys_of_tags)
    try:
        documents = tuple(composer.documents(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        lines = text.split("\n")
        if line > len(lines):  # the parser puts the end of a file behind its last line
            line, column = len(lines), len(lines[-1]) + 1
        if error.problem == "exceeded maximum nesting depth":  # the parser reads ahead, and gives up before we do
            raise LineageError([Problem("LX404", file, line, column, _TOO_DEEP)]) from None
        words, help_text = _in_plain_words(error, lines[line - 1][column - 1 : column] if line else "")
        problem = Problem("LX410", file, line, column, f"this is not YAML: {words}", help_text)
        raise LineageError([*composer.problems, problem]) from None
    except yaml.YAMLError:
        raise LineageError([Problem("LX410", file, 0, 0, "this is not YAML")]) from None
    if composer.problems:
        raise LineageError(composer.problems)
    return documents


def _in_plain_words(error: yaml.MarkedYAMLError, sign: str) -> tuple[str, str]:
    """What the parser says of the ``sign`` where it stopped, for a reader who knows no parser, and what to do."""
    said = error.problem or error.context or "it cannot be read"
    begun = f"that begins in line {error.context_mark.line + 1}" if error.context_mark is not None else ""
    if said == "found character that cannot start any token":
        if sign == "\t":
            return "a tab stands where only spaces can", "indent with spaces"
        return f"nothing can begin with `{sign}`", "put the text in quotes"
    if said == "mapping values are not allowed in this context":
        return "a `:` cannot stand here", "put a text that holds `: ` in quotes, and each key on a line of its own"
    if said in ("did not find expected ',' or '}'", "did not find expected ',' or ']'"):
        return f"a `,` or `{said[-2]}` is missing in the `{'{' if said[-2] == '}' else '['}` {begun}", ""
    if said in ("did not find expected key", "did not find expected '-' indicator"):
        begins, stops = error.context_mark, error.problem_mark
        above = begins is not None and stops is not None and begins.line < stops.line
        other = f"what {begun.removeprefix('that ')}" if above else "what stands before it"
        return f"this does not fit {other}", "lines of one level begin in the same column"
    if said == "could not find expected ':'":
        return "a key has no `:`", "write `key: value`"
    if said == "found unexpected end of stream":
        return " ".join(part for part in ("a text in quotes", begun, "is not closed") if part), "close the quote"
    return said, ""


def _problem_at(text: str, index: int, file: str, code: str, message: str) -> Problem:
    line = text.count("\n", 0, index) + 1
    return Problem(code, file, line, index - text.rfind("\n", 0, index), message)


@dataclass(slots=True)
class _Part:
    """What an event stands for: its value, the places inside it, and how many values it holds."""

    value: object
    branch: Branch | None
    size: int


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being read."""

    part: _Part
    anchor: str | None
    line: int
    column: int
    key: str | None = None
    key_place: tuple[int, int] = (0, 0)
    merged: list[_Part] = field(default_factory=list)
    is_tagged: bool = False


class _Composer:
    """Turns events into data with an explicit stack, so that no nesting can exhaust Python's own."""

    def __init__(self, file: str, keys_of_tags: Mapping[str, str]) -> None:
        self.file = file
        self.keys_of_tags = keys_of_tags
        self.problems: list[Problem] = []
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Part] = {}
        self.root: _Part | None = None
        self.start = (1, 1)
        self.aliased = 0

    def documents(self, events: Iterator[Event]) -> Iterator[Document]:
        """The documents of a stream of events."""
        for event in events:
            if isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                self._begin(event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                self._end()
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, DocumentStartEvent):
                self.anchors, self.root = {}, None
                self.start = _place(event)
            elif isinstance(event, DocumentEndEvent) and self.root is not None:
                yield Document(self.file, self.root.value, _always(self.root.branch), self.start)

    def _refuse(self, event: NodeEvent, code: str, message: str, help_text: str = "") -> None:
        self.problems.append(Problem(code, self.file, *_place(event), message, help_text))

    def _stop(self, event: NodeEvent, code: str, message: str) -> LineageError:
        self._refuse(event, code, message)
        return LineageError(self.problems)

    def _begin(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self._refuse_depth(event)
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.part.value, dict) and frame.key is None:
            raise self._stop(event, "LX412", "a key has to be a plain text")
        is_tagged = self._begin_tagged(event)
        if event.tag is not None and event.tag not in _PLAIN_TAGS and event.tag != "!" and not is_tagged:
            self._refuse(event, "LX413", f"the tag `{_short(event.tag)}` is not read", "leave the tag out")
        value: object = {} if isinstance(event, MappingStartEvent) else []
        anchor = None if is_tagged else event.anchor
        self.frames.append(_Frame(_Part(value, {}, 1), anchor, *_place(event), is_tagged=is_tagged))

    def _begin_tagged(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> bool:
        """Begins the mapping that a tag stands for, where it stands for one; then its only value comes next."""
        key = self.keys_of_tags.get(event.tag or "")
        if key is None:
            return False
        place = _place(event)
        self.frames.append(_Frame(_Part({}, {}, 1), event.anchor, *place, key=key, key_place=place))
        self._refuse_depth(event)
        return True

    def _refuse_depth(self, event: NodeEvent) -> None:
        if len(self.frames) >= MAX_DEPTH:
            raise self._stop(event, "LX404", _TOO_DEEP)

    def _end(self) -> None:
        frame = self.frames.pop()
        for part in frame.merged:
            _merge(frame.part, part)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = frame.part
        self._add(frame.part, frame.line, frame.column)
        if frame.is_tagged:
            self._end()

    def _scalar(self, event: ScalarEvent) -> None:
        line, column = _place(event)
        frame = self.frames[-1] if self.frames else None
        if frame is not None and frame.key is None and isinstance(frame.part.value, dict):
            self._key(event, frame, frame.part.value, line, column)
            return
        if self._begin_tagged(event):
            self._add(_Part(self._text(event), None, 1), line, column)
            self._end()
            return
        part = _Part(self._resolve(event), None, 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = part
        self._add(part, line, column)

    def _key(self, event: ScalarEvent, frame: _Frame, mapping: dict[str, object], line: int, column: int) -> None:
        key: str = event.value
        if not is_clean_text(key):
            self._refuse(event, "LX405", "a key holds a NUL or a lone surrogate")
        if key in mapping:
            first = (frame.part.branch or {})[key]
            message = f"`{key[:80]}` stands twice; the first is in line {first.line}"
            self._refuse(event, "LX407", message, "remove one of the two")
        frame.key, frame.key_place = key, (line, column)

    def _alias(self, event: AliasEvent) -> None:
        name = event.anchor or ""
        part = self.anchors.get(name)
        if part is None:
            is_open = any(frame.anchor == name for frame in self.frames)
            message = (
                f"`*{name[:80]}` stands inside of what it names"
                if is_open
                else (f"nothing before this is named `&{name[:80]}`")
            )
            raise self._stop(event, "LX414", message)
        frame = self.frames[-1] if self.frames else None
        if frame is not None and isinstance(frame.part.value, dict) and frame.key is None:
            raise self._stop(event, "LX412", "a key has to be a plain text")
        self.aliased += part.size
        if self.aliased > MAX_ALIASED_PARTS:
            raise self._stop(event, "LX414", f"aliases stand for more than {MAX_ALIASED_PARTS} values")
        if len(self.frames) + _depth(part.branch) > MAX_DEPTH:
            raise self._stop(event, "LX404", _TOO_DEEP)
        self._add(part, *_place(event))

    def _add(self, part: _Part, line: int, column: int) -> None:
        if not self.frames:
            self.root = part
            return
        frame = self.frames[-1]
        container, branch = frame.part.value, frame.part.branch
        assert branch is not None  # noqa: S101  # a frame is a container
        frame.part.size += part.size
        if isinstance(container, list):
            branch[len(container)] = Spot(line, column, line, column, part.branch)
            container.append(part.value)
            return
        assert isinstance(container, dict)  # noqa: S101
        key, frame.key = frame.key, None
        assert key is not None  # noqa: S101
        if key == "<<" and self._merges(frame, part):
            return
        if key not in container:
            container[key] = part.value
            branch[key] = Spot(*frame.key_place, line, column, part.branch)

    def _merges(self, frame: _Frame, part: _Part) -> bool:
        """Notes what ``<<`` brings in, where it brings mappings."""
        if isinstance(part.value, dict):
            frame.merged.append(part)
            return True
        if isinstance(part.value, list) and all(isinstance(item, dict) for item in part.value):
            branch = part.branch or {}
            for index, item in enumerate(part.value):
                frame.merged.append(_Part(item, branch[index].inside, 1))
            return True
        return False

    def _text(self, event: ScalarEvent) -> str | None:
        text: str = event.value
        if not is_clean_text(text):
            self._refuse(event, "LX405", "a text holds a NUL or a lone surrogate")
            return None
        return text

    def _resolve(self, event: ScalarEvent) -> object:
        text, tag = self._text(event), event.tag
        if text is None:
            return None
        if tag is not None and tag not in _PLAIN_TAGS and tag not in ("!", _TAG + "str"):
            self._refuse(event, "LX413", f"the tag `{_short(tag)}` is not read", "leave the tag out")
            return None
        if (tag is None and not event.implicit[0]) or tag in ("!", _TAG + "str"):
            return text
        try:
            return _plain_scalar(text)
        except ValueError as error:
            self._refuse(event, "LX406", str(error))
            return None


def _place(event: Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)


def _short(tag: str) -> str:
    """A tag as it is written."""
    return f"!!{tag.removeprefix(_TAG)}"[:80] if tag.startswith(_TAG) else tag[:80]


def _always(branch: Branch | None) -> Callable[[], Branch | None]:
    return lambda: branch


def _merge(into: _Part, part: _Part) -> None:
    """Adds the keys of another mapping that are not there yet."""
    assert isinstance(into.value, dict)  # noqa: S101
    assert isinstance(part.value, dict)  # noqa: S101
    for key, value in part.value.items():
        if key not in into.value:
            into.value[key] = value
            if into.branch is not None and part.branch is not None:
                into.branch[key] = part.branch[key]


def _depth(branch: Branch | None) -> int:
    """How many levels there are below; an alias stands for at most ``MAX_ALIASED_PARTS`` parts, so this ends
    soon."""
    depth, level = 0, [branch] if branch is not None else []
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [spot.inside for inner in level for spot in inner.values() if spot.inside is not None]
    return depth


def _plain_scalar(text: str) -> object:
    """The value of an unquoted scalar. Raises ``ValueError`` with a sentence for a number that cannot be
    held."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise ValueError(f"the number `{text[:20]}…` is too large")
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"the number `{text[:40]}` is too large")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"`{text}` is not a finite number")
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text  # 2026-02-30: the reader of a date says that it is none
    return text
