"""Rules, terms and measures: their clauses and bodies, from syntax to typed tree."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from lexline.diagnostics import Label
from lexline.lang import syntax, typed
from lexline.lang.check_navigation import adjectives, conjunction
from lexline.lang.findings import in_words
from lexline.lang.headers import check_period, citations, clause_text, only_once, response, severity, text_of
from lexline.lang.operands import require_same_type, shown
from lexline.lang.resolve import attribute_of, kind_named
from lexline.lang.scope import Checker, Element, Scope
from lexline.lang.templates import check_template
from lexline.lang.types import DURATION, type_of
from lexline_lineage.values import Sort

__all__ = ["check_measure", "check_rule", "check_term"]


def check_term(c: Checker, key: typed.TermKey, term: syntax.Term) -> typed.Term | None:
    """A term's condition over the elements of its kind."""
    only_once(c.findings, term.clauses)
    name = text_of(term.alias) or key[1]
    element = Element(name, key[1], 0, (term.alias or term.kind).span)
    condition = c.condition(term.condition, Scope((element,)))
    return typed.Term(term.name.span, key, key[1], condition, citations(term.clauses)) if condition else None


def check_measure(c: Checker, key: typed.Key, measure: syntax.Measure) -> typed.Measure | None:
    """A figure over the portfolio and its target."""
    only_once(c.findings, measure.clauses)
    value = c.value(measure.value, Scope())
    target = c.value(measure.target, Scope(), type_of(value) if value else None) if measure.target is not None else None
    if value is None or (target is None and measure.target is not None):
        return None
    if target is not None and not require_same_type(c, target.span, value, target):
        return None
    title = measure.title.text if measure.title else ""
    return typed.Measure(measure.name.span, key, title, value, target)


def check_rule(c: Checker, key: typed.Key, rule: syntax.Rule, if_unknown: typed.Response | None) -> typed.Rule | None:
    """A rule with its policy's defaults; ``if_unknown`` is the policy's ``unknown counts as``."""
    only_once(c.findings, rule.clauses)
    subject = next((clause for clause in rule.clauses if isinstance(clause, syntax.ForClause)), None)
    requires = [clause for clause in rule.clauses if isinstance(clause, syntax.RequireClause)]
    kind = c.declarations.rules[key]
    if not requires and (subject is None or kind is not None):
        # (A `for` that is wrong may have swallowed the requirement.)
        c.findings.error(
            "LX252",
            rule.id.span,
            f"the rule `{key[1]}` has no requirement",
            "say what has to hold: `require …`",
        )
    if subject is None:
        c.findings.error(
            "LX252",
            rule.id.span,
            f"the rule `{key[1]}` does not say for whom it is",
            f"say the kind of element: `for {next(iter(c.vocabulary.kinds), 'model')}`",
        )
    if subject is None or kind is None:
        return None
    element = Element(text_of(subject.alias) or kind, kind, 0, (subject.alias or subject.kind).span)
    return _rule(c, key, rule, subject, element, if_unknown)


def _rule(
    c: Checker,
    key: typed.Key,
    rule: syntax.Rule,
    subject: syntax.ForClause,
    element: Element,
    policy_unknown: typed.Response | None,
) -> typed.Rule | None:
    scope = Scope((element,))
    clauses = rule.clauses
    failed = _Failures()
    terms = adjectives(c, subject.terms, element)
    where = c.condition(subject.where, scope) if subject.where is not None else None
    failed.note(terms is None or (where is None and subject.where is not None))
    for_condition = conjunction(subject.span, [*(terms or []), *([where] if where is not None else [])])
    exceptions: list[typed.ExceptionClause] = []
    requirements: list[typed.Expression] = []
    for clause in clauses:
        if isinstance(clause, syntax.ExceptClause | syntax.RequireClause):
            written = clause.where if isinstance(clause, syntax.ExceptClause) else clause.condition
            condition = c.condition(written, scope)
            failed.note(condition is None)
            if condition is not None and isinstance(clause, syntax.ExceptClause):
                exceptions.append(typed.ExceptionClause(clause.span, condition, text_of(clause.by)))
            elif condition is not None:
                requirements.append(condition)
    force = _force(c, clauses, scope, failed)
    reassessments = _reassessments(c, clauses, element, failed)
    enforcement = response(clauses, "enforcement") or "block"
    unknown = response(clauses, "if unknown") or policy_unknown or enforcement
    typed_rule = typed.Rule(
        span=rule.id.span,
        key=key,
        title=rule.title.text if rule.title else "",
        kind=element.kind or "",
        subject_name=element.name,
        condition=for_condition,
        exceptions=tuple(exceptions),
        requirements=tuple(requirements),
        force=force,
        citations=citations(clauses),
        severity=severity(clauses),
        enforcement=enforcement,
        if_unknown=unknown,
        owner=clause_text(clauses, "owner"),
        explain=_template(c, clauses, "explain", scope, failed),
        remedy=_template(c, clauses, "remedy", scope, failed),
        deadline=_duration(c, clauses, "deadline", scope, failed),
        reassess_every=_duration(c, clauses, "reassess every", scope, failed),
        reassess_when=reassessments,
        tags=_tags(clauses),
    )
    return None if failed.any or not requirements else typed_rule


