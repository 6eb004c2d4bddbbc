"""``lexline.yaml``: where policies, facts and sources of a project are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lexline.data_problems import as_diagnostics, as_error
from lexline.diagnostics import Diagnostic, LexlineError
from lexline.lang.suggest import nearest
from lexline_lineage.documents import Document
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_document

__all__ = ["NAME", "Settings", "SourceSettings", "load_settings"]

NAME = "lexline.yaml"

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "dict_type": "has to be a mapping",
        "list_type": "has to be a list, such as `[a, b]`",
        "missing": "is missing",
        "model_type": "has to be a mapping",
        "string_pattern_mismatch": "is no name of a source, which are letters, digits, `-` and `_`: a file is named so",
        "string_type": "has to be text",
        "too_short": "has to hold something",
    }
)
"""What is wrong with a setting, by the name of pydantic's error."""


class SourceSettings(BaseModel):
    """A system that facts are imported from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    importer: str
    paths: list[str] = Field(min_length=1)
    settings: dict[str, object] = Field(default_factory=dict)


SourceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""Letters, digits, `-` and `_`: it names a file of facts, so it may not lead out of their folder."""


class SettingsFile(BaseModel):
    """The content of ``lexline.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: str | None = None
    extend: list[str] = Field(default_factory=list)
    packs: list[str] = Field(default_factory=list)
    policies: list[str] = Field(default_factory=lambda: ["policies"])
    portfolio: list[str] = Field(default_factory=list)
    facts: str | None = None
    identity: str | None = None
    sources: dict[SourceName, SourceSettings] = Field(default_factory=dict)
    parameters: dict[str, object] = Field(default_factory=dict)
    blocked_plugins: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project with the folder that their paths are relative to."""

    root: Path
    file: SettingsFile

    def path(self, text: str) -> Path:
        """A path of the settings, resolved against the project's folder."""
        return self.root / text

    def matches(self, pattern: str) -> tuple[Path, ...]:
        """The files that a path or pattern (``exports/*.json``) of the settings names, sorted. Raises ``LexlineError``
        for a pattern that can't be followed."""
        if not any(sign in pattern for sign in "*?["):
            return (self.path(pattern),)
        try:
            return tuple(sorted(path for path in self.root.glob(pattern) if path.is_file()))
        except (NotImplementedError, ValueError):
            message = f"`{pattern}` is no pattern that can be followed"
            advice = "write it relative to the project's folder, with `**` only as a whole part: `exports/**/*.json`"
            raise LexlineError((Diagnostic("LX301", message, (), advice),)) from None


def load_settings(path: Path) -> Settings:
    """Read ``lexline.yaml``. Raises ``LexlineError`` with every mistake."""
    try:
        document = read_document(path)
    except LineageError as error:
        raise as_error(error) from None
    data = {} if document.data is None else document.data
    try:
        settings = Settings(path.parent, SettingsFile.model_validate(data))
    except ValidationError as error:
        raise LexlineError(as_diagnostics(_mistakes(document, error))) from None
    if settings.file.facts is not None and settings.path(settings.file.facts).is_file():
        problem = document.problem("LX301", "`facts` names a file", "facts", help="name a folder", of_value=True)
        raise LexlineError(as_diagnostics([problem]))
    return settings


def _mistakes(document: Document, error: ValidationError) -> list[Problem]:
    found = []
    for item in error.errors():
        where = tuple(part for part in item["loc"] if part != "[key]")
        name = ".".join(str(part) for part in where) or NAME
        if item["type"] == "extra_forbidden":
            known = SourceSettings.model_fields if where[0] == "sources" else SettingsFile.model_fields
            near = nearest(str(where[-1]), known)
            message = f"`{name}` is no setting"
            advice = f"did you mean `{near}`?" if near else "settings are " + ", ".join(f"`{k}`" for k in known)
        else:
            said = _WORDS.get(item["type"]) or f"can't be used: {item['msg'][:1].lower()}{item['msg'][1:]}"
            message = f"`{name}` {said}"
            advice = "see docs/settings.md for every setting"
        found.append(document.problem("LX301", message, *where, help=advice))
    return found
