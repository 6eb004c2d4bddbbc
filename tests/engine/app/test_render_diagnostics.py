"""How diagnostics look on a terminal, whatever the text holds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline.app.render.diagnostics import render
from lexline.diagnostics import Diagnostic, Label, Severity, Source, Span


def label(text: str, marked: str, message: str = "") -> Label:
    """A label on the first place of ``marked`` in the text."""
    start = text.index(marked)
    return Label(Span(Source("a.policy", text), start, start + len(marked)), message)


@pytest.mark.parametrize(
    ("text", "marked", "shown"),
    [
        ("require tierr = 1\n", "tierr", ["1 | require tierr = 1", "  |         ^^^^^"]),
        ("\trequire tierr\n", "tierr", ["1 |     require tierr", "  |             ^^^^^"]),
        ("日本 tierr", "tierr", ["1 | 日本 tierr", "  |      ^^^^^"]),
        ("日本 tierr", "日本", ["1 | 日本 tierr", "  | ^^^^"]),
        ("e\u0301 tierr", "tierr", ["1 | e\u0301 tierr", "  |   ^^^^^"]),
        ("\x1b[31m tierr", "tierr", ["1 | \\x1b[31m tierr", "  |          ^^^^^"]),
        ("\u202e tierr\r\n", "tierr", ["1 | \\u202e tierr", "  |        ^^^^^"]),
        (
            "a and\n  b and\n  c\nd",
            "and\n  b and\n  c",
            ["1 | a and", "  |   ^^^", "2 |   b and", "  |   ^^^^^", "3 |   c", "  |   ^"],
        ),
        ("a\nb\nc\nd\ne", "b\nc\nd\ne", ["2 | b", "  | ^", "3 | c", "  | ^", "4 | d", "  | ^"]),
        ("x", "", ["1 | x", "  | ^"]),
    ],
)
def test_snippet(text: str, marked: str, shown: list[str]) -> None:
    assert render(Diagnostic("LX200", "odd", (label(text, marked),))).split("\n")[1:] == shown


def test_all_parts() -> None:
    text = 'rule R "one"\nrule R "two"\n'
    source = Source("a.policy", text)
    diagnostic = Diagnostic(
        "LX250",
        "the rule `R` is defined twice",
        (Label(Span(source, 18, 19)), Label(Span(source, 5, 6), "defined here first")),
        "give one of them another name",
    )
    shown = """\
a.policy:2:6: error[LX250]: the rule `R` is defined twice
2 | rule R "two"
  |      ^
  : a.policy:1:6
1 | rule R "one"
  |      - defined here first
  = help: give one of them another name"""
    assert render(diagnostic) == shown
    coloured = render(diagnostic, colour=True)
    assert coloured != shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown


def test_what_no_text_stands_for() -> None:
    setting = Label(Span(Source("lexline.yaml", ""), 0, 0))
    assert render(Diagnostic("LX259", "odd", (setting,), "mend")) == "lexline.yaml: error[LX259]: odd\n  = help: mend"
    assert render(Diagnostic("LX310", "odd", severity=Severity.WARNING)) == "warning[LX310]: odd"


def test_a_long_line_is_shown_in_part() -> None:
    text = "x" * 100_000 + " odd " + "y" * 100_000
    lines = render(Diagnostic("LX200", "odd " * 100_000, (label(text, "odd"),))).split("\n")
    assert max(map(len, lines)) < 3000
    assert lines[1][lines[2].index("^") :].startswith("odd")


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_nothing_that_a_terminal_acts_on_gets_through(text: str, start: int, length: int) -> None:
    span = Span(Source(text, text), min(start, len(text)), min(start + length, len(text)))
    shown = render(Diagnostic("LX200", text, (Label(span, text), Label(span)), text))
    assert all(line.isprintable() for line in shown.split("\n"))
