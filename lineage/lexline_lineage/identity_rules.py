"""``identity.yaml``: what people say of names, so that the facts of several systems meet.

In: a YAML file. Out: ``IdentityRules``. Guaranteed: every mistake of the file is reported with its place; a template is
matched in one pass from left to right, whatever it and the name hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lexline_lineage.documents import Document
from lexline_lineage.facts import Strength
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.reading import read_document

__all__ = ["BUILT_IN", "IdentityRules", "Template", "read_identity_rules"]

_HOLE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(\*?)\}")
_SECTIONS = ("prefixes", "names", "same", "apart", "precedence")
_NAME_KEYS = ("from", "to", "strength")
_HELP = "see docs/identity.md for what the file holds"


@dataclass(frozen=True, slots=True)
class Template:
    """Whatever goes by a name of the form ``source`` goes by the name of the form ``target`` too.

    ``{word}`` stands for one part of a name, ``{word*}`` for any number of parts: it ends where the text after it
    stands first. A part ends at ``/``, ``#`` or the end. ``said_in`` is where the rule stands.
    """

    source: str
    target: str
    strength: Strength
    said_in: str = "built-in"

    def apply(self, name: str) -> str | None:
        """The further name of what goes by ``name``; ``None`` where the name is not of the form."""
        start = 0
        filled: dict[str, str] = {}
        pieces = list(_pieces(self.source))
        for index, (literal, hole, many) in enumerate(pieces):
            if not name.startswith(literal, start):
                return None
            start += len(literal)
            if not hole:
                break
            after = pieces[index + 1][0]
            is_last = index + 2 == len(pieces)
            end = (len(name) - len(after) if name.endswith(after) else -1) if is_last else name.find(after, start + 1)
            word = name[start:end] if end > start else ""
            if not word or (not many and ("/" in word or "#" in word)):
                return None
            filled[hole] = word
            start = end
        if start != len(name):
            return None
        return "".join(literal + filled.get(hole, "") for literal, hole, _ in _pieces(self.target))


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """The texts between holes, each with the hole after it and whether that takes many parts; the last has none."""
    start = 0
    for found in _HOLE.finditer(text):
        yield text[start : found.start()], found.group(1), found.group(2) == "*"
        start = found.end()
    yield text[start:], "", False


BUILT_IN = (
    # A logged model's id is unique to its server, so the end of its address says which model it is.
    Template("artifact:{store*}/models/m-{id}/artifacts", "artifact:mlflow/models/m-{id}", Strength.DERIVED),
)


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """``same`` and ``apart`` are pairs of names that a person confirmed or ruled out, with the place of each.

    ``precedence`` gives for an attribute (``owner``, ``dataset.owner``, or ``*`` for all) the sources that count
    before others, in order.
    """

    templates: tuple[Template, ...] = BUILT_IN
    same: tuple[tuple[str, str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    precedence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def sources_first(self, kind: str, attribute: str) -> tuple[str, ...]:
        """The sources that count first for an attribute of a kind; the most specific statement holds."""
        for key in (f"{kind}.{attribute}", attribute, "*"):
            if key in self.precedence:
                return self.precedence[key]
        return ()


def read_identity_rules(path: Path) -> IdentityRules:
    """The rules of a file, after the built-in ones. Raises ``LineageError`` with every mistake."""
    document = read_document(path)
    reader = _Reader(document)
    data = document.data if document.data is not None else {}
    if not isinstance(data, dict):
        raise LineageError([document.problem("LX470", "an identity file is a mapping", help=_HELP)])
    for key in data:
        if key not in _SECTIONS:
            reader.problem(f"there is no section `{key[:80]}`", key, help_text=nearest(key, _SECTIONS))
    templates = (*BUILT_IN, *reader.prefixes(), *reader.names())
    same = tuple((one, other, place) for one, other, place in reader.pairs("same"))
    apart = tuple((one, other) for one, other, _ in reader.pairs("apart"))
    rules = IdentityRules(templates, same, apart, reader.precedence())
    if reader.problems:
        raise LineageError(reader.problems)
    return rules


class _Reader:
    """Reads the sections of one file and collects what is wrong with them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._data: dict[str, object] = document.data if isinstance(document.data, dict) else {}
        self.problems: list[Problem] = []

    def problem(self, message: str, *path: str | int, help_text: str = _HELP) -> None:
        """A mistake at a place of the file."""
        self.problems.append(self._document.problem("LX470", message, *path, help=help_text))

    def prefixes(self) -> Iterator[Template]:
        """Pairs of beginnings that mean one place."""
        for key, value in self._mapping("prefixes", "say pairs of beginnings, such as `from: to`").items():
            if not isinstance(value, str) or not value or "{" in key + value:
                self.problem(
                    f"the prefix `{key[:80]}` needs the other beginning, a text without braces", "prefixes", key
                )
            else:
                place = self._place("prefixes", key)
                yield Template(f"{key}{{rest*}}", f"{value}{{rest*}}", Strength.EXACT, place)

    def names(self) -> Iterator[Template]:
        """Templates of names."""
        for index, item in enumerate(self._list("names")):
            where = ("names", index)
            if (
                not isinstance(item, dict)
                or not isinstance(item.get("from"), str)
                or not isinstance(item.get("to"), str)
            ):
                advice = 'write `{from: "dataset:a/{name}", to: "dataset:b/{name}", strength: exact}`'
                self.problem("a rule about names has `from`, `to` and `strength`", *where, help_text=advice)
                continue
            for key in item:
                if key not in _NAME_KEYS:
                    self.problem(
                        f"a rule about names has no `{key[:80]}`", *where, key, help_text=nearest(key, _NAME_KEYS)
                    )
            strength = item.get("strength", "exact")
            if strength not in tuple(Strength):
                message = "`strength` is one of `exact`, `derived` and `hint`"
                self.problem(message, *where, "strength", help_text=nearest(str(strength), tuple(Strength)))
                continue
            if self._is_template(item["from"], item["to"], where):
                yield Template(item["from"], item["to"], Strength(strength), self._place(*where))

    def pairs(self, section: str) -> Iterator[tuple[str, str, str]]:
        """Pairs of names, with the place of each."""
        for index, item in enumerate(self._list(section)):
            if isinstance(item, list) and len(item) == 2 and all(isinstance(name, str) and name for name in item):
                yield item[0], item[1], self._place(section, index)
            else:
                self.problem(f"`{section}` holds pairs of names", section, index, help_text="write `- [one, other]`")

    def precedence(self) -> dict[str, tuple[str, ...]]:
        """For each attribute the sources that count first."""
        found: dict[str, tuple[str, ...]] = {}
        advice = "write `owner: [registry, catalogue]`"
        for key, value in self._mapping("precedence", advice).items():
            if isinstance(value, list) and value and all(isinstance(name, str) and name for name in value):
                found[key] = tuple(value)
            else:
                self.problem(
                    f"the precedence for `{key[:80]}` is a list of sources", "precedence", key, help_text=advice
                )
        return found

    def _is_template(self, source: str, target: str, where: tuple[str | int, ...]) -> bool:
        holes = [found.group(1) for found in _HOLE.finditer(source)]
        message = ""
        if any("{" in literal or "}" in literal for text in (source, target) for literal, _, _ in _pieces(text)):
            message = "a brace stands alone: `{word}` stands for one part of a name, `{word*}` for several"
        elif len(set(holes)) != len(holes):
            message = "`from` uses one `{word}` twice"
        elif any(not literal and index for index, (literal, hole, _) in enumerate(_pieces(source)) if hole):
            message = "two `{word}` of `from` stand side by side: nothing says where the first ends"
        else:
            for _, hole, _ in _pieces(target):
                if hole and hole not in holes:
                    message = f"`to` uses `{{{hole}}}`, which `from` doesn't have"
        if message:
            self.problem(message, *where)
        return not message

    def _mapping(self, section: str, advice: str) -> dict[str, object]:
        value = self._data.get(section)
        if value is None or isinstance(value, dict):
            return value or {}
        self.problem(f"`{section}` is a mapping", section, help_text=advice)
        return {}

    def _list(self, section: str) -> list[object]:
        value = self._data.get(section)
        if value is None or isinstance(value, list):
            return value or []
        self.problem(f"`{section}` is a list", section, help_text="begin each item with `- `")
        return []

    def _place(self, *path: str | int) -> str:
        return f"{self._document.file}:{self._document.place(*path)[0]}"
