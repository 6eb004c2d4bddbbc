"""Reads how a model treats groups of people: metrics by group, as a ``MetricFrame`` of fairlearn gives them.

fairlearn writes no reports; people put the blocks of its frames into an envelope that says of which model they are. A
group of a few people is read like any other, with its count: which group is too small to judge, a policy says.
``docs/sources/fairness.md`` says what becomes what.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.evidence import EVIDENCE_SETTINGS, Evidence, Figure, finite, made_at
from lexline_plugins.importers.evidence_files import EvidenceFile
from lexline_plugins.importers.evidence_subjects import named_by
from lexline_plugins.importers.options import optional_text
from lexline_plugins.importers.records import day_of, mapping, text

__all__ = ["FAIRNESS"]

_SETTINGS = EVIDENCE_SETTINGS | {
    "attribute": "the attribute by which people are grouped in files that don't say it, such as `gender`"
}
_COUNT = "count"
_NAMES = {"accuracy_score": "accuracy", "precision_score": "precision", "recall_score": "recall"}
_OF_ALL = frozenset({"accuracy", "mean_prediction", "selection_rate", "zero_one_loss"})
"""Metrics over all people of a group. The others are over some of them, of whom a count says nothing."""
_METRICS = _OF_ALL | {
    "balanced_accuracy_score",
    "f1_score",
    "false_negative_rate",
    "false_positive_rate",
    "log_loss",
    "mean_absolute_error",
    "mean_squared_error",
    "precision",
    "r2_score",
    "recall",
    "roc_auc_score",
    "true_negative_rate",
    "true_positive_rate",
    *_NAMES,
    _COUNT,
}
"""Names of metrics, by which it is told whether a table has them or the groups on its outside."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The metrics of the groups of one attribute, as a group's name and its metrics, and those of all people together.
    ``disparities`` are the figures that the tool made of the differences between groups, ``path`` is where the frame
    stands in its file."""

    attribute: str
    groups: dict[str, dict[str, object]]
    overall: dict[str, object]
    disparities: dict[str, float]
    path: tuple[str, ...]


def _read(request: ImportRequest) -> ImportResult:
    work = Evidence.of("fairness", request, _SETTINGS)
    told = optional_text(request, "attribute", "gender")
    for file in work.files:
        frames = list(_frames(file, told))
        if any(frame.groups and not frame.attribute for frame in frames):
            work.reading.skip(file.name, "it doesn't say by what people are grouped; say it in the setting `attribute`")
        elif not any(frame.groups for frame in frames):
            work.reading.skip(file.name, "there are no metrics by group: no `by_group` in `attributes` or beside it")
        else:
            _report(work, file, [frame for frame in frames if frame.groups])
    return work.result()


FAIRNESS = Importer(
    "fairness",
    "Reads metrics by group, as fairlearn measures them, from reports that say of which model they are.",
    _SETTINGS,
    _read,
)


def _frames(file: EvidenceFile, told: str) -> Iterator[_Frame]:
    """The frames of a file: those of its `attributes`, or the one that it is itself."""
    attributes = mapping(file.data, "attributes")
    if "by_group" in file.data:
        yield _frame(text(file.data, "attribute") or told, file.data, ())
    for name, data in attributes.items():
        yield _frame(name.strip(), mapping(data), ("attributes", name))


def _frame(attribute: str, data: dict[str, object], path: tuple[str, ...]) -> _Frame:
    """A frame, whichever of metrics and groups its table has on the outside."""
    table = {key: mapping(inner) for key, inner in mapping(data, "by_group").items()}
    if table and all(key in _METRICS for key in table):
        names = dict.fromkeys(group for inner in table.values() for group in inner)
        table = {group: {metric: inner.get(group) for metric, inner in table.items()} for group in names}
    disparities = {
        key: value
        for key, raw in data.items()
        if key.endswith(("_ratio", "_difference")) and (value := finite(raw)) is not None
    }
    groups = {group: metrics for group, metrics in table.items() if group.strip() and metrics}
    return _Frame(attribute, groups, mapping(data, "overall"), disparities, path)


def _report(work: Evidence, file: EvidenceFile, frames: list[_Frame]) -> None:
    data, named = file.data, named_by(file.data)
    subject = work.subject(file, named)
    first, _, last = text(data, "dataset", "period").partition("/")
    tool = f"{text(data, 'tool')} {text(data, 'tool_version')}".strip()
    made = made_at(text(data, "generated_at"), subject)
    said = made | {"period_from": day_of(first), "period_until": day_of(last), "tool": tool or "fairlearn"}
    for figure in (*_overall(file, frames), *_by_group(file, frames)):
        work.observe(file, figure, subject, said)
    content: dict[str, object] = {
        "attributes": [frame.attribute for frame in frames],
        "groups": {frame.attribute: sorted(frame.groups) for frame in frames},
        "disparities": {frame.attribute: frame.disparities for frame in frames if frame.disparities},
        "favourable_outcome": text(data, "favourable_outcome"),
        "period": text(data, "dataset", "period"),
    }
    document = {
        "name": f"Fairness of {named}" if named.name else "Fairness report",
        "type": "test-report",
        "updated_on": made.get("observed_on"),
    }
    work.document(file, subject, document, content)


def _overall(file: EvidenceFile, frames: list[_Frame]) -> Iterator[Figure]:
    """The metrics of all people together. Each frame has them; the one with the most people left nobody out."""
    widest = max(frames, key=lambda frame: finite(frame.overall.get(_COUNT)) or 0)
    yield from _figures(widest.overall, "", "", file.place(*widest.path, "overall"))


def _by_group(file: EvidenceFile, frames: list[_Frame]) -> Iterator[Figure]:
    for frame in frames:
        for group, metrics in frame.groups.items():
            yield from _figures(metrics, frame.attribute, group, file.place(*frame.path, "by_group", group))


def _figures(metrics: dict[str, object], attribute: str, group: str, place: str) -> Iterator[Figure]:
    count = finite(metrics.get(_COUNT))
    for key, raw in metrics.items():
        name = _NAMES.get(key, key).strip()
        if name and name != _COUNT and not isinstance(raw, dict | list | str):
            people = count if name in _OF_ALL else None
            yield Figure(name, finite(raw), attribute, group, count=people, place=place)
