"""Expressions as lines of canonical text: bullets on lines of their own, the rest on one line where it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lexline.lang import syntax

__all__ = ["WIDTH", "Line", "after", "expression", "literal", "word", "words"]

WIDTH = 120
"""Longer lines are broken where a reader pauses: before ``and`` and ``or``, and after ``has``."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its ``indent``, its ``text``, and where in the source the first of its words stands."""

    indent: int
    text: str
    start: int

    @property
    def too_long(self) -> bool:
        """Whether a reader would have to scroll."""
        return self.indent + len(self.text) > WIDTH


Lines = list[Line]
Placed = syntax.Expression | syntax.Navigation | syntax.Avoiding


def after(lead: str, lines: Lines, tail: str = "", start: int | None = None) -> Lines:
    """The lines with words before the first and behind the last."""
    first = replace(lines[0], text=lead + lines[0].text, start=lines[0].start if start is None else start)
    lines = [first, *lines[1:]]
    return [*lines[:-1], replace(lines[-1], text=lines[-1].text + tail)]


def joined(*parts: Lines) -> Lines:
    """Parts one behind the other: each begins on the line on which the one before it ends."""
    lines = parts[0]
    for part in parts[1:]:
        lines = [*lines[:-1], replace(lines[-1], text=lines[-1].text + part[0].text), *part[1:]]
    return lines


def word(node: syntax.Word) -> str:
    """A name as it was written."""
    return "".join(node.span.text.split())


def words(nodes: Sequence[syntax.Word | syntax.TextLiteral]) -> str:
    """Names and texts, with commas."""
    return ", ".join(literal(node) for node in nodes)


def literal(node: syntax.Word | syntax.TextLiteral) -> str:
    """A name or a text as it was written."""
    return node.span.text if isinstance(node, syntax.TextLiteral) else word(node)


def expression(node: syntax.Expression, indent: int, room: int = 0) -> Lines:
    """The lines of an expression that begins on a line of this indent, ``room`` columns behind it."""
    lines = _flat(node, indent)
    if room + len(lines[0].text) + indent > WIDTH or any(line.too_long for line in lines):
        return _broken(node, indent)
    return lines


def _text(node: Placed, text: str, indent: int) -> Lines:
    return [Line(indent, text, node.span.start)]


def _broken(node: syntax.Expression, indent: int) -> Lines:
    """The expression over several lines, where it has a place to break."""
    match node:
        case syntax.Logic():
            lines = expression(node.operands[0], indent)
            for operand in node.operands[1:]:
                part = expression(operand, indent + 2, len(node.operator) + 1)
                lines += after(f"{node.operator} ", part)
            return lines
        case syntax.Paren():
            return after("(", _broken(node.inner, indent), ")", node.span.start)
        case syntax.Not():
            return after("not ", _broken(node.condition, indent), start=node.span.start)
        case syntax.Quantified() if node.body is not None and not isinstance(node.body, syntax.Bullets):
            return _has_below(_quantified_head(node, indent), node.body, indent)
        case syntax.Extreme() if not isinstance(node.body, syntax.Bullets):
            return _has_below(_extreme_head(node, indent), node.body, indent)
        case _:
            return _flat(node, indent)


def _has_below(head: Lines, body: syntax.Expression, indent: int) -> Lines:
    below = expression(body, indent + 2)
    if below[0].text.startswith("-"):  # a negative number that begins a line would be read as a bullet
        return joined(head, after(" has ", _flat(body, indent)))
    return [*after("", head, " has"), *below]


def _flat(node: syntax.Expression, indent: int) -> Lines:
    """The expression on one line, but for its bullets."""
    match node:
        case syntax.Word():
            return _text(node, word(node), indent)
        case syntax.DurationLiteral() | syntax.LastDay() | syntax.NumberLiteral():
            return _text(node, " ".join(node.span.text.split()), indent)
        case (
            syntax.TextLiteral()
            | syntax.DateLiteral()
            | syntax.MomentLiteral()
            | syntax.BooleanLiteral()
            | syntax.Today()
        ):
            return _text(node, node.span.text, indent)
        case syntax.Paren():
            return after("(", _flat(node.inner, indent), ")", node.span.start)
        case syntax.Not():
            return after("not ", _flat(node.condition, indent), start=node.span.start)
        case syntax.Bullets():
            return _bullets(node, indent)
        case syntax.Logic():
            return _chain(node, [(f" {node.operator} ", operand) for operand in node.operands], indent)
        case syntax.Quantified() | syntax.Extreme() | syntax.Aggregate():
            return _set(node, indent)
        case _:
            return _chain(node, _pieces(node), indent)


Piece = tuple[str, syntax.Expression | None]
"""Words, and an expression behind them."""


def _chain(node: syntax.Expression, pieces: Sequence[Piece], indent: int) -> Lines:
    """Words and expressions one behind the other; the words before the first are dropped where they only join."""
    lines = _text(node, "", indent)
    for at, (lead, part) in enumerate(pieces):
        lead = "" if at == 0 and isinstance(node, syntax.Logic) else lead
        lines = joined(lines, _text(node, lead, indent))
        if part is not None:
            lines = joined(lines, _flat(part, indent))
    return lines


