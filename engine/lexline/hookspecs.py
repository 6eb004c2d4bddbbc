"""Every extension point of Lexline, on one page.

A plug-in is a module (or object) named by an entry point of the group ``lexline``. It implements any of the hooks
below, marked with ``hookimpl``; every hook takes no arguments and returns a list of what the plug-in offers. The
built-in importers, checks and reporters come through the same hooks. ``docs/plugins.md`` shows each with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_view import Check, CheckView, UndeclaredReadError
from lexline.evaluate.verdict import MissingFact
from lexline.importing import Importer, ImportRequest, ImportResult, SettingError, Skipped, Unresolved
from lexline.lang.signatures import CheckParameter, CheckSignature, Reads

if TYPE_CHECKING:
    from lexline.report import Report

__all__ = [
    "Check",
    "CheckOutcome",
    "CheckParameter",
    "CheckSignature",
    "CheckView",
    "ImportRequest",
    "ImportResult",
    "Importer",
    "MissingFact",
    "Notice",
    "Notifier",
    "Reads",
    "Reporter",
    "SettingError",
    "Skipped",
    "UndeclaredReadError",
    "Unresolved",
    "hookimpl",
    "hookspec",
    "lexline_checks",
    "lexline_importers",
    "lexline_notifiers",
    "lexline_packs",
    "lexline_reporters",
    "lexline_vocabulary",
]

hookspec = pluggy.HookspecMarker("lexline")
hookimpl = pluggy.HookimplMarker("lexline")
"""Marks a function of a plug-in as its implementation of the hook of the same name."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """A format of reports: ``name`` is what ``--format`` takes, ``render`` gives the whole text.

    ``render`` escapes whatever its format would act on: names and texts in a report come from many systems.
    """

    name: str
    media_type: str
    render: Callable[[Report], str]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to announce, as it was on the day ``on``: one sentence, what would settle it, whose it is, which
    elements it is about, and by when (None: at once). ``id`` stays the same as long as it is the same ``cause`` of the
    same thing, so that who gets it twice can tell."""

    id: str
    cause: str
    title: str
    remedy: str
    owner: str
    elements: tuple[str, ...]
    on: date
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Notifier:
    """A way to announce re-assessments. ``notify`` gets a notice and the settings of the place in ``lexline.yaml``;
    it raises ``OSError`` where it can't reach that place, and ``SettingError`` for a setting that can't be used.
    ``check`` gets the settings when the project is loaded, and raises ``SettingError`` for what can be told then: it
    asks no other machine, and no secret."""

    name: str
    summary: str
    notify: Callable[[Notice, Mapping[str, object]], None]
    check: Callable[[Mapping[str, object]], None] = lambda _: None


@hookspec
def lexline_importers() -> list[Importer]:  # type: ignore[empty-body]
    """Importers: each reads files of another system and gives facts, and a reason for what it could not read."""


@hookspec
def lexline_checks() -> list[Check]:  # type: ignore[empty-body]
    """Checks that a policy calls with ``check NAME(parameter: value)``: each gives an outcome for every element of a
    kind, from nothing but what it declared. Those of a third party run in a child process."""


@hookspec
def lexline_reporters() -> list[Reporter]:  # type: ignore[empty-body]
    """Reporters: each turns a report into the text of one format."""


@hookspec
def lexline_vocabulary() -> list[Path]:  # type: ignore[empty-body]
    """Vocabulary files (YAML) that extend the vocabulary by kinds, attributes and relations."""


@hookspec
def lexline_packs() -> list[Path]:  # type: ignore[empty-body]
    """Folders of packs: policies with their register of provisions, for others to ``use``."""


@hookspec
def lexline_notifiers() -> list[Notifier]:  # type: ignore[empty-body]
    """Notifiers: each announces at one place that something is due for re-assessment."""
