"""Portfolio files in YAML and JSON: the short form in which people write facts.

``nodes: {id: {kind: …, attribute: value}}`` and ``edges: [[origin, relation, target], [origin, relation, target,
possible]]``. An attribute that holds for a time is ``{value: …, from: 2026-01-01, until: 2026-06-30}``, or a list of
these; an attribute that is a document cannot be dated here. An edge may be ``{from, relation, to, since, until,
possible}``. Both days are included. ``docs/facts.md`` has examples.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from lexline_lineage.documents import Document
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.placement import is_id
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.raw_values import is_writable, plain_raw
from lexline_lineage.reading import read_document
from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.writing import write_atomically

__all__ = ["PortfolioReader", "read_portfolio_document", "read_portfolio_file", "write_portfolio"]

Path_ = tuple[str | int, ...]

_DAY = ValueType(Sort.DATE)
_EDGE_KEYS = ("from", "relation", "to", "since", "until", "possible")
_DATED_KEYS = frozenset(("value", "from", "until"))
_PLAIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_RESERVED_WORDS = frozenset(("null", "true", "false"))
_LONG_KEY = 900


def read_portfolio_file(path: Path, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The facts of a YAML or JSON portfolio. Raises ``LineageError`` with every mistake of its form."""
    return read_portfolio_document(read_document(path), vocabulary)


