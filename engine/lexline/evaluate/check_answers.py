"""What a check gave back, held against what its signature promises."""

from __future__ import annotations

from datetime import date, datetime

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.verdict import MissingFact
from lexline_lineage.values import Sort, ValueType, parse_value

__all__ = ["is_of", "what_is_wrong"]


def what_is_wrong(answer: object, count: int, result: ValueType) -> str:
    """Why an answer isn't ``count`` outcomes whose values are of type ``result``, as a sentence about the check
    ("it gave …"); empty where it is."""
    if not isinstance(answer, list | tuple):
        return f"it gave a {type(answer).__name__} in place of a list of outcomes"
    if len(answer) != count:
        return f"it gave {len(answer)} outcomes for {count} elements"
    return next((wrong for given in answer if (wrong := _wrong(given, result))), "")


def _wrong(given: object, result: ValueType) -> str:
    if not isinstance(given, CheckOutcome):
        return f"it gave a {type(given).__name__} in place of an outcome"
    if not isinstance(given.failed, str) or not isinstance(given.evidence, str):
        return "it gave a sentence that is no text"
    if not isinstance(given.missing, list | tuple) or not all(_is_missing_fact(fact) for fact in given.missing):
        return "it gave missing facts that are none"
    if given.until is not None and (not isinstance(given.until, date) or isinstance(given.until, datetime)):
        return "it gave an outcome until a day that is no date"
    if given.ages is not False and (given.ages is not True or result.sort is not Sort.DURATION):
        return (
            f"it gave an outcome that ages, which is no {result}"
            if given.ages is True
            else "it gave an age that is none"
        )
    if [given.value is not None, bool(given.missing), bool(given.failed)].count(True) != 1:
        return "it gave an outcome that is not one of a value, facts that are missing, or a failure"
    if given.value is not None and not is_of(given.value, result):
        return f"it gave {str(given.value)[:80]!r}, which is no {result}"
    return ""


def _is_missing_fact(fact: object) -> bool:
    return isinstance(fact, MissingFact) and all(
        isinstance(part, str) for part in (fact.element, fact.kind, fact.attribute, fact.why)
    )


def is_of(value: object, expected: ValueType) -> bool:
    """True for a value of the type in its memory form: a text that only writes one is none."""
    if isinstance(value, str) and expected.sort not in (Sort.TEXT, Sort.ENUMERATION):
        return False
    return parse_value(value, expected) is not None
