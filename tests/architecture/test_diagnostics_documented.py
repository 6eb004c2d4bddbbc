"""Every diagnostic has a page, every page a diagnostic, and each page's example shows what it says."""

import os
import re
import runpy
import shlex
import sqlite3
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from installed_plugins import installed
from ledger_entries import ENTRIES
from lexline.app.cli.commands import run
from lexline.diagnostics import Diagnostic, LexlineError, Source
from lexline.evaluate import explaining
from lexline.evaluate.interpret import Interpreter
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckParameter, CheckSignature, Reads
from lexline.plugin_manager import load_plugins
from lexline.store import open_store, opening
from lexline_lineage import documents, placement
from lexline_lineage.problems import LineageError
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "diagnostics"
ALL_PAGES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("LX*.md"))}
PAGES = {code: page for code, page in ALL_PAGES.items() if code < "LX300"}
OTHER_PAGES = {code: page for code, page in ALL_PAGES.items() if code >= "LX300"}
BLOCK = re.compile(r"^```([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
POLICY = re.compile(r"^```policy\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETTINGS = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECK = CheckSignature(
    name="example.gap",
    kinds=("model",),
    parameters=(CheckParameter("by", ValueType(Sort.TEXT)),),
    result=ValueType(Sort.PERCENTAGE),
    reads=Reads(),
)


MADE = {
    "LX112": "# long\n" * 200_000,
    "LX113": 'rule R "r" for model require ' + "(" * 2_000 + "true" + ")" * 2_000,
}
"""Mistakes that are too large for a page."""
RIGHT = {"LX531": 2} | dict.fromkeys(
    ("LX321", "LX322", "LX464", "LX503", "LX505", "LX520", "LX524", "LX605", "LX606"), 1
)
"""How many blocks of a page are right; what comes next shows the code."""


def codes() -> set[str]:
    """The codes that the sources use."""
    sources = [path for root in ("engine", "lineage", "plugins") for path in (ROOT / root).rglob("*.py")]
    return {code for path in sources for code in re.findall(r"\b(LX\d{3})\b", path.read_text("utf-8"))}


def found_in(page: str, block: str) -> list[Diagnostic]:
    """All that is wrong with a block of a page, by the settings that the page shows."""
    shown = SETTINGS.search(page)
    settings = yaml.safe_load(shown.group(1))["parameters"] if shown else {}
    file, mistakes = parse(Source("example.policy", block))
    files = [file] if file else []
    checks = {CHECK.name: CHECK}
    _, more = compile_policies(files, load_builtin_vocabulary(), checks=checks, settings=settings)
    return [*mistakes, *more]


def test_codes_and_pages_are_the_same() -> None:
    assert codes() == set(ALL_PAGES)


@pytest.mark.parametrize("code", PAGES)
def test_page_shows_its_mistake_first_and_then_how_to_mend_it(code: str) -> None:
    page = PAGES[code]
    assert page.startswith(f"# {code}: ")
    blocks = POLICY.findall(page) or [MADE[code]]
    assert [diagnostic.code for diagnostic in found_in(page, blocks[0])] == [code]
    for mended in blocks[1:]:
        assert not found_in(page, mended)


def block_of(info: str, text: str, folder: Path) -> list[str]:
    """Puts a block of a page where its first line says; the command that reads it."""
    if info == "console":
        return shlex.split(text)[1:]
    name = info.split()[1]
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    setting = {
        "identity.yaml": "identity: identity.yaml",
        "waivers.yaml": "waivers: waivers.yaml",
        "ours/rules.policy": "packs: [./ours]",
    }.get(name)
    if setting is not None:
        settings = (folder / "lexline.yaml").read_text("utf-8")
        if setting not in settings:
            (folder / "lexline.yaml").write_text(f"{settings}\n{setting}\n", "utf-8")
        return ["check", "--on=2026-11-22"]
    if name == "policies/lint.policy":
        return ["lint", "--no-facts", "--on=2026-11-22"]
    option = {"lexline.yaml": "--project=.", "vocabulary.yaml": f"--extend-vocabulary={name}"}
    return ["check", "--on=2026-11-22", option.get(name, f"--portfolio={name}")]


def made(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes what a page can't show, such as a file that is no text; the command that reads it."""
    if code in ("LX502", "LX504"):
        return broken_store(code, folder, monkeypatch)
    if code in ("LX521", "LX522", "LX525"):
        return changed_ledger(code, folder)
    if code == "LX304":
        monkeypatch.setattr(explaining, "TOGETHER", 1)
        monkeypatch.setattr(Interpreter, "decide", lambda *_: os._exit(9))
        return ["check", "--jobs=2"]
    path = folder / "portfolio.yaml"
    text = {
        "LX403": "nodes: {}",
        "LX404": "[" * 200,
        "LX439": "nodes:\n" + "".join(f"  m{number}: {{kind: modle}}\n" for number in range(600)),
    }
    if code in ("LX416", "LX417"):
        path = folder / "portfolio.parquet"
    path.write_bytes(text.get(code, "nodes: {é: {kind: model}}").encode("latin-1"))
    if code == "LX403":
        monkeypatch.setattr(documents, "MAX_BYTES", 5)
    if code == "LX417":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    if code == "LX439":
        monkeypatch.setattr(placement, "MAX_PROBLEMS", 5)
    return ["check", f"--portfolio={path.name}"]


def broken_store(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes a store whose file another program keeps for itself, or whose server doesn't answer."""
    settings = (folder / "lexline.yaml").read_text("utf-8").replace("facts: facts", "")
    where = "lexline.db" if code == "LX502" else "postgresql://127.0.0.1:1/lexline"
    (folder / "lexline.yaml").write_text(f"{settings}store: {where}\n", "utf-8")
    if code == "LX502":
        other = sqlite3.connect(folder / where, isolation_level=None)
        other.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; CREATE TABLE t (a)")
        monkeypatch.setattr(opening, "_WAIT_MS", 10)
        monkeypatch.setattr(sys, "other_program", other, raising=False)  # until the test has ended
    return ["check"]


def changed_ledger(code: str, folder: Path) -> list[str]:
    """Makes a store with a ledger of one entry, of what isn't there, or which another program then changes; a command
    that reads or writes."""
    settings = (folder / "lexline.yaml").read_text("utf-8").replace("facts: facts", "")
    (folder / "lexline.yaml").write_text(f"{settings}store: lexline.db\n", "utf-8")
    with open_store(folder / "lexline.db") as store:
        store.append(ENTRIES[1:2] if code == "LX525" else ENTRIES[:1])
    if code == "LX525":
        return ["check"]
    with closing(sqlite3.connect(folder / "lexline.db", isolation_level=None)) as other:
        other.execute("UPDATE entry SET body = '{}', digest = ''")
    return ["ledger", "show"] if code == "LX521" else ["gate", "credit"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder as ``lexline init`` sets it up, entered."""
    run(["init", str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    return tmp_path


def codes_shown(command: list[str], capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The codes that a command prints."""
    run(command)
    printed = capsys.readouterr()
    return set(re.findall(r"LX\d{3}", printed.out + printed.err))


@pytest.mark.parametrize("code", [c for c, page in OTHER_PAGES.items() if not re.search("```(python|toml)", page)])
def test_page_of_a_command_or_a_file_shows_its_mistake_first(
    code: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert OTHER_PAGES[code].startswith(f"# {code}: ")
    blocks = BLOCK.findall(OTHER_PAGES[code])
    right = RIGHT.get(code, 0)
    for info, text in blocks[:right]:
        block_of(info, text, project)
    blocks = blocks[right:]
    first = block_of(blocks[0][0], blocks[0][1], project) if blocks else made(code, project, monkeypatch)
    assert code in codes_shown(first, capsys) <= {code, "LX430" if code == "LX439" else code}
    for info, text in blocks[1:]:
        assert not codes_shown(block_of(info, text, project), capsys)


@pytest.mark.parametrize("code", [c for c, page in OTHER_PAGES.items() if "```python" in page])
def test_page_of_a_program_shows_its_mistake(code: str, project: Path) -> None:
    ((_, text),) = BLOCK.findall(OTHER_PAGES[code])
    if code < "LX400":
        with installed(project, plugin_of_a_page=text), pytest.raises(LexlineError) as refused:
            load_plugins()
        assert [diagnostic.code for diagnostic in refused.value.diagnostics] == [code]
        return
    (project / "shown.py").write_text(text, "utf-8")
    with pytest.raises(LineageError) as caught:
        runpy.run_path("shown.py")
    assert [problem.code for problem in caught.value.problems] == [code]


def test_page_of_two_packages_shows_their_mistake(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((_, text),) = BLOCK.findall(OTHER_PAGES["LX310"])
    ((name, module),) = tomllib.loads(text)["project"]["entry-points"]["lexline"].items()
    for package in ("one", "two"):
        info = project / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[lexline]\n{name} = {module}\n", "utf-8")
    (project / f"{module}.py").write_text("", "utf-8")
    monkeypatch.syspath_prepend(project)
    with pytest.raises(LexlineError) as refused:
        load_plugins()
    assert [diagnostic.code for diagnostic in refused.value.diagnostics] == ["LX310"]


def test_index_lists_every_page_with_its_title() -> None:
    index = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(LX\d{3})\]\((LX\d{3}).md\) \| (.+) \|$", index, re.MULTILINE)
    titles = [page.split("\n", 1)[0].removeprefix(f"# {code}: ") for code, page in ALL_PAGES.items()]
    assert rows == [(code, code, title) for code, title in zip(ALL_PAGES, titles, strict=True)]
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", *(f"{code}.md" for code in ALL_PAGES)}
