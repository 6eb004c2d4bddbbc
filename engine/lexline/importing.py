"""Importers: what a plugin that reads facts out of another system's files gets, and what it gives back.

An importer turns files of one system into facts, without asking that system anything. What it can't read it skips
with a reason; what points at something that its files don't hold is unresolved. Both are reported, none is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lexline_lineage.facts import Fact

__all__ = ["ImportRequest", "ImportResult", "Importer", "SettingError", "Skipped", "Unresolved"]


class SettingError(Exception):
    """A setting of a source can't be used: the user's mistake, which the caller reports at the settings file.

    ``setting`` is its name; the message is one sentence in lower case without a full stop.
    """

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to read: ``paths`` (files, in the order given), the ``settings`` of the source, and the name of the
    ``source``, under which its facts are recorded."""

    paths: tuple[Path, ...]
    settings: Mapping[str, object]
    source: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """``reference`` (an artefact location, a run id …) leads to nothing in the files that were read.

    ``where`` is the element that refers to it, ``why`` a sentence in lower case without a full stop.
    """

    reference: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a record of one, that gave no facts. ``place`` names it: ``runs.json``, ``events.jsonl:12``."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The facts of one source, and what did not become facts; the same files give the same, in the same order."""

    facts: tuple[Fact, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer, as the hook ``lexline_importers`` gives it.

    ``name`` is what a source in ``lexline.yaml`` says after ``importer:``; ``summary`` is one sentence;
    ``settings_help`` says for each setting, by its name, what it means. ``read`` raises ``SettingError`` for a setting
    that can't be used, and nothing for what the files hold.
    """

    name: str
    summary: str
    settings_help: Mapping[str, str]
    read: Callable[[ImportRequest], ImportResult]
