"""The forms in which Evidently writes what it measured, read as figures.

In: one document. Out: a ``Report``, or the reason why it is none. Figures have one name in all forms; what is measured
twice, with a test and without, is one figure, that of the test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from lexline_plugins.importers.evidence import Figure, finite
from lexline_plugins.importers.evidence_files import EvidenceFile
from lexline_plugins.importers.evidence_subjects import Named, named_by
from lexline_plugins.importers.records import mapping, mappings, text

__all__ = ["OF_DATA", "Report", "read_report"]

_METRICS = {
    "AbsMaxError": "abs_max_error",
    "Accuracy": "accuracy",
    "DatasetMissingValueCount": "missing_values",
    "DriftedColumnsCount": "drifted_columns",
    "DuplicatedRowCount": "duplicated_rows",
    "EmptyRowsCount": "empty_rows",
    "F1Score": "f1_score",
    "FNR": "fnr",
    "FPR": "fpr",
    "LogLoss": "log_loss",
    "MAE": "mae",
    "MAPE": "mape",
    "MeanError": "mean_error",
    "MissingValueCount": "missing_values",
    "Precision": "precision",
    "R2Score": "r2_score",
    "RMSE": "rmse",
    "Recall": "recall",
    "RocAuc": "roc_auc",
    "RowCount": "rows",
    "TNR": "tnr",
    "TPR": "tpr",
}
"""The metrics of 0.7 that are read, but for the drift of a column, which is named by its method."""
_OLD_METRICS = {
    "abs_error_max": "abs_max_error",
    "accuracy": "accuracy",
    "f1": "f1_score",
    "fnr": "fnr",
    "fpr": "fpr",
    "log_loss": "log_loss",
    "mean_abs_error": "mae",
    "mean_abs_perc_error": "mape",
    "mean_error": "mean_error",
    "precision": "precision",
    "r2_score": "r2_score",
    "recall": "recall",
    "rmse": "rmse",
    "roc_auc": "roc_auc",
    "tnr": "tnr",
    "tpr": "tpr",
}
"""What 0.4 measures of a model's quality, in `current` and `reference`."""
OF_DATA = frozenset({"drifted_columns", "duplicated_rows", "empty_rows", "missing_values", "rows"})
"""Metrics that are about the data as much as about the model that is asked about them."""

_STATUS = {"FAIL": "failed", "SUCCESS": "passed", "WARNING": "warned"}
_WORST = ("", "passed", "warned", "failed")
_COLUMN = "column"
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Report:
    """One report. ``moment`` is when it was made, as it writes it (empty where it says nothing), ``dataset`` the
    address of the data that it is about, ``unread`` the sorts of metrics that are not read, with how many."""

    figures: tuple[Figure, ...]
    named: Named = field(default_factory=Named)
    moment: str = ""
    dataset: str = ""
    version: str = ""
    unread: Counter[str] = field(default_factory=Counter)

    def same_figures(self) -> frozenset[tuple[str, str, float | None]]:
        """By what two files with the same measurements are recognised."""
        return frozenset((figure.metric, figure.group, figure.value) for figure in self.figures)


def read_report(file: EvidenceFile) -> Report | str:
    """The report that a file holds; a text says why it holds none."""
    data = file.data
    if isinstance(data.get("metric_results"), dict):
        return _snapshot(file)
    if isinstance(data.get("panels"), list):
        return "this is a dashboard: it shows figures that are kept elsewhere"
    metrics, tests = mappings(data, "metrics"), mappings(data, "tests")
    if any(isinstance(item.get("config"), dict) for item in metrics):
        return _report(file)
    if any("metric" in item for item in metrics) or any("parameters" in item for item in tests):
        return _old_report(file)
    return "this is no report, snapshot or test suite of Evidently"


# ------------------------------------------------------------------------------------------------------------- 0.7
def _report(file: EvidenceFile) -> Report:
    unread: Counter[str] = Counter()
    statuses = _statuses(mappings(file.data, "tests"))
    figures: list[Figure] = []
    for number, item in enumerate(mappings(file.data, "metrics")):
        place = file.place("metrics", number)
        own = statuses.get(text(item, "id"), {})
        figures += _figures(mapping(item, "config"), _parts(item.get("value")), own, place, unread)
    return Report(_distinct(figures), version="0.7", unread=unread)


def _snapshot(file: EvidenceFile) -> Report:
    unread: Counter[str] = Counter()
    figures: list[Figure] = []
    for key, result in mapping(file.data, "metric_results").items():
        place = file.place("metric_results", key)
        config = mapping(result, "metric_value_location", "metric", "params")
        parts = {
            part: mapping(result, part).get("value") for part in ("count", "share", "mean") if mapping(result, part)
        }
        if "value" in mapping(result):
            parts = {"": mapping(result)["value"]}
        own = _statuses(mappings(result, "tests")).get(key, {})
        figures += _figures(config, parts, own, place, unread)
    metadata = mapping(file.data, "metadata")
    moment, dataset = text(file.data, "timestamp"), text(metadata, "current_dataset")
    return Report(_distinct(figures), named_by(metadata), moment, dataset, "0.7", unread)


def _parts(value: object) -> dict[str, object]:
    """A value by the names of its parts; one that has none is under an empty name."""
    if not isinstance(value, dict):
        return {"": value}
    return {part: value[part] for part in ("count", "share", "mean") if part in value}


