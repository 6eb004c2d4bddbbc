"""Files made to do harm, or just wrong, are refused with a place; nothing else is ever raised."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline_lineage import documents
from lexline_lineage.documents import Document
from lexline_lineage.hostile_json import read_json
from lexline_lineage.hostile_yaml import read_yaml, read_yaml_documents
from lexline_lineage.problems import LineageError
from lexline_lineage.reading import read_document

Reader = Callable[[str | bytes, str], Document]

BILLION_LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
)
MERGE_FLOOD = "a0: &a0 {x: 1, y: 2}\n" + "".join(
    f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: 1}}\n" for n in range(1, 30)
)

# text, code, line and column
REFUSED_YAML: dict[str, tuple[str | bytes, str, tuple[int, int]]] = {
    "a key twice": ("a: 1\nb: 2\na: 3", "LX407", (3, 1)),
    "a key twice, written differently": ("a: 1\n'a': 2", "LX407", (2, 1)),
    "code": ("x: !!python/object/apply:os.system ['id']", "LX413", (1, 4)),
    "a made-up tag": ("x: !Ref y", "LX413", (1, 4)),
    "an alias flood": (BILLION_LAUGHS, "LX414", (6, 10)),
    "a merge flood": (MERGE_FLOOD, "LX414", (15, 17)),
    "an alias of what it is in": ("a: &a [*a]", "LX414", (1, 8)),
    "an alias of nothing": ("a: *b", "LX414", (1, 4)),
    "brackets": ("[" * 500, "LX404", (1, 101)),
    "bullets": ("- " * 10_000 + "x", "LX404", (1, 201)),
    "aliases that nest": (
        "".join(f"a{n}: &a{n} {'[' * 20}{f'*a{n - 1}' if n else 'x'}{']' * 20}\n" for n in range(9)),
        "LX404",
        (5, 29),
    ),
    "a list as a key": ("? [a, b]\n: 1", "LX412", (1, 3)),
    "a number beyond all": ("a: 1e400", "LX406", (1, 4)),
    "ten thousand digits": ("a: " + "9" * 10_000, "LX406", (1, 4)),
    "not a number": ("a: .nan", "LX406", (1, 4)),
    "NUL written out": ('a: "\\0"', "LX405", (1, 4)),
    "NUL": ("a: x\x00", "LX410", (1, 5)),
    "a lone surrogate": ("a: \ud800", "LX402", (1, 0)),
    "a lone surrogate written out": ('a: "\\ud800"', "LX410", (1, 7)),
    "not UTF-8": (b"a: 1\nb: \xff", "LX402", (2, 0)),
    "UTF-16": ("a: 1".encode("utf-16"), "LX402", (1, 0)),
    "two documents": ("a: 1\n---\nb: 2", "LX411", (2, 1)),
    "a tab as indent": ("a:\n\tb: 1", "LX410", (2, 1)),
    "an open bracket": ("a: [1, 2", "LX410", (1, 9)),
}
REFUSED_JSON: dict[str, tuple[str | bytes, str, tuple[int, int]]] = {
    "a key twice": ('{"a": 1,\n "a": 2}', "LX407", (2, 2)),
    "a key twice inside": ('[{"b": {"a": 1, "\\u0061": 2}}]', "LX407", (1, 17)),
    "not a number": ('{"a": NaN}', "LX406", (1, 7)),
    "endless": ("[-Infinity]", "LX406", (1, 2)),
    "a number beyond all": ("[1e400]", "LX406", (1, 2)),
    "ten thousand digits": ("[" + "9" * 10_000 + "]", "LX406", (1, 2)),
    "nesting": ("[" * 200 + "]" * 200, "LX404", (1, 101)),
    "deep nesting": ("[" * 100_000 + "]" * 100_000, "LX404", (1, 101)),
    "deep objects": ('{"a":' * 5_000 + "1" + "}" * 5_000, "LX404", (1, 501)),
    "a lone surrogate": ('["\\ud800"]', "LX405", (1, 2)),
    "NUL": ('{"\\u0000": 1}', "LX405", (1, 2)),
    "not UTF-8": (b'["\xff"]', "LX402", (1, 0)),
    "a comma too many": ("[1,]", "LX415", (1, 4)),
    "nothing": ("", "LX415", (1, 1)),
    "two values": ("1 2", "LX415", (1, 3)),
}
CASES = [(read_yaml, name, case) for name, case in REFUSED_YAML.items()]
CASES += [(read_json, name, case) for name, case in REFUSED_JSON.items()]


@pytest.mark.parametrize(("read", "name", "case"), CASES, ids=[f"{read.__name__}: {name}" for read, name, _ in CASES])
def test_refused(read: Reader, name: str, case: tuple[str | bytes, str, tuple[int, int]]) -> None:
    content, code, place = case
    with pytest.raises(LineageError) as caught:
        read(content, "file")
    first = caught.value.problems[0]
    assert (first.code, (first.line, first.column)) == (code, place), (name, str(first))
    assert first.file == "file"
    assert first.message == first.message.rstrip(".")


def test_no_depth_is_too_deep_to_say_so() -> None:
    with pytest.raises(LineageError) as caught:
        read_yaml("[" * 100_000, "file")
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("LX404", 1)]


def test_all_mistakes_are_reported() -> None:
    with pytest.raises(LineageError) as caught:
        read_yaml("a: 1\na: 1e999\nb: !x 1\nc: .inf", "f")
    assert [problem.line for problem in caught.value.problems] == [2, 2, 3, 4]
    with pytest.raises(LineageError) as caught:
        read_json('{"a": 1, "a": 1e999,\n "b": NaN}', "f")
    assert [problem.code for problem in caught.value.problems] == ["LX407", "LX406", "LX406"]


def test_what_is_no_finite_number_may_be_missing() -> None:
    """Tools that measure write so where there was nothing to measure; all other mistakes are mistakes."""
    text = '{"a": NaN, "b": [-Infinity, Infinity], "c": 1e999, "d": -1e999, "e": 0.5}'
    found = read_json(text, "f", infinite_is_missing=True).data
    assert found == {"a": None, "b": [None, None], "c": None, "d": None, "e": 0.5}
    with pytest.raises(LineageError, match="stands twice"):
        read_json('{"a": NaN, "a": 1}', "f", infinite_is_missing=True)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 10)
    with pytest.raises(LineageError, match="larger"):
        read_yaml("a: 123456789", "f")
    with pytest.raises(LineageError, match="no such file"):
        read_document(tmp_path / "absent.yaml")
    with pytest.raises(LineageError, match="cannot be read"):
        read_document(tmp_path)
    with pytest.raises(LineageError, match="cannot be read"):
        read_document(Path("a\x00b"))


def test_yaml_says_what_is_written() -> None:
    text = """
