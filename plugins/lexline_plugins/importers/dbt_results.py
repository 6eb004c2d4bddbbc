"""What runs of dbt found: how a run ended, what its tests counted, how fresh the sources are.

What a run found holds since its day. A run that only compiled (`docs generate`) says nothing of the data, and a test
that could not run has no outcome. A run takes in the tables from outside that the tables it built are made from; what
it wrote is lineage between the tables, so that the inputs of one table never flow into another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lexline_plugins.importers.dbt_artifacts import TABLES, Artifact, Project
from lexline_plugins.importers.dbt_work import Work, dbt_id
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.records import mapping, mappings, moment_of_text, text, whole_number

__all__ = ["results"]

_BUILDS = frozenset({"build", "clone", "retry", "run", "seed", "snapshot"})
_CHECKS = _BUILDS | {"test"}
_FAILED = frozenset({"error", "fail", "partial success", "runtime error"})
_OUTCOMES = {"fail": "failed", "pass": "passed", "warn": "warned"}
_FRESHNESS = {"error": "failed", "pass": "passed", "warn": "warned"}
_WORST = ("passed", "warned", "failed")
_REF = re.compile(r"(?:ref|source)\((?:'[^']*', *)?'([^']+)'")


@dataclass(slots=True)
class _Quality:
    """What the tests of one table counted in one run."""

    status: str = "passed"
    failures: int = 0
    counts: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class _Run:
    """One invocation of dbt: its artifact, its element (empty where it has no id), what was run, and the keys of the
    nodes that it built."""

    artifact: Artifact
    element: str
    command: str
    built: frozenset[str]
    qualities: dict[str, _Quality] = field(default_factory=dict)


def results(work: Work, project: Project) -> None:
    """Everything that the runs of a project found, oldest first."""
    for artifact in project.results:
        if not artifact.invocation:
            work.reading.skip(artifact.name, "`metadata.invocation_id` is no UUID: the results are of no known run")
        elif artifact.sort == "sources":
            for result, place in artifact.results():
                _freshness(work, project, artifact, result, place)
        else:
            _run(work, project, artifact)


def _run(work: Work, project: Project, artifact: Artifact) -> None:
    args = mapping(artifact.data, "args")
    command = text(args, "which") or text(args, "rpc_method") or "unknown"
    found = list(artifact.results())
    built = {
        text(result, "unique_id")
        for result, _ in found
        if command in _BUILDS and text(result, "status") == "success" and _sort(result) in TABLES
    }
    element = work.sheet.element(f"run:{artifact.invocation}", "run", artifact.place())
    run = _Run(artifact, element, command, frozenset(built))
    _describe(work, project, run, [result for result, _ in found])
    if command not in _CHECKS:
        work.reading.skip(artifact.name, f"`dbt {command}` builds and tests nothing: its results say nothing of data")
        return
    for result, place in found:
        key, sort = text(result, "unique_id"), _sort(result)
        if sort == "test":
            _test(work, project, run, result, place)
        elif key in built:
            _built(work, project, run, result, place)
    for dataset, quality in run.qualities.items():
        day = artifact.day
        work.sheet.attribute(dataset, "quality_status", quality.status, quality.place, since=day)
        count = quality.failures if quality.counts else None
        work.sheet.attribute(dataset, "quality_failures", count, quality.place, since=day)


def _describe(work: Work, project: Project, run: _Run, found: list[dict[str, object]]) -> None:
    """The run and the job that it executes. One failed node makes a failed run, as it makes dbt exit with an error."""
    failed = any(text(result, "status") in _FAILED for result in found)
    times = [timing for result in found for timing in mappings(result, "timing")]
    begun = sorted(filter(None, (moment_of_text(timing.get("started_at")) for timing in times)))
    ended = sorted(filter(None, (moment_of_text(timing.get("completed_at")) for timing in times)))
    operation = "transform" if run.command in _BUILDS else "other"
    place = run.artifact.place()
    job = work.sheet.element(dbt_id("job", project.name, run.command), "job", place)
    work.sheet.edge(run.element, "executes", job, place)
    said = {
        "name": f"dbt {run.command}",
        "operation": operation,
        "status": "failed" if failed else "completed",
        "started_at": begun[0] if begun else None,
        "ended_at": ended[-1] if ended else None,
    }
    for attribute, value in said.items():
        work.sheet.attribute(run.element, attribute, value, place)
    work.sheet.attribute(job, "name", f"dbt {run.command}, {project.name}", place)
    work.sheet.attribute(job, "system_name", "dbt", place)
    work.sheet.attribute(job, "operation", operation, place)
    if not failed:
        work.sheet.attribute(job, "last_run_on", str(run.artifact.day), place, since=run.artifact.day)


def _built(work: Work, project: Project, run: _Run, result: dict[str, object], place: str) -> None:
    """A table that the run made anew."""
    key = text(result, "unique_id")
    dataset = work.dataset(project, key)
    if not dataset:
        work.leave_open(key, run.element, "it built a table that the newest manifest doesn't have")
        return
    ended = [moment_of_text(timing.get("completed_at")) for timing in mappings(result, "timing")]
    day = max(filter(None, ended), default=run.artifact.made)[:10]
    work.sheet.attribute(dataset, "updated_on", day, place)
    node = project.node(key)
    rows = whole_number(mapping(result, "adapter_response").get("rows_affected"))
    if rows is not None and rows >= 0 and text(node, "config", "materialized") in ("seed", "table"):
        work.sheet.attribute(dataset, "rows", rows, place, since=run.artifact.day)
    listed = mapping(node, "depends_on").get("nodes")
    for parent in listed if isinstance(listed, list) else []:
        origin = work.dataset(project, parent) if isinstance(parent, str) and parent not in run.built else ""
        if origin:
            work.sheet.edge(run.element, "reads", origin, place)


def _test(work: Work, project: Project, run: _Run, result: dict[str, object], place: str) -> None:
    """What a test counted, as an observation and as a part of the table's quality."""
    key = text(result, "unique_id")
    node = project.node(key)
    tested = _tested(node)
    dataset = work.dataset(project, tested) if tested else ""
    if not dataset:
        missing = (
            "names no single table" if node and not tested else "is of a table that the newest manifest doesn't have"
        )
        work.leave_open(key, run.element, f"the test {missing}")
        return
    status = _OUTCOMES.get(text(result, "status"))
    if status is None:
        work.leave_open(key, dataset, f"a test of it has no outcome: {text(result, 'status') or 'no status'}")
        return
    failures = whole_number(result.get("failures"))
    quality = run.qualities.setdefault(dataset, _Quality(place=place))
    if _WORST.index(status) > _WORST.index(quality.status):
        quality.status, quality.place = status, place
    if failures is not None:
        quality.failures, quality.counts = quality.failures + failures, True
    ended = [moment_of_text(timing.get("completed_at")) for timing in mappings(result, "timing")]
    said = {
        "metric": text(node, "test_metadata", "name") or text(node, "name") or key,
        "value": failures,
        "status": status,
        "observed_at": max(filter(None, ended), default=run.artifact.made),
    }
    element = _observation(work, run.artifact, key, said, dataset, place)
    column = work.column(dataset, text(node, "column_name"))
    if column:
        work.sheet.edge(element, "measures", column, place)


