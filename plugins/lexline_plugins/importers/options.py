"""Settings of a source, as ``lexline.yaml`` gives them, read with an error that names the setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeGuard

from lexline.importing import ImportRequest, SettingError
from lexline_plugins.importers.locations import Locations

__all__ = ["optional_text", "refuse_unknown", "required_text", "text_list", "text_pairs", "the_locations"]


def refuse_unknown(request: ImportRequest, known: Mapping[str, str]) -> None:
    """Raise ``SettingError`` for a setting that the importer doesn't have."""
    for name in request.settings:
        if name not in known:
            names = ", ".join(f"`{other}`" for other in known)
            raise SettingError(name, f"there is no such setting; there are {names}")


def required_text(request: ImportRequest, name: str, example: str) -> str:
    """A setting that has to be there and to be a text."""
    value = request.settings.get(name)
    if not _is_text(value):
        raise SettingError(name, f"say a text, such as `{name}: {example}`")
    return value.strip()


def optional_text(request: ImportRequest, name: str, example: str) -> str:
    """A setting that is a text; empty where it isn't set."""
    return "" if request.settings.get(name) is None else required_text(request, name, example)


def text_pairs(request: ImportRequest, name: str, example: str) -> dict[str, str]:
    """A mapping from texts to texts; empty where it isn't set."""
    value = request.settings.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(_is_text(k) and _is_text(v) for k, v in value.items()):
        raise SettingError(name, f"say pairs of texts, such as `{name}: {{{example}}}`")
    return dict(value)


def text_list(request: ImportRequest, name: str, example: str) -> tuple[str, ...]:
    """A list of texts; empty where it isn't set."""
    value = request.settings.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(_is_text(item) for item in value):
        raise SettingError(name, f"say a list of texts, such as `{name}: [{example}]`")
    return tuple(value)


def the_locations(request: ImportRequest) -> Locations:
    """The setting ``locations``: pairs of prefixes that name the same place."""
    return Locations.of(text_pairs(request, "locations", '"mlflow-artifacts:/": "s3://bucket/"').items())


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())
