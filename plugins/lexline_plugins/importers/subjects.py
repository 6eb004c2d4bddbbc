"""What a document is about: what its own words say, else what a setting says.

In: a record that a person, or another system, wrote beside a model. Out: the elements that it is about, each with how
that is known. What names a model without a version is about the registered model, not about a version of it. What only
a file's name suggests is never joined; the suggestion is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from lexline.importing import ImportRequest, SettingError
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.options import required_text, text_pairs

__all__ = ["SUBJECT_SETTINGS", "Found", "Subject", "Subjects", "model_id", "registered_model_id", "why_unknown"]

SUBJECT_SETTINGS = {
    "authority": "the name of the registry that `models:/…` is of, as its own source says it (required)",
    "subjects": "names of files or records that don't say what they are about, and what that is, such as "
    "`card.md: credit-decision/1` or `card.md: system:UC-0042`",
}
"""The settings that ``Subjects.of`` reads."""

_REFERENCE = re.compile(r"models:/([^\s/@,;:()\[\]{}\"'`<>]+)(?:/([0-9]+)(?![^\s,;:.()\[\]{}\"'`<>]))?")
_LOGGED_MODEL = re.compile(r"m-[0-9a-zA-Z-]+")
_SUGGESTION = re.compile(r"(?:(?:model|data)?[-_]?card[-_])?(.+)[-_]v([0-9]+)")
_KINDS = (
    "control",
    "dataset",
    "deployment",
    "feature-view",
    "job",
    "model",
    "registered-model",
    "system",
    "vendor",
)


class Found(StrEnum):
    """How it is known what something is about; the values of the attribute ``subject_from``."""

    METADATA = "metadata"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class Subject:
    """The id of an element, its kind, and how it is known."""

    element: str
    kind: str
    found: Found


@dataclass(frozen=True, slots=True)
class Subjects:
    """Finds subjects. ``authority`` names the registry; ``told`` are those that the setting ``subjects`` gives."""

    authority: str
    told: Mapping[str, Subject]

    @classmethod
    def of(cls, request: ImportRequest) -> Subjects:
        """With the settings of a source. Raises ``SettingError``."""
        authority = escape(required_text(request, "authority", "mlflow.example.org").removeprefix("mlflow://"))
        told: dict[str, Subject] = {}
        for name, said in text_pairs(request, "subjects", "card.md: credit-decision/1").items():
            kind, colon, rest = said.partition(":")
            named = _models(authority, said if colon else f"models:/{said}", Found.SETTING)
            if named:
                told[name] = named[0]
            elif kind in _KINDS and rest:
                told[name] = Subject(said, kind, Found.SETTING)
            else:
                kinds = ", ".join(f"`{kind}:`" for kind in _KINDS)
                raise SettingError("subjects", f"`{said}` is neither `NAME/VERSION` nor an id that begins with {kinds}")
        return cls(authority, told)

    def named_in(self, text: str) -> tuple[Subject, ...]:
        """The models that a text names as ``models:/NAME/VERSION`` or ``models:/NAME``, each once."""
        return _models(self.authority, text, Found.METADATA)

    def named(self, name: str) -> Subject:
        """The registered model of that name."""
        return Subject(registered_model_id(self.authority, name), "registered-model", Found.METADATA)

    def told_of(self, *names: str) -> tuple[Subject, ...]:
        """What the setting ``subjects`` says of one of the names: the end of a file's path, or the id of a record."""
        for name in names:
            for end, subject in self.told.items():
                if name == end or name.endswith(f"/{end}"):
                    return (subject,)
        return ()


def why_unknown(file: str) -> str:
    """Why it isn't known what a file is about, with what its name suggests."""
    match = _SUGGESTION.fullmatch(PurePosixPath(file).stem)
    suggestion = f", as its name suggests `{match.group(1)}/{match.group(2)}`" if match is not None else ""
    return f"nothing says what it is about; the setting `subjects` can{suggestion}"


def registered_model_id(authority: str, name: str) -> str:
    """The id of a registered model of MLflow."""
    return f"registered-model:mlflow/{authority}/{escape(name)}"


def model_id(authority: str, name: str, version: str) -> str:
    """The id of a model version of MLflow."""
    return f"model:mlflow/{authority}/{escape(name)}/{escape(version)}"


def _models(authority: str, text: str, found: Found) -> tuple[Subject, ...]:
    subjects: dict[str, Subject] = {}
    for match in _REFERENCE.finditer(text):
        name, version = match.group(1).rstrip("."), match.group(2)
        if version:
            subject = Subject(model_id(authority, name, version), "model", found)
        elif name and not _LOGGED_MODEL.fullmatch(name):
            subject = Subject(registered_model_id(authority, name), "registered-model", found)
        else:
            continue  # a logged model, whose version only the registry knows
        subjects.setdefault(subject.element, subject)
    return tuple(subjects.values())
