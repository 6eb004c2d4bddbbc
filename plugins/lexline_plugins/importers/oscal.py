"""Assessment results and plans of action in OSCAL, the language of NIST for controls and their assessment.

In: an OSCAL document as JSON or YAML. Out: for each result an assessment with its outcome, for a plan of action one
with its open risks. A finding is a judgement and no measured value: it makes no observation, and stands in the report.
Other OSCAL documents (catalogs, profiles, plans …) say what ought to be, not what was found, and are skipped. Persons
are not kept where the organisation that they act for is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lexline_lineage.documents import Document
from lexline_plugins.importers.assessments_work import Work
from lexline_plugins.importers.locations import escape, has_scheme
from lexline_plugins.importers.records import as_json, day_of, mapping, mappings, text, texts_in
from lexline_plugins.importers.subjects import Subject

__all__ = ["is_oscal", "read_oscal"]

_RESULTS = "assessment-results"
_PLAN = "plan-of-action-and-milestones"
_NOT_READ = (
    "assessment-plan",
    "catalog",
    "component-definition",
    "mapping-collection",
    "profile",
    "system-security-plan",
)
_PEOPLE = frozenset({"email-addresses", "parties", "party-uuids", "responsible-parties", "telephone-numbers"})
_PARTS = ("components", "inventory-items", "users")


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """The body of an OSCAL document, with where it stands."""

    file: str
    document: Document
    kind: str

    @property
    def data(self) -> dict[str, object]:
        return mapping(self.document.data, self.kind)

    def place(self, *path: str | int) -> str:
        return f"{self.file}:{self.document.place(self.kind, *path)[0]}"


def is_oscal(document: Document) -> bool:
    """True for an OSCAL document of any kind."""
    return any(mapping(document.data, kind) for kind in (_RESULTS, _PLAN, *_NOT_READ))


def read_oscal(work: Work, file: str, document: Document) -> None:
    """Say everything of the document."""
    data = mapping(document.data)
    if _RESULTS in data:
        body = _Body(file, document, _RESULTS)
        for index, result in enumerate(mappings(body.data, "results")):
            _result(work, body, index, result)
    elif _PLAN in data:
        _plan(work, _Body(file, document, _PLAN))
    else:
        kind = next(kind for kind in _NOT_READ if kind in data)
        work.reading.skip(f"{file}:{document.place(kind)[0]}", f"an OSCAL {kind} says nothing of what was found")


def _result(work: Work, body: _Body, index: int, result: dict[str, object]) -> None:
    """One round of assessment: what was found, on which evidence, and how long that holds."""
    place = body.place("results", index)
    identifier = text(result, "uuid")
    if not identifier:
        work.reading.skip(place, "the result has no `uuid`")
        return
    assessment = f"assessment:oscal/{escape(identifier)}"
    titles = (text(body.data, "metadata", "title"), text(result, "title"))
    said: dict[str, object] = {
        "name": ": ".join(filter(None, titles)),
        "type": "audit",
        "assessor": _assessor(body.data),
        "started_on": day_of(result.get("start")),
        "valid_until": min(filter(None, map(_last_day, mappings(result, "observations"))), default=None),
    }
    work.describe(assessment, said | _outcome(result) | _risks(result), as_json(result, _PEOPLE), place)
    observations = mappings(result, "observations")
    known = [(subject, place) for found in observations for subject in _about(work, body, result, found)]
    told = [(subject, place) for subject in work.subjects.told_of(body.file, identifier, *titles)]
    work.assess(assessment, known or told, identifier, body.file)
    for item in (item for found in observations for item in mappings(found, "relevant-evidence")):
        address = text(item, "href")
        if has_scheme(address):
            location = work.locations.canonical(address)
            report = work.sheet.element(f"document:{location}", "document", place)
            work.sheet.attribute(report, "location", location, place)
            work.sheet.edge(assessment, "rests_on", report, place)


def _outcome(result: dict[str, object]) -> dict[str, object]:
    """Approved where all that was found is satisfied; without an end it goes on, and without findings it has none."""
    states = [text(finding, "target", "status", "state") for finding in mappings(result, "findings")]
    ended = day_of(result.get("end"))
    if "not-satisfied" in states:
        return {"status": "rejected"}
    if ended is None:
        return {"status": "in-review"}
    return {"status": "approved", "approved_on": ended} if states and set(states) == {"satisfied"} else {}


def _about(work: Work, body: _Body, result: dict[str, object], observation: dict[str, object]) -> list[Subject]:
    """What an observation is about: the models that a property of its subjects names, or what the settings say."""
    found: list[Subject] = []
    for subject in mappings(observation, "subjects"):
        identifier = text(subject, "subject-uuid")
        part = _part(body, result, identifier)
        named = [model for prop in mappings(part, "props") for model in work.subjects.named_in(text(prop, "value"))]
        told = work.subjects.told_of(identifier, text(part, "title"))
        if not named and not told:
            why = "the subject names no model" if part else "the subject is defined in another document"
            work.leave_open(identifier, text(observation, "title") or text(observation, "uuid"), why)
        found += named or told
    return found


def _part(body: _Body, result: dict[str, object], identifier: str) -> dict[str, object]:
    """The component or the like with that id; empty where the document doesn't define it."""
    for holder in (result, body.data):
        for sort in _PARTS:
            for part in mappings(holder, "local-definitions", sort):
                if text(part, "uuid") == identifier:
                    return part
    return {}


