"""What tests of data found: the outcome for the dataset, and each test as an observation."""

from __future__ import annotations

from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.openlineage_events import Event
from lexline_plugins.importers.openlineage_names import Import
from lexline_plugins.importers.records import mappings, text

__all__ = ["has_assertions", "read_quality"]


def has_assertions(data: dict[str, object]) -> bool:
    """True where an event says how tests of this dataset went."""
    return bool(_assertions(data))


def read_quality(work: Import, event: Event, dataset: str, data: dict[str, object], tool: str) -> None:
    """Record the tests of a dataset that an event of a run that ended tells about."""
    found, place = _assertions(data), event.place
    if not found or not dataset.startswith("dataset:"):
        return
    statuses = {_status(assertion) for assertion in found}
    worst = next(status for status in ("failed", "warned", "passed") if status in statuses)
    work.sheet.attribute(dataset, "quality_status", worst, place)
    seen: dict[str, int] = {}
    for assertion in found:
        metric, column = text(assertion, "assertion") or "assertion", text(assertion, "column")
        part = "/".join(escape(word) for word in (text(assertion, "name") or metric, column) if word)
        seen[part] = seen.get(part, 0) + 1
        number = f"/{seen[part]}" if seen[part] > 1 else ""
        observation = f"observation:openlineage/{event.run}/{dataset.removeprefix('dataset:')}/{part}{number}"
        work.sheet.element(observation, "observation", place)
        said = {
            "metric": metric,
            "value": _number(assertion.get("actual")),
            "baseline": _number(assertion.get("expected")),
            "status": _status(assertion),
            "observed_at": event.moment,
            "observed_on": event.moment[:10],
            "tool": tool,
        }
        for attribute, value in said.items():
            work.sheet.attribute(observation, attribute, value, place)
        measured = work.column(dataset, column, place) if column else dataset
        work.sheet.edge(observation, "measures", measured, place)


def _assertions(data: dict[str, object]) -> list[dict[str, object]]:
    """The tests of a dataset; some producers say them twice, for the dataset and for its use as an input."""
    found: list[dict[str, object]] = []
    for holder in ("facets", "inputFacets", "outputFacets"):
        for assertion in mappings(data, holder, "dataQualityAssertions", "assertions"):
            if isinstance(assertion.get("success"), bool) and assertion not in found:
                found.append(assertion)
    return found


def _status(assertion: dict[str, object]) -> str:
    if assertion.get("success") is True:
        return "passed"
    return "warned" if text(assertion, "severity").lower() == "warn" else "failed"


def _number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e300 else None
