"""Paths into documents: what they find, and that no path and no document can harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline.lang.jsonpath import find, why_refused
from lexline.lang.jsonpath_compiled import MAX_LENGTH

CARD: dict[str, object] = {
    "metrics": [{"gap": 0.05, "group": "a"}, {"gap": 0.2}, {"group": "c"}],
    "a b": {"*": 1, "|": 2},
    "nested": {"gap": [1, 2, 3, 4]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.metrics[*].gap", [0.05, 0.2]),
        ("metrics[0].gap", [0.05]),
        ("$.metrics[-1].group", ["c"]),
        ("$.metrics[7].gap", []),
        ("$..gap", [0.05, 0.2, [1, 2, 3, 4]]),
        ("$['a b'].*", [1, 2]),
        ("$['a b']['*']", [1]),
        ("$['a b']['|']", [2]),
        ("$.nested.gap[1:3]", [2, 3]),
        ("$.nested.gap[0,2]", [1, 3]),
        ("$.nested.gap[0].deeper", []),
        ("$.nothing", []),
        ("$", [CARD]),
    ],
)
def test_find(path: str, found: list[object]) -> None:
    assert not why_refused(path)
    assert find(path, CARD) == found


@pytest.mark.parametrize(
    "path",
    [
        "",
        "$.",
        "$.a[",
        "$.a[?(@.b > 1)]",
        "$.a + $.b",
        "$.a | $.b",
        "$.a & $.b",
        "$.a.`len`",
        "$.a.`parent`",
        "$.a.`sub(/(a+)+$/, b)`",
        "$.a where $.b",
        "$.a wherenot $.b",
        "$[*].$[*].$[*]",
        "$..a..b",
        "$..*..*..*",
        "$[0,-1]",
        "$['a','a']",
        "$" + ".a" * MAX_LENGTH,
        "$" + "[" * 150,
        "$.a[99999999999999999999999999:0:0]x",
        "\x00",
        "\ud800",
    ],
)
def test_refused(path: str) -> None:
    assert why_refused(path)
    with pytest.raises(ValueError, match="it"):
        find(path, CARD)


@given(
    st.text(alphabet="$.a*[]0123456789-:,'\"@?()`|& \\", max_size=20),
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "0", "*"]), inner, max_size=3)
        ),
        max_leaves=12,
    ),
)
def test_no_path_and_no_document_raises(path: str, document: object) -> None:
    if not why_refused(path):
        found = find(path, document)
        assert len(found) <= len(repr(document))
