"""Every form in which facts lie in files, by the name of the file: the one place that callers need.

YAML and JSON portfolios, folders of Parquet, and the facts form as JSON Lines (``.jsonl``) or Parquet (``.parquet``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from lexline_lineage.builder import BuiltGraph, build, build_from_columns
from lexline_lineage.column_flow import column_flow
from lexline_lineage.fact_files import read_fact_lines, write_fact_lines
from lexline_lineage.facts import Fact
from lexline_lineage.identity import join
from lexline_lineage.identity_rules import IdentityRules
from lexline_lineage.portfolio_files import read_portfolio_file, write_portfolio
from lexline_lineage.raw_values import facts_of
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["facts_of", "joined_graph", "load_graph", "read_facts", "read_portfolio", "write_facts", "write_portfolio"]


def load_graph(
    vocabulary: Vocabulary, paths: Sequence[Path], on: date, rules: IdentityRules | None = None
) -> BuiltGraph:
    """The graph of all files on a day, joined by ``rules`` (the built-in ones where None); one Parquet folder alone
    takes the fast way. Raises ``LineageError``."""
    if len(paths) == 1 and paths[0].is_dir():
        from lexline_lineage.parquet_files import read_table

        return build_from_columns(vocabulary, read_table(paths[0], vocabulary))
    facts = (fact for path in paths for fact in read_portfolio(path, vocabulary))
    return joined_graph(vocabulary, facts, on, rules)


def joined_graph(
    vocabulary: Vocabulary, facts: Iterable[Fact], on: date, rules: IdentityRules | None = None
) -> BuiltGraph:
    """The graph of facts of several sources, joined into one, with what may flow between columns where only the flow
    between their tables is recorded. Raises ``LineageError``."""
    rules = rules or IdentityRules()
    joined = join(facts, rules)
    known = (*joined.facts, *column_flow(joined.facts, on))
    return replace(build(vocabulary, known, on, rules.sources_first), joined=joined)


def read_portfolio(path: Path, vocabulary: Vocabulary) -> tuple[Fact, ...]:
    """The facts of a portfolio (YAML, JSON, a Parquet folder) or of a file in the facts form. Raises
    ``LineageError``."""
    if path.is_dir():
        from lexline_lineage.parquet_files import facts_of_table, read_table

        return tuple(facts_of_table(read_table(path, vocabulary)))
    if path.suffix.lower() in (".jsonl", ".parquet"):
        return read_facts(path)
    return read_portfolio_file(path, vocabulary)


def read_facts(path: Path) -> tuple[Fact, ...]:
    """The facts of a file in the facts form. Raises ``LineageError``."""
    if path.suffix.lower() == ".parquet":
        from lexline_lineage.parquet_files import read_fact_table

        return read_fact_table(path)
    return read_fact_lines(path)


def write_facts(path: Path, facts: Iterable[Fact]) -> None:
    """Writes the facts form, Parquet where the name ends in ``.parquet`` and JSON Lines otherwise, all or nothing.
    Raises ``LineageError``."""
    if path.suffix.lower() == ".parquet":
        from lexline_lineage.parquet_files import write_fact_table

        write_fact_table(path, facts)
    else:
        write_fact_lines(path, facts)
