"""Types navigations: which elements a phrase is about, where it starts, and what narrows it."""

from __future__ import annotations

from lexline.diagnostics import Label, Span
from lexline.lang import syntax, typed
from lexline.lang.findings import a, in_words
from lexline.lang.jsonpath import why_refused
from lexline.lang.related import related
from lexline.lang.resolve import attribute_of, element_named, kind_named, term_named
from lexline.lang.scope import Checker, Element, Scope
from lexline.lang.types import with_article
from lexline_lineage.values import Sort

__all__ = ["adjectives", "check_navigation", "conjunction"]

Inside = tuple[typed.Navigation | None, Scope | None]
_NOTHING: Inside = (None, None)


def check_navigation(c: Checker, navigation: syntax.Navigation, scope: Scope) -> Inside:
    """The elements that a phrase is about, and the scope inside it."""
    if navigation.path is not None:
        return _document(c, navigation, navigation.path, scope)
    if not _words_fit(c, navigation):
        return _NOTHING
    origin: Element | None = None
    if not navigation.in_portfolio:
        origin = _origin(c, navigation, scope)
        if origin is None:
            return _NOTHING
    reached = _reach(c, navigation, origin, scope)
    if reached is None:
        return _NOTHING
    target, kind = reached
    name = ".".join(navigation.alias.parts) if navigation.alias else kind
    element = Element(name, kind, c.take_slot(), (navigation.alias or navigation.name).span)
    inside = scope.inside(element)
    narrowing = _narrowing(c, navigation, element, inside)
    if target is None or narrowing is None:
        return None, inside
    condition = conjunction(navigation.span, narrowing)
    slot = origin.slot if origin else None
    return typed.Navigation(navigation.span, target, slot, kind, element.slot, condition), inside


def adjectives(c: Checker, words: tuple[syntax.Word, ...], element: Element) -> list[typed.Expression] | None:
    """Terms that serve as adjectives before a kind."""
    keys = [(word, term_named(c, word, element.kind or "")) for word in words]
    found: list[typed.Expression] = [typed.TermHolds(word.span, key, element.slot) for word, key in keys if key]
    return found if len(found) == len(keys) else None


