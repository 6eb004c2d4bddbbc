"""Settings of a place, read with what is wrong with them. A secret stands in an environment variable, never here."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lexline.hookspecs import SettingError

__all__ = ["number_of", "refuse_others", "secret_of", "text_of"]


def text_of(settings: Mapping[str, object], name: str, default: str | None = None) -> str:
    """A setting that is a text on one line."""
    value = settings.get(name, default)
    if value is None:
        raise SettingError(name, "it is missing")
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise SettingError(name, "it has to be a text on one line")
    return value.strip()


def number_of(settings: Mapping[str, object], name: str, default: float, low: float, high: float) -> float:
    """A setting that is a number between two others."""
    value = settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SettingError(name, f"it has to be a number from {low:g} to {high:g}")
    return float(value)


def secret_of(settings: Mapping[str, object], name: str) -> str:
    """The content of the environment variable that a setting names."""
    variable = text_of(settings, name)
    secret = os.environ.get(variable, "")
    if not secret:
        raise SettingError(name, "it has to name an environment variable that is set")
    return secret


def refuse_others(settings: Mapping[str, object], *known: str) -> None:
    """Raises ``SettingError`` for a setting that there is not."""
    for name in settings:
        if name not in known:
            raise SettingError(name, "there is no such setting: there are " + ", ".join(known))
