"""``lexline plugins``: what is plugged in."""

from __future__ import annotations


def plugins() -> int:
    """List plug-ins and what each brings: importers, checks, reporters, vocabulary, packs, notifiers."""
    from lexline.app.cli.output import emit
    from lexline.plugin_manager import load_plugins

    emit(load_plugins().describe())
    return 0
