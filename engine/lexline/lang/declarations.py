"""Who declares what: all parameters, terms, rules and measures by name, before any body is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lexline.diagnostics import Label, Source, Span
from lexline.lang import syntax, typed
from lexline.lang.check_literals import literals_of
from lexline.lang.findings import did_you_mean, in_words
from lexline.lang.headers import check_period, text_of
from lexline.lang.resolve import kind_named
from lexline.lang.scope import Checker, Scope
from lexline.lang.suggest import nearest
from lexline.lang.types import same_type, with_article, written_as
from lexline_lineage.values import Sort, Value, ValueType, parse_value

__all__ = ["Declared", "apply_settings", "declare"]

CLAUSES = ("require", "where", "severity", "enforcement", "owner", "explain", "remedy", "cites", "tags", "deadline")


@dataclass(slots=True)
class Declared:
    """The declarations of one policy, each with what it is known by; a body that has no place is left out."""

    terms: list[tuple[typed.TermKey, syntax.Term]] = field(default_factory=list)
    rules: list[tuple[typed.Key, syntax.Rule]] = field(default_factory=list)
    measures: list[tuple[typed.Key, syntax.Measure]] = field(default_factory=list)
    examples: list[syntax.Example] = field(default_factory=list)


def declare(c: Checker, declarations: list[syntax.Declaration]) -> Declared:
    """Enters the declarations of the policy that ``c`` checks into the table of all."""
    found = Declared()
    first: dict[tuple[str, ...], Span] = {}
    for declaration in declarations:
        match declaration:
            case syntax.Parameter():
                _parameter(c, declaration, first)
            case syntax.Term():
                _term(c, declaration, first, found)
            case syntax.Rule():
                _rule(c, declaration, first, found)
            case syntax.Measure():
                name = text_of(declaration.name)
                if _is_first(c, first, ("measure", name), declaration.name.span):
                    found.measures.append(((c.policy, name), declaration))
            case syntax.Example():
                found.examples.append(declaration)
            case syntax.Use():
                pass
    return found


def apply_settings(c: Checker, settings: Mapping[str, object], places: Mapping[str, Span]) -> None:
    """Replaces the values of parameters by those of the settings file, typed like the written ones; ``places``: where
    it says them."""
    parameters = c.declarations.parameters
    nowhere = Span(Source("lexline.yaml", ""), 0, 0)
    for name, raw in settings.items():
        place = places.get(name, nowhere)
        keys = [key for key in parameters if name in (key[1], ".".join(key))]
        if not keys:
            known = [".".join(key) for key in parameters] + [key[1] for key in parameters]
            c.findings.error(
                "LX259", place, f"`{name}` is set, and no parameter has this name", did_you_mean(name, known)
            )
            continue
        if len(keys) > 1:
            c.findings.error(
                "LX259",
                place,
                f"`{name}` is set, and {in_words((key[0] for key in keys), 'and')} have a parameter of this name",
                "write " + in_words(".".join(key) for key in keys),
            )
            continue
        parameter = parameters[keys[0]]
        if parameter is None:
            continue
        value = parse_value(raw, parameter.type)
        if value is None:
            c.findings.error(
                "LX259",
                place,
                f"`{name}` is set to {_said(raw)}, which is not {with_article(parameter.type)}",
                written_as(parameter.type),
                labels=[Label(parameter.span, "the parameter")],
            )
            continue
        parameters[keys[0]] = replace(parameter, values=(typed.DatedValue(place, value),))


def _is_first(c: Checker, first: dict[tuple[str, ...], Span], name: tuple[str, ...], span: Span) -> bool:
    if name not in first:
        first[name] = span
        return True
    kind = f" for `{name[2]}`" if len(name) > 2 else ""
    c.findings.error(
        "LX250",
        span,
        f"the {name[0]} `{name[1]}`{kind} is defined twice in `{c.policy}`",
        "give one of them another name",
        [Label(first[name], "defined here first")],
    )
    return False


def _term(c: Checker, term: syntax.Term, first: dict[tuple[str, ...], Span], found: Declared) -> None:
    name = text_of(term.name)
    kind = kind_named(c, term.kind)
    if kind is None:
        c.declarations.broken.add((c.policy, name))
        return
    if _is_first(c, first, ("term", name, kind), term.name.span):
        key = (c.policy, kind, name)
        c.declarations.terms[key] = term.name.span
        found.terms.append((key, term))


def _rule(c: Checker, rule: syntax.Rule, first: dict[tuple[str, ...], Span], found: Declared) -> None:
    name = text_of(rule.id)
    if not _is_first(c, first, ("rule", name), rule.id.span):
        return
    subject = next((clause for clause in rule.clauses if isinstance(clause, syntax.ForClause)), None)
    c.declarations.rules[(c.policy, name)] = _subject(c, subject) if subject is not None else None
    found.rules.append(((c.policy, name), rule))


def _subject(c: Checker, subject: syntax.ForClause) -> str | None:
    """The kind of a rule. A misspelt clause behind it reads like one more word of the ``for``."""
    if c.vocabulary.kind(text_of(subject.kind)) is None:
        for word in (*subject.terms, subject.kind)[1:]:
            clause = nearest(text_of(word), CLAUSES)
            if clause is not None:
                c.findings.error(
                    "LX201", word.span, f"`{text_of(word)}` is not a clause of a rule", f"did you mean `{clause}`?"
                )
                return None
    return kind_named(c, subject.kind)


def _parameter(c: Checker, parameter: syntax.Parameter, first: dict[tuple[str, ...], Span]) -> None:
    name = text_of(parameter.name)
    if not _is_first(c, first, ("parameter", name), parameter.name.span):
        return
    dated: list[typed.DatedValue] = []
    types: list[ValueType] = []
    for written in parameter.values:
        check_period(c.findings, written.span, written)
        literal = _literal(c, written.value)
        if literal is None:
            continue
        type_, value = literal
        if types and not same_type(types[0], type_):
            c.findings.error(
                "LX256",
                written.value.span,
                f"`{name}` is {with_article(types[0])} above and {with_article(type_)} here",
                "the values of a parameter have one type",
                [Label(parameter.values[0].value.span, with_article(types[0]))],
            )
            continue
        types.append(type_)
        dated.append(
            typed.DatedValue(written.span, value, written.since, written.until, written.published, text_of(written.by))
        )
    complete = len(dated) == len(parameter.values) and bool(dated)
    title = parameter.title.text if parameter.title else ""
    key = (c.policy, name)
    c.declarations.parameters[key] = (
        typed.Parameter(parameter.name.span, key, title, types[0], tuple(dated)) if complete else None
    )


def _literal(c: Checker, written: syntax.Expression) -> tuple[ValueType, Value] | None:
    while isinstance(written, syntax.Paren):
        written = written.inner
    if isinstance(written, syntax.SetLiteral):
        items = literals_of(c, written, None)
        if items is None:
            return None
        return ValueType(Sort.LIST, item=items[0].type), tuple(item.value for item in items)
    if isinstance(
        written,
        syntax.NumberLiteral
        | syntax.TextLiteral
        | syntax.DateLiteral
        | syntax.MomentLiteral
        | syntax.DurationLiteral
        | syntax.BooleanLiteral,
    ):
        value = c.value(written, Scope())
        return (value.type, value.value) if isinstance(value, typed.LiteralValue) else None
    help_text = "write a number, a date, a duration, a quoted text or a list"
    if isinstance(written, syntax.Word):
        help_text = f'write a text in quotes: `"{text_of(written)}"`'
    c.findings.error("LX256", written.span, "a parameter holds a written value", help_text)
    return None


def _said(raw: object) -> str:
    """A value of the settings file, as a reader wrote it."""
    return "nothing" if raw is None else f"`{str(raw)[:80]}`"
