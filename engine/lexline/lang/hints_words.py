"""Hints for single words: misspelt keywords, words of other languages, what is missing before or behind a word."""

from __future__ import annotations

from lexline.diagnostics import Diagnostic
from lexline.lang.foreign import COUNTS, STRONG, WORDS
from lexline.lang.layout import DECLARATIONS, END, NAME, Lexeme
from lexline.lang.stop import Stop, Taken, mistake
from lexline.lang.suggest import nearest

__all__ = ["WORD_HINTS"]

_FOLDS = ("latest", "earliest", "highest", "lowest", "total", "average")
_TITLED = ("policy", "rule", "parameter", "measure")


# ---- where the parser stopped ---------------------------------------------------------------------------------------


def _declaration(stop: Stop) -> Diagnostic | None:
    """A word at the beginning of a declaration that begins none."""
    near = stop.text.lower() if stop.text.lower() in DECLARATIONS else nearest(stop.text, DECLARATIONS)
    if stop.taken:
        if not stop.lexeme.begins_line or stop.lexeme.column != 1 or stop.lexeme.type != NAME:
            return None
        if near == stop.text.lower() != stop.text:
            return _in_lower_case(stop.lexeme)
        if near in (None, stop.text) and stop.text.lower() not in ("waiver", "waive"):
            return None
    help_ = WORDS.get(stop.text.lower(), "a declaration begins with one of: " + ", ".join(DECLARATIONS))
    if near:
        help_ = f"did you mean `{near}`?"
    elif stop.text.split()[0] in _RULE_WORDS:
        help_ = 'clauses belong to a rule: rule R1 "a title" for KIND require …'
    return mistake("LX102", stop.lexeme, f"`{stop.text}` begins no declaration", help_)


_RULE_WORDS = ("for", "require", "except", "severity", "explain", "remedy", "cites", "owner", "if", "in", "where")


def _title(stop: Stop) -> Diagnostic | None:
    """A title without quotes."""
    begins = stop.taken[0].lexeme.text
    if stop.lexeme.type != NAME or "TEXT" not in stop.accepted:
        return None
    if (begins in _TITLED and len(stop.taken) == 2 and not _misspelt(stop.lexeme, stop.keywords)) or (
        begins == "example" and len(stop.taken) == 1
    ):
        if stop.text.lower() in STRONG:
            return None
        message = "a title stands in double quotes"
        return mistake("LX105", stop.lexeme, message, f'write {begins} {stop.back().text} "{stop.text} …"')
    return None


def _clause_sign(stop: Stop) -> Diagnostic | None:
    """`severity: high`, `parameter floor = 80%`."""
    if stop.text not in (":", "="):
        return None
    last = stop.back()
    if stop.takes("is"):
        return mistake("LX103", stop.lexeme, f"`{stop.text}` gives no value", "write `is`: parameter floor is 80%")
    if stop.taken[0].lexeme.text in _TITLED and len(stop.taken) == 2 and stop.text == ":":
        return mistake("LX103", stop.lexeme, f"no `:` stands behind `{last.text}`", "leave it out")
    if last.type in (NAME, "TEXT") or not stop.accepted & {NAME, "TEXT", "OPEN"}:
        return None
    message = f"nothing stands between `{last.text}` and what follows it"
    return mistake("LX103", stop.lexeme, message, f"leave `{stop.text}` out")


def _foreign(stop: Stop) -> Diagnostic | None:
    """A word of everyday or programming language."""
    word = stop.text.lower()
    if stop.lexeme.type not in (NAME, *map(str.upper, ("every", "some", "for"))) or word not in WORDS:
        return None
    if _misspelt(stop.lexeme, stop.keywords) and word not in STRONG:
        return None
    return mistake("LX104", stop.lexeme, f"`{stop.text}` is no word of the language here", WORDS[word])


def _keyword(stop: Stop) -> Diagnostic | None:
    """A misspelt keyword, or one in capitals, where the parser stopped."""
    return _said_differently(stop.lexeme, stop.keywords)


