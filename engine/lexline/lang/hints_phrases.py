"""Hints for phrases that begin well and go on in other words: ``within … of``, ``is in``, ``where some``."""

from __future__ import annotations

from lexline.diagnostics import Diagnostic
from lexline.lang.layout import END, NAME
from lexline.lang.literals import MONTHS, UNITS
from lexline.lang.stop import Stop, mistake
from lexline.lang.suggest import nearest

__all__ = ["PHRASE_HINTS"]

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_NUMBERS = ("INTEGER", "NUMBER", "PERCENT")
_UNITS = (*UNITS, *(f"{unit}s" for unit in UNITS))
_QUANTIFIERS = ("some", "every", "no", "at", "exactly", "the")


def _share(stop: Stop) -> Diagnostic | None:
    if not (stop.takes_only("(") and stop.back().text in ("has", "have")):
        return None
    help_ = "write `share of … has (CONDITION)`"
    return mistake("LX126", stop.lexeme, "`share of … has` takes its condition in parentheses", help_)


def _direction(stop: Stop) -> Diagnostic | None:
    """`is within 30 days of …`; `is within last 12 months` takes `last` for a parameter."""
    if not stop.takes("after") or len(stop.accepted) > 2 or not (stop.takes("before") or len(stop.accepted) == 1):
        return None
    if stop.back().text in ("last", "past"):
        return _period(stop, 1)
    if len(stop.accepted) == 1:
        return mistake(
            "LX127", stop.lexeme, "`is done within` says after what", "write `is done within 72 hours after …`"
        )
    help_ = "write `after` or `before`: `is within 30 days after …`"
    return mistake("LX127", stop.lexeme, "`is within` says its direction", help_)


def _period(stop: Stop, steps: int) -> Diagnostic:
    message = "a period up to today is written `is within the last`"
    return mistake("LX104", stop.back(steps), message, "write `is within the last 12 months`")


def _where_in_aggregate(stop: Stop) -> Diagnostic | None:
    if stop.text != "where":
        return None
    for taken in reversed(stop.taken):
        if taken.lexeme.type == "FOLD" or taken.lexeme.text in ("count of", "share of"):
            message = "a bare `where` in an aggregate hides where it ends"
            help_ = "put parentheses around the set: `count of (upstream datasets where …)`, or use a term"
            return mistake("LX124", stop.lexeme, message, help_)
        if taken.lexeme.text in ("require", "means", "for", "(", "where", "has"):
            break
    if "FOR" in stop.accepted:
        return mistake(
            "LX102", stop.lexeme, "a `where` stands behind the kind that it narrows", "write `for KIND where …`"
        )
    return None


def _quantified_in_where(stop: Stop) -> Diagnostic | None:
    """`where some …`: the words of a quantifier, or the first of them, behind a navigation's `where`."""
    for steps in (0, 1, 2):
        lexeme = stop.back(steps) if steps else stop.lexeme
        before = stop.back(steps + 1)
        before = stop.back(steps + 2) if before.text == "not" else before
        if before.text == "where" and lexeme.text.split()[:1] and lexeme.text.split()[0] in _QUANTIFIERS:
            message = f"a phrase with `{lexeme.text}` in a `where` hides whose `has` follows"
            help_ = f"put parentheses around it: `where ({lexeme.text} … has …)`"
            return mistake("LX122", lexeme, message, help_)
    return None


def _then_logic(stop: Stop) -> Diagnostic | None:
    """`(… where a and b)`: a where takes one condition."""
    if stop.text not in ("and", "or") or not any(taken.lexeme.text == "where" for taken in stop.taken):
        return None
    message = f"`where` takes one condition, `{stop.text}` adds another"
    return mistake("LX121", stop.lexeme, message, f"put parentheses around both: `where (… {stop.text} …)`")


def _is_phrases(stop: Stop) -> Diagnostic | None:
    """What doesn't follow `is`: `is in`, `is >=`, `is between`, `is greater than`."""
    last = stop.back()
    after_is = last.text == "is" or (last.text == "not" and stop.back(2).text == "is")
    if after_is and stop.text == "in" and stop.next in ("the", "last", "past"):
        return _period(stop, 1)
    if after_is and (stop.text in _COMPARISONS or stop.text in ("in", "between", "includes", "passes")):
        word = "not in" if (last.text, stop.text) == ("not", "in") else stop.text
        if last.text == "not" and word != "not in":
            help_ = f"write `not (… {word} …)`"
        else:
            help_ = f"write `{word}` without `is`"
        return mistake("LX104", last, f"`{word}` stands without `is`", help_)
    if last.text in ("within", "done") and stop.back(2).text in ("is", "not"):
        return mistake("LX104", last, "a period is negated as a whole", "write `not (… is within …)`")
    return None


def _chained(stop: Stop) -> Diagnostic | None:
    """`1 <= tier <= 3`, and `> =`."""
    if stop.text not in _COMPARISONS:
        return None
    last = stop.back()
    if last.text + stop.text in _COMPARISONS:
        message = f"`{last.text}{stop.text}` is written without a space"
        return mistake("LX103", stop.lexeme, message, f"write `{last.text}{stop.text}`")
    if last.text in _COMPARISONS:
        return mistake("LX103", stop.lexeme, f"`{stop.text}` follows another comparison", "keep one of them")
    if any(taken.lexeme.text in _COMPARISONS for taken in stop.taken[-6:]):
        return mistake(
            "LX104", stop.lexeme, "a comparison has two sides", "write `between A and B`, or join two with `and`"
        )
    return None


