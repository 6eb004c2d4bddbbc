"""Policy text to a syntax tree, with every mistake collected. The only module that knows lark.

Declarations are parsed one by one: after a mistake the parser goes on at the next line that begins a declaration. The
tables of the grammar are read from ``grammar.json``, plain data that ``build_tables`` writes from ``grammar.lark``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, cast

from lark import Lark, Token, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import PatternStr, TerminalDef

from lexline.diagnostics import Diagnostic, Source, Span
from lexline.lang import hints, mistakes, readable
from lexline.lang.encoding import refuse_text
from lexline.lang.fences import is_literate, sections
from lexline.lang.layout import BULLET, DECLARATIONS, END, NAME, ODD, Alphabet, Lexeme
from lexline.lang.readable import DEEPEST
from lexline.lang.stop import Stop, Taken
from lexline.lang.syntax import Comment, Declaration, Policy, PolicyFile, Word
from lexline.lang.tree import Builder, Refused

__all__ = ["build_tables", "parse"]


def parse(source: Source) -> tuple[PolicyFile | None, tuple[Diagnostic, ...]]:
    """The syntax tree of a ``.policy`` or ``.policy.md`` text, and what is wrong with it.

    A declaration with a syntax error is left out of the tree; None where nothing at all could be read. A tree that
    comes with errors serves to look for more of them, never to be evaluated.
    """
    refused = refuse_text(source)
    if refused:
        return None, refused
    comments: list[Comment] = []
    diagnostics: list[Diagnostic] = []
    parsed: list[Policy | Declaration] = []
    unread: list[Word] = []
    empty = True
    for start, end in sections(source):
        pieces = list(_machine().alphabet.scan(source, start, end))
        comments += [piece for piece in pieces if isinstance(piece, Comment)]
        lexemes = [piece for piece in pieces if isinstance(piece, Lexeme)]
        empty = empty and not lexemes
        at = 0
        while at < len(lexemes):
            reading = _Reading(lexemes, at)
            node = reading.declaration()
            if node is not None:
                parsed.append(node)
            elif at + 1 < len(lexemes) and lexemes[at + 1].type == NAME:
                unread.append(Word(lexemes[at + 1].span, (lexemes[at + 1].text,)))
            at = reading.at
            diagnostics += reading.diagnostics
    if empty:
        return None, (mistakes.nothing(source, literate=is_literate(source)),)
    policies = tuple(node for node in parsed if isinstance(node, Policy))
    declarations = tuple(node for node in parsed if not isinstance(node, Policy))
    whole = Span(source, 0, len(source.text))
    file = PolicyFile(whole, policies[0] if policies else None, declarations, tuple(comments), tuple(unread))
    diagnostics += readable.refuse(parsed)
    return file, tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.span.start))


class _List(NamedTuple):
    """An open list: the column of its bullets, and how many brackets were open when it began."""

    column: int
    depth: int


class _Stopped(Exception):  # noqa: N818  # a way out of one declaration, not an error
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


class _Reading:
    """One declaration on its way through the parser. ``at`` is the next lexeme to read."""

    def __init__(self, lexemes: list[Lexeme], at: int) -> None:
        self.lexemes, self.at = lexemes, at
        self.diagnostics: list[Diagnostic] = []
        self.alphabet = _machine().alphabet
        self.parser = _machine().lark.parse_interactive()
        self.taken: list[Taken] = []
        self.lists: list[_List] = []
        self.closed: _List | None = None
        self.brackets: list[Lexeme] = []

    def declaration(self) -> Any:
        """The declaration that begins at ``at``, or None after a mistake; ``at`` moves to the next declaration."""
        begin = self.at
        try:
            return self._read()
        except _Stopped as stopped:
            self.diagnostics.append(stopped.diagnostic)
        self.at = max(self.at, begin + 1)
        while self.at < len(self.lexemes) and not self._begins_declaration(self.at):
            self.at += 1
        return None

    def _read(self) -> Any:
        while True:
            if self._stands_outside_list() and self._close():
                continue
            lexeme, behind = self._next()
            odd = None
            if lexeme.type == ODD:
                odd = mistakes.odd(lexeme, self.alphabet.names)
                if odd.instead is None:
                    raise _Stopped(odd.diagnostic)
                lexeme = odd.instead
            accepted, state = self._accepted(), self.parser.parser_state.position
            try:
                result = self._feed(lexeme)
            except UnexpectedToken:
                # The parser reduces before it refuses: in the state that it is in now, a keyword may be a name.
                if self.parser.parser_state.position != state or self._close():
                    continue
                raise _Stopped(odd.diagnostic if odd else hints.explain(self._stop(lexeme))) from None
            if lexeme.type == END:
                return result
            self.at, self.closed = behind, None
            self.taken.append(Taken(lexeme, accepted))
            self.diagnostics += [odd.diagnostic] if odd else mistakes.literal(lexeme)
            self._count(lexeme)

    def _feed(self, lexeme: Lexeme) -> Any:
        try:
            return self.parser.feed_token(cast(Token, lexeme))
        except Refused as refused:
            raise _Stopped(refused.diagnostic) from None

    def _accepted(self) -> dict[str, Any]:
        """The terminals (and rules) that have an action in the parser's state."""
        return self.parser.choices()  # type: ignore[no-any-return, no-untyped-call]

    def _next(self) -> tuple[Lexeme, int]:
        """The lexeme at ``at`` as the terminal that the parser takes it for, and the index behind it."""
        if self.at >= len(self.lexemes) or (self.taken and END in self._accepted() and self._is_declaration()):
            last = self.lexemes[max(self.at - 1, 0)]
            return Lexeme(END, "", last.source, last.end, last.end, False), self.at
        lexeme = self.lexemes[self.at]
        if lexeme.type == BULLET:
            return self._bullet(lexeme), self.at + 1
        return self.alphabet.read(self.lexemes, self.at, self._accepted())

    def _is_declaration(self) -> bool:
        lexeme = self.lexemes[self.at]
        return lexeme.type == NAME and lexeme.text in DECLARATIONS

    def _begins_declaration(self, at: int) -> bool:
        """Whether a line begins here that looks like a declaration: where to go on after a mistake."""
        lexeme = self.lexemes[at]
        following = self.lexemes[at + 1].type if at + 1 < len(self.lexemes) else END
        return lexeme.begins_line and lexeme.text in DECLARATIONS and following in (NAME, "TEXT")

    # ---- lists: they end where the text moves back to the left, or goes on with what no item can hold --------------

    def _stands_outside_list(self) -> bool:
        if self.at >= len(self.lexemes) or not self.lists:
            return False
        lexeme = self.lexemes[self.at]
        return lexeme.begins_line and lexeme.column < self.lists[-1].column + (lexeme.type != BULLET)

    def _close(self) -> bool:
        """End the innermost list, where it may end here."""
        if not self.lists or self.lists[-1].depth != len(self.brackets) or "CLOSE" not in self._accepted():
            return False
        last = self.taken[-1].lexeme
        try:
            self._feed(Lexeme("CLOSE", "", last.source, last.end, last.end, False))
        except UnexpectedToken:
            return False
        self.closed = self.lists.pop()
        return True

    def _bullet(self, lexeme: Lexeme) -> Lexeme:
        """A bullet as the first of a list or a further one, by its column."""
        inner = self.lists[-1] if self.lists else None
        if hints.has_tab(lexeme):
            raise _Stopped(hints.tab(lexeme))
        if inner and inner.depth == len(self.brackets) and inner.column == lexeme.column:
            return replace(lexeme, type="NEXT")
        if "OPEN" in self._accepted() and (inner is None or lexeme.column > inner.column):
            return replace(lexeme, type="OPEN")
        around = inner or self.closed
        raise _Stopped(hints.bullet(self._stop(lexeme), around.column if around else None))

    # ---- bookkeeping -----------------------------------------------------------------------------------------------

    def _count(self, lexeme: Lexeme) -> None:
        """Follow brackets and lists as they open and close."""
        if lexeme.type == "OPEN":
            self.lists.append(_List(lexeme.column, len(self.brackets)))
        elif lexeme.text in ("(", "[", "{"):
            self.brackets.append(lexeme)
        elif lexeme.text in (")", "]", "}"):
            self.brackets.pop()
        if len(self.brackets) + len(self.lists) > DEEPEST:
            raise _Stopped(readable.too_deep(lexeme.span))

    def _stop(self, lexeme: Lexeme) -> Stop:
        accepted = frozenset(self.parser.accepts())  # type: ignore[no-untyped-call]
        following = self.lexemes[self.at + 1 : self.at + 4]
        return Stop(lexeme, tuple(self.taken), following, accepted, tuple(self.brackets), self.alphabet)


