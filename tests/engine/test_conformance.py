"""Every case of the corpus, through both evaluators; policies that are refused, through the compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Case, cases
from lexline.app.render.diagnostics import render
from lexline.lang.compile import compile_text
from lexline.lang.typed import Program
from lexline_lineage.builder import build
from outcomes import COMPILED, EVALUATORS, HAS_NUMBA, NO_NUMBA, Figure, by_columns
from probes import Probes, probe_signatures
from snapshots import through_a_snapshot

ALL = tuple(cases())
SNAPSHOT = "columns over a snapshot"
WAYS = {**EVALUATORS, **COMPILED, SNAPSHOT: by_columns}
NEEDS_NUMBA = pytest.mark.skipif(not HAS_NUMBA, reason=NO_NUMBA)


@pytest.mark.parametrize("way", [pytest.param(way, marks=[NEEDS_NUMBA] * (way in COMPILED)) for way in WAYS])
@pytest.mark.parametrize("case", [case for case in ALL if not case.error], ids=lambda case: case.place)
def test_accepted(case: Case, way: str, tmp_path: Path) -> None:
    program = _program(case)
    built = build(case.vocabulary, case.facts, on=case.clock.today)
    graph = built.graph if way != SNAPSHOT else through_a_snapshot(built, tmp_path / "a.graph").graph
    found = WAYS[way](program, graph, case.clock, Probes(graph))
    named = {key[1]: outcomes for key, outcomes in found.rules.items()}
    for part, expected in (("verdict", case.verdicts), ("underlying", case.underlying), ("phase", case.phases)):
        said = {
            rule: {element: str(getattr(named[rule][element], part)) for element in elements}
            for rule, elements in expected.items()
        }
        assert said == expected, f"{case.place} {case.title}: {part}"
    figures = {key[1]: _shown(figure) for key, figure in found.measures.items()}
    assert figures == case.measures, f"{case.place} {case.title}: measures"


@pytest.mark.parametrize("case", [case for case in ALL if case.error], ids=lambda case: case.place)
def test_refused(case: Case) -> None:
    _, found = compile_text(case.policy, case.vocabulary, checks=probe_signatures(case.vocabulary))
    assert found, f"{case.place} {case.title}: nothing is refused"
    first = found[0]
    assert case.error in render(first), f"{case.place} {case.title}"
    if case.error_line is not None:
        assert first.span.line == case.error_line, f"{case.place} {case.title}: {render(first)}"


def test_each_case_stands_once() -> None:
    titles = [(case.folder, case.title) for case in ALL]
    assert len(set(titles)) == len(titles)


def _program(case: Case) -> Program:
    program, found = compile_text(case.policy, case.vocabulary, checks=probe_signatures(case.vocabulary))
    assert not found, f"{case.place} {case.title}\n" + "\n".join(map(render, found))
    return program


def _shown(figure: Figure) -> object:
    if figure.low is None:
        return "missing"
    return figure.low if figure.low == figure.high else [figure.low, figure.high]
