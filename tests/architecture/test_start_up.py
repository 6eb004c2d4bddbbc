"""Start-up imports only what a command uses: bounded by modules, not by time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lexline.app.cli.commands import run

DOOR = {"annotated_doc", "annotated_types", "pydantic", "pydantic_core", "shellingham", "typer", "typing_extensions"}
DOOR |= {"typing_inspection", "yaml"}
"""What reads a command's words and the settings."""
HELP = DOOR | {"attr", "markdown_it", "mdurl", "pygments", "rich"}
COMPILING = DOOR | {"jsonpath_ng", "lark", "pluggy"}
DECIDING = DOOR | {"numpy", "pluggy"}
"""What decides, where a snapshot and compiled policies serve."""
PARSING = {"lexline.lang.compile", "lexline.lang.layout", "lexline.lang.parse", "lexline.lang.syntax"}
UNUSED = PARSING | {"concurrent.futures", "lexline.report_document", "lexline.store", "multiprocessing"}
UNUSED |= {"lexline.app.cli.misuse", "lexline.evaluate.moved", "lexline_lineage.difference", "numba"}
"""What parses policies, writes JSON, keeps revisions, shares work among processes, says what is wrong with a command,
compares two states of a graph, and compiles kernels."""

SERVICE = "kind: InferenceService\nmetadata: {name: s}\nspec: {predictor: {model: {storageUri: s3://b/m}}}\n"
OURS = {"lexline", "lexline_lineage", "lexline_plugins", "lexline_policies"}
PROGRAM = """
import json, sys
before = set(sys.modules)
from lexline.app.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    status = ended.code
print("\\n@" + json.dumps([status, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""

SETTINGS = """
waivers: waivers.yaml
sources:
  serving: {importer: kserve, paths: [kserve.yaml], settings: {authority: here}}
"""


WAIVERS = """
waivers:
  - {rules: [house/VALIDATED], every: model, where: "validated_on is known and not (model is in-production)",
     reason: r, control: c, approver: a, role: b, requested_by: d, from: 2026-01-01, until: 2099-12-31}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as ``lexline init`` sets it up, with a source, a waiver and, after a check, a snapshot and compiled
    policies."""
    folder = tmp_path_factory.mktemp("started")
    assert run(["init", str(folder)]) == 0
    with (folder / "lexline.yaml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    (folder / "waivers.yaml").write_text(WAIVERS, "utf-8")
    (folder / "kserve.yaml").write_text(SERVICE, "utf-8")
    imported_by(folder, "check")
    assert {path.suffix for path in (folder / "cache").rglob("*.*")} >= {".graph", ".policies"}
    return folder


def imported_by(folder: Path, *arguments: str) -> set[str]:
    """The modules that a command imports, which ends with 0 or 1."""
    environment = {**os.environ, "LEXLINE_CACHE": str(folder / "cache")}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    status, modules = json.loads(done.stderr.rsplit("@", 1)[1])
    assert status in (0, 1), done.stderr[:2_000]
    return set(modules)


def of_others(modules: set[str]) -> set[str]:
    """The packages that the modules belong to, but ours and Python's own."""
    packages = {name.partition(".")[0] for name in modules}
    return {name for name in packages - OURS - sys.stdlib_module_names if not name.startswith(("_", "cython_runtime"))}


@pytest.mark.parametrize(
    ("command", "bound"),
    [
        ("--version", DOOR),
        ("--help", HELP),
        ("check --help", HELP),
        ("fmt --check", COMPILING - {"jsonpath_ng", "pluggy"}),
        ("test", COMPILING | {"numpy"}),
        ("lint", COMPILING | {"numpy"}),
        ("check", DECIDING),
        ("gate credit", DECIDING),
        ("explain VALIDATED credit", DECIDING),
        ("horizon --on 2026-11-01 --until 2026-12-01", DECIDING),
        ("measures", DECIDING),
        ("import", COMPILING | {"numpy"}),
    ],
)
def test_a_command_imports_no_other_packages(project: Path, command: str, bound: set[str]) -> None:
    modules = imported_by(project, *command.split())
    assert of_others(modules) <= bound
    importers = {name for name in modules if name.startswith("lexline_plugins.importers.")}
    if command != "import":
        assert importers <= {"lexline_plugins.importers.registration"}
    else:
        assert "lexline_plugins.importers.kserve" in importers


@pytest.mark.parametrize("command", ["check", "gate credit", "explain VALIDATED credit"])
def test_deciding_imports_nothing_that_it_does_not_use(project: Path, command: str) -> None:
    assert not imported_by(project, *command.split()) & UNUSED


@pytest.mark.parametrize("command", ["check", "explain VALIDATED credit", "gate credit --no-record"])
def test_a_store_is_only_glanced_at_where_a_snapshot_serves(tmp_path: Path, command: str) -> None:
    assert run(["init", str(tmp_path)]) == 0
    settings = tmp_path / "lexline.yaml"
    kept = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("facts:")]
    settings.write_text("\n".join(kept) + "\nstore: lexline.db\n" + SETTINGS, "utf-8")
    (tmp_path / "waivers.yaml").write_text(WAIVERS, "utf-8")
    (tmp_path / "kserve.yaml").write_text(SERVICE, "utf-8")
    assert "sqlalchemy" in imported_by(tmp_path, "import")
    assert "sqlalchemy" in imported_by(tmp_path, "check")
    modules = imported_by(tmp_path, *command.split())
    assert not modules & (UNUSED | {"sqlalchemy"})
    assert of_others(modules) <= DECIDING
