"""What a word stands for: an attribute, a parameter, a symbol, an element, a term or a rule.

A word that could mean two things is refused, with what to write for each.
"""

from __future__ import annotations

from lexline.diagnostics import Label, Span
from lexline.lang import syntax, typed
from lexline.lang.findings import a, did_you_mean, in_words
from lexline.lang.readable import is_odd_literal
from lexline.lang.scope import Checker, Element, Scope
from lexline.lang.types import TEXT, written_as
from lexline_lineage.values import Sort, ValueType

__all__ = [
    "attribute_of",
    "element_named",
    "is_self_typed",
    "kind_named",
    "parameter_as",
    "rule_named",
    "symbol",
    "term_named",
    "word_value",
]


def word_value(c: Checker, word: syntax.Word, scope: Scope, expected: ValueType | None) -> typed.Expression | None:
    """A word in the place of a value."""
    name = word.parts[0]
    if len(word.parts) > 1:
        return _dotted(c, word, scope, expected)
    item = scope.item(name)
    innermost = scope.innermost
    if item is not None and (innermost is None or innermost.slot < item.slot or not _has(c, innermost, name)):
        return _item(c, word, item, expected)
    meanings: list[tuple[str, str, typed.Expression | None]] = []
    if innermost is not None and _has(c, innermost, name):
        attribute = attribute_of(c, innermost, name, word.span)
        meanings.append((f"an attribute of `{innermost.name}`", f"{innermost.name}.{name}", attribute))
    meanings.extend(
        (f"a parameter of `{key[0]}`", ".".join(key), parameter_as(c, word.span, key, expected))
        for key in c.declarations.parameter_candidates(c.policy, word)
    )
    if expected is not None and expected.sort is Sort.ENUMERATION and name in expected.symbols:
        meanings.append(("a symbol", f'"{name}"', typed.LiteralValue(word.span, expected, name)))
    if len(meanings) == 1:
        return meanings[0][2]
    if meanings:
        c.findings.error(
            "LX205",
            word.span,
            f"`{name}` could mean " + " or ".join(meaning for meaning, _, _ in meanings),
            "write " + in_words(written for _, written, _ in meanings) + " to say which",
        )
        return None
    if not c.declarations.is_broken(c.policy, word):
        _unknown_word(c, word, scope, expected)
    return None


def is_self_typed(c: Checker, word: syntax.Word, scope: Scope) -> bool:
    """True where the word has a type whatever stands beside it: an attribute or a parameter."""
    if len(word.parts) > 1:
        return True
    if scope.item(word.parts[0]) is not None:
        return False
    innermost = scope.innermost
    return (innermost is not None and _has(c, innermost, word.parts[0])) or bool(
        c.declarations.parameter_candidates(c.policy, word)
    )


def attribute_of(c: Checker, element: Element, name: str, span: Span) -> typed.AttributeValue | None:
    """The attribute of an element; reported where it has none of this name."""
    assert element.kind is not None  # noqa: S101  # an item never comes here
    kind = c.vocabulary.kinds[element.kind]
    attribute = kind.attributes.get(name)
    if attribute is None:
        help_text = did_you_mean(name, kind.attributes) or f"{a(kind.name)} has {in_words(kind.attributes, 'and')}"
        c.findings.error("LX202", span, f"`{kind.name}` has no attribute `{name}`", help_text)
        return None
    return typed.AttributeValue(span, attribute.type, element.slot, kind.name, name)


def element_named(c: Checker, word: syntax.Word, scope: Scope) -> Element | None:
    """The element that a word names: by its alias, or by its kind where it has none."""
    name = ".".join(word.parts)
    found = scope.named(name)
    if len(found) == 1:
        return found[0]
    if found:
        c.findings.error(
            "LX206",
            word.span,
            f"`{name}` names {len(found)} elements here",
            f"give one of them another name with `as`: `{name} as other`",
            [Label(element.span, f"a `{name}`") for element in found],
        )
        return None
    _unknown_element(c, word, scope)
    return None


def kind_named(c: Checker, word: syntax.Word) -> str | None:
    """The kind that a word names, in the singular or the plural."""
    name = ".".join(word.parts)
    kind = c.vocabulary.kind(name)
    if kind is not None:
        return kind.name
    words = [*c.vocabulary.kinds, *(kind.plural for kind in c.vocabulary.kinds.values())]
    help_text = did_you_mean(name, words) or f"the kinds are {in_words(sorted(c.vocabulary.kinds), 'and')}"
    c.findings.error("LX201", word.span, f"`{name}` is not a kind of element", help_text)
    return None


