"""Reads explanations of a model's answers, as documents: by which inputs it decides, and by how much.

Summaries and values of SHAP, and lists of explanations of LIME. Only sums over all explained answers are kept: single
answers, and the ids of the people whom they are about, stay in their files. ``docs/sources/explanations.md`` says what
is in the documents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_lineage.problems import LineageError
from lexline_plugins.importers.evidence import EVIDENCE_SETTINGS, Evidence, finite
from lexline_plugins.importers.evidence_files import EvidenceFile
from lexline_plugins.importers.evidence_subjects import Named, named_by
from lexline_plugins.importers.records import mapping, mappings, text, whole_number
from lexline_plugins.importers.shap_values import read_shap_values

__all__ = ["EXPLANATIONS"]

_MOST_INPUTS = 200
"""How many inputs of a model are kept, the weightiest first."""
_DIGITS = 6
_LONGEST = 500
"""How many characters of a condition are looked at."""
_CONDITION = re.compile(r"(?:-?[0-9.eE+-]+ < )?(.+?)(?: (?:<=|<|>=|>) -?[0-9.eE+-]+|=.*)?")


@dataclass(frozen=True, slots=True)
class _Explained:
    """What explanations say of one model: the mean weight of each input, over so many answers."""

    named: Named
    explainer: str
    rows: int | None
    weights: Mapping[str, float]
    output: str = ""


def _read(request: ImportRequest) -> ImportResult:
    work = Evidence.of("explanations", request)
    for file in work.files:
        try:
            found = _explained(file)
        except LineageError as error:
            work.reading.skip_problems(error, file.name)
            continue
        if isinstance(found, str):
            work.reading.skip(file.name, found)
            continue
        for explained in found:
            _document(work, file, explained, is_one=len(found) == 1)
    return work.result()


EXPLANATIONS = Importer(
    "explanations",
    "Reads by which inputs a model decides, from summaries and values of SHAP and explanations of LIME.",
    EVIDENCE_SETTINGS,
    _read,
)


def _explained(file: EvidenceFile) -> list[_Explained] | str:
    """What a file explains, model by model; a text says why it explains nothing. Raises ``LineageError``."""
    if file.path.suffix.lower() == ".parquet":
        values = read_shap_values(file)
        return [_Explained(named_by(values.metadata), "shap values", values.rows, values.weights)]
    if file.document is None:
        return "this is a page to look at; export the explanations as JSON (`as_list`)"
    if "mean_abs_shap" in file.data:
        return _summary(file.data)
    listed = [item for item in mappings({"all": file.document.data}, "all") or [file.data] if "as_list" in item]
    if not listed:
        return "this is no SHAP summary (`mean_abs_shap`), and no explanation of LIME (`as_list`)"
    by_model: dict[Named, list[dict[str, object]]] = defaultdict(list)
    for item in listed:
        by_model[named_by(item)].append(item)
    return [_lime(named, items) for named, items in by_model.items()]


def _summary(data: dict[str, object]) -> list[_Explained] | str:
    weights = {
        name: abs(value) for name, raw in mapping(data, "mean_abs_shap").items() if (value := finite(raw)) is not None
    }
    if not weights:
        return "`mean_abs_shap` names no input with a number"
    tool = " ".join(filter(None, ("shap", text(data, "shap_version"), text(data, "explainer"))))
    return [_Explained(named_by(data), tool, whole_number(data.get("n")), weights, text(data, "output"))]


def _lime(named: Named, items: list[dict[str, object]]) -> _Explained:
    """The mean weight of each input over the explanations of one model. One that leaves an input out gives it none."""
    sums: dict[str, float] = defaultdict(float)
    for item in items:
        pairs = item["as_list"]
        for pair in pairs if isinstance(pairs, list) else []:
            match pair:
                case [str(condition), int() | float() as weight] if finite(weight) is not None:
                    sums[_input(condition)] += abs(weight)
    return _Explained(named, "lime", len(items), {name: total / len(items) for name, total in sums.items()})


def _input(condition: str) -> str:
    """The input that a condition of LIME is about (``-0.60 < prior_defaults <= 1.10``, ``channel=web``)."""
    shown = condition.strip()[:_LONGEST]
    found = _CONDITION.fullmatch(shown)
    return found.group(1) if found is not None else shown


def _document(work: Evidence, file: EvidenceFile, explained: _Explained, *, is_one: bool) -> None:
    subject = work.subject(file, explained.named)
    named = explained.named
    content: dict[str, object] = {
        "explainer": explained.explainer,
        "output": explained.output,
        "rows": explained.rows,
        **_inputs(explained.weights),
    }
    said = {
        "name": f"Weights of the inputs of {named}" if named.name else "Weights of the inputs",
        "type": "other",
        "updated_on": subject.day,
    }
    work.document(file, subject, said, content, "" if is_one else f"{named.name}/{named.version}".strip("/"))


def _inputs(weights: Mapping[str, float]) -> dict[str, object]:
    """The inputs, the weightiest first, and the mean weight and the share of all weights of each by its name."""
    ordered = sorted(((name, weight) for name, weight in weights.items() if name.strip()), key=_weightiest)
    kept, total = ordered[:_MOST_INPUTS], sum(weight for _, weight in ordered)
    return {
        "inputs": [name for name, _ in kept],
        "weights": {name: round(weight, _DIGITS) for name, weight in kept},
        "shares": {name: round(weight / total, _DIGITS) if total else 0.0 for name, weight in kept},
        "inputs_left_out": len(ordered) - len(kept),
    }


def _weightiest(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]
