"""Announces what is due at the places that ``lexline.yaml`` names under ``notify``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lexline.app.cli.options import mistake, project_settings
from lexline.diagnostics import Diagnostic, LexlineError, UnfinishedError

if TYPE_CHECKING:
    from lexline.due import DueItem, Queue
    from lexline.hookspecs import Notice
    from lexline.importing import SettingError
    from lexline.plugin_offers import Plugins
    from lexline.settings import Settings

__all__ = ["announce", "check_notify", "check_places"]


def check_places(project: Path, names: Iterable[str]) -> None:
    """Raise ``LexlineError`` for a place that the settings don't name."""
    from lexline.lang.suggest import nearest

    settings = project_settings(project)
    known = settings.file.notify if settings is not None else {}
    for name in names:
        if name not in known:
            near = nearest(name, known)
            advice = f"did you mean `{near}`?" if near else "name one under `notify:` in lexline.yaml"
            raise mistake(f"there is no place `{name}` to announce at", advice)


def check_notify(settings: Settings) -> None:
    """Raise ``LexlineError`` with every mistake in the places of ``notify``, before anybody announces there."""
    from lexline.importing import SettingError
    from lexline.plugin_manager import load_plugins

    plugins = load_plugins(blocked=settings.file.blocked_plugins, hooks=("lexline_notifiers",))
    mistakes: list[Diagnostic] = []
    for name, place in settings.file.notify.items():
        try:
            with settings.blamed("notify", name, "notifier"):
                plugins.notifier(place.notifier).check(place.settings)
        except SettingError as error:
            mistakes.append(_of_setting(settings, name, error))
        except LexlineError as error:
            mistakes += error.diagnostics
    if mistakes:
        raise LexlineError(tuple(mistakes))


def _of_setting(settings: Settings, name: str, error: SettingError) -> Diagnostic:
    message = f"place `{name}`, setting `{error.setting}`: {error}"
    return settings.mistake(message, "notify", name, "settings", error.setting, help="see docs/notifiers.md")


def announce(project: Path, names: Sequence[str], queue: Queue, items: Iterable[DueItem]) -> None:
    """Announce items at places, but those that somebody has acknowledged. Every place is told of every item that it
    takes; raises ``UnfinishedError`` with what was not taken."""
    from lexline.app.cli.output import note
    from lexline.plugin_manager import load_plugins

    settings = project_settings(project)
    if settings is None:
        return
    plugins = load_plugins(blocked=settings.file.blocked_plugins, hooks=("lexline_notifiers",))
    notices = [notice_of(queue, item) for item in items if item.state != "acknowledged"]
    failed: list[Diagnostic] = []
    for name in dict.fromkeys(names):
        told, whys = _told(settings, plugins, name, notices)
        note(f"`{name}` was told of {told} of {len(notices)}")
        if whys:
            message = f"`{name}` was not told of {len(notices) - told} of {len(notices)}: {whys[0]}"
            failed.append(Diagnostic("LX531", message, (), "the ids of items stay the same: announce again later"))
    if failed:
        raise UnfinishedError(tuple(failed))


def notice_of(queue: Queue, item: DueItem) -> Notice:
    """What is announced of an item."""
    from lexline.hookspecs import Notice

    about = f"{item.about} of {item.element}" if item.element else item.about
    owner = item.assignee or item.owner
    elements = (item.element,) if item.element else ()
    return Notice(item.id, item.cause, f"{about}: {item.says}", item.settle, owner, elements, queue.on, item.due)


def _told(settings: Settings, plugins: Plugins, name: str, notices: list[Notice]) -> tuple[int, list[str]]:
    """How many notices a place took, and why it did not take others; after two in a row it is not asked again."""
    from lexline.importing import SettingError

    place = settings.file.notify[name]
    with settings.blamed("notify", name, "notifier"):
        notifier = plugins.notifier(place.notifier)
    whys: list[str] = []
    told = missed = 0
    for notice in notices:
        try:
            notifier.notify(notice, place.settings)
        except SettingError as error:
            raise LexlineError((_of_setting(settings, name, error),)) from None
        except OSError as error:
            whys.append(str(error))
            missed += 1
            if missed == 2:
                break
        else:
            told, missed = told + 1, 0
    return told, whys
