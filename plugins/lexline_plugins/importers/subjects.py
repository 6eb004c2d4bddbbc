"""What a document is about: what its own words say, else what a setting says.

In: a record that a person, or another system, wrote beside a model. Out: the elements that it is about, each with how
that is known. What names a model without a version is about the registered model, not about a version of it. What only
a file's name suggests is never joined; the suggestion is shown. The setting may say it of all files whose names are of
a form (``{model}-v{version}.md``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import PurePosixPath

from lexline.importing import ImportRequest, SettingError
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.options import required_text, text_pairs

__all__ = [
    "SUBJECT_SETTINGS",
    "Found",
    "Subject",
    "Subjects",
    "model_id",
    "registered_model_id",
    "suggestion",
    "why_unknown",
]

SUBJECT_SETTINGS = {
    "authority": "the name of the registry that `models:/…` is of, as its own source says it (required)",
    "subjects": "names of files or records that don't say what they are about, or forms of such names, and what that "
    'is, such as `card.md: credit-decision/1`, `card.md: system:UC-0042` or `"{model}-v{version}.md": '
    '"{model}/{version}"`',
}
"""The settings that ``Subjects.of`` reads."""

_REFERENCE = re.compile(r"models:/([^\s/@,;:()\[\]{}\"'`<>]+)(?:/([0-9]+)(?![^\s,;:.()\[\]{}\"'`<>]))?")
_LOGGED_MODEL = re.compile(r"m-[0-9a-zA-Z-]+")
_SUGGESTION = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[-_.])?(?:(?:model|data)?[-_]?card[-_])?([A-Za-z].*?)[-_.]v([0-9]+)(?![0-9A-Za-z])"
)
_LONGEST_NAME = 1000
"""Names that are longer are of no form, so that no name takes long to compare."""
_HOLE = re.compile(r"\{([^{}]*)\}")
_HOLES = {"any": r".+", "day": r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "model": r"[^/]+", "version": r"[^/-]+?"}
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
    LINEAGE = "lineage"
    SETTING = "setting"
    FILE_NAME = "file-name"


@dataclass(frozen=True, slots=True)
class Subject:
    """The id of an element, its kind, and how it is known. ``day`` is that which a form of names gives."""

    element: str
    kind: str
    found: Found
    day: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of names (``{day}-{model}-v{version}.json``, or one name), and what goes by such a name is about."""

    pattern: re.Pattern[str]
    said: str

    @classmethod
    def of(cls, form: str, said: str) -> _Form:
        """As the setting gives it. Raises ``SettingError``."""
        parts = _HOLE.split(form)
        holes = parts[1::2]
        if len(set(holes)) < len(holes) or not set(holes) <= set(_HOLES):
            known = ", ".join(f"`{{{hole}}}`" for hole in _HOLES)
            raise SettingError("subjects", f"a form of names may have {known}, each once; this has others: {form}")
        if not set(_HOLE.findall(said)) <= {"model", "version"} & set(holes):
            raise SettingError("subjects", f"`{said}` has something in braces that `{form}` doesn't give")
        pattern = "".join(
            f"(?P<{part}>{_HOLES[part]})" if number % 2 else re.escape(part) for number, part in enumerate(parts)
        )
        return cls(re.compile(f"(?:.*/)?{pattern}", re.DOTALL), said)

    def apply(self, name: str) -> tuple[str, str] | None:
        """What goes by the name is about, and the day in the name; ``None`` where it is not of the form."""
        found = self.pattern.fullmatch(name) if len(name) <= _LONGEST_NAME else None
        if found is None:
            return None
        filled = found.groupdict()
        return _HOLE.sub(lambda hole: filled[hole.group(1)], self.said), filled.get("day", "")


@dataclass(frozen=True, slots=True)
class Subjects:
    """Finds subjects. ``authority`` names the registry; ``forms`` are those that the setting ``subjects`` gives."""

    authority: str
    forms: tuple[_Form, ...]

    @classmethod
    def of(cls, request: ImportRequest) -> Subjects:
        """With the settings of a source. Raises ``SettingError``."""
        authority = escape(required_text(request, "authority", "mlflow.example.org").removeprefix("mlflow://"))
        forms: list[_Form] = []
        for name, said in text_pairs(request, "subjects", "card.md: credit-decision/1").items():
            forms.append(_Form.of(name, said))
            if _told(authority, _HOLE.sub("1", said), "") is None:
                kinds = ", ".join(f"`{kind}:`" for kind in _KINDS)
                raise SettingError("subjects", f"`{said}` is neither `NAME/VERSION` nor an id that begins with {kinds}")
        return cls(authority, tuple(forms))

    def named_in(self, text: str) -> tuple[Subject, ...]:
        """The models that a text names as ``models:/NAME/VERSION`` or ``models:/NAME``, each once."""
        return _models(self.authority, text, Found.METADATA)

    def named(self, name: str) -> Subject:
        """The registered model of that name."""
        return Subject(registered_model_id(self.authority, name), "registered-model", Found.METADATA)

    def told_of(self, *names: str) -> tuple[Subject, ...]:
        """What the setting ``subjects`` says of one of the names: the end of a file's path, or the id of a record."""
        for name in names:
            for form in self.forms:
                applied = form.apply(name)
                subject = _told(self.authority, *applied) if applied is not None else None
                if subject is not None:
                    return (subject,)
        return ()


def why_unknown(file: str) -> str:
    """Why it isn't known what a file is about, with what its name suggests."""
    suggested = suggestion(file)
    also = f", as its name suggests `{suggested}`" if suggested else ""
    return f"nothing says what it is about; the setting `subjects` can{also}"


def suggestion(file: str) -> str:
    """The `NAME/VERSION` that the name of a file suggests; empty where it suggests none."""
    match = _SUGGESTION.match(PurePosixPath(file).name)
    return f"{match.group(1)}/{match.group(2)}" if match is not None else ""


def registered_model_id(authority: str, name: str) -> str:
    """The id of a registered model of MLflow."""
    return f"registered-model:mlflow/{authority}/{escape(name)}"


def model_id(authority: str, name: str, version: str) -> str:
    """The id of a model version of MLflow."""
    return f"model:mlflow/{authority}/{escape(name)}/{escape(version)}"


def _told(authority: str, said: str, day: str) -> Subject | None:
    """What a setting says: a model, or the id of an element; ``None`` where it is neither."""
    kind, colon, rest = said.partition(":")
    named = _models(authority, said if colon else f"models:/{said}", Found.SETTING)
    if named:
        return replace(named[0], day=day)
    return Subject(said, kind, Found.SETTING, day) if kind in _KINDS and rest else None


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
