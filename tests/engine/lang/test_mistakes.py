"""Beginner's mistakes: the first error shown names the fix, at the very words. And no text at all breaks the parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import generate
from lexline.diagnostics import Source
from lexline.lang.literate import read_policy
from lexline.lang.parse import parse

BAD = Path(__file__).parents[2] / "corpus" / "bad"
CASES = [case for path in sorted(BAD.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["case"])[:60])
def test_first_error_names_the_fix(case: dict[str, Any]) -> None:
    _, found = parse(Source("case.policy", case["policy"]))
    assert found, "it is taken"
    first = found[0]
    assert [diagnostic.code for diagnostic in found[1:]] == case.get("also", [])
    assert first.code == case["code"]
    assert first.span.text == case["at"]
    for words in case["says"]:
        assert words in f"{first.message} {first.help}"


def test_there_are_many() -> None:
    assert len(CASES) >= 30


RULE = 'rule R "r" for model require tier = 1\n'
HEAD = b'rule R "r" for model require '
FILES: dict[str, tuple[bytes, str | None, str]] = {
    "an empty file": (b"", "LX110", "write a rule"),
    "comments only": (b"# soon\n", "LX110", "write a rule"),
    "bytes that are no text": (b"\x00\x01\xff\xfe" * 100, "LX111", "UTF-8"),
    "UTF-16": (RULE.encode("utf-16"), "LX111", "UTF-8"),
    "Latin-1": ('rule R "caf\xe9" for model require true\n'.encode("latin-1"), "LX111", "UTF-8"),
    "10 MB": (RULE.encode() * 300_000, "LX112", "split the policy"),
    "10,000 brackets": (
        b'rule R "r" for model require ' + b"(" * 10_000 + b"true" + b")" * 10_000,
        "LX113",
        "term NAME",
    ),
    "10,000 nots": (b'rule R "r" for model require ' + b"not " * 10_000 + b"true", "LX113", "term NAME"),
    "a zero-width space": ('rule R "r" for model require ti\u200ber = 1\n'.encode(), "LX111", "remove it"),
    "marks that turn the writing": ('rule R "r\u202e" for model require tier = 1\n'.encode(), "LX111", "remove it"),
    "a byte-order mark": (b"\xef\xbb\xbf" + RULE.encode(), None, ""),
    "Windows line ends": (RULE.replace(" for", "\n  for").replace("\n", "\r\n").encode(), None, ""),
    "no line end": (RULE.strip().encode(), None, ""),
    "tabs between words": (RULE.replace(" ", "\t").encode(), None, ""),
}


@pytest.mark.parametrize("name", FILES)
def test_whole_files(name: str, tmp_path: Path) -> None:
    content, code, words = FILES[name]
    path = tmp_path / "a.policy"
    path.write_bytes(content)
    file, found = read_policy(path)
    if code is None:
        assert not found
        assert file is not None
    else:
        assert found[0].code == code
        assert words in f"{found[0].message} {found[0].help}"


def test_markdown_without_a_policy_block(tmp_path: Path) -> None:
    path = tmp_path / "law.policy.md"
    path.write_text("# Law\n\n```\nrule R\n```\n")
    _, found = read_policy(path)
    assert (found[0].code, "```policy" in found[0].help) == ("LX110", True)


def test_all_mistakes_of_a_file_are_shown_in_order_without_cascades() -> None:
    rules = ("require tier == 1", "requires tier = 1", "require tier = 1")
    text = "\n\n".join(f'rule {name} "r" for model\n  {words}' for name, words in zip("ABC", rules, strict=True))
    file, found = parse(Source("a.policy", text))
    assert [(d.code, d.span.line) for d in found] == [("LX103", 2), ("LX102", 5)]
    assert file is not None
    assert len(file.declarations) >= 1


def sound(text: str) -> None:
    """What holds of any text."""
    file, found = parse(Source("any.policy", text))
    assert file is not None or found
    for diagnostic in found:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    sound(text)


LEXEMES = (
    'rule for model require every some no upstream has where ( ) - , = 1 2026-01-01 "t" of the latest by and or not is '
    "within last 3 days example given expect term means all { } : [ ] -> # \\n check parameter from policy 5% if none"
)
WORDS = st.sampled_from([word.replace("\\n", "\n") for word in LEXEMES.split(" ")])


@given(st.lists(WORDS, max_size=60))
def test_any_words(words: list[str]) -> None:
    sound(" ".join(words))


@given(st.integers(0, 2**32), st.data())
def test_any_change_of_a_policy(seed: int, data: st.DataObject) -> None:
    words = generate(ByChance(seed)).policies[0].text.split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    change = data.draw(st.sampled_from(["drop", "swap", "put", "cut"]))
    if change == "drop":
        del words[at]
    elif change == "swap":
        words[at], words[-at - 1] = words[-at - 1], words[at]
    elif change == "put":
        words.insert(at, data.draw(WORDS))
    else:
        words = words[:at]
    sound(" ".join(words))