def _comma(stop: Stop) -> Diagnostic | None:
    last = stop.back()
    if stop.text != ",":
        return None
    if last.type in _NUMBERS and stop.next.isdigit() and stop.following[0].start == stop.lexeme.end:
        return mistake(
            "LX106",
            stop.lexeme,
            "numbers have no separators",
            f"write `{last.text}{stop.next}`, or a point for parts of one",
        )
    if (
        stop.brackets
        and stop.brackets[-1].text == "("
        and any(t.lexeme.text in ("in", "not in") for t in stop.taken[-4:])
    ):
        return mistake("LX107", stop.brackets[-1], "the values of a list stand in braces", "write `in {a, b}`")
    if stop.takes("and"):
        help_ = "join conditions with `and`, or put them as bullets under `all of`"
        return mistake("LX104", stop.lexeme, "a comma joins no conditions", help_)
    if any(taken.lexeme.text == "for" for taken in stop.taken):
        return mistake("LX104", stop.lexeme, "a rule is for one kind", "write one rule for each kind")
    return None


def _square(stop: Stop) -> Diagnostic | None:
    if stop.text != "[" or "LSQB" in stop.accepted:
        return None
    return mistake("LX107", stop.lexeme, "the values of a list stand in braces", "write `{a, b}`")


def _whole(stop: Stop) -> Diagnostic | None:
    """`at least 2.5`, `exactly 50%`, `the last 1.5 months`: parts where a whole number stands."""
    if stop.lexeme.type not in ("NUMBER", "PERCENT") or "INTEGER" not in stop.accepted or "NUMBER" in stop.accepted:
        return None
    help_ = (
        "for a part of them write `share of … has (…) >= 50%`" if "%" in stop.text else "write a whole number from 0"
    )
    return mistake("LX106", stop.lexeme, f"`{stop.text}` counts nothing", help_)


def _release(stop: Stop) -> Diagnostic | None:
    """`22.11.2026`: a version behind `version`, a date in no place."""
    if stop.lexeme.type != "RELEASE":
        return None
    message = f"`{stop.text}` is not how a date or a number is written"
    return mistake(
        "LX106", stop.lexeme, message, "dates are written year-month-day, like 2026-11-22, numbers like 20.5"
    )


def _no_unit(stop: Stop) -> Diagnostic | None:
    """`within the last 12`, `deadline 30`."""
    last = stop.back()
    if last.type != "INTEGER" or not stop.keywords or len(stop.keywords) != len(stop.accepted):
        return None
    if not set(stop.keywords) <= set(_UNITS) or not (stop.lexeme.begins_line or stop.lexeme.type == END):
        return None
    return mistake("LX106", last, f"`{last.text}` has no unit", f"write `{last.text} days`, or `{last.text} months`")


def _digits(stop: Stop) -> Diagnostic | None:
    """`on 22 November 2026`."""
    if stop.lexeme.type not in _NUMBERS or not stop.accepted or not stop.accepted <= {"DATE", "MOMENT"}:
        return None
    return mistake("LX106", stop.lexeme, "dates are written in digits", "write year-month-day, like 2026-11-22")


def _unit(stop: Stop) -> Diagnostic | None:
    """A number and a word: a unit that is none, a month's name, a number that is not whole."""
    last = stop.back()
    if last.type not in _NUMBERS or not stop.text[:1].isalpha():
        return None
    if stop.text.lower() in ("percent", "pct", "per"):
        return mistake("LX106", stop.lexeme, "a percentage is written with its sign", f"write `{last.text}%`")
    if stop.text in MONTHS or nearest(stop.text, MONTHS):
        return mistake("LX106", stop.lexeme, "dates are written in digits", "write year-month-day, like 2026-11-22")
    if stop.text in _UNITS:
        help_ = "write a whole number of a smaller unit; durations run forward"
        return mistake("LX106", last, f"`{last.text}` can't count {stop.text}", help_)
    near = _ABBREVIATIONS.get(stop.text.lower()) or nearest(stop.text, _UNITS)
    if near and stop.lexeme.type == NAME and not nearest(stop.text, stop.keywords):
        help_ = f"write `{last.text} {near}`"
        return mistake("LX106", stop.lexeme, f"`{stop.text}` is no unit of time", help_)
    return None


_ABBREVIATIONS = {
    "d": "days",
    "h": "hours",
    "hrs": "hours",
    "hr": "hours",
    "m": "months",
    "mo": "months",
    "mth": "months",
}
_ABBREVIATIONS |= {
    "mths": "months",
    "w": "weeks",
    "wk": "weeks",
    "wks": "weeks",
    "y": "years",
    "yr": "years",
    "yrs": "years",
}
_ABBREVIATIONS |= {"s": "seconds", "sec": "seconds", "secs": "seconds", "min": "minutes", "mins": "minutes"}

PHRASE_HINTS = (
    _share,
    _direction,
    _where_in_aggregate,
    _quantified_in_where,
    _then_logic,
    _is_phrases,
    _whole,
    _chained,
    _comma,
    _square,
    _release,
    _digits,
    _no_unit,
    _unit,
)
