"""What moves the basis of an assessment, one fact at a time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from lexline.basis import Bases, Basis, basis
from lexline.decision import Evaluation
from lexline.diagnostics import Source
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckSignature, Reads
from lexline.lang.typed import Program
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.facts import Source as Said
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

SAID = Said("test")
WORDS = load_builtin_vocabulary()
ELEMENTS = {
    "raw": "dataset",
    "clean": "dataset",
    "copy": "dataset",
    "load": "job",
    "credit": "model",
    "other": "model",
    "live": "deployment",
    "watch": "monitor",
    "dpia": "assessment",
    "seen": "observation",
    "noted": "observation",
}
EDGES = (
    ("load", "reads", "raw"),
    ("load", "writes", "clean"),
    ("clean", "trains", "credit"),
    ("copy", "trains", "credit"),
    ("credit", "serves", "live"),
    ("watch", "watches", "credit"),
    ("dpia", "assesses", "credit"),
    ("noted", "measures", "credit"),
)
ASKS = "require some assessment has (type = dpia and status = approved)"
MOVES = [
    ("", {("credit", "owner"): "Jo"}, {}, False),
    ("", {("dpia", "status"): "rejected"}, {}, False),
    ("require owner is known", {("credit", "owner"): "Jo"}, {}, True),
    ("require owner is known", {("other", "owner"): "Jo"}, {}, False),
    ("where decides = credit", {("credit", "decides"): "pricing"}, {}, True),
    ("except where research_only", {("credit", "research_only"): True}, {}, True),
    ("in force from 2026-01-01 where research_only", {("credit", "research_only"): True}, {}, True),
    ("require no upstream dataset has special_category", {("raw", "special_category"): True}, {}, True),
    ("require no upstream dataset has special_category", {("raw", "personal_data"): True}, {}, False),
    ("require no upstream dataset has special_category", {("load", "lineage_complete"): True}, {}, True),
    ("require no upstream dataset has special_category", {}, {("load", "reads", "raw"): True}, True),
    ("require no upstream dataset has special_category", {}, {("copy", "derived_into", "clean"): False}, True),
    ("require no upstream dataset has special_category", {}, {("credit", "serves", "live"): None}, False),
    ("require no direct upstream dataset has special_category", {("clean", "special_category"): True}, {}, True),
    ("require no direct upstream dataset has special_category", {("raw", "special_category"): True}, {}, False),
    ("require no direct upstream dataset has special_category", {}, {("load", "writes", "clean"): True}, False),
    ("require no upstream dataset within 2 steps has special_category", {}, {("load", "writes", "clean"): True}, True),
    ("require no upstream dataset within 2 steps has special_category", {}, {("load", "reads", "raw"): True}, False),
    ("require no upstream dataset avoiding (job where operation = train)", {("load", "operation"): "export"}, {}, True),
    ("require no upstream dataset", {("load", "operation"): "export"}, {}, False),
    ("require some monitor has active", {("watch", "active"): True}, {}, True),
    ("require some monitor has active", {}, {("watch", "watches", "other"): False}, False),
    ("require some observation has value > 1", {}, {("seen", "measures", "credit"): False}, True),
    ("require some deployment has environment = production", {("live", "environment"): "test"}, {}, True),
    ("require no model in the portfolio has research_only", {("other", "research_only"): True}, {}, True),
    ("require no dataset in the portfolio has personal_data", {("raw", "special_category"): True}, {}, False),
    ("require every assessment in the portfolio has status is known", {("dpia", "status"): "rejected"}, {}, False),
    ("require some monitor has some dataset has personal_data", {}, {("watch", "watches", "raw"): False}, True),
    ("require some monitor has some dataset has personal_data", {}, {("watch", "watches", "live"): False}, False),
    ("require some observation has some dataset", {}, {("noted", "measures", "live"): False}, True),
    ("require model passes OTHER", {("credit", "name"): "A"}, {}, True),
    ("require some downstream deployment has some upstream model has name is known", {("raw", "name"): "A"}, {}, False),
    ("require check named.well()", {("credit", "name"): "A"}, {}, True),
    ("require check named.well()", {("other", "name"): "A"}, {}, True),
    ("require check named.well()", {("raw", "name"): "A"}, {}, False),
]  # fmt: skip
CHECKS = {
    "named.well": CheckSignature("named.well", ("model",), (), ValueType(Sort.BOOLEAN), Reads({"model": ("name",)}, ()))
}


def graph(kinds: dict[str, str] = ELEMENTS, edges: tuple[tuple[str, str, str], ...] = EDGES) -> Graph:
    facts: list[Fact] = [ElementFact(name, kind, SAID) for name, kind in kinds.items()]
    facts += [EdgeFact(origin, relation, target, SAID) for origin, relation, target in edges]
    if "dpia" in kinds:
        facts.append(AttributeFact("dpia", "type", "dpia", SAID))
    return build(WORDS, facts, on=date(2026, 11, 22)).graph


def compiled(*rules: str, checks: dict[str, CheckSignature] = CHECKS) -> Program:
    text = 'policy p "P"\n  version 1\n' + "\n".join(rules)
    file, mistakes = parse(Source("p.policy", text))
    assert not mistakes
    assert file is not None
    program, found = compile_policies([file], WORDS, checks=checks)
    assert not found, (text, found)
    return program


def rests_on(program: Program, on: Graph, *, word: str = "dpia", element: str = "credit") -> Basis:
    number = on.number(element)
    assert number is not None
    return basis(Evaluation(program, on, Clock(date(2026, 11, 22))), number, word=word, checks=CHECKS)


@pytest.mark.parametrize(("clause", "values", "edges", "moves"), MOVES)
def test_what_moves_it(
    clause: str,
    values: dict[tuple[str, str], object],
    edges: dict[tuple[str, str, str], bool | None],
    moves: bool,
) -> None:
    other = 'rule OTHER "o" for model require name is known'
    program = compiled(other, f'rule A "a" for model {clause}\n  {ASKS}')
    one = graph()
    assert (rests_on(program, one) != rests_on(program, one.with_changes(Changes(values=values, edges=edges)))) is moves


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("some assessment has type = dpia", {"dpia"}),
        ("no assessment where type = dpia has status = rejected", {"dpia"}),
        ("every assessment where dpia = type has status = approved", {"dpia"}),
        ("every assessment has type = dpia", {"dpia", "audit", "validation"}),
        ("some assessment has (type in {dpia, audit} and status = approved)", {"dpia", "audit"}),
        ("some assessment has ((type = dpia or type = audit) and status = approved)", {"dpia", "audit"}),
        ("some assessment has (type = dpia or status = approved)", {"dpia", "audit", "validation"}),
        ("some assessment has not type = dpia", {"dpia", "audit", "validation"}),
        ("the latest assessment by approved_on where type = audit has status = approved", {"audit"}),
        ("count of (assessments where type = dpia) >= 1", {"dpia"}),
        ("(some upstream dataset has some assessment has type = dpia) or name is known", set[str]()),
    ],
)
def test_which_rules_ask(clause: str, words: set[str]) -> None:
    on = graph()
    program = compiled(f'rule A "a" for model require {clause}')
    assert {w for w in ("dpia", "audit", "validation") if rests_on(program, on, word=w).rules} == words


def test_who_asks_from_afar_reads_from_the_element_on() -> None:
    program = compiled(
        'rule A "a" for model where owner is known',
        "  require every upstream dataset where special_category has some assessment has type = dpia",
    )
    one = graph()
    before = rests_on(program, one, element="raw")
    assert [key for key, _ in before.rules] == [("p", "A")]
    for element, attribute, moves in (("raw", "special_category", True), ("credit", "owner", False)):
        value = {"owner": "Jo"}.get(attribute, True)
        later = one.with_changes(Changes(values={(element, attribute): value}))
        assert (rests_on(program, later, element="raw") != before) is moves


def test_a_judgement_is_asked_for_by_its_norm() -> None:
    program = compiled('rule A "a" for model require some judgement has (norm = "EUAIA-10-3" and finding = met)')
    bases = Bases(Evaluation(program, graph(), Clock(date(2026, 11, 22))))
    asked = [bool(bases.asking("model", "judgement", norm)) for norm in ("EUAIA-10-3", "EUAIA-9-1", "")]
    assert asked == [True, False, True]


def test_another_version_of_a_check_is_another_rule() -> None:
    rule = f'rule A "a" for model require check named.well()\n  {ASKS}'
    newer = {name: replace(check, version="2") for name, check in CHECKS.items()}
    one, other = rests_on(compiled(rule), graph()), rests_on(compiled(rule, checks=newer), graph())
    assert one.digest == other.digest
    assert one.rules != other.rules


def test_the_text_is_read_again() -> None:
    found = rests_on(compiled(f'rule A "a" for model {ASKS}'), graph())
    assert str(found).startswith("lexline-basis/1:sha256:")
    assert Basis.read(str(found)) == found
    digest = "sha256:" + "0" * 64
    assert Basis.read(f"lexline-basis/1:{digest}") == Basis(digest, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seen",
        "lexline-basis/2:sha256:" + "0" * 64,
        "lexline-basis/1:" + "0" * 64,
        "lexline-basis/1:sha256:" + "0" * 63,
        "lexline-basis/1:sha256:" + "0" * 64 + ";p/A=1",
        "lexline-basis/1:sha256:" + "0" * 64 + ";A=" + "0" * 64,
    ],
)
def test_what_is_no_basis(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        Basis.read(text)


def test_the_form_stays_as_it_is_documented() -> None:
    """The example of docs/basis.md, worked out by hand there: a recorded basis has to be checked in years."""
    on = graph({"credit": "model", "raw": "dataset"}, (("raw", "trains", "credit"),))
    on = on.with_changes(Changes(values={("raw", "special_category"): True}))
    program = compiled(f'rule A "a" for model require no upstream dataset has special_category\n  {ASKS}')
    flow = [name for name, relation in WORDS.relations.items() if relation.flow.value != "none"]
    back = sorted([name, WORDS.relations[name].flow.value == "backward"] for name in flow)
    looks: dict[str, list[dict[str, object]]] = {
        json.dumps([[], [], ""], separators=(",", ":")): [{"element": "credit", "kind": "model"}],
        json.dumps([["lineage_complete"], back, ""], separators=(",", ":")): [
            {"element": "credit", "kind": "model", "trains <": [["raw", False]]},
            {"element": "raw", "kind": "dataset"},
        ],
        json.dumps([["special_category"], [], ""], separators=(",", ":")): [
            {"element": "raw", "kind": "dataset", ".special_category": True}
        ],
    }
    digest = hashlib.sha256()
    for look in sorted(looks):
        digest.update(f"{look}\n{len(looks[look])}\n".encode())
        for block in looks[look]:
            text = json.dumps(block, sort_keys=True, separators=(",", ":"))
            digest.update(hashlib.sha256(text.encode()).digest())
    assert rests_on(program, on).digest == "sha256:" + hashlib.sha256(digest.digest()).hexdigest()