def _earlier(stop: Stop) -> Diagnostic | None:
    """A word that the parser took for a name, though it was meant as a keyword: `for model requires true`."""
    for position in range(len(stop.taken) - 1, -1, -1):
        taken = stop.taken[position]
        if taken.lexeme.type != NAME:
            return None
        if stop.text == "of" and taken.lexeme.text in ("all", "any", "none"):
            continue  # the list itself is right: `requires all of`
        if taken.lexeme.text.lower() in STRONG:
            help_ = WORDS[taken.lexeme.text.lower()]
            return mistake("LX104", taken.lexeme, f"`{taken.lexeme.text}` is no word of the language here", help_)
        if taken.lexeme.text == "the" and not nearest(stop.text, ("last", "next", *_FOLDS)):
            return mistake("LX104", taken.lexeme, "`the` can't stand here", _SENTENCES["the"])
        others = stop.alphabet.keywords(taken.accepted)
        found = _said_differently(taken.lexeme, _clauses(others) if _follows_name(stop.taken, position) else others)
        if found:
            return found
    return None


def _follows_name(taken: tuple[Taken, ...], position: int) -> bool:
    return position > 0 and taken[position - 1].lexeme.type == NAME


def _clauses(keywords: list[str]) -> list[str]:
    return [word for word in keywords if word not in ("or", "and", "of", "as", "is", "in", "by")]


def _said_differently(lexeme: Lexeme, keywords: list[str]) -> Diagnostic | None:
    if lexeme.type != NAME:
        return None
    if lexeme.text.lower() in {word.split()[0] for word in keywords} and lexeme.text != lexeme.text.lower():
        return _in_lower_case(lexeme)
    near = _misspelt(lexeme, keywords)
    if near is None:
        return None
    return mistake("LX102", lexeme, f"`{lexeme.text}` can't stand here", f"did you mean `{near}`?")


def _in_lower_case(lexeme: Lexeme) -> Diagnostic:
    return mistake("LX104", lexeme, f"`{lexeme.text}` is written in lower case", f"write `{lexeme.text.lower()}`")


def _misspelt(lexeme: Lexeme, keywords: list[str]) -> str | None:
    """The keyword that a word was meant to be: of several words, the phrase that its first word begins."""
    for phrase in sorted(keywords, key=len):
        words = phrase.split()
        if words[1:] and (lexeme.text == words[0] or (len(lexeme.text) > 4 and lexeme.text in words)):
            return phrase
    if len(lexeme.text) < 3:
        return None
    first = {phrase.split()[0]: phrase for phrase in sorted(keywords, key=len, reverse=True)}
    near = nearest(lexeme.text, first)
    return first[near] if near else None


# ---- what stands before ---------------------------------------------------------------------------------------------


def _name_missing(stop: Stop) -> Diagnostic | None:
    """Something is missing before a word that is never a name: `tier >= and …`, `some has …`, `for require …`."""
    last = stop.back()
    if stop.lexeme.type in (NAME, END) or not stop.text[:1].isalpha() or "NAME" not in stop.accepted:
        return None
    what = "a kind" if last.text in _BEFORE_KINDS else "a name or a value"
    if last.text == "require" or last.text == "where":
        what = "a condition"
    message = f"{what} is missing between `{last.text}` and `{stop.text}`"
    if last.text == "for" and stop.text in ("every", "some", "no"):
        help_ = f"leave `{stop.text}` out: a rule asks each element of its kind"
        return mistake("LX104", stop.lexeme, f"`{stop.text}` does not stand behind `for`", help_)
    help_ = "remove one of the two" if last.text == stop.text else f"write {what} behind `{last.text}`"
    return mistake("LX109", stop.lexeme, message, help_)


_BEFORE_KINDS = (
    "for",
    "some",
    "every",
    "no",
    "upstream",
    "downstream",
    "direct",
    "count of",
    "avoiding",
    "reassess when",
)


def _before_names(stop: Stop) -> Diagnostic | None:
    """A word before the stop that needs another beside it."""
    last = stop.back()
    help_ = _SENTENCES.get(last.text.lower())
    if last.type != NAME or help_ is None or stop.lexeme.type not in (NAME, "OF", "FOLD"):
        return None
    return mistake("LX104", last, f"`{last.text}` can't stand here", help_)


_SENTENCES = {
    "upstream": "say how many: some upstream dataset, every upstream dataset, no upstream dataset",
    "downstream": "say how many: some downstream deployment, every downstream deployment, no downstream deployment",
    "direct": "say how many: some direct upstream dataset, no direct upstream dataset",
    "count": "write `count of …`",
    "share": "write `share of … has (…)`",
    "number": "write `count of …`",
    "sum": "write `total ATTRIBUTE of …`",
    "max": "write `highest ATTRIBUTE of …`",
    "min": "write `lowest ATTRIBUTE of …`",
    "mean": "write `average ATTRIBUTE of …`",
    "a": "leave it out: there are no articles but in `the latest`, `the last`",
    "an": "leave it out: there are no articles but in `the latest`, `the last`",
    "the": "leave it out: there are no articles but in `the latest`, `the last`",
    "its": "leave it out: a bare name is an attribute of the innermost element",
    "date": "write `date of MOMENT`",
    "value": 'write `value at "$.path" of model.card`',
    "values": 'write `values at "$.path" of model.card`',
    **{fold: f"write `{fold} ATTRIBUTE of …`, or `the {fold} KIND by ATTRIBUTE has …`" for fold in _FOLDS},
}