def _pieces(node: syntax.Expression) -> list[Piece]:
    match node:
        case syntax.DateOf():
            return [("date of ", node.value)]
        case syntax.Arithmetic() | syntax.Comparison():
            return [("", node.left), (f" {node.operator} ", node.right)]
        case syntax.When():
            return [("", node.value), (" when ", node.condition), (" else ", node.otherwise)]
        case syntax.Otherwise():
            return [("", node.value), (" otherwise ", node.fallback)]
        case syntax.SetLiteral():
            items: list[Piece] = [("" if at == 0 else ", ", item) for at, item in enumerate(node.items)]
            return [("{", None), *items, ("}", None)]
        case syntax.CheckCall():
            given: list[Piece] = [
                (f"{'' if at == 0 else ', '}{part.name}: ", part.value) for at, part in enumerate(node.arguments)
            ]
            return [(f"check {node.name}(", None), *given, (")", None)]
        case syntax.Is():
            return [("", node.value), (" is not " if node.negated else " is ", node.what)]
        case syntax.In():
            return [("", node.value), (" not in " if node.negated else " in ", node.options)]
        case syntax.Between():
            return [("", node.value), (" between ", node.low), (" and ", node.high)]
        case syntax.Includes():
            return [("", node.value), (" includes every of " if node.every else " includes ", node.what)]
        case syntax.Within():
            return _within(node)
        case syntax.Passes():
            return [("", node.element), (" passes ", node.rule)]
        case _:
            raise AssertionError(f"no layout for {type(node).__name__}")


def _within(node: syntax.Within) -> list[Piece]:
    if node.mode == "last":
        return [("", node.value), (" is within the last ", node.duration)]
    lead, side = (" is done within ", "after") if node.mode == "done" else (" is within ", node.mode)
    return [("", node.value), (lead, node.duration), (f" {side} ", node.anchor)]


def _bullets(node: syntax.Bullets, indent: int) -> Lines:
    lines = _text(node, f"{node.style} of", indent)
    for item in node.items:
        lines += after("- ", expression(item, indent + 2, 2))
    return lines


# ---- sets ----------------------------------------------------------------------------------------------------------


def _set(node: syntax.Quantified | syntax.Extreme | syntax.Aggregate, indent: int) -> Lines:
    match node:
        case syntax.Quantified():
            head = _quantified_head(node, indent)
            return head if node.body is None else joined(head, after(" has ", _flat(node.body, indent)))
        case syntax.Extreme():
            return joined(_extreme_head(node, indent), after(" has ", _flat(node.body, indent)))
        case syntax.Aggregate():
            return _aggregate(node, indent)


def _quantified_head(node: syntax.Quantified, indent: int) -> Lines:
    counted = node.quantifier in ("at least", "at most", "exactly")
    lead = f"{node.quantifier} {node.count} " if counted else f"{node.quantifier} "
    return joined(_text(node, lead, indent), _navigation(node.navigation, indent), _where(node.navigation, indent))


def _extreme_head(node: syntax.Extreme, indent: int) -> Lines:
    lines = joined(_text(node, f"the {node.which} ", indent), _navigation(node.navigation, indent))
    return joined(after("", lines, f" by {word(node.by)}"), _where(node.navigation, indent))


def _aggregate(node: syntax.Aggregate, indent: int) -> Lines:
    of = f"{node.function} of " if node.attribute is None else f"{node.function} {word(node.attribute)} of "
    members = joined(_navigation(node.navigation, indent), _where(node.navigation, indent))
    if node.navigation.where is not None:
        members = after("(", members, ")")
    lines = joined(_text(node, of, indent), members)
    if node.body is not None:
        lines = joined(lines, after(" has ", _flat(node.body, indent)))
    if node.if_none is not None:
        lines = joined(lines, after(" if none ", _flat(node.if_none, indent)))
    return lines


def _navigation(node: syntax.Navigation, indent: int) -> Lines:
    """A navigation without its ``where``, whose place differs."""
    alias = f" as {word(node.alias)}" if node.alias else ""
    if node.path is not None:
        of = f" of {word(node.document)}" if node.document else ""
        return _text(node, f"{word(node.name)} at {node.path.span.text}{alias}{of}", indent)
    terms = [word(term) for term in (*node.terms, node.name)]
    parts = [*(["direct"] if node.direct else []), *([node.direction] if node.direction else []), *terms]
    text = " ".join(parts) + alias
    text += f" of {word(node.of)}" if node.of else ""
    text += " in the portfolio" if node.in_portfolio else ""
    if node.steps is not None:
        text += f" within {node.steps} {'step' if node.steps == 1 else 'steps'}"
    lines = _text(node, text, indent)
    for avoided in node.avoiding:
        named = " ".join(word(term) for term in (*avoided.terms, avoided.kind))
        lines = joined(lines, _text(avoided, f" avoiding ({named}", indent))
        if avoided.where is not None:
            lines = joined(lines, after(" where ", _flat(avoided.where, indent)))
        lines = after("", lines, ")")
    return lines


def _where(node: syntax.Navigation, indent: int) -> Lines:
    return _text(node, "", indent) if node.where is None else after(" where ", _flat(node.where, indent))
