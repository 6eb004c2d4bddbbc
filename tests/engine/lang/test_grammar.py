"""The choices that the grammar makes between shift and reduce, one by one; ``docs/grammar.md`` tells them in words."""

from __future__ import annotations

import json
from importlib.resources import files

from lexline.diagnostics import Source
from lexline.lang import syntax
from lexline.lang.parse import build_tables, parse


def condition(text: str) -> syntax.Expression:
    """The requirement of a rule."""
    file, found = parse(Source("a.policy", f'rule R "r" for model require {text}'))
    assert not found, found
    assert file is not None
    (rule,) = file.declarations
    assert isinstance(rule, syntax.Rule)
    required = rule.clauses[-1]
    assert isinstance(required, syntax.RequireClause)
    return required.condition


def test_the_and_of_between_is_its_own() -> None:
    both = condition("tier between 1 and 2 and research_only")
    assert isinstance(both, syntax.Logic)
    assert [type(operand) for operand in both.operands] == [syntax.Between, syntax.Word]


def test_has_takes_one_condition_and_a_nested_has_is_the_inner_one() -> None:
    outer = condition("every downstream deployment has some monitor has value <= 1")
    assert isinstance(outer, syntax.Quantified)
    assert isinstance(outer.body, syntax.Quantified)
    assert isinstance(outer.body.body, syntax.Comparison)


def test_a_where_narrows_the_nearest_navigation() -> None:
    outer = condition(
        'every downstream deployment where environment = production has some monitor where metric = "psi"'
    )
    assert isinstance(outer, syntax.Quantified)
    assert outer.navigation.where is not None
    assert isinstance(outer.body, syntax.Quantified)
    assert outer.body.navigation.where is not None


def test_the_last_word_of_a_navigation_is_its_kind() -> None:
    found = condition("some upstream recent personal dataset has rows > 1")
    assert isinstance(found, syntax.Quantified)
    assert [term.parts for term in found.navigation.terms] == [("recent",), ("personal",)]
    assert found.navigation.name.parts == ("dataset",)


def test_of_belongs_to_the_nearest_navigation() -> None:
    found = condition("trained_on >= latest updated_on of upstream datasets of model")
    assert isinstance(found, syntax.Comparison)
    assert isinstance(found.right, syntax.Aggregate)
    assert found.right.navigation.of is not None


def test_if_none_takes_one_value_and_arithmetic_binds_as_usual() -> None:
    found = condition("count of upstream datasets + 1 * 2 <= 3")
    assert isinstance(found, syntax.Comparison)
    assert isinstance(found.left, syntax.Arithmetic)
    assert found.left.operator == "+"
    none = condition("total rows of upstream datasets if none 0 <= 3")
    assert isinstance(none, syntax.Comparison)
    assert isinstance(none.left, syntax.Aggregate)
    assert none.left.if_none is not None


def test_a_duration_goes_on_as_long_as_it_can() -> None:
    found = condition("trained_on is within 30 days after validated_on + 1 month")
    assert isinstance(found, syntax.Within)
    assert isinstance(found.anchor, syntax.Arithmetic)


def test_a_keyword_is_a_name_where_only_a_name_can_stand() -> None:
    file, found = parse(Source("a.policy", 'rule R "r" for incident require severity = high severity low owner dpo'))
    assert not found
    assert file is not None
    (rule,) = file.declarations
    assert isinstance(rule, syntax.Rule)
    names = [clause.name for clause in rule.clauses if isinstance(clause, syntax.Clause)]
    assert names == ["severity", "owner"]


def test_a_minus_between_spaces_calculates_and_within_a_name_joins() -> None:
    minus = condition("cost - budget <= 1")
    assert isinstance(minus, syntax.Comparison)
    assert isinstance(minus.left, syntax.Arithmetic)
    name = condition("model is in-production")
    assert isinstance(name, syntax.Is)
    assert isinstance(name.what, syntax.Word)
    assert name.what.parts == ("in-production",)


def test_a_list_ends_where_the_text_moves_back() -> None:
    text = "any of\n    - tier = 1\n    - all of\n      - tier = 2\n      - research_only\n    - name is known"
    found = condition(text)
    assert isinstance(found, syntax.Bullets)
    assert [type(item) for item in found.items] == [syntax.Comparison, syntax.Bullets, syntax.Is]


def rules_and_terminals(tables: str) -> list[str]:
    """What tables hold of the grammar itself: states are numbered anew each time, and widths differ between Pythons."""
    held = json.loads(tables, object_hook=lambda part: {k: v for k, v in part.items() if k not in ("_width", "order")})
    return sorted(json.dumps(part, sort_keys=True) for part in held["memo"].values())


def test_tables_are_current() -> None:
    stored = files("lexline.lang").joinpath("grammar.json").read_text(encoding="utf-8")
    assert rules_and_terminals(stored) == rules_and_terminals(build_tables()), (
        "python -m lexline.lang.parse writes them"
    )
