"""The facts form: what importers write, one fact a line, with its source.

JSON Lines: ``{"element", "kind", "source"}``, ``{"element", "attribute", "value", "source"}``, ``{"edge": [origin,
relation, target], "source"}`` or ``{"element", "alias", "strength", "source"}``; further keys are ``place``, ``from``,
``until`` (both days included) and, of an edge, ``possible``. Reading what was written gives the same facts.
``docs/facts.md`` has examples.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from lexline_lineage.documents import decode
from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_lineage.hostile_json import read_json
from lexline_lineage.problems import LineageError, Problem, nearest
from lexline_lineage.raw_values import is_writable, plain_raw
from lexline_lineage.reading import read_bytes
from lexline_lineage.values import Sort, ValueType, parse_value
from lexline_lineage.writing import write_atomically

__all__ = ["check_writable", "fact_of", "parse_facts", "read_fact_lines", "record_of", "write_fact_lines"]

_DAY = ValueType(Sort.DATE)
_ELEMENT_KEYS = frozenset(("element", "kind", "source", "place"))
_ATTRIBUTE_KEYS = frozenset(("element", "attribute", "value", "source", "place", "from", "until"))
_ALIAS_KEYS = frozenset(("element", "alias", "strength", "source", "place"))
_EDGE_KEYS = frozenset(("edge", "possible", "source", "place", "from", "until"))


class _FormError(ValueError):
    """A record is not a fact; says why, and what to do."""

    def __init__(self, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.help_text = help_text


def read_fact_lines(path: Path) -> tuple[Fact, ...]:
    """The facts of a JSON Lines file. Raises ``LineageError`` with every mistake."""
    return parse_facts(read_bytes(path), str(path))


def parse_facts(content: str | bytes, file: str) -> tuple[Fact, ...]:
    """The facts of a JSON Lines text; empty lines count for nothing. Raises ``LineageError`` with every mistake."""
    facts: list[Fact] = []
    problems: list[Problem] = []
    sources: dict[tuple[object, object], Source] = {}
    for number, line in enumerate(decode(content, file).split("\n"), start=1):
        if not line or line.isspace():
            continue
        try:
            facts.append(fact_of(read_json(line, file).data, sources))
        except LineageError as error:
            problems += [Problem(p.code, file, number, p.column, p.message, p.help) for p in error.problems]
        except _FormError as error:
            problems.append(Problem("LX421", file, number, 1, str(error), error.help_text))
    if problems:
        raise LineageError(problems)
    return tuple(facts)


def write_fact_lines(path: Path, facts: Iterable[Fact]) -> None:
    """Writes facts as JSON Lines, all or nothing. Raises ``LineageError`` for a fact that could not be read again."""
    given = tuple(facts)
    check_writable(given)
    lines = (json.dumps(record_of(fact), ensure_ascii=False, separators=(",", ":")) for fact in given)
    write_atomically(path, "".join(line + "\n" for line in lines).encode("utf-8"))


def check_writable(facts: Iterable[Fact]) -> None:
    """Raises ``LineageError`` for facts that could not be read again, were they written."""
    problems: list[Problem] = []
    for fact in facts:
        if not is_writable(record_of(fact)):
            name = fact.element if not isinstance(fact, EdgeFact) else fact.origin
            message = (
                f"a fact of {name[:80]!a} cannot be written: it is not JSON, too deep, too large or not clean text"
            )
            problems.append(Problem("LX440", *fact.source.location(), message))
    if problems:
        raise LineageError(problems)


def record_of(fact: Fact) -> dict[str, object]:
    """A fact as a record of the facts form."""
    record: dict[str, object]
    if isinstance(fact, ElementFact):
        record = {"element": fact.element, "kind": fact.kind}
    elif isinstance(fact, AttributeFact):
        record = {"element": fact.element, "attribute": fact.attribute, "value": plain_raw(fact.value)}
    elif isinstance(fact, AliasFact):
        record = {"element": fact.element, "alias": fact.alias, "strength": fact.strength.value}
    else:
        record = {"edge": [fact.origin, fact.relation, fact.target]}
        if fact.possible:
            record["possible"] = True
    record["source"] = fact.source.system
    if fact.source.place:
        record["place"] = fact.source.place
    if isinstance(fact, AttributeFact | EdgeFact):
        if fact.since is not None:
            record["from"] = fact.since.isoformat()
        if fact.until is not None:
            record["until"] = fact.until.isoformat()
    return record


def fact_of(record: object, sources: dict[tuple[object, object], Source]) -> Fact:
    """The fact of a record; equal sources are shared in ``sources``. Raises ``ValueError`` with a sentence."""
    if not isinstance(record, dict):
        raise _FormError("a fact is a mapping", 'write {"element": …, "kind": …, "source": …}')
    if "edge" in record:
        return _edge(record, sources)
    element = _text(record, "element")
    if "attribute" in record:
        _check_keys(record, _ATTRIBUTE_KEYS)
        if "value" not in record:
            raise _FormError("an attribute fact has no `value`", "write `null` where it is missing")
        since, until = _days(record)
        source = _source(record, sources)
        return AttributeFact(element, _text(record, "attribute"), record["value"], source, since, until)
    if "alias" in record:
        _check_keys(record, _ALIAS_KEYS)
        return AliasFact(element, _text(record, "alias"), _strength(record), _source(record, sources))
    _check_keys(record, _ELEMENT_KEYS)
    return ElementFact(element, _text(record, "kind"), _source(record, sources))


def _edge(record: Mapping[str, object], sources: dict[tuple[object, object], Source]) -> EdgeFact:
    _check_keys(record, _EDGE_KEYS)
    edge, possible = record["edge"], record.get("possible", False)
    if not isinstance(edge, list) or len(edge) != 3 or not all(isinstance(end, str) and end for end in edge):
        raise _FormError("`edge` has to be a list of origin, relation and target", 'write "edge": ["a", "trains", "b"]')
    if not isinstance(possible, bool):
        raise _FormError("`possible` is true or false")
    since, until = _days(record)
    return EdgeFact(edge[0], edge[1], edge[2], _source(record, sources), possible, since, until)


def _strength(record: Mapping[str, object]) -> Strength:
    said = _text(record, "strength")
    if said not in tuple(Strength):
        raise _FormError("`strength` is one of `exact`, `derived` and `hint`", nearest(said, tuple(Strength)))
    return Strength(said)


def _check_keys(record: Mapping[str, object], known: frozenset[str]) -> None:
    for key in record.keys() - known:
        raise _FormError(f"this fact has no `{key[:80]}`", nearest(key, known))


def _text(record: Mapping[str, object], key: str) -> str:
    text = record.get(key)
    if not isinstance(text, str) or not text:
        raise _FormError(f"`{key}` has to be text" if key in record else f"this fact has no `{key}`")
    return text


def _days(record: Mapping[str, object]) -> tuple[date | None, date | None]:
    if "from" not in record and "until" not in record:
        return None, None
    days: list[date | None] = []
    for key in ("from", "until"):
        day = parse_value(record.get(key), _DAY)
        if day is None and record.get(key) is not None:
            raise _FormError(f"`{key}` has to be a date", "write it as 2026-11-22")
        days.append(day if isinstance(day, date) else None)
    since, until = days
    if since is not None and until is not None and until < since:
        raise _FormError("`until` is before `from`")
    return since, until


def _source(record: Mapping[str, object], sources: dict[tuple[object, object], Source]) -> Source:
    key = (record.get("source"), record.get("place"))
    try:
        source = sources.get(key)
    except TypeError:  # a list or mapping, which _text refuses below
        source = None
    if source is None:
        place = record.get("place")
        if place is not None and not isinstance(place, str):
            raise _FormError("`place` has to be text")
        source = Source(_text(record, "source"), place or "")
        sources[key] = source
    return source
