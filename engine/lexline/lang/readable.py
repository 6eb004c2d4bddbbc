"""What a reader can't see is refused, with a hint that offers parentheses or bullets.

The grammar takes more than the language allows; these checks over the syntax tree say in plain words what two readers
could understand in two ways. Also here: the values of clauses that take a few words only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from lexline.diagnostics import Diagnostic, Label, Span
from lexline.lang import syntax
from lexline.lang.foreign import STRONG, WORDS
from lexline.lang.suggest import nearest

__all__ = ["DEEPEST", "is_odd_literal", "refuse"]

DEEPEST = 64
"""How many brackets, lists and phrases may stand in one another."""

_RESPONSES = ("block", "warn", "record")
_WORDS = {
    "unknown counts as": _RESPONSES,
    "if unknown": _RESPONSES,
    "enforcement": _RESPONSES,
    "severity": ("low", "medium", "high", "critical"),
}
_SENTENCES = ("explain", "remedy")
_LISTS = ("cites", "tags", "jurisdiction")
_VERDICTS = ("pass", "fail", "unknown", "exempt", "not-applicable", "error", "waived")
_PHASES = ("upcoming", "in-force", "expired", "not-in-force", "unknown")
_LONGEST = {
    "second": 10**10,
    "minute": 10**9,
    "hour": 10**7,
    "day": 10**6,
    "week": 10**5,
    "month": 12_000,
    "year": 1000,
}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def refuse(declarations: Sequence[syntax.Policy | syntax.Declaration]) -> list[Diagnostic]:
    """All that a reader could misread in the declarations of a file."""
    found: list[Diagnostic] = []
    for at, declaration in enumerate(declarations):
        if isinstance(declaration, syntax.Policy) and at:
            found.append(_late_policy(declaration, declarations))
        nodes = _nodes(declaration)
        if nodes is None:
            found.append(too_deep(declaration.span))
            continue
        for node, parent in nodes:
            found += _refusals(node, parent)
    return found


def too_deep(span: Span) -> Diagnostic:
    """The diagnostic for what nobody can follow any more."""
    message = f"brackets, lists or phrases stand more than {DEEPEST} deep in one another"
    return Diagnostic("LX113", message, (Label(span),), "give the parts names: term NAME for KIND means …")


def _nodes(root: Any) -> list[tuple[Any, Any]] | None:
    """All nodes under a declaration, each with its parent, in the order of the text; None where they nest too deep."""
    found: list[tuple[Any, Any]] = []
    waiting: list[tuple[Any, Any, int]] = [(root, None, 0)]
    while waiting:
        node, parent, depth = waiting.pop()
        if depth > 3 * DEEPEST:  # parentheses, logic and a comparison may stand on one level of the text
            return None
        found.append((node, parent))
        waiting += [(child, node, depth + 1) for child in reversed(_children(node))]
    return found


def _children(node: Any) -> list[Any]:
    children: list[Any] = []
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        children += value if isinstance(value, tuple) else (value,)
    return [child for child in children if hasattr(child, "span")]


def _refusals(node: Any, parent: Any) -> Iterator[Diagnostic]:
    match node:
        case syntax.Logic():
            yield from _logic(node)
        case syntax.Otherwise() | syntax.When():
            yield from _choice(node, parent)
        case syntax.Arithmetic():
            yield from _if_none_in_arithmetic(node)
        case syntax.DurationLiteral():
            yield from _duration(node)
        case syntax.LastDay():
            if not 1 <= node.day <= _DAYS[node.month - 1]:
                yield Diagnostic("LX106", f"`{node.span.text}` is in no year", (Label(node.span),), "check the day")
        case syntax.Word():
            yield from _word(node, parent)
        case syntax.Clause():
            yield from _clause(node)
        case syntax.Expected():
            kinds = _PHASES if node.phase else _VERDICTS
            if node.outcome.parts[0] not in kinds or len(node.outcome.parts) > 1:
                yield _not_one_of(node.outcome, "a phase" if node.phase else "a verdict", kinds)
        case syntax.Rule() | syntax.Term() | syntax.Parameter() | syntax.Measure():
            yield from _name(node.id if isinstance(node, syntax.Rule) else node.name)


# ---- conditions -----------------------------------------------------------------------------------------------------


def _logic(node: syntax.Logic) -> Iterator[Diagnostic]:
    for operand in node.operands:
        if isinstance(operand, syntax.Logic):
            yield Diagnostic(
                "LX120",
                "mixing `and` and `or` on one level hides which of them binds first",
                (Label(operand.span), Label(node.span)),
                f"put parentheses around one of them, like `({_short(operand.span)})`,"
                " or use bullets under `all of` / `any of`",
            )
    for operand in node.operands[:-1]:
        last = operand.operands[-1] if isinstance(operand, syntax.Logic) else operand
        if name := _open_phrase(last):
            yield Diagnostic(
                "LX121",
                f"{name} before `{node.operator}` hides where it ends",
                (Label(last.span),),
                f"put parentheses around it, like `({_short(last.span)}) {node.operator} …`,"
                f" or around all that belongs to it, or use bullets",
            )


def _open_phrase(node: Any) -> str | None:
    """The name of a phrase whose end a reader can't see."""
    match node:
        case syntax.Not():
            return "`not`"
        case syntax.Quantified():
            return f"a phrase with `{node.quantifier}`"
        case syntax.Extreme():
            return f"a phrase with `the {node.which}`"
        case syntax.Bullets():
            return f"a list of `{node.style} of`"
    return None


