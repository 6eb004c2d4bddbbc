"""The example plug-in, installed as anyone's would be (but without a network), works from the command line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin-retention"
README = (EXAMPLE / "README.md").read_text("utf-8")
PORTFOLIO = """
nodes:
  calls: {kind: dataset, personal_data: true}
  clicks: {kind: dataset, personal_data: true}
  letters: {kind: dataset, personal_data: true}
  maps: {kind: dataset, personal_data: false}
"""
REGISTER = """dataset,owner,collected_from,retention
calls,service,2025-01-31,18 months
clicks,web,2026-01-01,18 months
letters,post,2020-01-01,
,nobody,2020-01-01,1 years
"""


def block(language: str) -> str:
    """The block of the README in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found
    return found.group(1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plug-in installed in it by pip."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(EXAMPLE, folder / "source")
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-build-isolation"]
    install = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "site"), str(source)]
    subprocess.run(install, check=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})  # our own files
    return folder / "site"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that uses the plug-in as the README says."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "retention.policy").write_text(block("policy"), "utf-8")
    (tmp_path / "lexline.yaml").write_text(block("yaml"), "utf-8")
    (tmp_path / "portfolio.yaml").write_text(PORTFOLIO, "utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, "utf-8")
    return tmp_path


def python(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of Python in a folder, with the plug-in installed."""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def lexline(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of the command line in a folder, with the plug-in installed."""
    program = "import sys; from lexline.app.cli import main; sys.exit(main(sys.argv[1:]))"
    return python(site, folder, "-c", program, *arguments)


def test_it_is_listed(site: Path, project: Path) -> None:
    listed = lexline(site, project, "plugins")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.endswith(
        "retention (lexline-retention 1.0.0)\n"
        "  importer retention-register: Reads owners and retention periods of datasets from a register in CSV.\n"
        "  check retention.days-over: By how many days the oldest records of a dataset have been kept for longer than"
        " they may be.\n"
    )


def test_its_importer_and_its_check_decide(site: Path, project: Path) -> None:
    imported = lexline(site, project, "import")
    assert imported.returncode == 0, imported.stderr
    assert "skipped: register.csv:5: it names no dataset" in imported.stdout
    checked = lexline(site, project, "check", "--on", "2026-09-03", "--format", "json")
    assert checked.returncode == 1, checked.stderr
    verdicts = {entry["element"]: entry for entry in json.loads(checked.stdout)["verdicts"]}
    assert {element: entry["verdict"] for element, entry in verdicts.items()} == {
        "calls": "fail",
        "clicks": "pass",
        "letters": "unknown",
        "maps": "not-applicable",
    }
    assert "retention" in json.dumps(verdicts["letters"]["missing"])


def test_what_the_readme_says_of_tests(site: Path, tmp_path: Path) -> None:
    ran = python(site, tmp_path, "-c", block("python"))
    assert ran.returncode == 0, ran.stderr
