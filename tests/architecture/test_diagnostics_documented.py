"""Every diagnostic of the language has a page, every page a diagnostic, and each page's example shows what it says."""

import re
from pathlib import Path

import pytest
import yaml

from lexline.diagnostics import Diagnostic, Source
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckParameter, CheckSignature, Reads
from lexline_lineage.values import Sort, ValueType
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "docs" / "diagnostics").glob("LX[12]*.md"))}
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


def codes() -> set[str]:
    """The codes that the sources of the language use."""
    sources = (ROOT / "engine" / "lexline" / "lang").glob("*.py")
    return {code for path in sources for code in re.findall(r'"(LX[12]\d\d)"', path.read_text("utf-8"))}


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
    assert codes() == set(PAGES)


@pytest.mark.parametrize("code", PAGES)
def test_page_shows_its_mistake_first_and_then_how_to_mend_it(code: str) -> None:
    page = PAGES[code]
    assert page.startswith(f"# {code}: ")
    blocks = POLICY.findall(page) or [MADE[code]]
    assert [diagnostic.code for diagnostic in found_in(page, blocks[0])] == [code]
    for mended in blocks[1:]:
        assert not found_in(page, mended)


def test_index_names_every_page() -> None:
    folder = ROOT / "docs" / "diagnostics"
    index = (folder / "README.md").read_text("utf-8")
    assert [
        path.name for path in folder.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index
    ] == []


def test_other_codes_have_pages() -> None:
    sources = [path for root in ("engine", "plugins") for path in (ROOT / root).rglob("*.py")]
    used = {code for path in sources for code in re.findall(r'"(LX3\d\d)"', path.read_text("utf-8"))}
    assert used == {path.stem for path in (ROOT / "docs" / "diagnostics").glob("LX3*.md")}


DATA_CODE = re.compile(
    r'(?:Problem|problem|refuse|_refuse|_stop|_problem_at|DataFinding|\.add)\([^"\n]*\n?\s*"([a-z]+(?:-[a-z0-9]+)+)"'
)


def test_codes_of_data_files_are_listed() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "lineage" / "lexline_lineage").glob("*.py")]
    used = {code for text in sources for code in DATA_CODE.findall(text)}
    page = (ROOT / "docs" / "diagnostics" / "data.md").read_text("utf-8")
    assert len(used) > 30
    assert used <= set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE))