class _Machine(NamedTuple):
    lark: Lark
    alphabet: Alphabet


_OPTIONS: dict[str, Any] = {
    "parser": "lalr",
    "lexer": "basic",  # asked for, never used: layout.py reads the text
    "keep_all_tokens": True,
    "maybe_placeholders": False,
}


@cache
def _machine() -> _Machine:
    """The parser and its alphabet, from the tables in the package."""
    stored = json.loads(files("lexline.lang").joinpath("grammar.json").read_text(encoding="utf-8"))
    data = stored["data"]
    memo = {int(key): value for key, value in stored["memo"].items()}
    table = data["parser"]["parser"]
    table["tokens"] = {int(key): name for key, name in table["tokens"].items()}
    table["states"] = {
        int(state): {int(token): action for token, action in actions.items()}
        for state, actions in table["states"].items()
    }
    data["options"]["transformer"] = Builder()
    lark = Lark.load({"data": data, "memo": memo})
    terminals = {t.name: (str(t.pattern.value), not isinstance(t.pattern, PatternStr)) for t in lark.terminals}
    return _Machine(lark, Alphabet(terminals))


def build_tables() -> str:
    """The tables of ``grammar.lark`` as JSON text: what ``grammar.json`` must hold (``python -m lexline.lang.parse``
    writes it)."""
    grammar = files("lexline.lang").joinpath("grammar.lark").read_text(encoding="utf-8")
    data, memo = Lark(grammar, **_OPTIONS).memo_serialize([TerminalDef, Rule])
    data["options"] = {**_OPTIONS, "start": ["start"]}  # the others differ between versions of lark
    data["parser"]["parser"] = _in_order(data["parser"]["parser"])
    return json.dumps({"data": data, "memo": memo}, separators=(",", ":")) + "\n"


def _in_order(table: dict[str, Any]) -> dict[str, Any]:
    """The table with its tokens in the order of the alphabet and its states in the order in which they are reached:
    lark numbers both as its sets happen to lie."""
    names = sorted(table["tokens"].values())
    rows = {
        state: {table["tokens"][token]: action for token, action in actions.items()}
        for state, actions in table["states"].items()
    }
    reached = list(table["start_states"].values())
    for state in reached:
        steps = (to for name, (kind, to) in sorted(rows[state].items()) if kind == _SHIFT)
        reached += (to for to in steps if to not in reached)
    number = {state: at for at, state in enumerate(reached)}
    states = [
        {
            names.index(name): [kind, number[to] if kind == _SHIFT else to]
            for name, (kind, to) in sorted(rows[state].items())
        }
        for state in reached
    ]
    return {
        "tokens": dict(enumerate(names)),
        "states": dict(enumerate(states)),
        "start_states": {name: number[state] for name, state in table["start_states"].items()},
        "end_states": {name: number[state] for name, state in table["end_states"].items()},
    }


_SHIFT = 0


if __name__ == "__main__":
    Path(str(files("lexline.lang").joinpath("grammar.json"))).write_text(build_tables(), encoding="utf-8")
