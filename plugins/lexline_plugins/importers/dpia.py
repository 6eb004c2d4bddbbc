"""A data protection impact assessment whose record follows the seven steps of the ICO's template.

In: a mapping with the keys ``step_1_…`` to ``step_7_…``, as YAML or JSON. Out: the assessment, what it assesses, and
what it states of the data that it names. Who signed is kept only where an attribute asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lexline_lineage.documents import Document
from lexline_plugins.importers.assessments_work import Work
from lexline_plugins.importers.labels import value_for
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.records import as_json, day_of, mapping, mappings, text, texts_in
from lexline_plugins.importers.subjects import Subject

__all__ = ["Dpia"]

_PEOPLE = frozenset({"dpo", "email", "keeper"})
_SIGNERS = _PEOPLE | {"name"}
_LEVELS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True, eq=False)
class Dpia:
    """The record of a DPIA: the file that it stands in, and its ``name`` (its `id`, empty where it has none)."""

    file: str
    document: Document
    name: str

    @classmethod
    def of(cls, file: str, document: Document) -> Dpia | None:
        """The DPIA that a document holds; ``None`` where it holds none."""
        data = mapping(document.data)
        return cls(file, document, text(data, "id")) if any(key.startswith("step_") for key in data) else None

    def place(self, *path: str | int) -> str:
        """The file and line of a part."""
        return f"{self.file}:{self.document.place(*path)[0]}"

    @property
    def signed_off(self) -> str:
        """The day on which the last of the two approvals was given; empty where neither was."""
        days = [day_of(self._signature(of).get("date")) for of in ("measures", "residual_risks")]
        return max(filter(None, days), default="")

    def state(self, work: Work) -> None:
        """Say everything of it."""
        assessment, data = f"assessment:{escape(self.name)}", mapping(self.document.data)
        subject = text(data, "subject_of_dpia")
        said: dict[str, object] = {
            "name": f"{self.name}: {subject}" if subject else self.name,
            "type": "dpia",
            "people_consulted": _yes_or_no(self._step(3).get("data_subjects")),
        }
        work.describe(assessment, said | self._outcome() | self._measures(), self._report(), self.place())
        subjects = list(self._subjects(work))
        told = [(found, self.place()) for found in work.subjects.told_of(self.file, self.name)]
        work.assess(assessment, subjects or told, self.name, self.file)
        self._datasets(work, assessment)

    def _key(self, number: int) -> str:
        """The key of a step; what follows its number is free."""
        keys = (key for key in mapping(self.document.data) if key.startswith(f"step_{number}"))
        return next(keys, "")

    def _step(self, number: int) -> dict[str, object]:
        return mapping(self.document.data, self._key(number))

    def _signature(self, of: str) -> dict[str, object]:
        return mapping(self._step(7), f"{of}_approved_by")

    def _outcome(self) -> dict[str, object]:
        """The sign-off: approved where both approvals have their day."""
        sign_off = self._step(7)
        approvals = [day_of(self._signature(of).get("date")) for of in ("measures", "residual_risks")]
        is_approved = all(approvals)
        return {
            "status": "approved" if is_approved else "in-review" if sign_off else "draft",
            "approved_on": self.signed_off if is_approved else None,
            "approver": text(self._signature("residual_risks"), "name"),
            "scope": text(sign_off, "dpo_advice", "summary"),
            "review_due": day_of(mapping(sign_off, "review").get("due")),
            "reviewed_on": day_of(mapping(sign_off, "review").get("last")),
            "authority_consulted": _yes_or_no(sign_off.get("authority_consulted")),
        }

    def _measures(self) -> dict[str, object]:
        """What remains to be done, and which risk remains where it is done."""
        measures = mappings(self.document.data, self._key(6))
        if not measures:
            return {}
        asked_for = [measure for measure in measures if measure.get("approved") is not False]
        still_open = [m for m in asked_for if m.get("done") is not True and day_of(m.get("done")) is None]
        due = filter(None, (day_of(measure.get("due")) for measure in still_open))
        risks = [text(measure, "residual").lower() for measure in measures]
        unknown = [risk for risk in risks if risk not in _LEVELS]
        return {
            "open_measures": len(still_open),
            "next_measure_due": min(due, default=None),
            "residual_risk": unknown[0] if unknown else max(risks, key=_LEVELS.index),
        }

    def _subjects(self, work: Work) -> Iterator[tuple[Subject, str]]:
        """The models that the description of the processing names. What the advice says of others is not about them."""
        for key in ("subject_of_dpia", self._key(1), self._key(2)):
            if not key:
                continue
            value = mapping(self.document.data).get(key)
            parts = value.items() if isinstance(value, dict) else (("", value),)
            for part, inner in parts:
                for said in texts_in(inner):
                    for subject in work.subjects.named_in(said):
                        yield subject, self.place(key, part)

    def _datasets(self, work: Work, assessment: str) -> None:
        """The data that the processing takes in, with what the DPIA relies on about it."""
        processing, key = self._step(2), self._key(2)
        named = processing.get("datasets")
        days = text(processing, "scope", "retention_days")
        stated = {
            "direct_identifiers": (
                _yes_or_no(processing.get("direct_identifiers_in_training")),
                self.place(key, "direct_identifiers_in_training"),
            ),
            "lawful_basis": (
                value_for("lawful_basis", text(self._step(4), "lawful_basis")),
                self.place(self._key(4), "lawful_basis"),
            ),
            "retention": (f"{days} days" if days else None, self.place(key, "scope", "retention_days")),
        }
        for index, item in enumerate(named if isinstance(named, list) else []):
            dataset = work.dataset(item, assessment) if isinstance(item, str) and item.strip() else ""
            if not dataset:
                continue
            named_at = self.place(key, "datasets", index)
            work.sheet.edge(assessment, "assesses", work.sheet.element(dataset, "dataset", named_at), named_at)
            for attribute, (value, place) in stated.items():
                work.sheet.attribute(dataset, attribute, value, place)

    def _report(self) -> object:
        """The record without the people in it."""
        kept: dict[str, object] = {}
        sign_off = self._key(7)
        for key, value in mapping(self.document.data).items():
            part = as_json(value, _SIGNERS if key == sign_off else _PEOPLE)
            if part is None and value is not None:
                return None
            if key not in _PEOPLE:
                kept[key] = part
        return kept


def _yes_or_no(raw: object) -> bool | None:
    """What a field of the template answers: `none`, `not consulted` and `no` are a no; ``None`` for what is neither."""
    if isinstance(raw, bool):
        return raw
    words = raw.lower().split() if isinstance(raw, str) else []
    if not words:
        return None
    if words[0] in ("no", "none", "not"):
        return False
    return True if words[0] in ("yes", "consulted") else None