def _plan(work: Work, body: _Body) -> None:
    """A plan of action: which risks are open, and by when the first has to be dealt with."""
    place, identifier = body.place(), text(body.data, "uuid")
    if not identifier:
        work.reading.skip(place, "the plan of action has no `uuid`")
        return
    assessment = f"assessment:oscal/{escape(identifier)}"
    said: dict[str, object] = {"name": text(body.data, "metadata", "title"), "type": "risk-management"}
    work.describe(assessment, said | _risks(body.data), as_json(body.data, _PEOPLE), place)
    system = text(body.data, "system-id", "id")
    told = work.subjects.told_of(body.file, identifier, system)
    named = [
        model
        for prop in mappings(body.data, "metadata", "props")
        for model in work.subjects.named_in(text(prop, "value"))
    ]
    work.assess(assessment, [(subject, place) for subject in named or told], system or identifier, body.file)


def _risks(data: dict[str, object]) -> dict[str, object]:
    """The risks that nobody has closed. That a deviation is approved doesn't close one: its measures are still due."""
    if not isinstance(data.get("risks"), list):
        return {}
    still_open = [risk for risk in mappings(data, "risks") if text(risk, "status") != "closed"]
    due = filter(None, (day_of(risk.get("deadline")) for risk in still_open))
    return {"open_measures": len(still_open), "next_measure_due": min(due, default=None)}


def _last_day(observation: dict[str, object]) -> str | None:
    """The last day on which an observation holds: it expires at a moment, and at midnight that is the day before."""
    expires = day_of(observation.get("expires"))
    if expires is None or not text(observation, "expires")[10:].upper().startswith("T00:00:00"):
        return expires
    try:
        return str(date.fromisoformat(expires) - timedelta(days=1))
    except OverflowError:
        return expires


def _assessor(data: dict[str, object]) -> str:
    """The organisation that assessed; a person only where no organisation is named."""
    parties = {text(party, "uuid"): party for party in mappings(data, "metadata", "parties")}
    for responsible in mappings(data, "metadata", "responsible-parties"):
        if text(responsible, "role-id") == "assessor":
            for party in _those(parties, responsible.get("party-uuids")):
                behind = [*_those(parties, party.get("member-of-organizations")), party]
                return text(behind[0], "name")
    return ""


def _those(parties: dict[str, dict[str, object]], identifiers: object) -> Iterator[dict[str, object]]:
    for identifier in texts_in(identifiers):
        if identifier in parties:
            yield parties[identifier]
