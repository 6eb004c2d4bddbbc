"""One canonical layout for policies: ``parse(format(x)) == parse(x)``, comments kept.

Clauses stand on lines of their own, indented by two; one blank line parts declarations. A comment on a line of its own
goes before the line of what it stood before, one behind words to the end of their line; none leaves its declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lexline.lang import syntax
from lexline.lang.fences import sections
from lexline.lang.format_expressions import WIDTH, Line, after, expression, literal, word, words

__all__ = ["format_file"]

Declared = syntax.Policy | syntax.Declaration


def format_file(file: syntax.PolicyFile) -> str:
    """The text of a file in canonical layout; of a literate one, only the policy blocks change."""
    source = file.span.source
    text, parts, at = source.text, [], 0
    for begin, end in sections(source):
        parts.append(text[at:begin])
        parts.append(_section(file, begin, end))
        at = end
    return "".join((*parts, text[at:])).replace("\r\n", "\n")


def _section(file: syntax.PolicyFile, begin: int, end: int) -> str:
    declared: list[Declared] = [file.policy] if file.policy is not None else []
    declared = [node for node in (*declared, *file.declarations) if begin <= node.span.start < end]
    comments = [comment for comment in file.comments if begin <= comment.span.start < end]
    blocks = [_Block(list(_declaration(node)), node.span.start, node.span.end) for node in declared]
    rest = _place(comments, blocks)
    text = ""
    for at, block in enumerate(blocks):
        joined = at > 0 and isinstance(declared[at], syntax.Use) and isinstance(declared[at - 1], syntax.Use)
        text += "" if at == 0 or joined else "\n"
        text += block.text(file.span.source.text)
    if rest:
        text += ("\n" if text else "") + "".join(f"{comment.text}\n" for comment in rest)
    return text


class _Block:
    """The lines of a declaration and the comments that belong to them."""

    def __init__(self, lines: list[Line], start: int, end: int) -> None:
        self.lines, self.start, self.end = lines, start, end
        self.above: dict[int, list[syntax.Comment]] = {}
        self.behind: dict[int, syntax.Comment] = {}

    def put_above(self, at: int, comment: syntax.Comment) -> None:
        self.above.setdefault(at, []).append(comment)

    def put_behind(self, at: int, comment: syntax.Comment) -> None:
        if at in self.behind:  # two lines became one: the first comment moves above it
            self.put_above(at, self.behind[at])
        self.behind[at] = comment

    def text(self, source: str) -> str:
        text = ""
        for at, line in enumerate(self.lines):
            above = self.above.get(at, ())
            text += "".join(f"{' ' * line.indent}{comment.text.rstrip()}\n" for comment in above)
            if at == 0 and above and _blank_line_behind(source, above[-1]):
                text += "\n"
            behind = f"  {self.behind[at].text.rstrip()}" if at in self.behind else ""
            text += f"{' ' * line.indent}{line.text}{behind}\n"
        return text


def _blank_line_behind(source: str, comment: syntax.Comment) -> bool:
    return re.match(r"[^\S\n]*\n[^\S\n]*\r?\n", source[comment.span.end :]) is not None


def _place(comments: Sequence[syntax.Comment], blocks: Sequence[_Block]) -> list[syntax.Comment]:
    """Gives each comment its place; those behind the last declaration are left."""
    rest = []
    for comment in comments:
        at = comment.span.start
        before = [block for block in blocks if block.start < at]
        block = before[-1] if before else None
        behind = block is not None and not comment.own_line
        if block is not None and (at < block.end or behind):
            upto = [number for number, line in enumerate(block.lines) if line.start < at]
            if behind:
                block.put_behind(upto[-1], comment)
            else:
                block.put_above(min(upto[-1] + 1, len(block.lines) - 1), comment)
            continue
        following = next((block for block in blocks if block.start > at), None)
        if following is None:
            rest.append(comment)
        else:
            following.put_above(0, comment)
    return rest


# ---- declarations --------------------------------------------------------------------------------------------------


def _declaration(node: Declared) -> Iterator[Line]:
    match node:
        case syntax.Policy():
            yield _head(node, "policy", node.id, node.title)
            yield from (_clause(clause) for clause in node.clauses)
        case syntax.Use():
            yield Line(0, f"use {word(node.pack)}", node.span.start)
        case syntax.Parameter():
            yield _head(node, "parameter", node.name, node.title)
            for value in node.values:
                yield from after("is ", expression(value.value, 2, 3), _dated(value), value.span.start)
        case syntax.Term():
            yield from _term(node)
        case syntax.Rule():
            yield _head(node, "rule", node.id, node.title)
            for clause in node.clauses:
                yield from _rule_clause(clause)
        case syntax.Measure():
            yield from _measure(node)
        case syntax.Example():
            yield from _example(node)


def _head(node: Declared, kind: str, name: syntax.Word, title: syntax.TextLiteral | None) -> Line:
    return Line(0, f"{kind} {word(name)}{f' {literal(title)}' if title else ''}", node.span.start)


def _clause(clause: syntax.Clause) -> Line:
    values = "".join(clause.values[0].span.text.split()) if clause.name in ("version", "timezone") else ""
    text = clause.values[0].span.text if isinstance(clause.values[0], syntax.TextLiteral) else values
    return Line(2, f"{clause.name} {text if values else words(clause.values)}", clause.span.start)


def _named(terms: Sequence[syntax.Word], kind: syntax.Word, alias: syntax.Word | None) -> str:
    return " ".join(word(name) for name in (*terms, kind)) + (f" as {word(alias)}" if alias else "")


def _dated(part: syntax.ParameterValue | syntax.ForceClause) -> str:
    text = ""
    if isinstance(part, syntax.ParameterValue):
        text += f" from {part.since}" if part.since else ""
        text += f" until {part.until}" if part.until else ""
    text += f" published {part.published}" if part.published else ""
    return text + (f" by {literal(part.by)}" if part.by else "")


def _term(node: syntax.Term) -> Iterator[Line]:
    lead = f"term {word(node.name)} for {_named((), node.kind, node.alias)} means"
    lines = expression(node.condition, 0, len(lead) + 1)
    fits = len(lines) == 1 and len(lead) + 1 + len(lines[0].text) <= WIDTH
    if fits or isinstance(node.condition, syntax.Bullets) or lines[0].text.startswith("-"):
        yield from after(f"{lead} ", lines, start=node.span.start)
    else:
        yield Line(0, lead, node.span.start)
        yield from expression(node.condition, 2)
    yield from (_clause(clause) for clause in node.clauses)


def _measure(node: syntax.Measure) -> Iterator[Line]:
    yield _head(node, "measure", node.name, node.title)
    yield from after("is ", expression(node.value, 2, 3))
    parts: list[Line] = [_clause(clause) for clause in node.clauses]
    if node.target is not None:
        parts += after("target ", expression(node.target, 2, 7))
    yield from sorted(parts, key=lambda line: line.start)


def _rule_clause(clause: syntax.RuleClause) -> Iterator[Line]:
    start = clause.span.start
    match clause:
        case syntax.ForClause():
            yield from _with_where(f"for {_named(clause.terms, clause.kind, clause.alias)}", clause.where, "", start)
        case syntax.ExceptClause():
            by = f" by {literal(clause.by)}" if clause.by else ""
            yield from _with_where("except", clause.where, by, start)
        case syntax.RequireClause():
            yield from after("require ", expression(clause.condition, 2, 8), start=start)
        case syntax.ForceClause():
            until = f" until {clause.until}" if clause.until else ""
            yield from _with_where(f"in force from {clause.since}{until}", clause.where, _dated(clause), start)
        case syntax.DurationClause():
            yield from after(f"{clause.name} ", expression(clause.duration, 2), start=start)
        case syntax.ReassessClause():
            towards = f"{clause.direction} " if clause.direction else ""
            kind = _named(clause.terms, clause.kind, None)
            yield Line(2, f"reassess when {towards}{kind} changes {words(clause.attributes)}", start)
        case syntax.Clause():
            yield _clause(clause)


def _with_where(lead: str, where: syntax.Expression | None, tail: str, start: int) -> Iterator[Line]:
    if where is None:
        yield Line(2, lead + tail, start)
    else:
        yield from after(f"{lead} where ", expression(where, 2, len(lead) + 7), tail, start)


# ---- examples ------------------------------------------------------------------------------------------------------

DATUM = re.compile(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*|[{}\[\],]|\d{4}-\d\d-\d\dT[^\s,}\]#]+|:|[^\s{}\[\],:#"]+')
"""The pieces of a given element's attributes: texts, comments, signs, words (a moment holds colons)."""


