"""The cases of ``tests/corpus``: policy, facts, dates, and what has to come out, each with the place where it stands.

The keys of a case are explained in ``tests/corpus/meaning/README.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lexline.evaluate.verdict import Clock
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import load_vocabulary

CORPUS = Path(__file__).parents[1] / "corpus"
FOLDERS = ("conformance", "meaning")
USUAL_DATE = date(2026, 11, 22)

Expected = Mapping[str, Mapping[str, str]]
"""rule: {element: word}"""
_KEYS = frozenset(
    "case policy nodes edges facts date now known_on expect underlying phase measure error line".split()  # noqa: SIM905  # one line reads better
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case. ``place`` is ``folder/file:line``; ``error`` is empty where the policy is accepted."""

    place: str
    title: str
    folder: str
    policy: str
    facts: tuple[Fact, ...]
    clock: Clock
    verdicts: Expected
    underlying: Expected
    phases: Expected
    measures: Mapping[str, object]
    error: str
    error_line: int | None

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of its folder."""
        return vocabulary_of(self.folder)


@cache
def vocabulary_of(folder: str) -> Vocabulary:
    """The vocabulary of all cases of a folder."""
    return load_vocabulary(CORPUS / folder / "vocabulary.yaml")


def cases() -> Iterator[Case]:
    """All cases, by folder, file and line."""
    for folder in FOLDERS:
        for path in sorted((CORPUS / folder).glob("*.yaml")):
            if path.name != "vocabulary.yaml":
                yield from _cases_of(folder, path)


def _cases_of(folder: str, path: Path) -> Iterator[Case]:
    text = path.read_text("utf-8")
    node = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(node, yaml.SequenceNode):
        raise ValueError(f"{path} holds no list of cases")
    lines = [item.start_mark.line + 1 for item in node.value]
    for line, raw in zip(lines, yaml.safe_load(text), strict=True):
        place = f"{folder}/{path.name}:{line}"
        if unknown := set(raw) - _KEYS:
            raise ValueError(f"{place}: no case has {sorted(unknown)}")
        yield _case(place, folder, raw)


def _case(place: str, folder: str, raw: Mapping[str, Any]) -> Case:
    today = raw.get("date", USUAL_DATE)
    moment = datetime.fromisoformat(raw["now"]) if "now" in raw else None
    return Case(
        place=place,
        title=raw["case"],
        folder=folder,
        policy=raw["policy"],
        facts=tuple(_facts(place, raw)),
        clock=Clock(today, moment, raw.get("known_on")),
        verdicts=raw.get("expect", {}),
        underlying=raw.get("underlying", {}),
        phases=raw.get("phase", {}),
        measures=raw.get("measure", {}),
        error=str(raw.get("error", "")),
        error_line=raw.get("line"),
    )


def _facts(place: str, raw: Mapping[str, Any]) -> Iterator[Fact]:
    source = Source("corpus", place)
    for element, attributes in raw.get("nodes", {}).items():
        yield ElementFact(element, attributes["kind"], source)
        for name, value in attributes.items():
            if name != "kind" and value is not None:
                yield AttributeFact(element, name, value, source)
    for element, name, value, valid in raw.get("facts", []):
        yield AttributeFact(element, name, value, source, valid.get("from"), valid.get("until"))
    for origin, relation, target, *more in raw.get("edges", []):
        valid = more.pop() if more and isinstance(more[-1], dict) else {}
        possible = more == ["possible"]
        yield EdgeFact(origin, relation, target, source, possible, valid.get("from"), valid.get("until"))
