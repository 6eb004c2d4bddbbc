"""The examples of docs/facts.md are read as the page says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from lexline_lineage.builder import build
from lexline_lineage.fact_files import parse_facts
from lexline_lineage.facts import ElementFact, Source
from lexline_lineage.hostile_yaml import read_yaml
from lexline_lineage.portfolio_files import read_portfolio_document
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

PAGE = (Path(__file__).parents[2] / "docs" / "facts.md").read_text("utf-8")


def example(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_portfolio() -> None:
    vocabulary = load_builtin_vocabulary()
    facts = read_portfolio_document(read_yaml(example("yaml"), "portfolio.yaml"), vocabulary)
    built = build(vocabulary, facts, date(2026, 11, 22))
    assert built.report.findings == ()
    assert built.report.stubs == ("decision-log", "scoring-ltd")
    number = built.graph.number("applicants")
    assert number is not None
    assert built.graph.value(number, "owner") == "credit-data"
    assert built.graph.source(number, "owner") == Source("portfolio.yaml", "line 8")


def test_the_facts_form() -> None:
    vocabulary = load_builtin_vocabulary()
    source = Source("feast")
    facts = [*parse_facts(example("json"), "facts.jsonl"), ElementFact("applicants", "dataset", source)]
    built = build(vocabulary, facts, date(2026, 11, 22))
    assert built.report.findings == ()
    assert built.graph.edge_source(0, "trains", 1) == Source("openlineage", "pipeline.jsonl:6")
    assert Source("openlineage", "pipeline.jsonl:6").location() == ("pipeline.jsonl", 6, 0)
