"""Vocabularies: the built-in one, extensions, and the mistakes that are refused with place and hint."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from lexline_lineage.problems import LineageError
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary import Flow, Vocabulary
from lexline_lineage.vocabulary_files import extend, load_builtin_vocabulary, load_vocabulary

CONFORMANCE = Path(__file__).parents[1] / "corpus" / "conformance" / "vocabulary.yaml"
START = """
version: 3
kinds:
  model: {plural: models, expected: [inputs], attributes: {tier: {type: number, unit: steps}, name: text}}
  story: {plural: stories}
relations:
  tells: {from: story, to: model, recorded: complete}
  feeds: {from: model, to: model, flow: forward}
"""

# what a file says, then the message and the line of each mistake
MISTAKES: dict[str, tuple[str, list[tuple[str, int]]]] = {
    "not a mapping": ("- a", [("a vocabulary has to be a mapping", 1)]),
    "an unknown key": ("kindz: {}", [("a vocabulary has no `kindz` (did you mean `kinds`?)", 1)]),
    "a bad name": ("kinds:\n  My Kind: {}", [("`My Kind` cannot name a kind", 2)]),
    "a reserved attribute": ("kinds: {a: {attributes: {id: text}}}", [("`id` cannot name an attribute", 1)]),
    "an unknown type": ("kinds: {a: {attributes: {x: txt}}}", [("`txt` is not a type (did you mean `text`?)", 1)]),
    "no type": ("kinds: {a: {attributes: {x: {unit: m}}}}", [("a type is expected here", 1)]),
    "types of other shapes": (
        "kinds:\n  a: {attributes: {\nw: [[{}]],\nx: [],\ny: [1, 2],\nz: [[]],\nv: [[[[[[[[text]]]]]]]]}}",
        [("a type is expected here", line) for line in (3, 4, 5, 6, 7)],
    ),
    "a symbol twice": ("kinds: {a: {attributes: {x: [b, c, b]}}}", [("a symbol stands twice", 1)]),
    "lineage_complete as text": ("kinds: {a: {attributes: {lineage_complete: text}}}", [("has to be a boolean", 1)]),
    "an unknown end": (
        "kinds: {model: {}}\nrelations:\n  r: {from: modle, to: model}",
        [("names the kind `modle`, which does not exist (did you mean `model`?)", 3)],
    ),
    "no end": ("kinds: {a: {}}\nrelations: {r: {from: a}}", [("does not say `to` which kinds it leads", 2)]),
    "a wrong flow": ("kinds: {a: {}}\nrelations: {r: {from: a, to: a, flow: up}}", [("`up` is not one of those", 2)]),
    "recorded with flow": (
        "kinds: {a: {}}\nrelations: {r: {from: a, to: a, flow: forward, recorded: complete}}",
        [("is a flow relation", 2)],
    ),
    "plurals that clash": ("kinds:\n  a: {plural: bs}\n  b: {}", [("the plural `bs` of `b` means `a`, too", 3)]),
    "a plural that is a kind": ("kinds:\n  a: {plural: b}\n  b: {}", [("the plural `b` of `a` means `b`, too", 2)]),
    "all of these at once": (
        "kinds:\n  a: {attributes: {x: txt}}\n  B: {}\nrelations:\n  r: {from: a, to: c}\n  s: 3",
        [("`txt`", 2), ("`B`", 3), ("does not say `from`", 6), ("`c`", 5), ("has to be a mapping", 6)],
    ),
}

# what a further file says, and what the error says: both files by name
CONFLICTS: dict[str, tuple[str, str]] = {
    "another type": (
        "kinds: {model: {attributes: {tier: text}}}",
        "`tier` of `model` is text here and number in start",
    ),
    "another unit": (
        "kinds: {model: {attributes: {tier: {type: number, unit: m}}}}",
        "the unit of `tier` of `model` is m",
    ),
    "another plural": (
        "kinds: {story: {plural: storys}}",
        "the plural of `story` is `storys` here and `stories` in start",
    ),
    "a plural taken": (
        "kinds: {fable: {plural: stories}}",
        "the plural `stories` of `fable` means `story`, too, in start",
    ),
    "other expectations": ("kinds: {model: {expected: [outputs]}}", "expects is outputs here and inputs in start"),
    "another flow": (
        "relations: {feeds: {from: model, to: story, flow: none}}",
        "`feeds` is none here and forward in start",
    ),
    "recorded otherwise": ("relations: {tells: {from: story, to: model, recorded: partial}}", "as complete in start"),
}


def refused(source: str, vocabulary: Vocabulary | None = None) -> list[tuple[str, int]]:
    with pytest.raises(LineageError) as caught:
        extend(vocabulary or Vocabulary({}, {}), source, "more")
    assert all(problem.file == "more" and problem.column for problem in caught.value.problems)
    return [
        (f"{problem.message} ({problem.help})" if problem.help else problem.message, problem.line)
        for problem in caught.value.problems
    ]


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    source, expected = MISTAKES[name]
    found = refused(source)
    assert len(found) == len(expected), found
    for (message, line), (part, at) in zip(sorted(found, key=str), sorted(expected, key=str), strict=True):
        assert any(part in message and line == at for part, at in expected), (message, line)
        assert any(part in message for message, _ in found), part
        assert at in {line for _, line in found}


@pytest.mark.parametrize("name", CONFLICTS)
def test_conflicts_name_both_files(name: str) -> None:
    source, part = CONFLICTS[name]
    ((message, line),) = refused(source, load_vocabulary(START, "start"))
    assert part in message
    assert line == 1


def test_an_extension_adds() -> None:
    start = load_vocabulary(START, "start")
    more = """
