"""``lexline explain --scope``: which rules are about an element, why, and what would tell where it can't be told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lexline.app.cli.commands import run
from lexline.decision import Evaluation
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_text
from lexline.scope import PolicyScope, scope_of
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, ElementFact, Fact, Source
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

POLICY = """
policy p "House" version 1
term ours for system means organisation_role = provider
rule TIED "its role is recorded" for system require organisation_role is known tags scope
rule ALWAYS "a" for system require owner is known
rule OURS "b" for ours system require owner is known
rule CHILDREN "c" for ours system where affects_children require owner is known
rule MODELS "d" for model require owner is known
rule LATER "e" in force from 2027-01-01 for ours system require owner is known
rule BEFORE "f" in force from 2020-01-01 until 2025-12-31 for ours system require owner is known
"""
BUILTIN = load_builtin_vocabulary()


def policy_scope(**attributes: object) -> PolicyScope:
    """What the policy asks of a system with these attributes."""
    program, found = compile_text(POLICY, BUILTIN)
    assert not found
    source = Source("test", "")
    facts: list[Fact] = [ElementFact("s", "system", source)]
    facts += [AttributeFact("s", attribute, value, source) for attribute, value in attributes.items()]
    graph = build(BUILTIN, facts, date(2026, 9, 3)).graph
    number = graph.number("s")
    assert number is not None
    (policy,) = scope_of(Evaluation(program, graph, Clock.of(date(2026, 9, 3), None)), number)
    assert [explanation.decision.rule[1] for explanation in policy.deciding] == ["TIED"]
    assert policy.elsewhere == {"model": 1}
    return policy


def scope(**attributes: object) -> tuple[list[str], list[str], list[str], list[str]]:
    """The rules that apply, don't, can't be told, and the attributes that would tell."""
    found = policy_scope(**attributes)
    applying, silent, untold = ([key[1] for key in keys] for keys in (found.applying, found.silent, found.untold))
    return applying, silent, untold, [fact.attribute for fact in found.missing]


def test_what_applies_and_what_would_tell() -> None:
    always, dated = ["TIED", "ALWAYS"], ["LATER", "BEFORE"]
    assert scope() == (always, [], ["OURS", "CHILDREN", *dated], ["organisation_role", "affects_children"])
    assert scope(organisation_role="deployer") == (always, ["OURS", "CHILDREN", *dated], [], [])
    assert scope(organisation_role="provider") == ([*always, "OURS"], [], ["CHILDREN"], ["affects_children"])
    assert scope(organisation_role="provider", affects_children=True) == ([*always, "OURS", "CHILDREN"], [], [], [])


def test_what_applies_later_and_no_longer_and_by_which_facts() -> None:
    found = policy_scope(organisation_role="provider", affects_children=False)
    assert [key[1] for key in (*found.upcoming, *found.over)] == ["LATER", "BEFORE"]
    assert [fact.attribute for fact in found.because] == ["organisation_role"]


def test_the_regimes_of_a_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lexline.yaml").write_text("policies: []\npacks: [eu-ai-act, fca]\nportfolio: [p.yaml]\n")
    known = 'kind: system, eu_nexus: output-used-in-eu, annex_iii: ["5(b)"], derogation: none'
    (tmp_path / "p.yaml").write_text(f"nodes: {{loans: {{{known}}}, bureau: {{kind: team}}}}\n")
    assert run(["explain", "--scope", "loans", "-C", str(tmp_path), "--on", "2028-01-10"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("system loans, on 2028-01-10\n")
    assert "✓ point-5-b: system is point-5-b: true" in shown
    assert "point-1-a: false" not in shown
    assert "\n    organisation_role of loans: no value is recorded" in shown
    assert "FCA rules and guidance for models: 0 rules apply" in shown
    assert ", 0 " not in shown
    assert "\n  will apply: " not in shown
    assert "\n  because:\n    eu_nexus of loans = output-used-in-eu, says " in shown
    assert "\n  other rules: 2 about incidents, 3 about vendors\n" in shown
    assert run(["explain", "--scope", "loans", "-C", str(tmp_path), "--on", "2026-01-10"]) == 0
    assert "\n  will apply: ANNEX-III, " in capsys.readouterr().out
    assert run(["explain", "--scope", "bureau", "-C", str(tmp_path)]) == 0
    assert "no rule is about a team" in capsys.readouterr().out
    assert run(["explain", "--scope", "loan", "-C", str(tmp_path)]) == 2
    assert "did you mean `loans`?" in capsys.readouterr().err


ROLES = {
    "provider": {"RISK-MANAGEMENT", "REGISTERED"},
    "deployer": {"OVERSEEN", "NOT-BECOME-PROVIDER"},
    "importer": {"IMPORTER-CHECKED", "IMPORTER-KEEPS", "IMPORTER-WITHHOLDS", "NOT-BECOME-PROVIDER"},
    "distributor": {"DISTRIBUTOR-CHECKED", "DISTRIBUTOR-WITHHOLDS", "NOT-BECOME-PROVIDER"},
    "authorised-representative": {"REPRESENTATIVE-MANDATED", "REPRESENTATIVE-KEEPS", "REGISTERED"},
    "product-manufacturer": {"MANUFACTURER-ANSWERS", "RISK-MANAGEMENT"},
}
"""Of each role under the EU AI Act, rules about a high-risk system; not all of them are about another role's."""


@pytest.mark.parametrize("role", ROLES)
def test_each_role_under_the_ai_act_has_rules_of_its_own(
    role: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lexline.yaml").write_text("policies: []\npacks: [eu-ai-act]\nportfolio: [p.yaml]\n")
    known = 'kind: system, eu_nexus: placed-on-eu-market, annex_iii: ["5(b)"], derogation: none, under_our_name: true'
    product = "annex_i: section-a, safety_component: true, third_party_assessment: true"
    (tmp_path / "p.yaml").write_text(f"nodes: {{s: {{{known}, {product}, organisation_role: {role}}}}}\n")
    assert run(["explain", "--scope", "s", "-C", str(tmp_path), "--on", "2028-09-10"]) == 0
    shown = capsys.readouterr().out.splitlines()
    (applying,) = [set(line.removeprefix("  applies: ").split(", ")) for line in shown if "  applies: " in line]
    owed = {"product-manufacturer": {"provider", "product-manufacturer"}}.get(role, {role})
    assert {other for other, rules in ROLES.items() if rules <= applying} == owed