def _choice(node: syntax.Otherwise | syntax.When, parent: Any) -> Iterator[Diagnostic]:
    word = "otherwise" if isinstance(node, syntax.Otherwise) else "when"
    value = node.value.inner if isinstance(node.value, syntax.Paren) else node.value
    if word == "otherwise" and isinstance(value, syntax.Aggregate):
        yield Diagnostic(
            "LX125",
            f"`otherwise` replaces a missing attribute, never `{value.function}` of a set",
            (Label(node.span),),
            f"`if none` is the value over an empty set: {_short(value.span)} if none …",
        )
    elif not isinstance(parent, syntax.Paren):
        yield Diagnostic(
            "LX123",
            f"`{word}` without parentheses of its own hides what belongs to it",
            (Label(node.span),),
            f"put parentheses around it: `({_short(node.value.span)} {word} …)`",
        )


def _if_none_in_arithmetic(node: syntax.Arithmetic) -> Iterator[Diagnostic]:
    left = node.left.right if isinstance(node.left, syntax.Arithmetic) else node.left
    if isinstance(left, syntax.Aggregate) and left.if_none is not None:
        yield Diagnostic(
            "LX123",
            f"`if none` before `{node.operator}` hides where it ends",
            (Label(left.span),),
            f"put parentheses around it: `({_short(left.span)}) {node.operator} …`",
        )


def _duration(node: syntax.DurationLiteral) -> Iterator[Diagnostic]:
    if node.count > _LONGEST[node.unit]:
        message = f"`{node.span.text}` is longer than a thousand years"
        yield Diagnostic("LX106", message, (Label(node.span),), "durations go up to a thousand years")


# ---- words ----------------------------------------------------------------------------------------------------------

_NAMES_KINDS = (syntax.ForClause, syntax.Navigation, syntax.Avoiding, syntax.ReassessClause)
_NOTHINGS = ("null", "nil", "undefined", "NULL", "None")
_LITERALS = ("true", "false", "today", "now", "known", "missing")


def is_odd_literal(text: str) -> bool:
    """Whether a word is a value in capitals, or another language's word for nothing; said of each once."""
    return text in _NOTHINGS or (text.lower() in _LITERALS and text != text.lower())


def _word(node: syntax.Word, parent: Any) -> Iterator[Diagnostic]:
    text = node.parts[0]
    if len(node.parts) > 1:
        return
    if text in STRONG and isinstance(parent, _NAMES_KINDS):
        yield Diagnostic("LX104", f"`{text}` is no name of the language", (Label(node.span),), WORDS[text])
    if text in _NOTHINGS:
        help_ = "a value that is not there is `missing`: `ATTRIBUTE is missing`"
        yield Diagnostic("LX104", f"`{text}` is no value of a policy", (Label(node.span),), help_)
    elif is_odd_literal(text):
        message = f"`{text}` is written in lower case"
        yield Diagnostic("LX104", message, (Label(node.span),), f"write `{text.lower()}`")


def _name(name: syntax.Word) -> Iterator[Diagnostic]:
    if len(name.parts) > 1:
        message = f"the name `{'.'.join(name.parts)}` has a full stop, which stands between a pack and its names"
        yield Diagnostic("LX109", message, (Label(name.span),), f"write `{'-'.join(name.parts)}`")


def _clause(node: syntax.Clause) -> Iterator[Diagnostic]:
    if len(node.values) > 1 and node.name not in _LISTS:
        message = f"`{node.name}` takes one value"
        yield Diagnostic("LX130", message, (Label(node.values[1].span),), "remove the others")
        return
    value = node.values[0]
    if node.name in _SENTENCES and not isinstance(value, syntax.TextLiteral):
        yield Diagnostic("LX130", f"`{node.name}` takes a text", (Label(value.span),), "put it in double quotes")
    if node.name in _WORDS and (
        not isinstance(value, syntax.Word) or value.parts not in {(w,) for w in _WORDS[node.name]}
    ):
        yield _not_one_of(value, f"a value of `{node.name}`", _WORDS[node.name])
    if node.name == "timezone":
        zone = value.text if isinstance(value, syntax.TextLiteral) else value.parts[0]
        if not _is_timezone(zone):
            near = nearest(zone, available_timezones()) or "Europe/London"
            yield Diagnostic("LX130", f"`{zone}` is no time zone", (Label(value.span),), f"write one like `{near}`")


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _not_one_of(value: syntax.Word | syntax.TextLiteral, what: str, words: Sequence[str]) -> Diagnostic:
    text = value.text if isinstance(value, syntax.TextLiteral) else ".".join(value.parts)
    if text in words:
        help_ = f"write `{text}` without quotes"
    else:
        near = nearest(text, words)
        help_ = f"did you mean `{near}`? " if near else ""
        help_ += "it is one of: " + ", ".join(words)
    return Diagnostic("LX130", f"`{text}` is not {what}", (Label(value.span),), help_)


def _late_policy(policy: syntax.Policy, declarations: Sequence[syntax.Policy | syntax.Declaration]) -> Diagnostic:
    first = declarations[0]
    if isinstance(first, syntax.Policy):
        labels = (Label(policy.span), Label(first.span, "the first"))
        return Diagnostic("LX131", "a file holds one policy", labels, "put the second policy into a file of its own")
    labels = (Label(policy.span), Label(first.span, "already here"))
    return Diagnostic("LX131", "the `policy` line is the first of its file", labels, "move it to the beginning")


def _short(span: Span) -> str:
    """A part of the text for a hint, on one line."""
    words = span.line_of_words
    return words if len(words) <= 50 else f"{words[:25].rstrip()} … {words[-20:].lstrip()}"