def _freshness(work: Work, project: Project, artifact: Artifact, result: dict[str, object], place: str) -> None:
    """How old the newest record of a source is, in seconds, and what the source's own limits make of it."""
    key = text(result, "unique_id")
    dataset = work.dataset(project, key)
    loaded, seen = moment_of_text(result.get("max_loaded_at")), moment_of_text(result.get("snapshotted_at"))
    status = _FRESHNESS.get(text(result, "status"))
    if not dataset:
        work.leave_open(key, artifact.name, "the freshness is of a source that the newest manifest doesn't have")
    elif status is None or loaded is None:
        why = text(result, "error") or text(result, "status") or "no status"
        work.leave_open(key, dataset, f"its freshness could not be told: {why[:100]}")
    else:
        seen = seen or artifact.made
        age = result.get("max_loaded_at_time_ago_in_s")
        seconds = age if isinstance(age, int | float) and not isinstance(age, bool) else None
        said = {"metric": "freshness", "value": seconds, "status": status, "observed_at": seen}
        _observation(work, artifact, key, said, dataset, place)
        work.sheet.attribute(dataset, "updated_on", loaded[:10], place)


def _observation(work: Work, artifact: Artifact, key: str, said: Mapping[str, object], dataset: str, place: str) -> str:
    element = f"observation:dbt/{artifact.invocation}/{escape(key)}"
    work.sheet.element(element, "observation", place)
    for attribute, value in said.items():
        work.sheet.attribute(element, attribute, value, place)
    work.sheet.attribute(element, "observed_on", str(said["observed_at"])[:10], place)
    work.sheet.attribute(element, "tool", f"dbt {text(artifact.data, 'metadata', 'dbt_version')}".strip(), place)
    work.sheet.edge(element, "measures", dataset, place)
    return element


def _tested(node: dict[str, object]) -> str:
    """The node that a test is about. One about the relation of two tables depends on both: newer manifests say to which
    it is attached, older ones have it in the arguments of the test. Empty where it is about no single table."""
    attached = text(node, "attached_node")
    if attached:
        return attached
    listed = mapping(node, "depends_on").get("nodes")
    keys = [key for key in listed if isinstance(key, str)] if isinstance(listed, list) else []
    tables = [key for key in dict.fromkeys(keys) if key.partition(".")[0] in TABLES]
    if len(tables) == 1:
        return tables[0]
    named = _REF.search(text(node, "test_metadata", "kwargs", "model"))
    ends = [key for key in tables if named is not None and key.endswith(f".{named.group(1)}")]
    return ends[0] if len(ends) == 1 else ""


def _sort(result: dict[str, object]) -> str:
    return text(result, "unique_id").partition(".")[0]