version: 9
kinds:
  model: {attributes: {owner: text, tier: number}}
  tale: {attributes: {tone: [dark, light], langs: [[[en, de]]], sizes: [[number]]}}
relations:
  tells: {from: tale, to: [model, tale]}
"""
    vocabulary = extend(start, more.replace("[[[en, de]]]", "[[en, de]]"), "more")
    assert vocabulary.version == "3"
    assert vocabulary.relations["tells"].origins == ("story", "tale")
    assert vocabulary.relations["tells"].targets == ("model", "tale")
    assert vocabulary.relations["tells"].complete
    assert vocabulary.kinds["model"].expects_inputs
    assert list(vocabulary.kinds["model"].attributes) == ["tier", "name", "owner"]
    assert vocabulary.kinds["model"].attributes["tier"].unit == "steps"
    tale = vocabulary.kinds["tale"].attributes
    assert tale["tone"].type == ValueType(Sort.ENUMERATION, ("dark", "light"))
    assert tale["langs"].type == ValueType(Sort.LIST, item=ValueType(Sort.ENUMERATION, ("en", "de")))
    assert tale["sizes"].type == ValueType(Sort.LIST, item=ValueType(Sort.NUMBER))
    assert vocabulary.kind("tales") is vocabulary.kind("tale") is vocabulary.kinds["tale"]
    assert vocabulary.has_lineage("model")
    assert not vocabulary.has_lineage("tale")
    assert "tale" not in start.kinds


def test_the_conformance_vocabulary() -> None:
    vocabulary = load_vocabulary(CONFORMANCE)
    assert vocabulary.relations["reads"].flow is Flow.BACKWARD
    assert vocabulary.relations["assesses"].complete
    assert vocabulary.kinds["job"].expects_outputs
    assert vocabulary.kinds["dataset"].attributes["tags"].type == ValueType(Sort.LIST, item=ValueType(Sort.TEXT))


def test_the_builtin_vocabulary_is_documented_and_easy_to_navigate() -> None:
    vocabulary = load_builtin_vocabulary()
    assert vocabulary.version
    for kind in vocabulary.kinds.values():
        assert kind.meaning
        for attribute in kind.attributes.values():
            assert attribute.meaning.endswith((".", "…")), (kind.name, attribute.name)
        if kind.expects_inputs:
            assert "lineage_complete" in kind.attributes
    assert all(relation.meaning for relation in vocabulary.relations.values())
    # Where two relations join a pair of kinds, an author has to name the relation. These pairs are few, and known.
    joined_twice = {
        frozenset(pair)
        for pair in combinations(vocabulary.kinds, 2)
        if len({relation.name for relation, _ in vocabulary.between(*pair)}) > 1
    }
    processing = {"dataset", "column", "feature-view", "artifact", "model"}
    assert joined_twice == {frozenset((step, thing)) for step in ("job", "run") for thing in processing} | {
        frozenset(("dataset", "deployment")),
        frozenset(("artifact", "model")),
    }


def test_not_yaml_and_not_there(tmp_path: Path) -> None:
    with pytest.raises(LineageError, match="not YAML"):
        load_vocabulary("kinds: [", "f")
    with pytest.raises(LineageError, match="no such file"):
        load_vocabulary(tmp_path / "absent.yaml")
