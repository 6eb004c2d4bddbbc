"""``lexline.yaml``: where policies, facts and sources of a project are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lexline.diagnostics import Diagnostic, Label, LexlineError, Source, Span
from lexline.lang.suggest import nearest
from lexline_lineage.documents import Document
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_document

__all__ = ["NAME", "Settings", "SourceSettings", "as_diagnostic", "load_settings"]

NAME = "lexline.yaml"


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
    policies: list[str] = Field(default_factory=lambda: ["policies"])
    portfolio: list[str] = Field(default_factory=list)
    facts: str | None = None
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
        """The files that a path or pattern (``exports/*.json``) of the settings names, sorted."""
        path = self.path(pattern)
        if any(sign in pattern for sign in "*?["):
            return tuple(sorted(p for p in self.root.glob(pattern) if p.is_file()))
        return (path,)


def as_diagnostic(problem: Problem) -> Diagnostic:
    """A problem of a data file as a diagnostic, with the line where the file can still be read."""
    text = ""
    path = Path(problem.file)
    if problem.line and path.is_file() and path.stat().st_size < 1_000_000:
        text = path.read_text("utf-8", errors="replace")
    source = Source(problem.file, text)
    span = Span(source, 0, 0)
    if text:
        starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        begin = min(starts[min(problem.line, len(starts)) - 1] + max(problem.column - 1, 0), len(text))
        span = Span(source, begin, min(begin + 1, len(text)))
    return Diagnostic(problem.code, problem.message, (Label(span),), problem.help)


def load_settings(path: Path) -> Settings:
    """Read ``lexline.yaml``. Raises ``LexlineError`` with every mistake."""
    try:
        document = read_document(path)
    except LineageError as error:
        raise LexlineError(tuple(as_diagnostic(problem) for problem in error.problems)) from None
    data = {} if document.data is None else document.data
    try:
        return Settings(path.parent, SettingsFile.model_validate(data))
    except ValidationError as error:
        raise LexlineError(_mistakes(path, document, error)) from None


def _mistakes(path: Path, document: Document, error: ValidationError) -> tuple[Diagnostic, ...]:
    found = []
    for item in error.errors():
        where = tuple(item["loc"])
        line, column = document.place(*where)
        name = ".".join(str(part) for part in where) or NAME
        if item["type"] == "extra_forbidden":
            known = SourceSettings.model_fields if where[0] == "sources" else SettingsFile.model_fields
            near = nearest(str(where[-1]), known)
            message = f"`{name}` is no setting"
            advice = f"did you mean `{near}`?" if near else "settings are " + ", ".join(f"`{k}`" for k in known)
        else:
            message = f"`{name}`: {item['msg'][:1].lower()}{item['msg'][1:]}"
            advice = "see docs/settings.md for every setting"
        problem = Problem("LX301", str(path), line, column, message, advice)
        found.append(as_diagnostic(problem))
    return tuple(found)
