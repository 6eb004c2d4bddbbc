"""The parser's reductions to syntax nodes: one method for each rule of the grammar, named like it.

Children are lexemes (every token is kept), nodes, and ``Part``s: optional pieces such as ``by ID`` that their parent
picks by name. Nothing here fails: bad literals are reported before they arrive, bad shapes by ``readable`` afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lexline.diagnostics import Diagnostic, Label, Span
from lexline.lang import syntax
from lexline.lang.layout import Lexeme
from lexline.lang.literals import MONTHS, date_of, duration_of, moment_of, number_of, text_of

__all__ = ["Builder", "Refused"]

Children = list[Any]


class Refused(Exception):  # noqa: N818  # a user's mistake on its way to the parser, which collects it
    """Something is said twice in one place, so that the tree can't hold it."""

    def __init__(self, again: Span, first: Span, name: str) -> None:
        labels = (Label(again), Label(first, "the first"))
        self.diagnostic = Diagnostic("LX132", f"`{name}` is given twice", labels, "keep one of them")


@dataclass(frozen=True, slots=True)
class Part:
    """An optional piece of a clause or a navigation, until its parent takes it."""

    span: Span
    name: str
    value: Any
    entries: tuple[tuple[syntax.Word, object], ...] = ()


def _span(children: Children) -> Span:
    first, last = children[0].span, children[-1].span
    return Span(first.source, first.start, max(first.end, last.end))


def _part(children: Children, name: str) -> Any:
    """The value of the first part of a name, or None."""
    return next((c.value for c in children if isinstance(c, Part) and c.name == name), None)


def _refuse_twice(parts: Iterable[tuple[str, Span]]) -> None:
    """Raises ``Refused`` for the second of two parts with one name."""
    first: dict[str, Span] = {}
    for name, span in parts:
        if name in first:
            raise Refused(span, first[name], name)
        first[name] = span


def _parts(children: Children, name: str) -> tuple[Any, ...]:
    return tuple(c.value for c in children if isinstance(c, Part) and c.name == name)


def _nodes(children: Children, *kinds: type) -> tuple[Any, ...]:
    return tuple(c for c in children if isinstance(c, kinds))


def _words(children: Children) -> tuple[syntax.Word, ...]:
    return _nodes(children, syntax.Word)


def _title(children: Children) -> syntax.TextLiteral | None:
    return children[2] if len(children) > 2 and isinstance(children[2], syntax.TextLiteral) else None


def _is(child: Any, text: str) -> bool:
    return isinstance(child, Lexeme) and child.text == text


def _date(lexeme: Lexeme) -> date:
    return date_of(lexeme.text)


def _operands(children: Children) -> tuple[Any, ...]:
    """What is neither a token nor a part."""
    return tuple(c for c in children if not isinstance(c, Lexeme | Part))


class _Values:
    """Words, literals and what is computed from them."""

    def word(self, c: Children) -> syntax.Word:
        return syntax.Word(c[0].span, tuple(c[0].text.split(".")))

    def text(self, c: Children) -> syntax.TextLiteral:
        return syntax.TextLiteral(c[0].span, text_of(c[0].text))

    def number(self, c: Children) -> syntax.NumberLiteral:
        return syntax.NumberLiteral(c[0].span, number_of(c[0].text), c[0].text.endswith("%"))

    def date(self, c: Children) -> syntax.DateLiteral:
        return syntax.DateLiteral(c[0].span, _date(c[0]))

    def moment(self, c: Children) -> syntax.MomentLiteral:
        return syntax.MomentLiteral(c[0].span, moment_of(c[0].text))

    def time_unit(self, c: Children) -> Lexeme:
        return c[0]  # type: ignore[no-any-return]

    def duration(self, c: Children) -> syntax.DurationLiteral:
        count, unit = int(number_of(c[0].text)), c[1].text.removesuffix("s")
        return syntax.DurationLiteral(_span(c), count, unit, duration_of(count, unit))

    def boolean(self, c: Children) -> syntax.BooleanLiteral:
        return syntax.BooleanLiteral(c[0].span, c[0].text == "true")

    def today(self, c: Children) -> syntax.Today:
        return syntax.Today(c[0].span, moment=c[0].text == "now")

    def month(self, c: Children) -> Lexeme:
        return c[0]  # type: ignore[no-any-return]

    def last_day(self, c: Children) -> syntax.LastDay:
        return syntax.LastDay(_span(c), int(number_of(c[1].text)), MONTHS.index(c[2].text) + 1)

    def date_of(self, c: Children) -> syntax.DateOf:
        return syntax.DateOf(_span(c), c[1])

    def set(self, c: Children) -> syntax.SetLiteral:
        return syntax.SetLiteral(_span(c), _operands(c))

    def paren(self, c: Children) -> syntax.Paren:
        return syntax.Paren(_span(c), c[1])

    def arithmetic(self, c: Children) -> syntax.Arithmetic:
        return syntax.Arithmetic(_span(c), c[1].text, c[0], c[2])

    def when(self, c: Children) -> syntax.When:
        return syntax.When(_span(c), c[0], c[2], c[4])

    def otherwise(self, c: Children) -> syntax.Otherwise:
        return syntax.Otherwise(_span(c), c[0], c[2])

    def argument(self, c: Children) -> syntax.Argument:
        return syntax.Argument(_span(c), c[0].text, c[2])

    def check(self, c: Children) -> syntax.CheckCall:
        _refuse_twice((argument.name, argument.span) for argument in _nodes(c, syntax.Argument))
        return syntax.CheckCall(_span(c), ".".join(c[1].parts), c[1].span, _nodes(c, syntax.Argument))


