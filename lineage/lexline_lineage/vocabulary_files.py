"""Reads vocabulary files: a whole vocabulary, or a part that extends one.

In: YAML (``docs/vocabulary.md`` shows the form). Out: an immutable ``Vocabulary``. Guaranteed: all mistakes
of a file are reported together with their places; what two files say differently is refused, naming both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from lexline_lineage.documents import Document
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.reading import read_bytes
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import LINEAGE_COMPLETE, Attribute, Flow, Kind, Relation, Vocabulary

__all__ = ["extend", "load_builtin_vocabulary", "load_vocabulary"]

Path_ = tuple[str | int, ...]

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_RESERVED = {"id": "every element has an id", "kind": "every element has a kind"}
_SIMPLE = {sort.value: sort for sort in Sort if sort not in (Sort.ENUMERATION, Sort.LIST)}
_MAX_LIST_DEPTH = 3


def load_vocabulary(source: Path | str, file: str = "vocabulary") -> Vocabulary:
    """The vocabulary of a file (a ``Path``) or of a YAML text (a ``str``, named ``file`` in errors).

    Raises ``LineageError``.
    """
    return extend(Vocabulary({}, {}), source, file)


def load_builtin_vocabulary() -> Vocabulary:
    """The vocabulary that comes with the product."""
    name = "builtin_vocabulary.yaml"
    return load_vocabulary(resources.files("lexline_lineage").joinpath(name).read_text("utf-8"), name)


def extend(vocabulary: Vocabulary, source: Path | str, file: str = "vocabulary") -> Vocabulary:
    """The vocabulary together with what one more file adds: kinds, attributes, relations, origins and
    targets.

    Its version stays that of the first file. Raises ``LineageError`` where the file is wrong or contradicts
    what is there.
    """
    content = read_bytes(source) if isinstance(source, Path) else source
    name = str(source) if isinstance(source, Path) else file
    reader = _Reader(read_yaml(content, name))
    part = reader.read()
    joined = _Joiner(vocabulary, part, reader).join()
    if reader.problems:
        raise LineageError(reader.problems)
    return joined


@dataclass(slots=True)
class _KindPart:
    """What one file says of a kind; ``None`` where it is silent."""

    name: str
    plural: str | None = None
    expects: tuple[bool, bool] | None = None
    meaning: str | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict)


@dataclass(slots=True)
class _RelationPart:
    """What one file says of a relation; ``None`` where it is silent."""

    name: str
    origins: tuple[str, ...]
    targets: tuple[str, ...]
    flow: Flow | None = None
    complete: bool | None = None
    meaning: str | None = None


@dataclass(slots=True)
class _Part:
    kinds: dict[str, _KindPart] = field(default_factory=dict)
    relations: dict[str, _RelationPart] = field(default_factory=dict)
    version: str = ""


class _Reader:
    """Reads one file by itself."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def refuse(
        self,
        code: str,
        message: str,
        path: Path_,
        help: str = "",  # noqa: A002  # as in Problem
        *,
        of_value: bool = False,
    ) -> None:
        """Notes a mistake at ``path``."""
        self.problems.append(self.document.problem(code, message, *path, help=help, of_value=of_value))

    def read(self) -> _Part:
        """What the file says, as far as it can be read."""
        part = _Part()
        root = self._mapping(self.document.data, (), ("version", "kinds", "relations"), "a vocabulary")
        version = root.get("version")
        if isinstance(version, str | int | float) and not isinstance(version, bool):
            part.version = str(version)
        elif version is not None:
            part.version = self._text(str(version), ("version",))
        for name, raw in self._mapping(root.get("kinds"), ("kinds",), None, "`kinds`").items():
            if self._named(name, "kind", ("kinds", name)):
                part.kinds[name] = self._kind(name, raw)
        for name, raw in self._mapping(root.get("relations"), ("relations",), None, "`relations`").items():
            if self._named(name, "relation", ("relations", name)):
                relation = self._relation(name, raw)
                if relation is not None:
                    part.relations[name] = relation
        return part

    def _mapping(self, raw: object, path: Path_, keys: tuple[str, ...] | None, what: str) -> dict[str, object]:
        """A mapping, empty where there is none; with ``keys``, others are refused."""
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self.refuse("LX450", f"{what} has to be a mapping", path, of_value=True)
            return {}
        if keys is not None:
            for key in raw:
                if key not in keys:
                    message = f"{what} has no `{key[:80]}`"
                    self.refuse("LX451", message, (*path, key), nearest(key, keys))
        return raw

    def _text(self, raw: object, path: Path_) -> str:
        if isinstance(raw, str):
            return " ".join(raw.split())
        if raw is not None:
            self.refuse("LX450", f"`{path[-1]}` has to be text", path, of_value=True)
        return ""

    def _named(self, name: str, what: str, path: Path_) -> bool:
        if _NAME.fullmatch(name) and len(name) <= 80:
            return True
        help_text = "a name is words of small letters and digits, joined by `-` or `_`"
        self.refuse("LX452", f"`{name[:80]}` cannot name a {what}", path, help_text)
        return False

    def _kind(self, name: str, raw: object) -> _KindPart:
        path: Path_ = ("kinds", name)
        keys = ("plural", "expected", "attributes", "meaning")
        content = self._mapping(raw, path, keys, f"the kind `{name}`")
        part = _KindPart(name)
        if "plural" in content:
            plural = content["plural"]
            if isinstance(plural, str) and self._named(plural, "plural", (*path, "plural")):
                part.plural = plural
            elif not isinstance(plural, str):
                self.refuse("LX450", "`plural` has to be text", (*path, "plural"), of_value=True)
        if "expected" in content:
            expected = self._words(content["expected"], (*path, "expected"), ("inputs", "outputs"))
            part.expects = ("inputs" in expected, "outputs" in expected)
        if "meaning" in content:
            part.meaning = self._text(content["meaning"], (*path, "meaning"))
        inner = (*path, "attributes")
        what = f"`attributes` of `{name}`"
        for attribute, form in self._mapping(content.get("attributes"), inner, None, what).items():
            read = self._attribute(attribute, form, (*inner, attribute))
            if read is not None:
                part.attributes[attribute] = read
        return part

    def _words(self, raw: object, path: Path_, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """A word or a list of words."""
        words = raw if isinstance(raw, list) else [raw]
        found: list[str] = []
        for index, word in enumerate(words):
            at = (*path, index) if isinstance(raw, list) else path
            if not isinstance(word, str):
                self.refuse("LX450", f"`{path[-1]}` holds words", at, of_value=True)
            elif allowed is not None and word not in allowed:
                message = f"`{word[:80]}` is not one of those that `{path[-1]}` takes"
                self.refuse("LX454", message, at, nearest(word, allowed), of_value=True)
            else:
                found.append(word)
        return tuple(dict.fromkeys(found))

    def _attribute(self, name: str, raw: object, path: Path_) -> Attribute | None:
        if name in _RESERVED:
            self.refuse("LX452", f"`{name}` cannot name an attribute: {_RESERVED[name]}", path)
            return None
        if not self._named(name, "attribute", path):
            return None
        unit = meaning = ""
        person = False
        form, type_path = raw, path
        if isinstance(raw, dict):
            content = self._mapping(raw, path, ("type", "unit", "meaning", "person"), f"the attribute `{name}`")
            unit = self._text(content.get("unit"), (*path, "unit"))
            meaning = self._text(content.get("meaning"), (*path, "meaning"))
            form, type_path = content.get("type"), (*path, "type")
            person = self._person(content.get("person", False), (*path, "person"))
        type_ = self._type(form, type_path)
        if type_ is None:
            return None
        if name == LINEAGE_COMPLETE and type_.sort is not Sort.BOOLEAN:
            self.refuse("LX450", "`lineage_complete` has to be a boolean", path)
            return None
        if person and type_.sort is not Sort.TEXT:
            self.refuse("LX450", f"`{name}` names people, so it has to be text", path)
        return Attribute(name, type_, unit, meaning, person, self.document.file)

    def _person(self, raw: object, path: Path_) -> bool:
        if not isinstance(raw, bool):
            self.refuse("LX450", "`person` is true or false", path, of_value=True)
        return raw is True

    def _type(self, form: object, path: Path_, depth: int = 0) -> ValueType | None:
        if isinstance(form, str) and form in _SIMPLE:
            return ValueType(_SIMPLE[form])
        if isinstance(form, list) and len(form) == 1 and isinstance(form[0], list) and depth < _MAX_LIST_DEPTH:
            inner = form[0]
            is_type = len(inner) == 1 and (isinstance(inner[0], list) or str(inner[0]) in _SIMPLE)
            item = self._type(inner[0] if is_type else inner, (*path, 0), depth + 1)
            return ValueType(Sort.LIST, item=item) if item is not None else None
        if isinstance(form, list) and form and all(isinstance(symbol, str) and symbol for symbol in form):
            symbols = tuple(dict.fromkeys(form))
            if len(symbols) != len(form):
                self.refuse("LX450", "a symbol stands twice", path, of_value=True)
            return ValueType(Sort.ENUMERATION, symbols=symbols)
        word = f"`{str(form)[:40]}` is not a type" if isinstance(form, str) else "a type is expected here"
        help_text = nearest(form, _SIMPLE) if isinstance(form, str) else ""
        shapes = "a type is boolean, text, number, …, `[a, b]` for one of some words, or `[[text]]` for a list"
        self.refuse("LX453", word, path, help_text or shapes, of_value=True)
        return None

    def _relation(self, name: str, raw: object) -> _RelationPart | None:
        path: Path_ = ("relations", name)
        keys = ("from", "to", "flow", "recorded", "meaning")
        content = self._mapping(raw, path, keys, f"the relation `{name}`")
        ends: list[tuple[str, ...]] = []
        for side in ("from", "to"):
            if content.get(side) in (None, []):
                message = f"the relation `{name}` does not say `{side}` which kinds it leads"
                self.refuse("LX455", message, path, "write `from: kind` and `to: kind`")
                return None
            ends.append(self._words(content[side], (*path, side)))
        part = _RelationPart(name, ends[0], ends[1])
        if "flow" in content:
            flow = self._words(content["flow"], (*path, "flow"), [flow.value for flow in Flow])
            part.flow = Flow(flow[0]) if flow else None
        if "recorded" in content:
            recorded = self._words(content["recorded"], (*path, "recorded"), ("complete", "partial"))
            part.complete = "complete" in recorded
        if "meaning" in content:
            part.meaning = self._text(content["meaning"], (*path, "meaning"))
        return part


class _Joiner:
    """Adds what a file says to a vocabulary; contradictions are noted with the reader."""

    def __init__(self, vocabulary: Vocabulary, part: _Part, reader: _Reader) -> None:
        self.old = vocabulary
        self.part = part
        self.reader = reader
        self.file = reader.document.file

    def join(self) -> Vocabulary:
        """The vocabulary with what the file adds."""
        kinds = dict(self.old.kinds)
        for part in self.part.kinds.values():
            kinds[part.name] = self._kind(kinds.get(part.name), part)
        relations = dict(self.old.relations)
        for relation in self.part.relations.values():
            self._check_ends(relation, kinds)
            relations[relation.name] = self._relation(relations.get(relation.name), relation)
        return Vocabulary(
            MappingProxyType(kinds),
            MappingProxyType(relations),
            self.old.version or self.part.version,
            MappingProxyType(self._plurals(kinds)),
        )

    def _conflict(self, path: Path_, what: str, ours: str, theirs: str, their_file: str) -> None:
        message = f"{what} is {ours} here and {theirs} in {their_file or 'another file'}"
        help_text = f"remove it from {self.file}, or give it another name"
        self.reader.refuse("LX456", message, path, help_text)

    def _kind(self, old: Kind | None, part: _KindPart) -> Kind:
        path: Path_ = ("kinds", part.name)
        if old is None:
            plural = part.plural or f"{part.name}s"
            attributes = MappingProxyType(dict(part.attributes))
            inputs, outputs = part.expects or (False, False)
            return Kind(part.name, plural, attributes, inputs, outputs, part.meaning or "", self.file)
        if part.plural is not None and part.plural != old.plural:
            what = f"the plural of `{part.name}`"
            self._conflict((*path, "plural"), what, f"`{part.plural}`", f"`{old.plural}`", old.file)
        if part.expects is not None and part.expects != (old.expects_inputs, old.expects_outputs):
            ours, theirs = _expected(part.expects), _expected((old.expects_inputs, old.expects_outputs))
            self._conflict((*path, "expected"), f"what `{part.name}` expects", ours, theirs, old.file)
        merged = dict(old.attributes)
        for attribute in part.attributes.values():
            there = merged.setdefault(attribute.name, attribute)
            at = (*path, "attributes", attribute.name)
            what = f"`{attribute.name}` of `{part.name}`"
            if there.type != attribute.type:
                self._conflict(at, what, str(attribute.type), str(there.type), there.file)
            elif attribute.unit and there.unit and attribute.unit != there.unit:
                self._conflict(at, f"the unit of {what}", attribute.unit, there.unit, there.file)
            elif attribute.person and not there.person:
                merged[attribute.name] = replace(there, person=True)
        return replace(old, attributes=MappingProxyType(merged), meaning=old.meaning or part.meaning or "")

    def _check_ends(self, part: _RelationPart, kinds: Mapping[str, Kind]) -> None:
        for side, names in (("from", part.origins), ("to", part.targets)):
            for name in names:
                if name not in kinds:
                    message = f"the relation `{part.name}` names the kind `{name[:80]}`, which does not exist"
                    path = ("relations", part.name, side)
                    self.reader.refuse("LX430", message, path, nearest(name, kinds), of_value=True)

    def _relation(self, old: Relation | None, part: _RelationPart) -> Relation:
        path: Path_ = ("relations", part.name)
        if old is None:
            relation = Relation(
                part.name,
                part.origins,
                part.targets,
                part.flow or Flow.NONE,
                part.complete or False,
                part.meaning or "",
                self.file,
            )
        else:
            if part.flow is not None and part.flow is not old.flow:
                what = f"the flow of `{part.name}`"
                self._conflict((*path, "flow"), what, part.flow.value, old.flow.value, old.file)
            if part.complete is not None and part.complete != old.complete:
                ours, theirs = _recorded(part.complete), _recorded(old.complete)
                self._conflict((*path, "recorded"), f"`{part.name}`", ours, theirs, old.file)
            relation = replace(
                old,
                origins=tuple(dict.fromkeys(old.origins + part.origins)),
                targets=tuple(dict.fromkeys(old.targets + part.targets)),
                meaning=old.meaning or part.meaning or "",
            )
        if relation.flow is not Flow.NONE and part.complete is not None:
            message = f"`{part.name}` is a flow relation, and `recorded` is for the others"
            help_text = "say `expected: [inputs]` at the kind instead"
            self.reader.refuse("LX450", message, (*path, "recorded"), help_text)
        return relation

    def _plurals(self, kinds: Mapping[str, Kind]) -> dict[str, str]:
        plurals: dict[str, str] = {}
        for kind in kinds.values():
            clash = plurals.get(kind.plural) or (kind.plural if kind.plural in kinds else None)
            if clash is None or clash == kind.name:
                plurals[kind.plural] = kind.name
                continue
            other = kinds[clash]
            place: Path_ = ("kinds", kind.name if kind.name in self.part.kinds else clash)
            where = other.file if kind.name in self.part.kinds else kind.file
            message = f"the plural `{kind.plural}` of `{kind.name}` means `{clash}`, too, in {where or self.file}"
            self.reader.refuse("LX456", message, place, "give one of them another plural")
        return plurals


def _expected(expects: tuple[bool, bool]) -> str:
    words = [word for word, said in zip(("inputs", "outputs"), expects, strict=True) if said]
    return " and ".join(words) or "nothing"


def _recorded(complete: bool) -> str:
    return "recorded as complete" if complete else "recorded as partial"