def _attributes_missing(stop: Stop) -> Diagnostic | None:
    """`reassess when upstream dataset changes`."""
    last = stop.back()
    if last.text != "changes" or stop.lexeme.type == NAME:
        return None
    help_ = "name the attributes: changes special_category, updated_on"
    return mistake("LX101", last, "something is missing behind `changes`", help_)


def _element_has(stop: Stop) -> Diagnostic | None:
    """`model has no open incident`: the element of the rule needs no `has`."""
    if stop.text not in ("has", "have") or stop.back().type != NAME:
        return None
    help_ = "say how many: some assessment has …, every dataset has …; of the rule's own element: ATTRIBUTE is known"
    return mistake("LX104", stop.lexeme, f"`{stop.text}` follows a phrase like `some {stop.back().text}`", help_)


def _count_word(stop: Stop) -> Diagnostic | None:
    """`at least one`."""
    count = COUNTS.get(stop.text.lower())
    if count is None or "INTEGER" not in stop.accepted:
        return None
    return mistake("LX106", stop.lexeme, "numbers are written in digits", f"write `{stop.back().text} {count}`")


def _minus(stop: Stop) -> Diagnostic | None:
    if stop.lexeme.type not in ("INTEGER", "NUMBER", "PERCENT") or stop.text[0] != "-":
        return None
    return mistake(
        "LX103", stop.lexeme, "a minus stands between spaces", f"write `{stop.back().text} - {stop.text[1:]}`"
    )


# ---- examples and parameters ----------------------------------------------------------------------------------------


def _example(stop: Stop) -> Diagnostic | None:
    if not stop.taken or stop.taken[0].lexeme.text != "example":
        return None
    if stop.takes("gives"):
        return mistake(
            "LX109", stop.lexeme, f"`{stop.text}` says nothing about a verdict", "write `RULE gives fail for ELEMENT`"
        )
    if stop.text == "->":
        return mistake("LX109", stop.lexeme, "an edge names its relation", "write `applicants trains -> credit`")
    if stop.takes_only("->", "{"):
        help_ = "write `KIND ID { attribute: value }` for an element, `a RELATION -> b` for an edge"
        return mistake("LX109", stop.lexeme, f"`{stop.text or 'the end'}` can't stand here", help_)
    if stop.takes(",", "}"):
        return mistake("LX109", stop.lexeme, "a comma is missing between two attributes", f"write `, {stop.text}`")
    if stop.takes_only(":"):
        return mistake("LX103", stop.lexeme, "a value stands behind a colon", f"write `{stop.back().text}: …`")
    return None


def _expected_words(stop: Stop) -> Diagnostic | None:
    """The few words that must stand here: `is`, `for`, `means`, `given` …"""
    if not stop.taken or not stop.accepted or len(stop.accepted) > 2 or len(stop.keywords) != len(stop.accepted):
        return None
    words = " or ".join(f"`{word}`" for word in sorted(stop.keywords))
    begin = " ".join(taken.lexeme.text for taken in stop.taken[-3:])
    where = stop.lexeme if stop.lexeme.type != END else stop.back()
    return mistake(
        "LX109",
        where,
        f"{words} is missing behind `{stop.back().text}`",
        f"write `{begin} {min(stop.keywords)} …`",
    )


def _provision(stop: Stop) -> Diagnostic | None:
    """`cites Article 35`."""
    if stop.lexeme.type != "INTEGER" or "cites" not in (stop.back(2).text, stop.back(3).text):
        return None
    help_ = "write the id that the register gives it, like `UKGDPR-35-1`"
    return mistake("LX104", stop.back(), "a provision is cited by its id, which is one word", help_)


WORD_HINTS = (
    _provision,
    _declaration,
    _title,
    _example,
    _count_word,
    _minus,
    _clause_sign,
    _foreign,
    _attributes_missing,
    _keyword,
    _earlier,
    _before_names,
    _element_has,
    _name_missing,
    _expected_words,
)
