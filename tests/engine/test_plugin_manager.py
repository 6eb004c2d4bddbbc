"""Plug-ins register through one door; a plug-in's mistake is an error that names the plug-in."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from installed_plugins import installed
from lexline.diagnostics import LexlineError
from lexline.plugin_manager import BUILT_INS, load_plugins, make_manager

HEAD = """
from pathlib import Path
from lexline.hookspecs import *
from lexline_lineage.values import Sort, ValueType
NUMBER = ValueType(Sort.NUMBER)

def function(view, elements, arguments):
    '''What it means.'''
    return [CheckOutcome(1.0)] * len(elements)

def check(name="test.one", kinds=("model",), parameters=(), result=NUMBER, **more):
    return Check(CheckSignature(name, kinds, parameters, result, Reads()), function, **more)
"""

WHOLE = (
    HEAD
    + """
@hookimpl
def lexline_importers(): return [Importer("one-importer", "Reads one.", {}, lambda request: ImportResult())]
@hookimpl
def lexline_checks(): return [check()]
@hookimpl
def lexline_reporters(): return [Reporter("shout", "text/plain", lambda report: "OH!")]
@hookimpl
def lexline_notifiers(): return [Notifier("pager", "Rings.", lambda notice, settings: None)]
@hookimpl
def lexline_vocabulary(): return [Path(__file__).with_name("more.yaml")]
@hookimpl
def lexline_packs(): return [Path(__file__).with_name("pack")]
"""
)

MISTAKES = {
    "an import that fails": ("import nothing_of_this_name", "LX312", "can't be loaded: ModuleNotFoundError"),
    "a text that is no Python": ("def", "LX312", "can't be loaded: SyntaxError"),
    "an argument too many": (
        "@hookimpl\ndef lexline_checks(config): return []",
        "LX311",
        "plug-in `broken` implements `lexline_checks() -> list[Check]` as `lexline_checks(config)`",
    ),
    "a default does not help": (
        "@hookimpl\ndef lexline_packs(extra=()): return []",
        "LX311",
        "implements `lexline_packs() -> list[Path]` as `lexline_packs(extra=())`",
    ),
    "a wrapper": (
        "@hookimpl(wrapper=True)\ndef lexline_checks(): return (yield)",
        "LX311",
        "implements `lexline_checks() -> list[Check]` as `lexline_checks()`",
    ),
    "no such hook": (
        "@hookimpl\ndef lexline_check(): return []",
        "LX311",
        "plug-in `broken` implements `lexline_check`, which is no hook",
    ),
    "a hook that fails": (
        "@hookimpl\ndef lexline_checks(): return 1 / 0",
        "LX312",
        "fails in `lexline_checks()`: ZeroDivisionError",
    ),
    "no list": ("@hookimpl\ndef lexline_checks(): return 7", "LX312", "gives `int` in `lexline_checks()`"),
    "something else": (
        "@hookimpl\ndef lexline_reporters(): return [check()]",
        "LX312",
        "offers `Check` as reporter, which has to be `Reporter`",
    ),
    "a file that is not there": (
        "@hookimpl\ndef lexline_vocabulary(): return [Path('/nowhere.yaml')]",
        "LX312",
        "offers the vocabulary file `/nowhere.yaml`, which is not there",
    ),
    "a pack that is no folder": (
        "@hookimpl\ndef lexline_packs(): return [Path(__file__)]",
        "LX312",
        "which is not there",
    ),
    "an importer that can't read": (
        "@hookimpl\ndef lexline_importers(): return [Importer('x', '', {}, None)]",
        "LX312",
        "offers the importer `x`, whose function can't be called",
    ),
    "a notifier's name": (
        "@hookimpl\ndef lexline_notifiers(): return [Notifier('My Mail', '', print)]",
        "LX312",
        "whose name is not of the form `name-in-lower-case`",
    ),
    "two of one name": (
        "@hookimpl\ndef lexline_checks(): return [check(), check()]",
        "LX313",
        "plug-ins `broken` and `broken` both offer the check `test.one`",
    ),
    "a built-in's name": (
        "@hookimpl\ndef lexline_reporters(): return [Reporter('json', 'x', str)]",
        "LX313",
        "plug-ins `lexline_plugins.reporters.registration` and `broken` both offer the reporter `json`",
    ),
}
BAD_CHECKS = {
    "name='one'": "whose name is not of the form `family.name`",
    "kinds=()": "which can't be asked about any kind",
    "result=ValueType(Sort.DOCUMENT)": "whose result is a document, which nothing can be compared with",
    "seconds=0": "whose seconds are not between 0 and 3600",
    "seconds=float('nan')": "whose seconds are not between 0 and 3600",
    "parameters=(CheckParameter('By', NUMBER),)": "whose parameter `By` is not of the form `name_in_lower_case`",
    "parameters=(CheckParameter('by', NUMBER), CheckParameter('by', NUMBER))": "which has two parameters of one name",
    "parameters=(CheckParameter('by', NUMBER, '5'),)": "whose parameter `by` has a default that is no number",
    "parameters=(CheckParameter('by', ValueType(Sort.DOCUMENT)),)": "whose parameter `by` can't be written in a policy",
}


def mistakes_of(folder: Path, **sources: str) -> list[tuple[str, str]]:
    """Code and message of each mistake of some plug-ins."""
    with installed(folder, **sources), pytest.raises(LexlineError) as caught:
        load_plugins()
    return [(found.code, found.message) for found in caught.value.diagnostics]


def test_everything_that_a_plugin_offers_is_there(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("kinds: {}")
    (tmp_path / "pack").mkdir()
    with installed(tmp_path, whole=WHOLE):
        plugins = load_plugins()
    assert plugins.importer("one-importer").summary == "Reads one."
    assert plugins.reporter("shout").media_type == "text/plain"
    assert plugins.signatures["test.one"].meaning == "What it means."
    assert plugins.vocabulary == (tmp_path / "more.yaml",)
    assert tmp_path / "pack" in plugins.packs
    assert list(plugins.notifiers) == ["webhook", "mail", "pager"]
    assert plugins.describe().endswith(
        "whole (whole 1.0)\n"
        "  importer one-importer: Reads one.\n"
        "  check test.one: What it means.\n"
        "  reporter shout: text/plain\n"
        f"  vocabulary file {tmp_path}/more.yaml\n"
        f"  pack {tmp_path}/pack\n"
        "  notifier pager: Rings.\n"
    )


@pytest.mark.parametrize("case", MISTAKES)
def test_mistake_names_the_plugin(tmp_path: Path, case: str) -> None:
    source, code, words = MISTAKES[case]
    ((found, message),) = mistakes_of(tmp_path, broken=HEAD + source)
    assert found == code
    assert words in message
    assert "`broken`" in message


@pytest.mark.parametrize("arguments", BAD_CHECKS)
def test_check_that_is_not_in_its_form(tmp_path: Path, arguments: str) -> None:
    source = f"{HEAD}\n@hookimpl\ndef lexline_checks(): return [check({arguments})]"
    ((code, message),) = mistakes_of(tmp_path, broken=source)
    assert code == "LX312"
    assert message.endswith(BAD_CHECKS[arguments])


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = mistakes_of(tmp_path, one="import nothing_of_this_name", two=f"{HEAD}\n@hookimpl\ndef lexline_x(): pass")
    assert [code for code, _ in found] == ["LX312", "LX311"]


def test_two_packages_with_one_entry_point(tmp_path: Path) -> None:
    other = tmp_path / "other-2.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 2.0\n")
    (other / "entry_points.txt").write_text("[lexline]\none = json\n")
    ((code, message),) = mistakes_of(tmp_path, one=HEAD)
    assert (code, message) == ("LX310", "two plug-ins are installed under the name `one`")


def test_a_blocked_plugin_is_left_out(tmp_path: Path) -> None:
    with installed(tmp_path, broken="import nothing_of_this_name"):
        plugins = load_plugins(blocked=["broken"])
    assert "broken" not in plugins.origins


@pytest.mark.parametrize(("ask", "name", "near"), [("reporter", "jsn", "json"), ("importer", "mlfow", "mlflow")])
def test_a_name_that_nothing_has(ask: str, name: str, near: str) -> None:
    with pytest.raises(LexlineError) as caught:
        getattr(load_plugins(), ask)(name)
    assert caught.value.diagnostics[0].code == "LX314"
    assert caught.value.diagnostics[0].help == f"did you mean `{near}`?"


def test_built_ins_come_through_the_same_door_in_their_order() -> None:
    first, second = make_manager(), make_manager()
    assert first is not second
    installed_names = {point.name for point in importlib.metadata.entry_points(group="lexline")}
    names = [name for name, _ in first.list_name_plugin() if name not in installed_names]
    assert names == list(BUILT_INS)