def term_named(c: Checker, word: syntax.Word, kind: str) -> typed.TermKey | None:
    """The term of a kind that a word names."""
    declared = c.declarations
    name = word.parts[-1]
    keys = declared.candidates(c.policy, word, lambda pack, term: (pack, kind, term) in declared.terms)
    if len(keys) == 1:
        key = (keys[0][0], kind, keys[0][1])
        c.uses.append(key)
        return key
    if keys:
        _ambiguous_packs(c, word, keys)
        return None
    if declared.is_broken(c.policy, word) or _unknown_pack(c, word):
        return None
    others = sorted({key[1] for key in declared.terms if key[2] == name and key[0] in declared.visible[c.policy]})
    if others:
        help_text = f"`{name}` is a term for {in_words(others)}; a term belongs to its kind"
    else:
        own = {key[2] for key in declared.terms if key[1] == kind and key[0] in declared.visible[c.policy]}
        help_text = (
            did_you_mean(name, {*own, "upstream", "downstream", "direct"})
            or f"define it: `term {name} for {kind} means …`"
        )
    c.findings.error("LX208", word.span, f"no term `{name}` for `{kind}` is defined", help_text)
    return None


def rule_named(c: Checker, word: syntax.Word) -> tuple[typed.Key, str | None] | None:
    """The rule that a word names, and its kind (None where the rule itself is wrong)."""
    declared = c.declarations
    keys = declared.candidates(c.policy, word, lambda pack, rule: (pack, rule) in declared.rules)
    if len(keys) == 1:
        return keys[0], declared.rules[keys[0]]
    if keys:
        _ambiguous_packs(c, word, keys)
    elif not declared.is_broken(c.policy, word) and not _unknown_pack(c, word):
        name = word.parts[-1]
        own = {key[1] for key in declared.rules if key[0] in declared.visible[c.policy]}
        c.findings.error("LX209", word.span, f"no rule `{name}` is defined", did_you_mean(name, own))
    return None


def symbol(c: Checker, span: Span, text: str, type: ValueType) -> typed.LiteralValue | None:  # noqa: A002
    """A symbol of an enumeration, quoted or bare."""
    if text in type.symbols:
        return typed.LiteralValue(span, type, text)
    help_text = did_you_mean(text, type.symbols) or f"the values are {in_words(type.symbols, 'and')}"
    c.findings.error("LX204", span, f"`{text}` is not {type}", help_text)
    return None


def parameter_as(c: Checker, span: Span, key: typed.Key, expected: ValueType | None) -> typed.ParameterValue | None:
    """A parameter. One of text beside an enumeration has that enumeration's type, and its values have to be symbols."""
    parameter = c.declarations.parameters[key]
    if parameter is None:
        return None
    item = parameter.type.item
    wanted = expected.item if expected is not None and expected.sort is Sort.LIST else expected
    is_text = parameter.type == TEXT or (parameter.type.sort is Sort.LIST and item == TEXT)
    if wanted is None or wanted.sort is not Sort.ENUMERATION or not is_text:
        return typed.ParameterValue(span, parameter.type, key)
    for dated in parameter.values:
        for text in dated.value if isinstance(dated.value, tuple) else (dated.value,):
            if text not in wanted.symbols:
                c.findings.error(
                    "LX204",
                    span,
                    f"the parameter `{key[1]}` holds `{text}`, which is not {wanted}",
                    did_you_mean(str(text), wanted.symbols),
                    [Label(dated.span, "this value")],
                )
                return None
    of_enumeration = wanted if parameter.type == TEXT else ValueType(Sort.LIST, item=wanted)
    return typed.ParameterValue(span, of_enumeration, key)


def _has(c: Checker, element: Element, name: str) -> bool:
    return element.kind is not None and name in c.vocabulary.kinds[element.kind].attributes


def _item(c: Checker, word: syntax.Word, item: Element, expected: ValueType | None) -> typed.ItemValue | None:
    keys = c.declarations.parameter_candidates(c.policy, word)
    if keys:
        c.findings.error(
            "LX205",
            word.span,
            f"`{item.name}` could mean the value of the document or a parameter",
            f"write `{'.'.join(keys[0])}` for the parameter, or give it another name",
        )
        return None
    if expected is None:
        c.findings.error(
            "LX234",
            word.span,
            f"nothing says of what type `{item.name}` is",
            'compare it with a value: `value <= 5%`, `value = "met"`',
        )
        return None
    return typed.ItemValue(word.span, expected, item.slot)


def _dotted(c: Checker, word: syntax.Word, scope: Scope, expected: ValueType | None) -> typed.Expression | None:
    owner = syntax.Word(word.span, word.parts[:1])
    keys = c.declarations.parameter_candidates(c.policy, word)
    if scope.named(word.parts[0]) and not keys and len(word.parts) == 2:
        element = element_named(c, owner, scope)
        return attribute_of(c, element, word.parts[1], word.span) if element else None
    if keys and scope.named(word.parts[0]):
        c.findings.error(
            "LX205",
            word.span,
            f"`{'.'.join(word.parts)}` could mean an attribute of an element or a parameter of a pack",
            f"give the element another name with `as`: `{word.parts[0]} as other`",
        )
        return None
    if keys:
        return parameter_as(c, word.span, keys[0], expected)
    if word.parts[0] in c.declarations.visible and word.parts[0] not in c.vocabulary.kinds:
        if not c.declarations.is_broken(c.policy, word) and not _unknown_pack(c, word):
            own = {key[1] for key in c.declarations.parameters if key[0] == word.parts[0]}
            c.findings.error(
                "LX200",
                word.span,
                f"the pack `{word.parts[0]}` has no parameter `{'.'.join(word.parts[1:])}`",
                did_you_mean(word.parts[-1], own),
            )
        return None
    _unknown_element(c, owner, scope, word.parts[1])
    return None