def conjunction(span: Span, conditions: list[typed.Expression]) -> typed.Expression | None:
    """All conditions joined; None where there is none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return typed.Connective(span, "and", tuple(conditions))


def _narrowing(
    c: Checker, navigation: syntax.Navigation, element: Element, inside: Scope
) -> list[typed.Expression] | None:
    conditions = adjectives(c, navigation.terms, element)
    where = c.condition(navigation.where, inside) if navigation.where is not None else None
    if conditions is None or (where is None and navigation.where is not None):
        return None
    return [*conditions, where] if where is not None else conditions


def _words_fit(c: Checker, navigation: syntax.Navigation) -> bool:
    """Whether the words around the kind go together."""
    message = help_text = ""
    if navigation.steps is not None and navigation.steps < 1:
        message, help_text = f"`within {navigation.steps} steps` reaches nothing", "write `within 1 step`, or `direct`"
    elif navigation.direct and navigation.steps is not None:
        message, help_text = "`direct` is one step, and `within` says another distance", "leave one of them out"
    elif navigation.in_portfolio and (
        navigation.direction
        or navigation.of
        or navigation.steps is not None
        or navigation.avoiding
        or navigation.direct
    ):
        message = "`in the portfolio` means all elements of the kind, whatever they are related to"
        help_text = "leave it out, or leave out where the phrase starts and which way it goes"
    elif navigation.direction is None and (navigation.direct or navigation.steps is not None or navigation.avoiding):
        word = "direct" if navigation.direct else "avoiding" if navigation.avoiding else "within"
        message = f"`{word}` is about the lineage, and this phrase says no direction"
        help_text = (
            f"write `upstream {'.'.join(navigation.name.parts)}` or `downstream {'.'.join(navigation.name.parts)}`"
        )
    if message:
        c.findings.error("LX243", navigation.span, message, help_text)
    return not message


def _origin(c: Checker, navigation: syntax.Navigation, scope: Scope) -> Element | None:
    if navigation.of is not None:
        return element_named(c, navigation.of, scope)
    if scope.innermost is None:
        c.findings.error(
            "LX244",
            navigation.span,
            "there is no element here that this phrase could start from",
            f"write `{'.'.join(navigation.name.parts)} in the portfolio`",
        )
    return scope.innermost


def _reach(
    c: Checker, navigation: syntax.Navigation, origin: Element | None, scope: Scope
) -> tuple[typed.Lineage | typed.Related | typed.Portfolio | None, str] | None:
    """What the navigation reaches (None where that is wrong), and the kind."""
    if origin is not None and navigation.direction is None:
        return related(c, navigation, origin)
    kind = kind_named(c, navigation.name)
    if kind is None:
        return None
    if origin is None or navigation.direction is None:
        return typed.Portfolio(), kind
    if not _in_lineage(c, navigation, origin, kind, scope):
        return None, kind
    nodes = [_avoided(c, avoiding, scope) for avoiding in navigation.avoiding]
    avoided = tuple(node for node in nodes if node is not None)
    steps = 1 if navigation.direct else navigation.steps
    lineage = typed.Lineage(navigation.direction, steps, avoided)
    return (lineage if len(avoided) == len(nodes) else None), kind


def _in_lineage(c: Checker, navigation: syntax.Navigation, origin: Element, kind: str, scope: Scope) -> bool:
    direction, word = navigation.direction, ".".join(navigation.name.parts)
    if not c.vocabulary.has_lineage(origin.kind or ""):
        outer = [e.name for e in scope.elements if e.kind is not None and c.vocabulary.has_lineage(e.kind)]
        c.findings.error(
            "LX240",
            navigation.span,
            f"data does not flow through {a(origin.kind or '')}, so that it has nothing {direction}",
            f"say whose: `{direction} {word} of {outer[-1]}`"
            if outer
            else f"write `some {word}` for one that is related",
            [Label(origin.span, f"the `{origin.name}` that it would start from")],
        )
        return False
    if not c.vocabulary.has_lineage(kind):
        c.findings.error(
            "LX240",
            navigation.name.span,
            f"data does not flow through {a(kind)}, so that none is {direction} of anything",
            f"leave `{direction}` out for one that is related",
        )
        return False
    return True


def _avoided(c: Checker, avoiding: syntax.Avoiding, scope: Scope) -> typed.AvoidedNode | None:
    kind = kind_named(c, avoiding.kind)
    if kind is None:
        return None
    element = Element(kind, kind, c.take_slot(), avoiding.kind.span)
    conditions = adjectives(c, avoiding.terms, element)
    where: typed.Expression | None = None
    if avoiding.where is not None:
        where = c.condition(avoiding.where, scope.sealed(element))
        if where is None:
            return None
    if conditions is None:
        return None
    condition = conjunction(avoiding.span, [*conditions, where] if where is not None else conditions)
    return typed.AvoidedNode(avoiding.span, kind, element.slot, condition)


def _document(c: Checker, navigation: syntax.Navigation, path: syntax.TextLiteral, scope: Scope) -> Inside:
    reason = why_refused(path.text)
    if reason:
        c.findings.error(
            "LX246", path.span, f"this path can't be used: {reason}", 'write something like `"$.metrics[*].gap"`'
        )
    document = _document_attribute(c, navigation, scope)
    if document is None:
        return _NOTHING
    name = ".".join(navigation.alias.parts) if navigation.alias else "value"
    element = Element(name, None, c.take_slot(), navigation.span)
    inside = scope.inside(element)
    narrowing = _narrowing(c, navigation, element, inside)
    if narrowing is None or reason:
        return None, inside
    target = typed.DocumentPath(path.text, document)
    condition = conjunction(navigation.span, narrowing)
    return typed.Navigation(navigation.span, target, document.slot, None, element.slot, condition), inside


def _document_attribute(c: Checker, navigation: syntax.Navigation, scope: Scope) -> typed.AttributeValue | None:
    word = navigation.document
    if word is None:
        c.findings.error(
            "LX247",
            navigation.span,
            "this phrase does not say which document it walks",
            'write `value at "$.…" of model.card`',
        )
        return None
    if len(word.parts) == 2:
        element = element_named(c, syntax.Word(word.span, word.parts[:1]), scope)
    elif scope.named(word.parts[0]):
        element = element_named(c, word, scope)
        if element is not None:
            _not_a_document(c, element, word.span, f"`{element.name}` is an element, not a document")
        return None
    else:
        element = scope.innermost
        if element is None:
            c.findings.error("LX244", word.span, "there is no element here that this document could belong to")
    if element is None:
        return None
    attribute = attribute_of(c, element, word.parts[-1], word.span)
    if attribute is not None and attribute.type.sort is not Sort.DOCUMENT:
        _not_a_document(c, element, word.span, f"`{word.span.text}` is {with_article(attribute.type)}, not a document")
        return None
    return attribute


def _not_a_document(c: Checker, element: Element, span: Span, message: str) -> None:
    attributes = c.vocabulary.kinds[element.kind or ""].attributes.values()
    documents = [f"{element.name}.{a.name}" for a in attributes if a.type.sort is Sort.DOCUMENT]
    help_text = f"write {in_words(documents)}" if documents else f"`{element.name}` has no document"
    c.findings.error("LX247", span, message, help_text)
