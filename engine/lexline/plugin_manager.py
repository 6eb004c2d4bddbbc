"""Makes a plug-in manager, registers the built-in plug-ins and the installed ones, and reads what they offer.

Only those hooks are called that a command needs: importers are a lot of code, and deciding needs none of it. Each call
makes a manager of its own. A plug-in's mistakes are for the person who installed it to put right (update it, remove it,
block it): all are collected as diagnostics that name the plug-in.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Collection, Iterable, Iterator
from importlib.metadata import entry_points
from typing import cast

import pluggy

from lexline import hookspecs
from lexline.diagnostics import Diagnostic, LexlineError
from lexline.lang.suggest import nearest
from lexline.plugin_offers import OFFERED, Item, Offer, Plugins, completed, name_of, what_is_wrong

__all__ = [
    "BUILT_INS",
    "ENTRY_POINTS",
    "FOR_DECIDING",
    "FOR_WORDS",
    "Plugins",
    "load_plugins",
    "make_manager",
    "read_offers",
]

BUILT_INS = (
    "lexline_plugins.importers.registration",
    "lexline_plugins.checks.registration",
    "lexline_plugins.reporters.registration",
    "lexline_plugins.notify.registration",
    "lexline_plugins.packs",
)
"""The plug-ins that come with the product, by dotted name, in the order in which they register."""

ENTRY_POINTS = "lexline"
"""The entry-point group under which other plug-ins are installed."""


FOR_WORDS = ("lexline_vocabulary", "lexline_packs")
"""The hooks that give a project its vocabulary."""
FOR_DECIDING = ("lexline_checks", "lexline_reporters", *FOR_WORDS)
"""The hooks that an evaluation and its report need."""


def load_plugins(*, blocked: Collection[str] = (), hooks: Iterable[str] = OFFERED) -> Plugins:
    """All plug-ins but the ``blocked`` ones (by entry point), and what they offer through ``hooks``. Raises
    ``LexlineError`` with every mistake in it, of every plug-in."""
    return read_offers(make_manager(blocked=blocked), hooks)


def make_manager(*, blocked: Collection[str] = ()) -> pluggy.PluginManager:
    """A manager with the built-in and the installed plug-ins. Raises ``LexlineError`` where one can't be loaded, or
    implements a hook that there isn't, or with other arguments than the hook has."""
    manager = pluggy.PluginManager("lexline")
    manager.add_hookspecs(hookspecs)
    for dotted_name in BUILT_INS:
        manager.register(importlib.import_module(dotted_name), name=dotted_name)
    for name in blocked:
        manager.set_blocked(name)
    mistakes = [mistake for name in _installed() for mistake in _register(manager, name)]
    if mistakes:
        raise LexlineError(tuple(mistakes))
    manager.check_pending()
    return manager


def read_offers(manager: pluggy.PluginManager, hooks: Iterable[str] = OFFERED) -> Plugins:
    """What the plug-ins of a manager offer through ``hooks``. Raises ``LexlineError`` where something of it isn't in
    its form, or two plug-ins offer something under one name."""
    offers: list[Offer] = []
    mistakes: list[Diagnostic] = []
    for hook in hooks:
        for found in _offers(manager, hook):
            if isinstance(found, Diagnostic):
                mistakes.append(found)
            else:
                offers.append(found)
    mistakes += _clashes(offers)
    if mistakes:
        raise LexlineError(tuple(mistakes))
    versions = {id(plugin): f"{dist.project_name} {dist.version}" for plugin, dist in manager.list_plugin_distinfo()}
    origins = {name: versions.get(id(plugin), "built in") for name, plugin in manager.list_name_plugin() if plugin}
    return Plugins(origins, tuple(offers))


def _installed() -> list[str]:
    """The names of entry points, one for each distribution that has it."""
    return sorted(point.name for point in entry_points(group=ENTRY_POINTS))


def _register(manager: pluggy.PluginManager, name: str) -> Iterator[Diagnostic]:
    """Registers the plug-in behind an entry point; gives what is wrong with it."""
    if manager.is_blocked(name):
        return
    if manager.has_plugin(name):
        help_text = "remove one of them; each plug-in has an entry point of its own name"
        yield Diagnostic("LX310", f"two plug-ins are installed under the name `{name}`", (), help_text)
        return
    try:
        manager.load_setuptools_entrypoints(ENTRY_POINTS, name=name)
    except pluggy.PluginValidationError as error:
        yield from _hook_mistakes(manager, name, error.plugin)
    except Exception as error:  # importing a plug-in runs whatever its author wrote
        yield _unusable(name, f"can't be loaded: {type(error).__name__}: {error}")
    else:
        yield from _hook_mistakes(manager, name, manager.get_plugin(name))


def _hook_mistakes(manager: pluggy.PluginManager, name: str, plugin: object) -> Iterator[Diagnostic]:
    """What is wrong with the hooks that a plug-in implements, with both signatures."""
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            continue
        hook = options.get("specname") or attribute
        if hook not in OFFERED:
            near = nearest(hook, OFFERED)
            help_text = f"did you mean `{near}`?" if near else "the hooks are " + ", ".join(OFFERED)
            yield Diagnostic("LX311", f"plug-in `{name}` implements `{hook}`, which is no hook", (), help_text)
            continue
        spec = f"{hook}{inspect.signature(getattr(hookspecs, hook))}".replace("'", "")
        given = inspect.signature(getattr(plugin, attribute))
        if given.parameters or options.get("wrapper") or options.get("hookwrapper"):
            written = f"{attribute}{given}".replace("'", "")
            message = f"plug-in `{name}` implements `{spec}` as `{written}`"
            yield Diagnostic("LX311", message, (), "a hook takes no arguments and wraps no other")


def _offers(manager: pluggy.PluginManager, hook: str) -> Iterator[Offer | Diagnostic]:
    """What each plug-in offers through a hook, or what is wrong with it."""
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        plugin = implementation.plugin_name
        entry_point = "" if plugin in BUILT_INS else plugin
        try:
            items = implementation.function()
        except Exception as error:  # a plug-in's function does whatever its author wrote
            yield _unusable(plugin, f"fails in `{hook}()`: {type(error).__name__}: {error}")
            continue
        if not isinstance(items, list | tuple):
            yield _unusable(plugin, f"gives `{type(items).__name__}` in `{hook}()`, which has to be a list")
            continue
        for item in map(completed, items):
            wrong = what_is_wrong(hook, item)
            yield _unusable(plugin, wrong) if wrong else Offer(plugin, entry_point, hook, cast(Item, item))


def _clashes(offers: list[Offer]) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], Offer] = {}
    for offer in offers:
        name = name_of(offer.item)
        other = first.setdefault((offer.hook, name), offer)
        if other is not offer:
            message = f"plug-ins `{other.plugin}` and `{offer.plugin}` both offer the {OFFERED[offer.hook][0]} `{name}`"
            yield Diagnostic("LX313", message, (), "remove one of them")


def _unusable(plugin: str, why: str) -> Diagnostic:
    return Diagnostic("LX312", f"plug-in `{plugin}` {why}", (), "update or remove the plug-in")