def _unknown_pack(c: Checker, word: syntax.Word) -> bool:
    """True, and reported, where ``PACK.NAME`` names a pack that isn't in sight."""
    if len(word.parts) == 1 or word.parts[0] in c.declarations.visible[c.policy]:
        return False
    pack = word.parts[0]
    if pack in c.declarations.visible:
        c.findings.error("LX210", word.span, f"the pack `{pack}` is not used here", f"add `use {pack}`")
    else:
        near = did_you_mean(pack, c.declarations.visible)
        c.findings.error("LX210", word.span, f"there is no pack `{pack}`", near)
    return True


def _ambiguous_packs(c: Checker, word: syntax.Word, keys: list[typed.Key]) -> None:
    c.findings.error(
        "LX205",
        word.span,
        f"`{word.parts[-1]}` is defined in {in_words((pack for pack, _ in keys), 'and')}",
        "write " + in_words(".".join(key) for key in keys) + " to say which",
    )


def _unknown_element(c: Checker, word: syntax.Word, scope: Scope, attribute: str = "") -> None:
    name = word.parts[0]
    dot = f".{attribute}" if attribute else ""
    if any(element.name == name for element in scope.hidden):
        c.findings.error(
            "LX245",
            word.span,
            f"the condition of an `avoiding` can't read the `{name}` outside of it",
            "say what to avoid by the attributes of the element that is avoided",
        )
        return
    renamed = [element for element in scope.elements if element.kind == name]
    names = [element.name for element in scope.elements if element.kind is not None]
    if renamed:
        c.findings.error(
            "LX207",
            word.span,
            f"the `{name}` has another name here: {in_words(element.name for element in renamed)}",
            f"write {in_words(element.name + dot for element in renamed)}",
            [Label(element.span, "named here") for element in renamed],
        )
        return
    help_text = did_you_mean(name, names)
    if not help_text and names:
        help_text = f"the elements here are {in_words(dict.fromkeys(names), 'and')}"
    c.findings.error("LX207", word.span, f"no element here is called `{name}`", help_text)


def _unknown_word(c: Checker, word: syntax.Word, scope: Scope, expected: ValueType | None) -> None:
    name = word.parts[0]
    if any(name == element.name for element in scope.elements):
        c.findings.error(
            "LX207",
            word.span,
            f"`{name}` is an element, not a value",
            f"write one of its attributes (`{name}.…`), or `{name} is TERM`",
        )
        return
    if name in c.vocabulary.kinds:
        _unknown_element(c, word, scope)
        return
    outer = next((e for e in reversed(scope.elements) if _has(c, e, name)), None)
    if outer is not None:
        c.findings.error(
            "LX203",
            word.span,
            f"`{name}` is an attribute of the outer `{outer.name}`, not of the `{_innermost_name(scope)}`",
            f"write `{outer.name}.{name}`",
        )
        return
    if any(_has(c, element, name) for element in scope.hidden):
        c.findings.error(
            "LX245",
            word.span,
            f"the condition of an `avoiding` can't read `{name}`: it belongs to an element outside of it",
            "say what to avoid by the attributes of the element that is avoided",
        )
        return
    if expected is not None and expected.sort is Sort.ENUMERATION:
        symbol(c, word.span, name, expected)
        return
    if is_odd_literal(name):
        return  # reported by the parser
    c.findings.error("LX200", word.span, _nothing_called(name, scope), _help_for_unknown(c, name, scope, expected))


def _innermost_name(scope: Scope) -> str:
    return scope.innermost.name if scope.innermost else "portfolio"


def _nothing_called(name: str, scope: Scope) -> str:
    if scope.innermost is None:
        return f"`{name}` is not a parameter"
    return f"`{name}` is neither an attribute of `{scope.innermost.name}` nor a parameter"


def _help_for_unknown(c: Checker, name: str, scope: Scope, expected: ValueType | None) -> str:
    declared = c.declarations
    visible = declared.visible[c.policy]
    inner = scope.innermost
    if inner is not None and any(key[1:] == (inner.kind, name) and key[0] in visible for key in declared.terms):
        return f"`{name}` is a term: write `{inner.name} is {name}`"
    attributes = c.vocabulary.kinds[inner.kind].attributes if inner is not None and inner.kind is not None else {}
    parameters = [key[1] for key in declared.parameters if key[0] in visible]
    near = did_you_mean(name, [*attributes, *parameters])
    if near:
        return near
    if expected == TEXT:
        return f'write a text in quotes: `"{name}"`'
    if expected is not None:
        return written_as(expected)
    return f"{a(inner.kind or '')} has {in_words(attributes, 'and')}" if inner is not None and attributes else ""