def _figures(
    config: dict[str, object], parts: dict[str, object], statuses: dict[str, str], place: str, unread: Counter[str]
) -> Iterator[Figure]:
    """The figures of one metric of 0.7."""
    sort = text(config, "type").rpartition(":")[2]
    name = _drift(text(config, "method")) if sort == "ValueDrift" else _METRICS.get(sort, "")
    if not name or not parts:
        unread[sort or "without a sort"] += 1
        return
    group = text(config, _COLUMN)
    for part, raw in parts.items():
        metric = f"{name}_share" if part == "share" else name
        yield Figure(metric, finite(raw), _COLUMN if group else "", group, statuses.get(part, ""), place=place)


def _statuses(tests: list[dict[str, object]]) -> dict[str, dict[str, str]]:
    """The worst outcome of the tests of each metric, by the part of its value that they look at."""
    found: dict[str, dict[str, str]] = {}
    for test in tests:
        bound = mapping(test, "bound_test")
        key = text(test, "metric_config", "metric_id") or text(bound, "metric_fingerprint")
        status, part = _STATUS.get(text(test, "status"), ""), ""
        if "is_count" in bound:
            part = "count" if bound["is_count"] is True else "share"
        elif "is_mean" in bound:
            part = "mean" if bound["is_mean"] is True else "std"
        own = found.setdefault(key, {})
        own[part] = max(own.get(part, ""), status, key=_WORST.index)
    return found


# ------------------------------------------------------------------------------------------------------------- 0.4
def _old_report(file: EvidenceFile) -> Report:
    unread: Counter[str] = Counter()
    figures: list[Figure] = []
    for number, item in enumerate(mappings(file.data, "metrics")):
        result, place = mapping(item, "result"), file.place("metrics", number)
        found = [*_old_drift(result, place), *_old_quality(result, place)]
        if not found:
            unread[text(item, "metric") or "without a name"] += 1
        figures += found
    for number, test in enumerate(mappings(file.data, "tests")):
        figures += _old_test(test, file.place("tests", number), unread)
    named = named_by(mapping(file.data, "metadata"))
    return Report(
        _distinct(figures), named, text(file.data, "timestamp"), version=text(file.data, "version"), unread=unread
    )


def _old_drift(result: dict[str, object], place: str) -> Iterator[Figure]:
    """How many columns drifted, and which."""
    if "number_of_drifted_columns" in result:
        status = _detected(result.get("dataset_drift"))
        yield Figure("drifted_columns", finite(result["number_of_drifted_columns"]), status=status, place=place)
        share = finite(result.get("share_of_drifted_columns"))
        yield Figure("drifted_columns_share", share, status=status, place=place)
    columns = [result] if "drift_score" in result else mapping(result, "drift_by_columns").values()
    for column in map(mapping, columns):
        name, value = text(column, "column_name"), finite(column.get("drift_score"))
        metric, status = _drift(text(column, "stattest_name")), _detected(column.get("drift_detected"))
        if name:
            yield Figure(metric, value, _COLUMN, name, status, place=place)


def _old_quality(result: dict[str, object], place: str) -> Iterator[Figure]:
    """How good the model is now, compared with the reference."""
    for key, metric in _OLD_METRICS.items():
        value = finite(mapping(result, "current").get(key))
        if value is not None:
            yield Figure(metric, value, baseline=finite(mapping(result, "reference").get(key)), place=place)


def _old_test(test: dict[str, object], place: str, unread: Counter[str]) -> Iterator[Figure]:
    """The outcome of a test of drift, with what it looked at."""
    parameters, status = mapping(test, "parameters"), _STATUS.get(text(test, "status"), "")
    features = mapping(parameters, "features")
    if features:
        count = sum(mapping(feature).get("detected") is True for feature in features.values())
        is_share = "Share" in text(test, "name")
        yield Figure("drifted_columns", count, status="" if is_share else status, place=place)
        share = count / len(features)
        yield Figure("drifted_columns_share", share, status=status if is_share else "", place=place)
    elif text(parameters, "column_name") and "score" in parameters:
        metric, column = _drift(text(parameters, "stattest")), text(parameters, "column_name")
        yield Figure(metric, finite(parameters["score"]), _COLUMN, column, status, place=place)
    else:
        unread[f"the test {text(test, 'name') or 'without a name'}"] += 1


def _detected(raw: object) -> str:
    """What the tool made of it: drift that it detected is a failure of the comparison with the reference."""
    return {True: "failed", False: "passed"}[raw] if isinstance(raw, bool) else ""


def _drift(method: str) -> str:
    """The name of a column's drift: that of the method. A distance grows with the drift, a p-value shrinks."""
    return _NOT_A_NAME.sub("_", method.lower()).strip("_") or "drift"


def _distinct(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Each figure once; one that was tested goes before the same without a test."""
    found: dict[tuple[str, str, float | None], Figure] = {}
    for figure in figures:
        key = (figure.metric, figure.group, figure.value)
        said = found.setdefault(key, figure)
        if _WORST.index(figure.status) > _WORST.index(said.status):
            found[key] = replace(said, status=figure.status, place=figure.place)
    return tuple(found.values())