class _Conditions:
    """Comparisons, logic and lists."""

    def logic(self, c: Children) -> syntax.Logic:
        return syntax.Logic(_span(c), c[1].text, tuple(c[::2]))

    def negation(self, c: Children) -> syntax.Not:
        return syntax.Not(_span(c), c[1])

    def comparison(self, c: Children) -> syntax.Comparison:
        return syntax.Comparison(_span(c), c[1].text, c[0], c[2])

    def is_clause(self, c: Children) -> syntax.Is:
        return syntax.Is(_span(c), c[0], c[-1], negated=len(c) == 4)

    def in_clause(self, c: Children) -> syntax.In:
        return syntax.In(_span(c), c[0], c[2], negated=c[1].text == "not in")

    def between(self, c: Children) -> syntax.Between:
        return syntax.Between(_span(c), c[0], c[2], c[4])

    def includes(self, c: Children) -> syntax.Includes:
        return syntax.Includes(_span(c), c[0], c[-1], every=len(c) == 4)

    def within(self, c: Children) -> syntax.Within:
        if c[1].text == "is done within":
            return syntax.Within(_span(c), c[0], c[2], "done", c[4])
        if _is(c[2], "the last"):
            return syntax.Within(_span(c), c[0], c[3], "last")
        return syntax.Within(_span(c), c[0], c[2], c[3].text, c[4])

    def passes(self, c: Children) -> syntax.Passes:
        return syntax.Passes(_span(c), c[0], c[2])

    def bullets(self, c: Children) -> syntax.Bullets:
        return syntax.Bullets(_span(c), c[0].text.removesuffix(" of"), _operands(c))


class _Navigations:
    """Navigation and what quantifies or aggregates it."""

    def alias(self, c: Children) -> Part:
        return Part(_span(c), "as", c[1])

    def of(self, c: Children) -> Part:
        return Part(_span(c), "of", c[1])

    def in_portfolio(self, c: Children) -> Part:
        return Part(_span(c), "in the portfolio", True)

    def steps(self, c: Children) -> Part:
        return Part(_span(c), "within", number_of(c[1].text))

    def where(self, c: Children) -> Part:
        return Part(_span(c), "where", c[1])

    narrowing = where

    def direction(self, c: Children) -> Part:
        return Part(_span(c), "direction", c[0].text)

    def avoiding(self, c: Children) -> Part:
        *terms, kind = _words(c)
        return Part(_span(c), "avoiding", syntax.Avoiding(_span(c), tuple(terms), kind, _part(c, "where")))

    def navigation(self, c: Children) -> syntax.Navigation:
        _refuse_twice((part.name, part.span) for part in _nodes(c, Part) if part.name != "avoiding")
        alias, of = _part(c, "as"), _part(c, "of")
        if len(c) > 1 and isinstance(c[1], syntax.TextLiteral):
            name = syntax.Word(Span(c[0].source, c[0].start, c[0].start + len("value")), ("value",))
            return syntax.Navigation(_span(c), name, alias=alias, path=c[1], document=of)
        *terms, name = _words(c)
        steps = _part(c, "within")
        return syntax.Navigation(
            _span(c),
            name,
            direct=_is(c[0], "direct"),
            direction=_part(c, "direction"),
            terms=tuple(terms),
            alias=alias,
            of=of,
            in_portfolio=bool(_part(c, "in the portfolio")),
            steps=None if steps is None else int(steps),
            avoiding=_parts(c, "avoiding"),
        )

    def members(self, c: Children) -> syntax.Navigation:
        """``(NAVIGATION [where …])``: the parentheses are those of every aggregate with a ``where``."""
        return _narrowed(c[1], c)

    def quantifier(self, c: Children) -> Part:
        return Part(_span(c), c[0].text, number_of(c[1].text) if len(c) > 1 else 0)

    def has(self, c: Children) -> Lexeme:
        return c[0]  # type: ignore[no-any-return]

    def quantified(self, c: Children) -> syntax.Quantified:
        quantifier: Any = c[0].name
        body = c[-1] if isinstance(c[-2], Lexeme) else None
        return syntax.Quantified(_span(c), quantifier, _narrowed(c[1], c), body, int(c[0].value))

    def extreme(self, c: Children) -> syntax.Extreme:
        which: Any = c[0].text.removeprefix("the ")
        return syntax.Extreme(_span(c), which, _narrowed(c[1], c), c[3], c[-1])

    def if_none(self, c: Children) -> Part:
        return Part(_span(c), "if none", c[1])

    def aggregate(self, c: Children) -> syntax.Aggregate:
        function: Any = c[0].text.removesuffix(" of")
        if function == "share":
            return syntax.Aggregate(_span(c), function, c[1], body=c[3])
        if function == "count":
            return syntax.Aggregate(_span(c), function, c[1])
        return syntax.Aggregate(_span(c), function, c[3], attribute=c[1], if_none=_part(c, "if none"))


