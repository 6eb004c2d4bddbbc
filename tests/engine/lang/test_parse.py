"""What the parser reads: how parts bind, which words are names where, and that the grammar leaves no choice open."""

from __future__ import annotations

import json
import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from lark import Lark, logger

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Source
from lexline.lang import syntax
from lexline.lang.literals import MONTHS
from lexline.lang.parse import build_tables, parse

SYNTAX = Path(__file__).parents[2] / "corpus" / "syntax"
READINGS = yaml.safe_load((SYNTAX / "readings.yaml").read_text("utf-8"))
GRAMMAR = files("lexline.lang").joinpath("grammar.lark").read_text("utf-8")


def declared(text: str) -> Any:
    """The only declaration of a text without mistakes."""
    file, found = parse(Source("a.policy", text))
    assert file is not None
    assert not found, "\n".join(map(render, found))
    (declaration,) = file.declarations
    return declaration


@pytest.mark.parametrize("case", READINGS, ids=lambda case: case["text"].split("\n")[0])
def test_readings(case: dict[str, Any]) -> None:
    file, found = parse(Source("a.policy", f'rule R "r"\n  for model\n  require {case["text"]}\n'))
    assert file is not None
    unseen = [d for d in found if d.code not in ("LX120", "LX121", "LX123")]
    if case.get("refused"):
        assert unseen
        return
    assert not unseen, "\n".join(map(render, found))
    (rule,) = file.declarations
    assert isinstance(rule, syntax.Rule)
    require = rule.clauses[1]
    assert isinstance(require, syntax.RequireClause)
    assert read(require.condition) == case["reads"]


def read(node: Any) -> str:
    """An expression with every part in brackets: (…), or […] where the author wrote parentheses."""
    match node:
        case syntax.Word():
            return ".".join(node.parts)
        case syntax.NumberLiteral():
            return f"{node.number}{'%' * node.percent}"
        case syntax.TextLiteral():
            return f'"{node.text}"'
        case syntax.DurationLiteral():
            return f"{node.count} {node.unit}"
        case syntax.Today():
            return "now" if node.moment else "today"
        case syntax.LastDay():
            return f"the last {node.day} {MONTHS[node.month - 1]}"
        case syntax.DateOf():
            return f"(date of {read(node.value)})"
        case syntax.Paren():
            inner = read(node.inner)
            return f"[{inner}]"
        case syntax.SetLiteral():
            return "{" + ", ".join(map(read, node.items)) + "}"
        case syntax.CheckCall():
            return f"check {node.name}(" + ", ".join(f"{a.name}: {read(a.value)}" for a in node.arguments) + ")"
        case syntax.Bullets():
            return f"{node.style}(" + "; ".join(map(read, node.items)) + ")"
        case syntax.Quantified() | syntax.Extreme() | syntax.Navigation():
            return read_phrase(node)
        case syntax.Aggregate():
            return f"({read_aggregate(node)})"
    return f"({read_operation(node)})"


def read_operation(node: Any) -> str:
    match node:
        case syntax.Arithmetic() | syntax.Comparison():
            return f"{read(node.left)} {node.operator} {read(node.right)}"
        case syntax.When():
            return f"{read(node.value)} when {read(node.condition)} else {read(node.otherwise)}"
        case syntax.Otherwise():
            return f"{read(node.value)} otherwise {read(node.fallback)}"
        case syntax.Not():
            return f"not {read(node.condition)}"
        case syntax.Logic():
            return f" {node.operator} ".join(map(read, node.operands))
        case syntax.Is():
            return f"{read(node.value)} is {'not ' * node.negated}{read(node.what)}"
        case syntax.In():
            return f"{read(node.value)} {'not ' * node.negated}in {read(node.options)}"
        case syntax.Between():
            return f"{read(node.value)} between {read(node.low)} and {read(node.high)}"
        case syntax.Includes():
            return f"{read(node.value)} includes {'every of ' * node.every}{read(node.what)}"
        case syntax.Passes():
            return f"{read(node.element)} passes {read(node.rule)}"
        case syntax.Within(mode="last"):
            return f"{read(node.value)} is within the last {read(node.duration)}"
        case syntax.Within():
            words = "is done within" if node.mode == "done" else "is within"
            side = "before" if node.mode == "before" else "after"
            return f"{read(node.value)} {words} {read(node.duration)} {side} {read(node.anchor)}"
    raise AssertionError(node)


def read_aggregate(node: syntax.Aggregate) -> str:
    attribute = f"{read(node.attribute)} of " if node.attribute else "of "
    text = f"{node.function} {attribute}{read(node.navigation)}"
    text += f" has {read(node.body)}" if node.body else ""
    return text + (f" if none {read(node.if_none)}" if node.if_none else "")