def read_portfolio_document(document: Document, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The facts of a portfolio that was read. Raises ``LineageError`` with every mistake of its form."""
    reader = PortfolioReader(document, vocabulary)
    facts = reader.read()
    if reader.problems:
        raise LineageError(reader.problems)
    return tuple(facts)


class PortfolioReader:
    """Reads a portfolio; ``problems`` are the mistakes of its form."""

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self._document = document
        self._vocabulary = vocabulary
        self._whole = Source(document.file)
        self.problems: list[Problem] = []

    def read(self) -> list[Fact]:
        """All facts; mistakes are noted in ``problems``."""
        facts: list[Fact] = []
        root = self._document.data
        if root is None:
            return facts
        if not isinstance(root, dict):
            help_text = "write `nodes: {id: {kind: …}}`, and `edges: [[origin, relation, target]]`"
            self._refuse("a portfolio is a mapping with `nodes` and `edges`", (), help_text)
            return facts
        for key in root:
            if key not in ("nodes", "edges"):
                self._refuse(f"a portfolio has no `{key[:80]}`", (key,), nearest(key, ("nodes", "edges")))
        nodes, edges = root.get("nodes"), root.get("edges")
        if isinstance(nodes, dict):
            for element, content in nodes.items():
                self._node(element, content, facts)
        elif nodes is not None:
            self._refuse("`nodes` has to be a mapping from ids", ("nodes",), "write `nodes: {id: {kind: …}}`")
        if isinstance(edges, list):
            for index, edge in enumerate(edges):
                self._edge(edge, ("edges", index), facts)
        elif edges is not None:
            self._refuse("`edges` has to be a list", ("edges",), "write `edges: [[origin, relation, target]]`")
        return facts

    def _refuse(self, message: str, path: Path_, help: str = "", *, of_value: bool = False) -> None:  # noqa: A002
        problem = self._document.problem("LX420", message, *path, help=help, of_value=of_value)
        self.problems.append(problem)

    def _source(self, *path: str | int) -> Source:
        if not self._document.is_located:
            return self._whole
        return Source(self._document.file, f"line {self._document.place(*path)[0]}")

    def _source_of_word(self, *path: str | int, of_value: bool = True) -> Source:
        """The source of a fact that one word says: a kind, a relation; an id, where that is the mistake."""
        if not self._document.is_located:
            return self._whole
        line, column = self._document.place(*path, of_value=of_value)
        return Source(self._document.file, f"line {line}, column {column}")

    def _node(self, element: str, content: object, facts: list[Fact]) -> None:
        path: Path_ = ("nodes", element)
        if not isinstance(content, dict):
            self._refuse(f"`{element[:80]}` has to be a mapping with a `kind`", path, "write `{kind: …}`")
            return
        kind = content.get("kind")
        if not isinstance(kind, str):
            self._refuse(f"`{element[:80]}` does not say its `kind`", path, "write `kind: …`")
            return
        word = self._source_of_word(*path, "kind") if is_id(element) else self._source_of_word(*path, of_value=False)
        facts.append(ElementFact(element, kind, word))
        known = self._vocabulary.kinds.get(kind)
        for name, raw in content.items():
            if name == "kind":
                continue
            attribute = known.attributes.get(name) if known is not None else None
            if isinstance(raw, dict | list) and _may_be_dated(attribute.type if attribute else None, raw):
                self._dated(element, name, raw, facts)
            else:
                facts.append(AttributeFact(element, name, plain_raw(raw), self._source(*path, name)))

    def _dated(self, element: str, name: str, raw: dict[str, object] | list[object], facts: list[Fact]) -> None:
        path: Path_ = ("nodes", element, name)
        for index, part in enumerate(raw if isinstance(raw, list) else [raw]):
            at = (*path, index) if isinstance(raw, list) else path
            if not isinstance(part, dict):
                self._refuse(f"`{name}` mixes dated values with others", at, "write `{value: …, from: …}` for each")
                continue
            for key in part.keys() - _DATED_KEYS:
                self._refuse(f"a dated value has no `{key[:80]}`", (*at, key), nearest(key, _DATED_KEYS))
            if "value" not in part:
                self._refuse(f"`{name}` is a mapping without `value`", at, "write `{value: …, from: …, until: …}`")
                continue
            since, until = self._days(part, at, "from")
            facts.append(AttributeFact(element, name, plain_raw(part["value"]), self._source(*at), since, until))

    def _days(self, part: Mapping[str, object], path: Path_, since_key: str) -> tuple[date | None, date | None]:
        since, until = self._day(part, path, since_key), self._day(part, path, "until")
        if since is not None and until is not None and until < since:
            self._refuse(f"`until` is before `{since_key}`", (*path, "until"))
        return since, until

    def _day(self, part: Mapping[str, object], path: Path_, key: str) -> date | None:
        raw = part.get(key)
        day = parse_value(raw, _DAY)
        if isinstance(day, date):
            return day
        if raw is not None:
            self._refuse(f"`{key}` has to be a date", (*path, key), "write it as 2026-11-22", of_value=True)
        return None

    def _edge(self, edge: object, path: Path_, facts: list[Fact]) -> None:
        possible: object = False
        relation_at: str | int
        since = until = None
        if isinstance(edge, dict):
            for key in edge.keys() - set(_EDGE_KEYS):
                self._refuse(f"an edge has no `{key[:80]}`", (*path, key), nearest(key, _EDGE_KEYS))
            if missing := [f"`{key}`" for key in ("from", "relation", "to") if edge.get(key) is None]:
                self._refuse(f"an edge needs {' and '.join(missing)}", path, "write `{from: …, relation: …, to: …}`")
                return
            ends: list[object] = [edge["from"], edge["relation"], edge["to"]]
            possible = edge.get("possible", False)
            relation_at = "relation"
            since, until = self._days(edge, path, "since")
        elif isinstance(edge, list) and len(edge) in (3, 4):
            ends = edge[:3]
            relation_at = 1
            possible = edge[3] == "possible" if len(edge) == 4 else False
            if len(edge) == 4 and not possible:
                self._refuse("the fourth item of an edge can only be `possible`", (*path, 3))
        else:
            self._refuse("an edge is a list of three", path, "write `[origin, relation, target]`")
            return
        if not isinstance(possible, bool):
            self._refuse("`possible` is true or false", (*path, "possible"), of_value=True)
            return
        words = [_word(end) for end in ends]
        if any(word is None for word in words):
            self._refuse(
                "an edge names its origin, relation and target as text",
                path,
                "put a name that looks like a number or is `true`, `false` or `null` in quotes",
            )
            return
        origin, relation, target = (str(word) for word in words)
        facts.append(
            EdgeFact(origin, relation, target, self._source_of_word(*path, relation_at), possible, since, until)
        )


def _may_be_dated(type: ValueType | None, raw: dict[str, object] | list[object]) -> bool:  # noqa: A002
    """True where a mapping, or a list of mappings, can only be dated values."""
    if type is None:  # an attribute that the vocabulary does not know is ignored, whatever it holds
        parts = raw if isinstance(raw, list) else [raw]
        return bool(parts) and all(isinstance(p, dict) and "value" in p and p.keys() <= _DATED_KEYS for p in parts)
    while type.sort is Sort.LIST and type.item is not None:
        type = type.item  # noqa: A001
    if type.sort is Sort.DOCUMENT:
        return False
    return isinstance(raw, dict) or any(isinstance(part, dict) for part in raw)


def _word(raw: object) -> str | None:
    """The end of an edge as text, as a key with the same letters would be read."""
    if isinstance(raw, str):
        return raw or None
    if isinstance(raw, date):
        return raw.isoformat()
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None


def write_portfolio(path: Path, facts: Iterable[Fact]) -> None:
    """Writes facts as a portfolio, JSON where the name ends in ``.json`` and YAML otherwise. Sources are not kept.

    Raises ``LineageError`` where a fact cannot be written in this form.
    """
    nodes: dict[str, dict[str, object]] = {}
    dated: dict[tuple[str, str], list[dict[str, object]]] = {}
    edges: list[object] = []
    problems: list[Problem] = []
    kept = list(facts)
    for fact in kept:
        if isinstance(fact, ElementFact):
            nodes.setdefault(fact.element, {"kind": fact.kind})
    for fact in kept:
        if isinstance(fact, AttributeFact):
            _put_attribute(fact, nodes, dated, problems)
        elif isinstance(fact, EdgeFact):
            edges.append(_edge_form(fact))
        elif isinstance(fact, AliasFact):
            message = "another name cannot be written in a portfolio"
            problems.append(Problem("LX440", *fact.source.location(), message, "write the facts form"))
    for (element, name), parts in dated.items():
        plain = len(parts) == 1 and parts[0].keys() == {"value"}
        nodes[element][name] = parts[0]["value"] if plain else parts
    content = {"nodes": nodes, "edges": edges}
    if not problems and not is_writable(content):
        problems.append(Problem("LX440", str(path), 0, 0, "a fact cannot be written as JSON"))
    if problems:
        raise LineageError(problems)
    text = json.dumps(content, ensure_ascii=False, indent=1) if path.suffix.lower() == ".json" else _yaml(nodes, edges)
    write_atomically(path, (text + "\n").encode("utf-8"))


def _put_attribute(
    fact: AttributeFact,
    nodes: Mapping[str, dict[str, object]],
    dated: dict[tuple[str, str], list[dict[str, object]]],
    problems: list[Problem],
) -> None:
    value = plain_raw(fact.value)
    if fact.element not in nodes:
        message = f"`{fact.attribute}` is said of `{fact.element}`, which nothing declares"
        problems.append(Problem("LX440", *fact.source.location(), message, "declare it with its kind"))
        return
    part: dict[str, object] = {"value": value}
    if fact.since is not None:
        part["from"] = fact.since.isoformat()
    if fact.until is not None:
        part["until"] = fact.until.isoformat()
    parts = dated.setdefault((fact.element, fact.attribute), [])
    if part not in parts:
        parts.append(part)
    if len(part) > 1 and isinstance(value, dict):
        message = f"`{fact.attribute}` of `{fact.element}` is a document with dates, which a portfolio cannot hold"
        problems.append(Problem("LX440", *fact.source.location(), message, "write the facts form"))


def _edge_form(fact: EdgeFact) -> object:
    if fact.since is None and fact.until is None:
        return [fact.origin, fact.relation, fact.target, *(["possible"] if fact.possible else [])]
    form: dict[str, object] = {"from": fact.origin, "relation": fact.relation, "to": fact.target}
    if fact.since is not None:
        form["since"] = fact.since.isoformat()
    if fact.until is not None:
        form["until"] = fact.until.isoformat()
    if fact.possible:
        form["possible"] = True
    return form


def _yaml(nodes: Mapping[str, object], edges: Iterable[object]) -> str:
    lines = ["nodes:" if nodes else "nodes: {}"]
    lines += [f"  {_entry(element, content)}" for element, content in nodes.items()]
    lines.append("edges:" if edges else "edges: []")
    lines += [f"  - {_flow(edge)}" for edge in edges]
    return "\n".join(lines)


def _entry(key: str, value: object) -> str:
    written = _flow(key)
    # YAML finds the colon after a key only within 1024 characters; a longer key needs its question mark.
    return f"? {written}\n  : {_flow(value)}" if len(written) > _LONG_KEY else f"{written}: {_flow(value)}"


def _flow(value: object) -> str:
    """A plain value in YAML's flow style, on one line, such that ``hostile_yaml`` reads the same."""
    if isinstance(value, str):
        if _PLAIN_WORD.fullmatch(value) and value.lower() not in _RESERVED_WORDS:
            return value
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(_flow_entry(key, item) for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return json.dumps(value)


def _flow_entry(key: str, value: object) -> str:
    written = _flow(key)
    return f"? {written} : {_flow(value)}" if len(written) > _LONG_KEY else f"{written}: {_flow(value)}"


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08x}"
