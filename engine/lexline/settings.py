"""``lexline.yaml``: where policies, facts and sources of a project are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, ValidationError

from lexline.data_problems import as_diagnostics, as_error
from lexline.diagnostics import Diagnostic, Label, LexlineError, Span
from lexline.lang.suggest import nearest
from lexline_lineage.documents import Document
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_document

__all__ = ["NAME", "NotifySettings", "Settings", "SourceSettings", "load_settings"]

NAME = "lexline.yaml"

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bool_type": "has to be true or false",
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


class NotifySettings(BaseModel):
    """A place where it is announced what is due."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notifier: str
    settings: dict[str, object] = Field(default_factory=dict)


SourceName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""Letters, digits, `-` and `_`: it names a file of facts, so it may not lead out of their folder."""


class SettingsFile(BaseModel):
    """The content of ``lexline.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vocabulary: str | None = None
    extend: list[str] = Field(default_factory=list)
    packs: list[str] = Field(default_factory=list)
    pack_versions: list[str] = Field(default_factory=list)
    policies: list[str] = Field(default_factory=lambda: ["policies"])
    portfolio: list[str] = Field(default_factory=list)
    facts: str | None = None
    store: str | None = None
    identity: str | None = None
    waivers: str | None = None
    sources: dict[SourceName, SourceSettings] = Field(default_factory=dict)
    notify: dict[SourceName, NotifySettings] = Field(default_factory=dict)
    parameters: dict[str, object] = Field(default_factory=dict)
    blocked_plugins: list[str] = Field(default_factory=list)
    snapshot: StrictBool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a project with the folder that their paths are relative to, and the places of them all.

    ``where`` is the way to a setting: ``"policies", 0`` is the first item of ``policies``.
    """

    root: Path
    file: SettingsFile
    document: Document

    def path(self, text: str) -> Path:
        """A path of the settings, resolved against the project's folder."""
        return self.root / text

    def store(self) -> str | None:
        """Where the store is: a path, or an address such as ``postgresql://host/database``, as it stands."""
        named = self.file.store
        return named if named is None or "://" in named else str(self.path(named))

    def matches(self, pattern: str, *where: str | int) -> tuple[Path, ...]:
        """The files that a path or pattern (``exports/*.json``) of the settings names, sorted. Raises ``LexlineError``
        for a pattern that can't be followed."""
        if not _is_pattern(pattern):
            return (self.path(pattern),)
        try:
            return tuple(sorted(path for path in self.root.glob(pattern) if path.is_file()))
        except (NotImplementedError, ValueError):
            message = f"`{pattern}` is no pattern that can be followed"
            advice = "write it relative to the project's folder, with `**` only as a whole part: `exports/**/*.json`"
            raise LexlineError((self.mistake(message, *where, help=advice),)) from None

    def mistake(self, message: str, *where: str | int, help: str = "", code: str = "LX301") -> Diagnostic:  # noqa: A002
        """A mistake in the value of a setting."""
        return as_diagnostics([self.document.problem(code, message, *where, help=help, of_value=True)])[0]

    def span(self, *where: str | int) -> Span:
        """The place of the value of a setting."""
        return self.mistake("", *where).span

    @contextmanager
    def blamed(self, *where: str | int) -> Iterator[None]:
        """Shows mistakes without a place at the value of a setting."""
        try:
            yield
        except LexlineError as error:
            label = Label(self.span(*where))
            raise LexlineError(
                tuple(d if d.labels else replace(d, labels=(label,)) for d in error.diagnostics)
            ) from None

    def absent(self, section: str) -> dict[Path, Diagnostic]:
        """The paths that a setting names and that are not there, each with what to say of it."""
        named: str | list[str] | None = getattr(self.file, section)
        texts: list[tuple[str, tuple[str | int, ...]]] = []
        if isinstance(named, list):
            texts = [(text, (section, at)) for at, text in enumerate(named)]
        elif named is not None:
            texts = [(named, (section,))]
        return {self.path(text): self._absent(text, *where) for text, where in texts if not self._is_there(text)}

    def _is_there(self, text: str) -> bool:
        return bool(self.matches(text)) if _is_pattern(text) else os.path.exists(self.path(text))  # noqa: PTH110  # no path is too long for it

    def _absent(self, text: str, *where: str | int) -> Diagnostic:
        if _is_pattern(text):
            return self.mistake(f"no file matches `{text}`", *where, help=f"paths are relative to the folder of {NAME}")
        folder = self.path(text).parent
        near = nearest(Path(text).name, os.listdir(folder) if os.path.isdir(folder) else ())  # noqa: PTH112, PTH208
        advice = f"did you mean `{Path(text).with_name(near).as_posix()}`?" if near else ""
        return self.mistake(
            f"`{text}` is not there", *where, help=advice or f"paths are relative to the folder of {NAME}"
        )


def _is_pattern(text: str) -> bool:
    return any(sign in text for sign in "*?[")


def load_settings(path: Path) -> Settings:
    """Read ``lexline.yaml``. Raises ``LexlineError`` with every mistake."""
    try:
        document = read_document(path)
    except LineageError as error:
        raise as_error(error) from None
    data = {} if document.data is None else document.data
    try:
        settings = Settings(path.parent, SettingsFile.model_validate(data), document)
    except ValidationError as error:
        raise LexlineError(as_diagnostics(_mistakes(document, error))) from None
    if settings.file.facts is not None and settings.path(settings.file.facts).is_file():
        raise LexlineError((settings.mistake("`facts` names a file", "facts", help="name a folder"),))
    if settings.file.facts is not None and settings.file.store is not None:
        advice = "keep `store`, and import again; or keep `facts`"
        message = "`facts` and `store` both say where facts are kept"
        raise LexlineError((settings.mistake(message, "store", help=advice),))
    return settings


def _setting(where: tuple[str | int, ...]) -> str:
    """``sources.registry.paths``; of an item of a list the list's name: the place shows which."""
    return ".".join(part for part in where if isinstance(part, str)) or NAME


def _mistakes(document: Document, error: ValidationError) -> list[Problem]:
    found = []
    for item in error.errors():
        where = tuple(part for part in item["loc"] if part != "[key]")
        name = _setting(where)
        if item["type"] == "extra_forbidden":
            parts = {"sources": SourceSettings.model_fields, "notify": NotifySettings.model_fields}
            known = parts.get(str(where[0]), SettingsFile.model_fields)
            near = nearest(str(where[-1]), known)
            message = f"`{name}` is no setting"
            advice = f"did you mean `{near}`?" if near else "settings are " + ", ".join(f"`{k}`" for k in known)
        else:
            said = _WORDS.get(item["type"]) or f"can't be used: {item['msg'][:1].lower()}{item['msg'][1:]}"
            message = f"`{name}` {said}"
            advice = "see docs/settings.md for every setting"
        found.append(document.problem("LX301", message, *where, help=advice))
    return found