def _narrowed(navigation: syntax.Navigation, c: Children) -> syntax.Navigation:
    """A navigation with the ``where`` that stands behind it."""
    where = next((p for p in c if isinstance(p, Part) and p.name == "where"), None)
    if where is None:
        return navigation
    return replace(navigation, where=where.value, span=navigation.span.to(where.span))


class _Clauses:
    """The clauses of policies, rules, terms, measures and parameters."""

    def values(self, c: Children) -> Part:
        return Part(_span(c), "values", _nodes(c, syntax.Word, syntax.TextLiteral))

    def clause(self, c: Children) -> syntax.Clause:
        return syntax.Clause(_span(c), c[0].text, c[1].value)

    def version(self, c: Children) -> syntax.Clause:
        return syntax.Clause(_span(c), "version", (_plain(c[1:]),))

    def timezone(self, c: Children) -> syntax.Clause:
        return syntax.Clause(_span(c), "timezone", (_plain(c[1:]),))

    def since(self, c: Children) -> Part:
        return Part(_span(c), "from", _date(c[1]))

    def until(self, c: Children) -> Part:
        return Part(_span(c), "until", _date(c[1]))

    def published(self, c: Children) -> Part:
        return Part(_span(c), "published", _date(c[1]))

    def by(self, c: Children) -> Part:
        return Part(_span(c), "by", c[1])

    def for_clause(self, c: Children) -> syntax.ForClause:
        *terms, kind = _words(c)
        return syntax.ForClause(_span(c), tuple(terms), kind, _part(c, "as"), _part(c, "where"))

    def except_clause(self, c: Children) -> syntax.ExceptClause:
        return syntax.ExceptClause(_span(c), c[1], _part(c, "by"))

    def require_clause(self, c: Children) -> syntax.RequireClause:
        return syntax.RequireClause(_span(c), c[1])

    def force_clause(self, c: Children) -> syntax.ForceClause:
        until, where, published = _part(c, "until"), _part(c, "where"), _part(c, "published")
        return syntax.ForceClause(_span(c), _date(c[1]), until, where, published, _part(c, "by"))

    def duration_clause(self, c: Children) -> syntax.DurationClause:
        return syntax.DurationClause(_span(c), c[0].text, c[1])

    def reassess_clause(self, c: Children) -> syntax.ReassessClause:
        changes = next(i for i, child in enumerate(c) if _is(child, "changes"))
        *terms, kind = _words(c[:changes])
        attributes = _words(c[changes:])
        return syntax.ReassessClause(_span(c), _part(c, "direction"), tuple(terms), kind, attributes)

    def target(self, c: Children) -> Part:
        return Part(_span(c), "target", c[1])

    def parameter_value(self, c: Children) -> syntax.ParameterValue:
        since, until, published = _part(c, "from"), _part(c, "until"), _part(c, "published")
        _refuse_twice((part.name, part.span) for part in _nodes(c, Part))
        return syntax.ParameterValue(_span(c), c[1], since, until, published, _part(c, "by"))


