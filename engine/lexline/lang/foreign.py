"""What beginners bring along from everyday and programming languages, and what this language says in its place.

Tables only; ``mistakes`` decides when they apply.
"""

from __future__ import annotations

__all__ = ["COUNTS", "SIGNS", "STRONG", "WORDS"]

SIGNS: dict[str, tuple[str, str | None]] = {
    "==": ("equality is written `=`", "="),
    "===": ("equality is written `=`", "="),
    "!==": ("inequality is written `!=`", "!="),
    "<>": ("inequality is written `!=`", "!="),
    "≠": ("inequality is written `!=`", "!="),
    "=>": ("at least is written `>=`", ">="),
    "≥": ("at least is written `>=`", ">="),
    "=<": ("at most is written `<=`", "<="),
    "≤": ("at most is written `<=`", "<="),
    "&&": ("write `and`", "and"),
    "&": ("write `and`", "and"),
    "||": ("write `or`", "or"),
    "|": ("write `or`", "or"),
    "!": ("write `not`", "not"),
    "×": ("multiplication is written `*`", "*"),
    "÷": ("division is written `/`", "/"),
    "→": ("write `->`", "->"),
    ":=": ("a name takes its value with `is`: parameter floor is 80%", None),
    ";": ("leave it out: a new clause or declaration ends the one before", None),
    ".": ("leave it out: clauses end without a full stop", None),
    "?": ("leave it out", None),
    "//": ("a comment begins with `#`", None),
    "/*": ("a comment begins with `#`, on each of its lines", None),
    "**": ("powers are not part of the language, multiply with `*`", None),
    "•": ("a bullet is written `-`, at the beginning of its line", None),
    "◦": ("a bullet is written `-`, at the beginning of its line", None),
    "–": ("bullet and minus are written `-`, the short sign of the keyboard", None),
    "—": ("bullet and minus are written `-`, the short sign of the keyboard", None),
    "−": ("bullet and minus are written `-`, the short sign of the keyboard", None),
    "-": ("a minus stands between spaces, like `a - b`; without them `a-b` is one name", None),
    "`": ("texts stand in double quotes, names in none", None),
    "@": ('put what is not a name in double quotes: owner "dpo@example.org"', None),
    "$": ("numbers have no currency, names no sign before them", None),
    "%": ("a percentage is written without a space, like `10%`", None),
}
"""A sign: what to write, and the terminal's text with which the parser may go on, where one is meant."""

WORDS: dict[str, str] = {
    "must": "`require` says what must be: require CONDITION",
    "should": "`require` says what must be: require CONDITION",
    "shall": "`require` says what must be: require CONDITION",
    "ensure": "`require` says what must be: require CONDITION",
    "check": "`require` says what must be: require CONDITION",
    "if": "`for KIND where CONDITION` says when a rule applies, `require` what it asks",
    "then": "`for KIND where CONDITION` says when a rule applies, `require` what it asks",
    "given": "`for KIND where CONDITION` says when a rule applies",
    "unless": "write `except where CONDITION`",
    "except": "write `except where CONDITION`",
    "exception": "write `except where CONDITION`",
    "contains": "write `LIST includes VALUE`",
    "contain": "write `LIST includes VALUE`",
    "include": "write `LIST includes VALUE`",
    "equals": "write `=`",
    "equal": "write `=`",
    "exists": "write `some KIND …` for elements, `ATTRIBUTE is known` for attributes",
    "exist": "write `some KIND …` for elements, `ATTRIBUTE is known` for attributes",
    "each": "write `every`: every upstream dataset has …",
    "all": "write `every`: every upstream dataset has …; `all of` begins a list",
    "any": "write `some`: some upstream dataset has …; `any of` begins a list",
    "none": "write `no`: no upstream dataset has …; `none of` begins a list",
    "without": "write `no`: no upstream dataset has …",
    "greater": "write `>`",
    "more": "write `>`, or `at least N` before a kind",
    "larger": "write `>`",
    "above": "write `>`",
    "over": "write `>`",
    "less": "write `<`",
    "fewer": "write `<`, or `at most N` before a kind",
    "smaller": "write `<`",
    "below": "write `<`",
    "under": "write `<`",
    "older": "write `<` between dates, or `is within the last 12 months`",
    "newer": "write `>` between dates, or `is within the last 12 months`",
    "xor": "write `(a and not b) or (b and not a)`",
    "sum": "write `total ATTRIBUTE of …`",
    "number": "write `count of …`",
    "amount": "write `count of …`",
    "max": "write `highest ATTRIBUTE of …`",
    "maximum": "write `highest ATTRIBUTE of …`",
    "min": "write `lowest ATTRIBUTE of …`",
    "minimum": "write `lowest ATTRIBUTE of …`",
    "mean": "write `average ATTRIBUTE of …`",
    "newest": "write `the latest KIND by ATTRIBUTE has …`",
    "description": "a rule's title stands in quotes behind its id; a `#` begins a comment",
    "title": 'a title stands in quotes behind the name: rule R1 "a title"',
    "message": 'write `explain "…"`',
    "reason": 'write `explain "…"`',
    "because": 'write `explain "…"`',
    "source": "write `cites ID`",
    "cite": "write `cites ID`",
    "fix": 'write `remedy "…"`',
    "priority": "write `severity low`, `medium`, `high` or `critical`",
    "level": "write `severity low`, `medium`, `high` or `critical`",
    "import": "write `use PACK`",
    "define": "write `term NAME for KIND means …`",
    "let": "write `parameter NAME is …`, or `term NAME for KIND means …`",
    "set": "write `parameter NAME is …`",
    "const": "write `parameter NAME is …`",
    "definition": "write `term NAME for KIND means …`",
    "test": 'write `example "…" on DATE given … expect …`',
    "metric": 'write `measure NAME "…" is …`',
    "since": "write `from DATE`",
    "starting": "write `from DATE`",
    "to": "write `until DATE`, or `between A and B`",
    "like": "patterns are not part of the language, write `=` or `in {…}`",
    "with": "write `has` for what has to hold, `where` for which ones are meant",
    "whose": "write `has` for what has to hold, `where` for which ones are meant",
    "which": "write `has` for what has to hold, `where` for which ones are meant",
    "having": "write `has` for what has to hold, `where` for which ones are meant",
    "matches": "patterns are not part of the language, write `=` or `in {…}`",
}
"""A word: what to write in its place."""

STRONG = frozenset(
    {"must", "should", "shall", "if", "then", "unless", "except", "contains", "equals", "equal", "each", "all", "any"}
    | {"without", "greater", "less", "more", "fewer", "larger", "smaller", "above", "below", "older", "newer"}
    | {"exists", "having", "which", "whose", "with"}
)
"""Words that hardly name anything: they explain the stop even where the parser first took them for names."""

COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
"""Numbers in words."""
