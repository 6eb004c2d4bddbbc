"""Which column comes from which, and whether its values were masked on the way."""

from __future__ import annotations

from lexline_plugins.importers.openlineage_datasets import read_dataset
from lexline_plugins.importers.openlineage_names import Import
from lexline_plugins.importers.records import mapping, mappings, text

__all__ = ["mark_masked", "read_column_lineage", "read_lineage_facet"]


def read_column_lineage(
    work: Import, run: str, dataset: str, data: dict[str, object], place: str, *, possible: bool
) -> None:
    """The facet ``columnLineage`` of what a run wrote; ``possible`` where all that it did is. What only decides which
    rows there are (a join, a filter) is possible in any case; that the run read the dataset of such a column is as sure
    as the rest, even where the event doesn't list it."""
    facet = mapping(data, "facets", "columnLineage")
    targets = []
    for name, found in sorted(mapping(facet, "fields").items()):
        if name and isinstance(found, dict):
            target = work.column(dataset, name, place)
            targets.append(target)
            direct = [origin for origin in mappings(found, "inputFields") if not _is_indirect(origin)]
            _note_masking(work, target, direct, text(found, "transformationType"), place)
            for origin in mappings(found, "inputFields"):
                _flow(work, run, origin, [target], place, possible)
    names = (text(field, "name") for field in mappings(data, "facets", "schema", "fields"))
    targets += [work.column(dataset, name, place) for name in names if name]
    for origin in mappings(facet, "dataset"):  # what decides about all columns alike
        _flow(work, run, origin, targets, place, possible, of_rows=True)


def read_lineage_facet(work: Import, run: str, facets: dict[str, object], place: str, *, possible: bool) -> None:
    """The facet ``lineage`` of a job or run: which dataset, and which column of it, came from which."""
    for entry in mappings(facets, "lineage", "entries"):
        if text(entry, "type") != "DATASET" or not _is_named(entry) or work.is_model(work.address(entry)):
            continue
        target = read_dataset(work, entry, place)
        work.sheet.edge(run, "writes", target, place, possible=possible)
        for origin in mappings(entry, "inputs"):
            if text(origin, "type") == "DATASET" and _is_named(origin):
                work.sheet.edge(run, "reads", read_dataset(work, origin, place), place, possible=possible)
        for name, field in sorted(mapping(entry, "fields").items()):
            for origin in mappings(field, "inputs"):
                if name and text(origin, "type") == "DATASET":
                    _flow(work, run, origin, [work.column(target, name, place)], place, possible)


def mark_masked(work: Import) -> None:
    """Say of each column how its values are masked, where every run that wrote them masked them."""
    for column, (ways, place) in work.masked.items():
        if column not in work.plain:
            work.sheet.attribute(column, "masking", ", ".join(sorted(ways)), place)


def _flow(
    work: Import,
    run: str,
    origin: dict[str, object],
    targets: list[str],
    place: str,
    possible: bool,
    *,
    of_rows: bool = False,
) -> None:
    if not (_is_named(origin) and text(origin, "field")) or work.is_model(work.address(origin)):
        return
    dataset = read_dataset(work, origin, place)
    source = work.column(dataset, text(origin, "field"), place)
    for target in targets:
        work.sheet.edge(source, "flows_to", target, place, possible=possible or of_rows or _is_indirect(origin))
    work.sheet.edge(run, "reads", dataset, place, possible=possible)


def _note_masking(work: Import, target: str, origins: list[dict[str, object]], whole: str, place: str) -> None:
    """A column is masked where each of its origins is: one that comes through as it was is enough to read it."""
    ways: set[str] = set()
    for origin in origins:
        steps = [step for step in mappings(origin, "transformations") if text(step, "type") != "INDIRECT"]
        if steps and all(step.get("masking") is True for step in steps):
            ways |= {text(step, "subtype") or text(step, "type") or "masked" for step in steps}
        elif whole == "MASKED" and not steps:
            ways.add(whole)
        else:
            work.plain.add(target)
    if ways:
        known, first = work.masked.get(target, (set(), place))
        work.masked[target] = (known | ways, first)


def _is_indirect(origin: dict[str, object]) -> bool:
    steps = mappings(origin, "transformations")
    return bool(steps) and all(text(step, "type") == "INDIRECT" for step in steps)


def _is_named(data: dict[str, object]) -> bool:
    return bool(text(data, "namespace") and text(data, "name"))