def read_phrase(node: Any) -> str:
    match node:
        case syntax.Quantified():
            count = f" {node.count}" if " " in node.quantifier or node.quantifier == "exactly" else ""
            body = f" has {read_body(node.body)}" if node.body else ""
            return f"{node.quantifier}{count} {read(node.navigation)}{body}"
        case syntax.Extreme():
            return f"the {node.which} {read(node.navigation)} by {read(node.by)} has {read_body(node.body)}"
    words = [*(["direct"] * node.direct), *([node.direction] * bool(node.direction)), *map(read, node.terms)]
    words.append(f"value at {node.path.text}" if node.path else read(node.name))
    words += [f"as {read(alias)}" for alias in (node.alias,) if alias]
    words += [f"of {read(of)}" for of in (node.of, node.document) if of]
    words += ["in the portfolio"] * node.in_portfolio
    words += [f"within {node.steps}"] * bool(node.steps)
    for avoided in node.avoiding:
        where = f" where {read(avoided.where)}" if avoided.where else ""
        words.append(f"avoiding ({' '.join(map(read, (*avoided.terms, avoided.kind)))}{where})")
    words += [f"where {read(where)}" for where in (node.where,) if where]
    return "{" + " ".join(words) + "}"


def read_body(node: Any) -> str:
    text = read(node)
    return f"({text})" if isinstance(node, syntax.Quantified | syntax.Extreme) else text


# ---- words: keywords where the parser takes them, names everywhere else ---------------------------------------------

WORDS = (
    "type status owner version severity value values target metric tags authority jurisdiction timezone cites explain "
    "remedy deadline enforcement reassess known on given gives changes from until published by after "
    "before count share total average latest earliest highest lowest date step steps day days month months June "
    "direct upstream downstream within avoiding policy use parameter term rule measure example passes at force none"
)


@pytest.mark.parametrize("word", WORDS.split())
def test_names_may_be_words_of_the_language(word: str) -> None:
    rule = declared(
        f'rule R "r" for model as m where m.{word} = {word}\n'
        f"  require {word} = 1 and ({word} is known or 2 < {word})\n"
        f"  require some assessment where {word} = x has {word} in {{{word}, y}}\n"
        f"  require the latest assessment by {word} has {word}\n"
        f"  require latest {word} of datasets >= check gap({word}: {word})\n"
        f"  reassess when model changes {word}, {word}\n"
        f"  owner {word}\n"
        f"  tags {word}, {word}\n"
    )
    assert [type(clause).__name__ for clause in rule.clauses] == [
        "ForClause",
        *["RequireClause"] * 4,
        "ReassessClause",
        "Clause",
        "Clause",
    ]
    example = declared(
        f'example "e" on 2026-11-22\n  given\n    model {word} {{ {word}: {word}, x: {{ {word}: [{word}] }} }}\n'
        f"    a {word} -> {word}\n    {word} trains -> b\n  expect\n    R gives fail for {word}\n"
    )
    assert [type(given).__name__ for given in example.given] == ["GivenElement", "GivenEdge", "GivenEdge"]


def test_every_clause() -> None:
    text = (SYNTAX / "every-clause.policy").read_text("utf-8")
    file, found = parse(Source("every-clause.policy", text))
    assert file is not None
    assert not found, "\n".join(map(render, found))
    shown = [file.policy, *file.declarations]
    assert shape(shown) == yaml.safe_load((SYNTAX / "every-clause.yaml").read_text("utf-8"))


def shape(node: Any) -> Any:
    """A tree as plain data: the class of each node, and its fields that hold something."""
    if hasattr(node, "span"):
        names = [name for name in node.__dataclass_fields__ if name not in ("span", "name_span")]
        if isinstance(node, syntax.Word):
            return ".".join(node.parts)
        held = {name: shape(getattr(node, name)) for name in names}
        return {type(node).__name__: {name: value for name, value in held.items() if value not in (None, [], False)}}
    if isinstance(node, tuple | list):
        return [shape(part) for part in node]
    if isinstance(node, dict):
        return {key: shape(value) for key, value in node.items()}
    return node if isinstance(node, int | float | bool | None) else str(node)


# ---- the grammar -----------------------------------------------------------------------------------------------------


def test_the_grammar_leaves_no_choice_between_shift_and_reduce(caplog: pytest.LogCaptureFixture) -> None:
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(caplog.handler)
    try:
        Lark(GRAMMAR, parser="lalr", keep_all_tokens=True, maybe_placeholders=False)
    finally:
        logger.removeHandler(caplog.handler)
        logger.setLevel(level)
    assert not [record.getMessage() for record in caplog.records if "onflict" in record.getMessage()]


def test_the_tables_are_those_of_the_grammar() -> None:
    stored = files("lexline.lang").joinpath("grammar.json").read_text("utf-8")
    assert plain(stored) == plain(build_tables()), "python -m lexline.lang.parse writes them"


def plain(tables: str) -> Any:
    """Tables without the widths of patterns, which differ between versions of Python."""
    return json.loads(tables, object_hook=lambda held: {k: v for k, v in held.items() if k != "_width"})