on: off
yes: [no, True, false, ~, null, ]
1: 007
2.0: 1_000
time: 12:30:00
day: 2026-11-22
no-day: 2026-02-30
moment: 2026-11-22T10:00:00Z
number: [1, -2, 1.5, 1e25, .5, +3]
quoted: ["1", 'true', "2026-01-01"]
base: &base {x: 1, y: 2}
more: {<<: *base, y: 3}
"""
    assert read_yaml("\ufeff" + text, "f").data == {
        "on": "off",
        "yes": ["no", True, False, None, None],
        "1": "007",
        "2.0": "1_000",
        "time": "12:30:00",
        "day": date(2026, 11, 22),
        "no-day": "2026-02-30",
        "moment": "2026-11-22T10:00:00Z",
        "number": [1, -2, 1.5, 1e25, 0.5, 3],
        "quoted": ["1", "true", "2026-01-01"],
        "base": {"x": 1, "y": 2},
        "more": {"x": 1, "y": 3},
    }
    assert read_yaml("", "f").data is None
    assert [document.data for document in read_yaml_documents("a: 1\n---\n- b\n", "f")] == [{"a": 1}, ["b"]]


@pytest.mark.parametrize("read", [read_yaml, read_json])
def test_places(read: Reader) -> None:
    document = read('{"a": {"b": [10,\n  {"c": 1}]},\n "d": "x"}', "f")
    assert document.place() == (1, 1)
    assert document.place("a", "b") == (1, 8)
    assert document.place("a", "b", of_value=True) == (1, 13)
    assert document.place("a", "b", 1, "c") == (2, 4)
    assert document.place("d", of_value=True) == (3, 7)
    assert document.place("a", "absent") == document.place("a")


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab\n\"\\", max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(TREES)
def test_json_that_is_written_is_read(tree: Any) -> None:
    assert read_json(json.dumps(tree), "f").data == tree
    assert read_json(json.dumps(tree, ensure_ascii=False, indent=2).encode(), "f").data == tree


TAGS = {"!Ref": "Ref", "!Join": "Fn::Join"}


def test_tags_that_stand_for_keys_are_plain_data() -> None:
    content = "a: !Ref x\nb: !Join ['', [!Ref 1, y]]\nc: &c !Ref z\nd: [*c]\ne: !Join {k: 1}"
    document = read_yaml_documents(content, "f", TAGS)[0]
    assert document.data == {
        "a": {"Ref": "x"},
        "b": {"Fn::Join": ["", [{"Ref": "1"}, "y"]]},
        "c": {"Ref": "z"},
        "d": [{"Ref": "z"}],
        "e": {"Fn::Join": {"k": 1}},
    }
    assert document.place("b", "Fn::Join", 1, 1) == (2, 24)
    assert read_yaml_documents("!Ref x", "f", TAGS)[0].data == {"Ref": "x"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("a: !Sub x", "LX413"),
        ("a: !!python/object:os.system {}", "LX413"),
        ("a: " + "!Join [" * 60 + "]" * 60, "LX404"),
        ("? !Join [a]\n: b", "LX412"),
        ('a: !Ref "\\0"', "LX405"),
    ],
)
def test_other_tags_and_deep_ones_are_refused(content: str, code: str) -> None:
    with pytest.raises(LineageError) as caught:
        read_yaml_documents(content, "f", TAGS)
    assert code in {problem.code for problem in caught.value.problems}


@given(st.text("{}[]:,-?&*!RefJoin|>'\" \nab01", max_size=60))
def test_text_with_tags_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(LineageError):
        read_yaml_documents(text, "f", TAGS)


@given(st.text(), st.sampled_from([read_yaml, read_json]))
def test_any_text_is_read_or_refused(text: str, read: Reader) -> None:
    with contextlib.suppress(LineageError):
        read(text, "f").place("a", 0)


@given(st.text("{}[]:,-?&*!|>'\"#%@` \n\tab01<.~", max_size=60), st.sampled_from([read_yaml, read_json]))
def test_text_that_looks_like_a_file_is_read_or_refused(text: str, read: Reader) -> None:
    with contextlib.suppress(LineageError):
        read(text, "f").place("a", 0)
