"""Views, values and outcomes as JSON, for checks that run in a child process. No pickles: what comes back from a child
is data to be examined, and can't be anything else.

A value is plain JSON where JSON has it (boolean, text, number) and a list that begins with its sort where it doesn't.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_view import CheckView
from lexline.evaluate.verdict import MissingFact
from lexline_lineage.values import Duration, Value

__all__ = [
    "decode_outcomes",
    "decode_value",
    "decode_view",
    "encode_outcomes",
    "encode_value",
    "encode_view",
]

MAX_MONTHS = 120_000
MAX_MICROSECONDS = 366 * 10_000 * 86_400_000_000
"""The longest duration either way: ten thousand years, as everywhere."""


def encode_value(value: Value | None) -> object:
    """A value as JSON."""
    if isinstance(value, datetime):
        return ["moment", value.astimezone(UTC).isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Duration):
        return ["duration", value.months, value.microseconds, value.whole_days]
    if isinstance(value, tuple):
        return ["list", [encode_value(part) for part in value]]
    if isinstance(value, dict | list):
        return ["document", value]
    return value


def decode_value(raw: object) -> Value | None:
    """The value that JSON stands for. Raises ``ValueError`` where it stands for none."""
    if raw is None or isinstance(raw, bool | str | float | int):
        return raw
    match raw:
        case ["moment", str(text)]:
            moment = datetime.fromisoformat(text)
            if moment.utcoffset() is not None:
                return moment.astimezone(UTC)
        case ["date", str(text)]:
            return date.fromisoformat(text)
        case ["duration", int(months), int(microseconds), bool(whole_days)]:
            if (not months or not microseconds) and abs(months) <= MAX_MONTHS and abs(microseconds) <= MAX_MICROSECONDS:
                return Duration(months, microseconds, whole_days)
        case ["list", [*parts]]:
            values = tuple(value for part in parts if (value := decode_value(part)) is not None)
            if len(values) == len(parts):
                return values
        case ["document", dict() | list() as document]:
            return document
    raise ValueError("no value")


def encode_view(view: CheckView) -> object:
    """A view as JSON."""
    return {
        "dates": None if view.dates is None else [part.isoformat() for part in view.dates],
        "members": {kind: list(ids) for kind, ids in view.members.items()},
        "columns": [
            [kind, attribute, [encode_value(value) for value in values]]
            for (kind, attribute), values in view.columns.items()
        ],
        "edges": {relation: [list(edge) for edge in edges] for relation, edges in view.edges.items()},
    }


def decode_view(raw: dict[str, object]) -> CheckView:
    """The view that ``encode_view`` wrote; it comes from this program, so its form is not examined."""
    fields: dict[str, object] = raw
    members, columns, edges = fields["members"], fields["columns"], fields["edges"]
    dates = fields["dates"]
    assert isinstance(members, dict) and isinstance(columns, list) and isinstance(edges, dict)  # noqa: S101, PT018
    return CheckView(
        dates=(date.fromisoformat(dates[0]), datetime.fromisoformat(dates[1])) if isinstance(dates, list) else None,
        members=members,
        columns={(kind, name): [decode_value(value) for value in values] for kind, name, values in columns},
        edges={relation: [(origin, target, sure) for origin, target, sure in rows] for relation, rows in edges.items()},
    )


def encode_outcomes(outcomes: Sequence[CheckOutcome]) -> object:
    """Outcomes as JSON."""
    return [
        {
            "value": encode_value(given.value),
            "missing": [[fact.element, fact.kind, fact.attribute, fact.why] for fact in given.missing],
            "failed": given.failed,
            "evidence": given.evidence,
            "until": None if given.until is None else given.until.isoformat(),
            "ages": given.ages,
        }
        for given in outcomes
    ]


def decode_outcomes(raw: object) -> list[CheckOutcome]:
    """The outcomes that a child wrote. Raises ``ValueError`` for anything else than outcomes."""
    if not isinstance(raw, list):
        raise ValueError("no list of outcomes")
    return [_decode_outcome(entry) for entry in raw]


def _decode_outcome(raw: object) -> CheckOutcome:
    match raw:
        case {"value": value, "missing": [*missing], "failed": str(failed), "evidence": str(evidence), **more}:
            until, ages = more["until"], more["ages"] is True
            day = None if until is None else date.fromisoformat(str(until))
            return CheckOutcome(decode_value(value), tuple(map(_decode_missing, missing)), failed, evidence, day, ages)
    raise ValueError("no outcome")


def _decode_missing(raw: object) -> MissingFact:
    match raw:
        case [str(element), str(kind), str(attribute), str(why)]:
            return MissingFact(element, kind, attribute, why)
    raise ValueError("no missing fact")