def _example(node: syntax.Example) -> Iterator[Line]:
    on = f" on {node.on}" if node.on else ""
    known = f" known on {node.known_on}" if node.known_on else ""
    yield Line(0, f"example {literal(node.title)}{on}{known}", node.span.start)
    text, start = node.span.source.text, node.title.span.end
    first = node.given[0].span.start if node.given else node.expected[0].span.start
    yield Line(2, "given", start + max(text[start:first].find("given"), 0))
    for given in node.given:
        yield from _given(given)
    start = node.given[-1].span.end if node.given else start
    yield Line(2, "expect", start + max(text[start : node.expected[0].span.start].rfind("expect"), 0))
    for part in node.expected:
        verb = "is" if part.phase else "gives"
        outcome = f"{word(part.rule)} {verb} {word(part.outcome)} for {literal(part.element)}"
        yield Line(4, outcome, part.span.start)


def _given(given: syntax.GivenElement | syntax.GivenEdge) -> Iterator[Line]:
    if isinstance(given, syntax.GivenEdge):
        edge = f"{literal(given.origin)} {word(given.relation)} -> {literal(given.target)}"
        yield Line(4, edge + (" possible" if given.possible else ""), given.span.start)
        return
    lead = f"{word(given.kind)} {literal(given.id)}"
    if not given.attributes:
        yield Line(4, f"{lead} {{}}", given.span.start)
        return
    pieces = [p for p in DATUM.finditer(given.span.text, given.id.span.end - given.span.start) if p[0][0] != "#"]
    line = Line(4, f"{lead} {_spaced([p[0] for p in pieces])}", given.span.start)
    if not line.too_long:
        yield line
        return
    yield Line(4, f"{lead} {{", given.span.start)
    for entry in _entries(pieces[1:-1]):
        yield Line(6, f"{_spaced([p[0] for p in entry])},", given.span.start + entry[0].start())
    yield Line(4, "}", given.span.start + pieces[-1].start())


def _entries(pieces: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """The pieces between the commas of the outermost level."""
    entry: list[re.Match[str]] = []
    depth = 0
    for piece in pieces:
        depth += (piece[0] in "{[") - (piece[0] in "}]")
        if piece[0] == "," and depth == 0:
            yield entry
            entry = []
        else:
            entry.append(piece)
    if entry:
        yield entry


def _spaced(pieces: list[str]) -> str:
    """Pieces with the spaces that a reader expects: ``{ a: b, c: [d, e] }``."""
    text = ""
    for at, piece in enumerate(pieces):
        if piece == "," and pieces[at + 1 : at + 2] in (["}"], ["]"], []):
            continue  # a comma before the end says nothing
        behind = pieces[at - 1] if at else ""
        tight = piece in ",:]" or behind in ("", "[") or (piece == "}" and behind == "{")
        text += piece if tight else f" {piece}"
    return text
