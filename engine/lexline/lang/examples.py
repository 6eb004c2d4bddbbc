"""Examples: the small portfolio that each supposes, and what it expects."""

from __future__ import annotations

from lexline.diagnostics import Label, Span
from lexline.lang import syntax, typed
from lexline.lang.findings import a, did_you_mean, in_words
from lexline.lang.headers import text_of
from lexline.lang.resolve import kind_named, rule_named
from lexline.lang.scope import Checker
from lexline.lang.types import with_article
from lexline_lineage.values import Sort, parse_value

__all__ = ["check_example"]


def check_example(c: Checker, example: syntax.Example) -> typed.Example:
    """The example with what of it could be resolved."""
    elements: dict[str, tuple[str | None, Span]] = {}
    typed_elements = []
    for given in example.given:
        if isinstance(given, syntax.GivenElement):
            element = _element(c, given, elements)
            if element is not None:
                typed_elements.append(element)
    edges = [_edge(c, given, elements) for given in example.given if isinstance(given, syntax.GivenEdge)]
    expected = [_expected(c, outcome, elements) for outcome in example.expected]
    return typed.Example(
        example.span,
        c.policy,
        example.title.text,
        example.on,
        example.known_on,
        tuple(typed_elements),
        tuple(edge for edge in edges if edge is not None),
        tuple(outcome for outcome in expected if outcome is not None),
    )


Elements = dict[str, tuple[str | None, Span]]
"""The kind of each element (None where it is unknown) and where it is given."""


def _element(c: Checker, given: syntax.GivenElement, elements: Elements) -> typed.ExampleElement | None:
    kind_name = kind_named(c, given.kind)
    identifier = text_of(given.id)
    if identifier in elements:
        c.findings.error(
            "LX274",
            given.id.span,
            f"the element `{identifier}` is given twice",
            "give one of them another name",
            [Label(elements[identifier][1], "given here first")],
        )
        return None
    elements[identifier] = (kind_name, given.id.span)
    if kind_name is None:
        return None
    for word, raw in given.attributes:
        _attribute(c, kind_name, word, raw)
    values = tuple((text_of(word), raw) for word, raw in given.attributes)
    return typed.ExampleElement(given.span, identifier, kind_name, values)


def _attribute(c: Checker, kind_name: str, word: syntax.Word, raw: object) -> None:
    name = text_of(word)
    attributes = c.vocabulary.kinds[kind_name].attributes
    attribute = attributes.get(name)
    if attribute is None:
        help_text = did_you_mean(name, attributes) or f"it has {in_words(attributes, 'and')}"
        c.findings.error("LX202", word.span, f"`{kind_name}` has no attribute `{name}`", help_text)
        return
    if raw is None or parse_value(raw, attribute.type) is not None:
        return
    if attribute.type.sort is Sort.ENUMERATION:
        help_text = did_you_mean(str(raw), attribute.type.symbols)
        message = f"`{name}` is {attribute.type}, not `{raw}`"
    else:
        help_text = "a moment has its zone: `2026-11-22T10:00Z`" if attribute.type.sort is Sort.MOMENT else ""
        message = f"`{name}` is {with_article(attribute.type)}, and `{raw}` is none"
    c.findings.error("LX273", word.span, message, help_text)


def _edge(c: Checker, given: syntax.GivenEdge, elements: Elements) -> typed.ExampleEdge | None:
    origin, target = (_kind_of(c, end, elements) for end in (given.origin, given.target))
    name = text_of(given.relation)
    relation = c.vocabulary.relations.get(name)
    if relation is None:
        relations = c.vocabulary.relations
        help_text = did_you_mean(name, relations) or f"the relations are {in_words(sorted(relations), 'and')}"
        c.findings.error("LX272", given.relation.span, f"`{name}` is not a relation", help_text)
        return None
    if origin is None or target is None:
        return None
    if origin not in relation.origins or target not in relation.targets:
        turned = origin in relation.targets and target in relation.origins
        c.findings.error(
            "LX272",
            given.span,
            f"`{name}` does not lead from {a(origin)} to {a(target)}",
            f"turn it round: `{text_of(given.target)} {name} -> {text_of(given.origin)}`"
            if turned
            else f"it leads from {in_words(relation.origins)} to {in_words(relation.targets)}",
        )
        return None
    return typed.ExampleEdge(given.span, text_of(given.origin), name, text_of(given.target), given.possible)


def _kind_of(c: Checker, written: syntax.Word | syntax.TextLiteral, elements: Elements) -> str | None:
    name = text_of(written)
    if name in elements:
        return elements[name][0]
    help_text = did_you_mean(name, elements) or f"add it under `given`: `model {name} {{ … }}`"
    c.findings.error("LX271", written.span, f"no element `{name}` is given", help_text)
    return None


def _expected(c: Checker, outcome: syntax.Expected, elements: Elements) -> typed.ExpectedOutcome | None:
    found = rule_named(c, outcome.rule)
    kind = _kind_of(c, outcome.element, elements)
    word = text_of(outcome.outcome)
    if found is None or kind is None:
        return None
    key, rule_kind = found
    if rule_kind is not None and rule_kind != kind:
        c.findings.error(
            "LX271",
            outcome.element.span,
            f"the rule `{key[1]}` is for `{rule_kind}`, and `{text_of(outcome.element)}` is {a(kind)}",
            f"name {a(rule_kind)}",
        )
        return None
    return typed.ExpectedOutcome(outcome.span, key, text_of(outcome.element), word, outcome.phase)