class _Failures:
    """Whether anything of a rule was wrong."""

    def __init__(self) -> None:
        self.any = False

    def note(self, failed: bool) -> None:
        """Remembers a failure."""
        self.any = self.any or failed


def _force(
    c: Checker, clauses: Sequence[syntax.RuleClause], scope: Scope, failed: _Failures
) -> tuple[typed.ForceLine, ...]:
    lines: list[typed.ForceLine] = []
    for clause in clauses:
        if not isinstance(clause, syntax.ForceClause):
            continue
        check_period(c.findings, clause.span, clause)
        condition = c.condition(clause.where, scope) if clause.where is not None else None
        failed.note(condition is None and clause.where is not None)
        by = text_of(clause.by)
        lines.append(typed.ForceLine(clause.span, clause.since, clause.until, condition, clause.published, by))
    return tuple(lines)


def _template(
    c: Checker, clauses: Sequence[syntax.RuleClause], name: str, scope: Scope, failed: _Failures
) -> typed.Template | None:
    clause = next((x for x in clauses if isinstance(x, syntax.Clause) and x.name == name), None)
    if clause is None or not clause.values:
        return None
    text = clause.values[0]
    if isinstance(text, syntax.Word):
        text = syntax.TextLiteral(text.span, text_of(text))
    template = check_template(c, text, scope)
    failed.note(template is None)
    return template


def _duration(
    c: Checker, clauses: Sequence[syntax.RuleClause], name: str, scope: Scope, failed: _Failures
) -> typed.Expression | None:
    clause = next((x for x in clauses if isinstance(x, syntax.DurationClause) and x.name == name), None)
    if clause is None:
        return None
    duration = c.value(clause.duration, scope, DURATION)
    if duration is not None and (
        type_of(duration).sort is not Sort.DURATION
        or not isinstance(duration, typed.LiteralValue | typed.ParameterValue)
    ):
        c.findings.error(
            "LX235",
            clause.duration.span,
            f"`{shown(clause.duration.span)}` is not a fixed duration, and `{name}` needs one",
            "write a duration (`30 days`), or the name of a parameter that is one",
        )
        duration = None
    failed.note(duration is None)
    return duration


def _reassessments(
    c: Checker, clauses: Sequence[syntax.RuleClause], subject: Element, failed: _Failures
) -> tuple[typed.Reassessment, ...]:
    found = [_reassess(c, x, subject) for x in clauses if isinstance(x, syntax.ReassessClause)]
    failed.note(None in found)
    return tuple(reassessment for reassessment in found if reassessment is not None)


def _reassess(c: Checker, clause: syntax.ReassessClause, subject: Element) -> typed.Reassessment | None:
    kind = kind_named(c, clause.kind)
    if kind is None:
        return None
    element = Element(kind, kind, 1, clause.kind.span)
    fits = True
    if clause.direction is None and kind != subject.kind:
        c.findings.error(
            "LX243",
            clause.kind.span,
            f"`{kind}` is not the rule's own kind, and no direction is said",
            f"write `upstream {clause.kind.span.text}` or `downstream {clause.kind.span.text}`",
            [Label(subject.span, "the rule's own kind")],
        )
        fits = False
    without = [k for k in (subject.kind or "", kind) if not c.vocabulary.has_lineage(k)]
    if clause.direction is not None and without:
        c.findings.error(
            "LX240",
            clause.span,
            f"data does not flow through {in_words(without, 'and')}, so that nothing is {clause.direction}",
            "name a kind that is part of the lineage",
        )
        fits = False
    terms = adjectives(c, clause.terms, element)
    attributes = [attribute_of(c, element, text_of(word), word.span) for word in clause.attributes]
    if terms is None or None in attributes or not fits:
        return None
    names = tuple(text_of(word) for word in clause.attributes)
    return typed.Reassessment(clause.span, clause.direction, kind, conjunction(clause.span, terms), names)


def _tags(clauses: Sequence[syntax.RuleClause]) -> tuple[str, ...]:
    given = (x.values for x in clauses if isinstance(x, syntax.Clause) and x.name == "tags")
    return tuple(dict.fromkeys(text_of(value) for value in chain.from_iterable(given)))