def _plain(tokens: Children) -> syntax.Word | syntax.TextLiteral:
    """A value that is taken letter by letter: ``2026.11.0``, ``Europe/London``."""
    if tokens[0].type == "TEXT":
        return syntax.TextLiteral(tokens[0].span, text_of(tokens[0].text))
    return syntax.Word(_span(tokens), ("".join(token.text for token in tokens),))


class _Declarations:
    """Whole declarations."""

    def policy(self, c: Children) -> syntax.Policy:
        return syntax.Policy(_span(c), c[1], _title(c), _nodes(c, syntax.Clause))

    def use(self, c: Children) -> syntax.Use:
        return syntax.Use(_span(c), c[1])

    def parameter(self, c: Children) -> syntax.Parameter:
        return syntax.Parameter(_span(c), c[1], _title(c), _nodes(c, syntax.ParameterValue))

    def term(self, c: Children) -> syntax.Term:
        condition = c[next(i for i, child in enumerate(c) if _is(child, "means")) + 1]
        return syntax.Term(_span(c), c[1], c[3], _part(c, "as"), condition, _nodes(c, syntax.Clause))

    def rule(self, c: Children) -> syntax.Rule:
        clauses = c[3:] if _title(c) else c[2:]
        return syntax.Rule(_span(c), c[1], _title(c), tuple(clauses))

    def measure(self, c: Children) -> syntax.Measure:
        value = c[next(i for i, child in enumerate(c) if _is(child, "is")) + 1]
        _refuse_twice((part.name, part.span) for part in _nodes(c, Part))
        return syntax.Measure(_span(c), c[1], _title(c), value, _part(c, "target"), _nodes(c, syntax.Clause))


class _Examples:
    """Examples: elements, edges and what is expected of them, as plain data."""

    def on(self, c: Children) -> Part:
        return Part(_span(c), "on", _date(c[1]))

    def known_on(self, c: Children) -> Part:
        return Part(_span(c), "known on", _date(c[1]))

    def scalar(self, c: Children) -> Part:
        return Part(c[0].span, "datum", _datum(c[0]))

    def span_of_time(self, c: Children) -> Part:
        literal = _Values().duration(c)
        return Part(literal.span, "datum", literal.duration)

    def items(self, c: Children) -> Part:
        return Part(_span(c), "datum", list(_parts(c, "datum")))

    def entry(self, c: Children) -> Part:
        key = text_of(c[0].text) if c[0].type == "TEXT" else c[0].text
        return Part(c[0].span, "entry", (syntax.Word(c[0].span, (key,)), c[2].value))

    def object(self, c: Children) -> Part:
        _refuse_twice((key.parts[0], key.span) for key, _ in _parts(c, "entry"))
        return Part(_span(c), "datum", {key.parts[0]: value for key, value in _parts(c, "entry")}, _parts(c, "entry"))

    def element(self, c: Children) -> syntax.GivenElement:
        return syntax.GivenElement(_span(c), c[0], c[1], c[2].entries)

    def edge(self, c: Children) -> syntax.GivenEdge:
        return syntax.GivenEdge(_span(c), c[0], c[1], c[3], possible=len(c) == 5)

    def given(self, c: Children) -> Part:
        return Part(_span(c), "given", tuple(c[1:]))

    def expect(self, c: Children) -> Part:
        return Part(_span(c), "expect", tuple(c[1:]))

    def expected(self, c: Children) -> syntax.Expected:
        return syntax.Expected(_span(c), c[0], c[2], c[4], phase=c[1].text == "is")

    def example(self, c: Children) -> syntax.Example:
        on, known_on = _part(c, "on"), _part(c, "known on")
        return syntax.Example(_span(c), c[1], on, known_on, _part(c, "given"), _part(c, "expect"))


def _datum(lexeme: Lexeme) -> object:
    match lexeme.type, lexeme.text:
        case "TEXT", text:
            return text_of(text)
        case "DATE", text:
            return date_of(text)
        case "MOMENT", text:
            return moment_of(text)
        case "PERCENT", text:
            return float(number_of(text) / 100)
        case "INTEGER" | "NUMBER", text:
            return int(text) if text.lstrip("-").isdigit() else float(text)
        case _, "null":
            return None
        case _, "true" | "false" as word:
            return word == "true"
        case _, word:
            return word


class Builder(_Values, _Conditions, _Navigations, _Clauses, _Declarations, _Examples):
    """Every rule of the grammar to its node."""
