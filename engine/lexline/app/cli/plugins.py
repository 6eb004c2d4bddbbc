"""``lexline plugins``: what is plugged in."""

from __future__ import annotations

from pathlib import Path

from lexline.app.cli.options import ProjectOption


def plugins(project: ProjectOption = Path()) -> int:
    """List plug-ins and what each brings: importers, checks, reporters, vocabulary, packs, notifiers."""
    from lexline.app.cli.options import project_settings
    from lexline.app.cli.output import tell
    from lexline.plugin_manager import load_plugins

    settings = project_settings(project)
    blocked = settings.file.blocked_plugins if settings else []
    tell(load_plugins(blocked=blocked).describe())
    return 0
