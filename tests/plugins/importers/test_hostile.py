"""Whatever a file holds, an importer raises nothing, and its facts build a graph."""

from __future__ import annotations

import contextlib
import copy
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexline.importing import ImportRequest
from lexline_lineage.builder import build
from lexline_lineage.problems import LineageError
from lexline_lineage.vocabulary import Vocabulary
from lexline_lineage.vocabulary_files import load_builtin_vocabulary
from lexline_plugins.importers.registration import lexline_importers

SOURCES = Path(__file__).parents[3] / "examples" / "credit" / "sources"
IMPORTERS = {importer.name: importer for importer in lexline_importers()}
Place = tuple[str | int, ...]


@cache
def vocabulary() -> Vocabulary:
    return load_builtin_vocabulary()


@cache
def documents(name: str) -> list[Any]:
    """What the files of the example hold, a document each."""
    found: list[Any] = []
    for path in sorted((SOURCES / name).rglob("*")):
        if path.suffix == ".yaml":
            found += yaml.safe_load_all(path.read_text("utf-8"))
        elif path.suffix == ".md":
            _, front, body = path.read_text("utf-8").split("---\n", 2)
            found.append({"front": yaml.safe_load(front), "body": body})
        elif path.suffix == ".json":
            found.append(json.loads(path.read_text("utf-8")))
        elif path.name == "pipeline.jsonl":
            found += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return found


def places(data: Any) -> list[Place]:
    """The places of all parts of a document."""
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [place for key, child in children for place in ((key,), *((key, *rest) for rest in places(child)))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "key", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@pytest.mark.parametrize("name", sorted(IMPORTERS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_part_may_be_anything(name: str, tmp_path: Path, data: st.DataObject) -> None:
    changed = copy.deepcopy(documents(name))
    known = places(changed)
    for _ in range(data.draw(st.integers(1, 4))):
        put(changed, data.draw(st.sampled_from(known)), data.draw(JSON | st.sampled_from(known).map(str)))
    paths = []
    for number, document in enumerate(changed):
        paths.append(tmp_path / f"{number}{'.md' if name == 'model-cards' else '.json'}")
        paths[-1].write_text(written(name, document), "utf-8")
    needed = {key: "a" for key in ("authority",) if key in IMPORTERS[name].settings_help}
    result = IMPORTERS[name].read(ImportRequest(tuple(paths), needed, name))
    build(vocabulary(), result.facts, date(2026, 9, 3))


@pytest.mark.parametrize("ending", [".json", ".yaml", ".jsonl", ".md", ".pb"])
@pytest.mark.parametrize("name", sorted(IMPORTERS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=120) | st.sampled_from([b"{", b"[1]", b"null", b"\x1f\x8b", b"a: !!python/name:os"]))
def test_any_bytes_are_skipped_or_refused(name: str, ending: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(content)
    needed = {key: "a" for key in ("authority",) if key in IMPORTERS[name].settings_help}
    with contextlib.suppress(LineageError):
        result = IMPORTERS[name].read(ImportRequest((path,), needed, name))
        build(vocabulary(), result.facts, date(2026, 9, 3))


def written(name: str, document: Any) -> str:
    """The text of a file with that document in the form that the importer reads."""
    if name == "model-cards" and isinstance(document, dict):
        return f"---\n{json.dumps(document.get('front'), default=str)}\n---\n{document.get('body')}"
    return json.dumps(document, default=str)


def put(data: Any, place: Place, value: object) -> None:
    """Replace the part at a place, where there still is one."""
    for key in place[:-1]:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return
    last = place[-1]
    is_there = last in data if isinstance(data, dict) else isinstance(data, list) and last in range(len(data))
    if is_there:
        data[last] = value
