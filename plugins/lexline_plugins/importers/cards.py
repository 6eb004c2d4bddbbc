"""A card as its author wrote it: front matter in YAML, and prose under headings.

In: the text of a Markdown file. Out: its fields, its title, and the prose of each heading. Comments, HTML elements and
the gaps that a template leaves open are no prose. No pattern here takes more than linear time, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lexline_lineage.documents import Document
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.values import is_clean_text

__all__ = ["Card", "read_card"]

_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ELEMENT = re.compile(
    r"</?(?:a|b|blockquote|br|center|code|details|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|picture|pre|script|source"
    r"|span|strong|style|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul|video)\b[^<>]*>",
    re.IGNORECASE,
)
_GAPS = ("[more information needed]", "{{")
_KEY = re.compile(r"\W+")


@dataclass(slots=True)
class Card:
    """One card. ``front`` is its front matter with the places in the file; ``sections`` are the prose of each heading
    by the heading in lower case with ``_`` (`out_of_scope`), that before the first being the ``introduction``."""

    front: Document
    title: str = ""
    sections: dict[str, str] = field(default_factory=dict)

    def place(self, *path: str | int) -> str:
        """The file and line of a part of the front matter."""
        return f"{self.front.file}:{self.front.place(*path)[0]}"

    def section(self, *keys: str) -> str:
        """The prose of the first of the headings that has any, on one line."""
        return next((" ".join(self.sections[key].split()) for key in keys if key in self.sections), "")


def read_card(text: str, file: str) -> Card:
    """The card that a text holds. Raises ``LineageError`` where its front matter can't be read, or it is no text."""
    if not is_clean_text(text):
        line = text[: text.find("\0")].count("\n") + 1
        raise LineageError([Problem("LX405", file, line, 0, "the text holds a NUL")])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    front, body = Document(file, {}, lambda: None), 0
    if lines[0].strip() == "---":
        end = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), 0)
        if not end:
            raise LineageError([Problem("LX410", file, 1, 0, "the front matter that begins here does not end")])
        front, body = read_yaml("\n".join(["", *lines[1:end]]), file), end + 1
        if front.data is None:
            front = Document(file, {}, lambda: None)
        elif not isinstance(front.data, dict):
            message = "the front matter is no mapping of fields to values"
            raise LineageError([Problem("LX410", file, front.start[0], 0, message)])
    card = Card(front)
    _read_prose(card, _without_comments("\n".join(lines[body:])).split("\n"))
    return card


def _read_prose(card: Card, lines: list[str]) -> None:
    key, fence, prose = "introduction", "", dict[str, list[str]]()
    for line in lines:
        mark = _FENCE.match(line)
        heading = None if fence else _HEADING.fullmatch(line)
        if mark is not None and fence in ("", mark.group(1)):
            fence = "" if fence else mark.group(1)
        if heading is None:
            prose.setdefault(key, []).append(line if fence else _ELEMENT.sub("", line).rstrip())
            continue
        said = _ELEMENT.sub("", heading.group(2)).strip().rstrip("#").rstrip()
        if not card.title and len(heading.group(1)) == 1 and key == "introduction" and "{{" not in said:
            card.title = said
        else:
            key = _KEY.sub("_", said.lower().replace("[optional]", "")).strip("_") or key
    for key, found in prose.items():
        text = "\n".join(line for line in found if not any(gap in line.lower() for gap in _GAPS)).strip()
        if text:
            card.sections[key] = text


def _without_comments(text: str) -> str:
    return "".join(_outside_of_comments(text))


def _outside_of_comments(text: str) -> Iterator[str]:
    at = 0
    while True:
        begin = text.find("<!--", at)
        end = text.find("-->", begin + 4) if begin >= 0 else -1
        if end < 0:
            yield text[at:]
            return
        yield text[at:begin]
        at = end + 3
