"""Every hook, and every dataclass that crosses one, is documented with its exact arguments; every hook has a test; the
page of the built-in checks is current, and its example is right."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from lexline import hookspecs
from lexline.diagnostics import Source
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.plugin_manager import load_plugins
from lexline.plugin_offers import OFFERED
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lexline_plugins.checks.page import checks_page
from lexline_plugins.checks.registration import lexline_checks

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
HOOKS = [name for name in hookspecs.__all__ if name.startswith("lexline_")]
CLASSES = [
    found
    for name in hookspecs.__all__
    if dataclasses.is_dataclass(found := getattr(hookspecs, name)) and name not in ("CheckOutcome", "CheckView")
]


@pytest.mark.parametrize("hook", HOOKS)
def test_hook(hook: str) -> None:
    signature = inspect.signature(getattr(hookspecs, hook))
    assert f"### `{hook}{signature}`".replace("'", "") in PAGE
    assert inspect.getdoc(getattr(hookspecs, hook))
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    assert any(re.search(rf"\b{hook}\b", path.read_text("utf-8")) for path in tests), f"no test of {hook}"


def test_the_hooks_are_all_that_is_offered() -> None:
    assert set(HOOKS) == set(OFFERED)
    assert re.findall(r"^### `(\w+)\(", PAGE, re.MULTILINE) == HOOKS_IN_ORDER


HOOKS_IN_ORDER = [name for name, _ in inspect.getmembers(hookspecs, inspect.isfunction) if name in HOOKS]
HOOKS_IN_ORDER.sort(key=lambda name: inspect.getsourcelines(getattr(hookspecs, name))[1])


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_class_is_written_with_its_fields(kind: type) -> None:
    fields = ", ".join(field.name for field in dataclasses.fields(kind))
    assert re.search(rf"`{kind.__name__}\({fields}\)`", PAGE)


@pytest.mark.parametrize("name", [n for n, _ in inspect.getmembers(hookspecs.CheckView) if not n.startswith("_")])
def test_view_is_documented(name: str) -> None:
    assert f"`view.{name}" in PAGE


@pytest.mark.parametrize("field", [f.name for f in dataclasses.fields(hookspecs.CheckOutcome)])
def test_outcome_is_documented(field: str) -> None:
    assert f"`{field}`" in PAGE


def test_the_page_of_checks_is_current() -> None:
    page = (ROOT / "docs" / "checks.md").read_text("utf-8")
    command = "python -m lexline_plugins.checks.page > docs/checks.md"
    assert page == checks_page(lexline_checks()), f"write it again: {command}"
    (example,) = re.findall(r"^```policy\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    file, mistakes = parse(Source("checks.policy", example))
    assert file is not None
    signatures = load_plugins().signatures
    _, more = compile_policies([file], load_builtin_vocabulary(), checks=signatures, settings={})
    assert not [*mistakes, *more]


@pytest.mark.parametrize("check", lexline_checks(), ids=lambda check: check.signature.name)
def test_check_states_its_formula_and_source(check: hookspecs.Check) -> None:
    text = inspect.getdoc(check.function) or ""
    assert "Formula: `" in text
    assert "Source: " in text
    assert all(parameter.meaning for parameter in check.signature.parameters)
