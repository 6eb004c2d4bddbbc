"""Importers on small files that set traps."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from lexline.importing import ImportRequest
from lexline_plugins.importers.registration import lexline_importers
from shown import shown

HERE = Path(__file__).parent
CASES = [case for file in sorted(HERE.glob("cases/*.yaml")) for case in yaml.safe_load(file.read_text("utf-8"))]
IMPORTERS = {importer.name: importer for importer in lexline_importers()}


def with_names(text: str, files: dict[str, str]) -> str:
    """The text with `<NAME>` in place of the digest of a file, or of its beginning, by which an element is called."""
    for name, content in files.items():
        digest = hashlib.sha256(content.encode("utf-8")).hexdigest()
        text = re.sub(f"{digest[:16]}({digest[16:32]}({digest[32:]})?)?", f"<{name}>", text)
    return text


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    for name, content in case["files"].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    paths = tuple(tmp_path / name for name in sorted(case["files"]))
    result = IMPORTERS[case["importer"]].read(ImportRequest(paths, case["settings"], "source"))
    lines = with_names(shown(result), case["files"]).splitlines()
    facts = [line.rpartition("   [")[0] for line in lines if line.endswith("]") and "   [" in line]
    assert [line for line in case.get("facts", []) if line not in facts] == []
    assert [line for line in facts for part in case.get("absent", []) if line.startswith(part)] == []
    for sort in ("unresolved", "skipped"):
        found = [line for line in lines if line.startswith(f"{sort}: ")]
        expected = case.get(sort, [])
        assert [part for part in expected if not any(part in line for line in found)] == []
        assert len(found) == len(expected), found
