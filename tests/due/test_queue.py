"""What falls due and why, over small graphs and the states that came before them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lexline.basis import MEANINGS, VERSION, Bases
from lexline.decision import Evaluation
from lexline.diagnostics import Source, Span
from lexline.due import DueItem, Past, Queue, State, Version, basis_now, due_items, why_not
from lexline.evaluate.verdict import Clock
from lexline.lang.compile import compile_policies
from lexline.lang.digest import FORM
from lexline.lang.parse import parse
from lexline.lang.typed import Program
from lexline.ledger.record import Acknowledgement, AssessmentEntry, Entry, Recorded, WaiverEntry, WaiverTerms
from lexline.ledger.waivers import Waiver
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact
from lexline_lineage.facts import Source as Said
from lexline_lineage.graph import Graph
from lexline_lineage.overlay import Changes
from lexline_lineage.vocabulary_files import load_builtin_vocabulary

WORDS = load_builtin_vocabulary()
SAID = Said("register", "register.csv:7")
TODAY = date(2026, 9, 3)
DPIA = """\
policy p "P"
  version 1
term personal for dataset means dataset.personal_data
rule DPIA "A DPIA" for model where (some upstream dataset has special_category)
  require some assessment has (type = dpia and status = approved)
  owner dpo
  deadline 30 days
"""
KINDS = {
    "credit": "model",
    "raw": "dataset",
    "load": "job",
    "clean": "dataset",
    "live": "deployment",
    "a1": "assessment",
}
EDGES = (
    ("load", "reads", "raw"),
    ("load", "writes", "clean"),
    ("clean", "trains", "credit"),
    ("credit", "serves", "live"),
    ("a1", "assesses", "credit"),
)
VALUES: dict[tuple[str, str], object] = {
    ("a1", "type"): "dpia",
    ("a1", "status"): "approved",
    ("a1", "approved_on"): "2026-06-01",
}


def compiled(text: str) -> Program:
    file, mistakes = parse(Source("p.policy", text))
    assert not mistakes
    assert file is not None
    program, found = compile_policies([file], WORDS)
    assert not found, found
    return program


def graph(values: Mapping[tuple[str, str], object] | None = None, kinds: dict[str, str] | None = None) -> Graph:
    facts: list[Fact] = [ElementFact(name, kind, SAID) for name, kind in (KINDS | (kinds or {})).items()]
    facts += [EdgeFact(origin, relation, target, SAID) for origin, relation, target in EDGES]
    facts += [
        AttributeFact(element, name, value, SAID) for (element, name), value in {**VALUES, **(values or {})}.items()
    ]
    return build(WORDS, facts, on=TODAY).graph


def evaluated(text: str, on: Graph, waivers: tuple[Waiver, ...] = ()) -> Evaluation:
    return Evaluation(compiled(text), on, Clock(TODAY), waivers=waivers)


def past(*graphs: Graph, first: date = date(2026, 5, 1), step: int = 30) -> Past:
    """States every ``step`` days."""
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    states = [State(at, begin + timedelta(days=step * (at - 1))) for at in range(1, len(graphs) + 1)]
    return Past(states, lambda number, _: graphs[number - 1])


def recorded(*entries: Entry, on: date = date(2026, 6, 1)) -> list[Recorded]:
    moment = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return [Recorded(at, moment, entry, "", "") for at, entry in enumerate(entries, 1)]


def causes(queue: Queue) -> list[tuple[str, str]]:
    return [(item.cause, item.about) for item in queue.items]


def only(queue: Queue, cause: str) -> DueItem:
    (item,) = (item for item in queue.items if item.cause == cause)
    return item


def assessed(program: Program, on: Graph) -> tuple[Graph, list[Recorded]]:
    """The graph and the ledger after an assessment was recorded on it."""
    number = on.number("credit")
    assert number is not None
    basis = str(Bases(Evaluation(program, on, Clock(TODAY))).of(number, "assessment", "dpia"))
    entry = AssessmentEntry(
        element="credit",
        element_kind="model",
        type="dpia",
        status="approved",
        approved_on=date(2026, 7, 1),
        assessor="Jo",
        basis=basis,
    )
    element = "assessment:ledger/1"
    changes = Changes(
        {element: "assessment"},
        {(element, "type"): "dpia", (element, "status"): "approved", (element, "approved_on"): "2026-07-01"},
        {(element, "assesses", "credit"): False},
    )
    return on.with_changes(changes), recorded(entry, on=date(2026, 7, 1))


# ---- the facts below it --------------------------------------------------------------------------------------------


def test_a_moved_basis_names_the_fact_the_path_and_the_day() -> None:
    now = graph({("raw", "special_category"): True})
    queue = due_items(evaluated(DPIA, now), past=past(graph(), graph(), graph(), now, now))
    item = only(queue, "basis")
    assert (item.about, item.element, item.owner, item.rules) == ("a1", "credit", "dpo", ("p/DPIA",))
    (cause,) = item.moved
    assert (cause.name, cause.before, cause.after) == ("special_category of raw", "missing", "true")
    assert cause.path == ("credit", "clean", "load", "raw")
    assert "register" in cause.place
    assert item.since == date(2026, 7, 30)  # of the fourth state
    assert item.due == date(2026, 8, 29)
    assert item.is_overdue(TODAY)


def test_what_no_rule_reads_raises_nothing_and_is_told() -> None:
    now = graph({("raw", "description"): "new", ("live", "environment"): "production"})
    evaluation = evaluated(DPIA, now)
    states = past(graph(), graph(), now)
    queue = due_items(evaluation, past=states)
    assert not queue.items
    number = now.number("credit")
    assert number is not None
    (looked,) = why_not(evaluation, number, queue, past=states).looked
    assert looked.rules == ("p/DPIA",)
    assert any("dataset.special_category" in line for line in looked.reads)
    assert looked.outside == ("dataset.description: 1", "deployment.environment: 1")
    assert "nothing that its rules can read has changed" in looked.says


def test_without_a_store_only_dates_count_and_it_says_so() -> None:
    queue = due_items(evaluated(DPIA, graph({("raw", "special_category"): True})))
    assert not queue.items
    assert "only dates can make them due" in queue.notes[0]


def test_what_changed_before_the_store_is_not_known_and_it_says_so() -> None:
    states = past(graph(), graph({("raw", "special_category"): True}), first=date(2026, 8, 1), step=10)
    queue = due_items(evaluated(DPIA, graph({("raw", "special_category"): True})), past=states)
    assert causes(queue) == [("basis", "a1")]
    assert "first revision of the store, 2026-08-01" in queue.notes[0]


def test_a_recorded_basis_is_compared_even_without_the_past() -> None:
    program = compiled(DPIA)
    on, ledger = assessed(program, graph())
    assert not due_items(Evaluation(program, on, Clock(TODAY)), entries=ledger).items
    moved = on.with_changes(Changes(values={("raw", "special_category"): True}))
    item = only(due_items(Evaluation(program, moved, Clock(TODAY)), entries=ledger), "basis")
    assert item.about == "assessment:ledger/1"
    assert (item.due, item.moved) == (None, ())


def test_a_newer_assessment_takes_the_place_of_an_older_one() -> None:
    program = compiled(DPIA)
    now, ledger = assessed(program, graph({("raw", "special_category"): True}))
    states = past(graph(), graph({("raw", "special_category"): True}), now)
    assert not due_items(Evaluation(program, now, Clock(TODAY)), entries=ledger, past=states).items


# ---- the rules above it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rule DPIA", 'rule NEW "n" for model require some assessment has type = dpia\nrule DPIA', "p/NEW"),
        ("has special_category", "has (special_category and owner is known)", "p/DPIA"),
    ],
)
def test_a_rule_that_means_something_else(old: str, new: str, said: str) -> None:
    on, ledger = assessed(compiled(DPIA), graph())
    later = compiled(DPIA.replace(old, new))
    item = only(due_items(Evaluation(later, on, Clock(TODAY)), entries=ledger), "rule")
    assert [cause.name for cause in item.moved] == [said]
    assert ("means something else than on 2026-07-01" if said == "p/DPIA" else "p/NEW asks for it now") in item.says
    worded = compiled(DPIA.replace('"A DPIA"', '"Another title"').replace("rule DPIA", "# a word\nrule NAMED-ANEW"))
    assert not due_items(Evaluation(worded, on, Clock(TODAY)), entries=ledger).items


LATER = DPIA.replace("status = approved", "status in {approved, draft}")
TEXTS = {
    "first": DPIA,
    "commented": DPIA.replace("owner dpo", "owner dpo\n  # a comment"),
    "between": DPIA.replace("status = approved", "status = draft"),
    "now": LATER,
}


@pytest.mark.parametrize(
    ("versions", "says", "since"),
    [
        ("first commented now", "by the commit v2 of 2026-06-10", date(2026, 6, 10)),
        ("first commented now now", "by the commit v2 of 2026-06-10", date(2026, 6, 10)),
        ("first between now", "by the commit v2 of 2026-06-10", date(2026, 6, 10)),
        ("first mistaken now", "by the commit v2 of 2026-06-10", date(2026, 6, 10)),
        ("first commented", "not in git yet: v1 of 2026-05-31 has the earlier text", None),
        ("between now", "no version in git has the earlier text; the change came after 2026-05-25", None),
        (
            "now",
            "git had this text already: a check or a pack has another version; the change came after 2026-05-25",
            None,
        ),
    ],
)
def test_the_clause_that_changed_and_the_day(versions: str, says: str, since: date | None) -> None:
    on, ledger = assessed(compiled(DPIA), graph())
    names, begin = versions.split(), datetime(2026, 5, 21, tzinfo=UTC)
    states = [Version(f"v{at}", begin + timedelta(days=10 * at)) for at in range(len(names))]

    def program(version: Version) -> Program | None:
        text = TEXTS.get(names[int(version.name[1:])])
        return None if text is None else compiled(text)

    early = [replace(one, moment=datetime(2026, 5, 25, tzinfo=UTC)) for one in ledger]
    evaluation = Evaluation(compiled(LATER), on, Clock(TODAY))
    item = only(due_items(evaluation, entries=early, policies=(lambda: states, program)), "rule")
    assert f"p/DPIA means something else than on 2026-05-25 ({says})" == item.says
    assert (item.since, item.due) == (since, None if since is None else since + timedelta(days=30))
    (cause,) = item.moved
    if "first" in names:
        told = (cause.name, cause.before, cause.after)
        assert told == ("require of p/DPIA", "status = approved", "status in {approved, draft}")
    else:
        assert (cause.name, cause.before[:7]) == ("p/DPIA", "meaning")
    assert cause.place == f"p.policy:{5 if 'first' in names else 4}"


def test_another_assessment_bounds_the_day_of_the_change() -> None:
    on, ledger = assessed(compiled(DPIA), graph())
    later = compiled(LATER)
    _, newer = assessed(later, graph())
    both = [*ledger, replace(newer[0], sequence=2, moment=datetime(2026, 8, 2, tzinfo=UTC))]
    item = only(due_items(Evaluation(later, on, Clock(TODAY)), entries=both), "rule")
    assert "the change came after 2026-07-01, by 2026-08-02 at the latest" in item.says
    assert item.since == date(2026, 8, 2)


# ---- forms ---------------------------------------------------------------------------------------------------------


def test_a_basis_of_another_form_is_told_and_does_not_count_as_moved() -> None:
    on, ledger = assessed(compiled(DPIA), graph())
    entry = ledger[0].entry
    assert isinstance(entry, AssessmentEntry)
    older = entry.model_copy(update={"basis": entry.basis.replace("lexline-basis/1", "lexline-basis/0")})
    kept = [replace(ledger[0], entry=older)]
    evaluation = Evaluation(compiled(DPIA.replace("status = approved", "status = draft")), on, Clock(TODAY))
    still = due_items(evaluation, entries=kept, past=past(graph(), on, on))
    assert not still.items
    assert "of 1 the basis is recorded as lexline-basis/0, which this version" in still.notes[0]
    moved = on.with_changes(Changes(values={("raw", "special_category"): True}))
    queue = due_items(replace(evaluation, graph=moved), entries=kept, past=past(on, on, on, moved))
    assert only(queue, "basis").since == date(2026, 7, 30)  # told by the date


def test_a_form_of_meanings_belongs_to_a_form_of_bases() -> None:
    assert MEANINGS[VERSION] == FORM


# ---- what a rule names ---------------------------------------------------------------------------------------------

WHEN = f"{DPIA}  reassess when upstream personal datasets changes updated_on, region\n"


@pytest.mark.parametrize(
    ("before", "after", "due"),
    [
        ({}, {("raw", "updated_on"): "2026-08-01", ("raw", "personal_data"): True}, True),
        ({("raw", "personal_data"): True}, {("raw", "updated_on"): "2026-08-01", ("raw", "personal_data"): True}, True),
        ({}, {("raw", "updated_on"): "2026-08-01"}, True),  # nobody knows whether it is personal
        ({}, {("raw", "updated_on"): "2026-08-01", ("raw", "personal_data"): False}, False),
        ({}, {("raw", "description"): "new", ("raw", "personal_data"): True}, False),
        ({}, {("credit", "trained_on"): "2026-08-01"}, False),
    ],
)
def test_a_change_that_a_rule_names(
    before: dict[tuple[str, str], object], after: dict[tuple[str, str], object], due: bool
) -> None:
    now = graph(after)
    queue = due_items(evaluated(WHEN, now), past=past(graph(before), graph(before), graph(before), now))
    assert [item.about for item in queue.items if item.cause == "when"] == ["p/DPIA"] * due
    if due:
        item = only(queue, "when")
        assert item.moved[0].name == "updated_on of raw"
        assert item.since == date(2026, 7, 30)


# ---- clocks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "force", "due"),
    [
        ({}, "", date(2026, 8, 1)),
        ({("a1", "approved_on"): "2026-08-01"}, "", None),
        ({("a1", "status"): "rejected"}, "", "at once"),
        ({("a1", "status"): "rejected"}, "  in force from 2026-02-01\n", date(2026, 2, 1)),
        ({("a1", "status"): "rejected"}, "  in force from 2026-12-01\n", None),
        ({("credit", "research_only"): True}, "  except where research_only\n", None),
    ],
)
def test_an_interval(values: dict[tuple[str, str], object], force: str, due: date | str | None) -> None:
    text = (
        DPIA.replace(" where (some upstream dataset has special_category)", "") + force + "  reassess every 2 months\n"
    )
    found = [item.due or "at once" for item in due_items(evaluated(text, graph(values))).items if item.cause == "every"]
    assert found == ([] if due is None else [due])


@pytest.mark.parametrize(
    ("values", "until", "due"),
    [
        ({("a1", "valid_until"): "2026-09-02"}, None, date(2026, 9, 2)),
        ({("a1", "valid_until"): "2026-12-31"}, None, None),
        ({("a1", "valid_until"): "2026-12-31"}, date(2026, 12, 31), date(2026, 12, 31)),
        ({("a1", "review_due"): "2026-08-02", ("a1", "valid_until"): "2026-09-02"}, None, date(2026, 8, 2)),
        ({("a1", "review_due"): "2026-08-02", ("a1", "reviewed_on"): "2026-08-02"}, None, None),
    ],
)
def test_a_validity_that_ends(values: dict[tuple[str, str], object], until: date | None, due: date | None) -> None:
    queue = due_items(evaluated(DPIA, graph(values)), until=until)
    assert [item.due for item in queue.items if item.cause == "expiry"] == ([] if due is None else [due])


@pytest.mark.parametrize(
    ("values", "breached"),
    [
        ({("m", "status"): "alert", ("m", "observed_on"): "2026-08-01"}, True),
        ({("m", "status"): "warning", ("m", "observed_on"): "2026-08-01"}, False),
        ({("m", "status"): "alert", ("m", "observed_on"): "2026-05-01"}, False),
        ({("o1", "status"): "failed", ("o1", "observed_on"): "2026-08-01", ("o1", "metric"): "psi"}, True),
        (
            {
                ("o1", "status"): "failed",
                ("o1", "observed_on"): "2026-08-01",
                ("o1", "metric"): "psi",
                ("o2", "status"): "passed",
                ("o2", "observed_on"): "2026-08-02",
                ("o2", "metric"): "psi",
            },
            False,
        ),
    ],
)
def test_a_measurement_in_breach(values: dict[tuple[str, str], object], breached: bool) -> None:
    kinds = {"m": "monitor", "o1": "observation", "o2": "observation"}
    edges = {
        ("m", "watches", "credit"): False,
        ("o1", "measures", "credit"): False,
        ("o2", "measures", "credit"): False,
    }
    on = graph(values, kinds).with_changes(Changes(edges=edges))
    assert [item.about for item in due_items(evaluated(DPIA, on)).items if item.cause == "monitor"] == ["a1"] * breached


RUNS: tuple[tuple[str, str, str], ...] = (
    ("credit-family", "groups", "credit"),
    ("credit-family", "groups", "older"),
    ("credit", "stored_as", "file"),
    ("elsewhere", "loads", "file"),
    ("live", "powers", "lending"),
    ("sibling", "serves", "live"),
    ("answers", "trains", "credit"),
)
RUNNING = {
    "credit-family": "registered-model",
    "older": "model",
    "file": "artifact",
    "elsewhere": "deployment",
    "lending": "system",
    "sibling": "model",
    "answers": "dataset",
    "m": "monitor",
    "o1": "observation",
}


@pytest.mark.parametrize(
    ("measured", "assessed", "way"),
    [
        ("live", "credit", ("credit", "live")),  # what serves it
        ("elsewhere", "credit", ("credit", "file", "elsewhere")),  # what loads its file
        ("lending", "credit", ("credit", "live", "lending")),  # the system that uses it
        ("credit", "live", ("live", "credit")),  # what it serves
        ("live", "credit-family", ("credit-family", "credit", "live")),  # a version of it is served
        ("credit-family", "credit", ("credit", "credit-family")),
        ("older", "credit", None),  # another version
        ("sibling", "credit", None),  # another model behind the same deployment
        ("answers", "credit", None),  # its data
    ],
)
@pytest.mark.parametrize("by", ["monitor", "measurement", "monitor's measurement"])
def test_whose_breach_counts(measured: str, assessed: str, way: tuple[str, ...] | None, by: str) -> None:
    edges = dict.fromkeys(RUNS, False) | {("a1", "assesses", "credit"): None, ("a1", "assesses", assessed): False}
    status = {("m", "status"): "alert", ("m", "observed_on"): "2026-08-01"}
    by = "measurement" if measured == "credit-family" else by  # no monitor watches one
    if by != "monitor":
        status = {("o1", "status"): "failed", ("o1", "observed_on"): "2026-08-01"}
    if by == "measurement":
        edges["o1", "measures", measured] = False
    else:
        edges |= {("m", "watches", measured): False, ("o1", "recorded_by", "m"): False}
    queue = due_items(evaluated(DPIA, graph(status, RUNNING).with_changes(Changes(edges=edges))))
    found = [item for item in queue.items if item.cause == "monitor"]
    assert [item.moved[0].path for item in found] == ([] if way is None else [way])
    for item in found:
        assert (item.element, item.since) == (assessed, date(2026, 8, 1))
        assert f"of {measured} was in breach on 2026-08-01, after 2026-06-01" in item.says


def test_a_monitor_of_several_counts_once_at_the_nearest_and_leaves_the_time_that_a_rule_gives() -> None:
    edges = {("m", "watches", element): False for element in ("live", "credit")}
    values = {("m", "status"): "alert", ("m", "observed_on"): "2026-08-01"}
    item = only(
        due_items(evaluated(DPIA, graph(values, {"m": "monitor"}).with_changes(Changes(edges=edges)))), "monitor"
    )
    assert [(cause.name, cause.path) for cause in item.moved] == [("monitor of credit", ())]
    assert item.due == date(2026, 8, 31)


def test_a_breach_on_a_day_that_nobody_knows_or_that_is_to_come() -> None:
    watching = Changes(edges={("m", "watches", "credit"): False})
    undated = graph({("m", "status"): "alert"}, {"m": "monitor"}).with_changes(watching)
    queue = due_items(evaluated(DPIA, undated))
    assert not queue.items
    assert "of 1 in breach no day is recorded" in queue.notes[-1]
    later = graph({("m", "status"): "alert", ("m", "observed_on"): "2026-09-04"}, {"m": "monitor"})
    assert not due_items(evaluated(DPIA, later.with_changes(watching))).items


# ---- waivers -------------------------------------------------------------------------------------------------------


def test_a_waiver_falls_due_like_an_assessment() -> None:
    one, later = graph(), graph({("raw", "special_category"): True})
    program = compiled(DPIA)
    number = one.number("credit")
    assert number is not None
    entry = WaiverEntry(
        rules=("p/DPIA",),
        elements=("credit",),
        every="",
        reason="r",
        control="c",
        approver="Ann",
        role="head",
        requested_by="Sam",
        since=date(2026, 8, 1),
        until=date(2026, 9, 2),
        basis=str(Bases(Evaluation(program, one, Clock(TODAY))).of_waiver([number], [("p", "DPIA")])),
    )
    waiver = Waiver("entry 1 of the ledger", entry, Span(Source("ledger", ""), 0, 0), recorded=1)
    evaluation = Evaluation(program, later, Clock(TODAY), waivers=(waiver,))
    queue = due_items(evaluation, entries=recorded(entry, on=date(2026, 8, 1)), past=past(one, one, one, one, later))
    found = {item.cause: item for item in queue.items if item.about == waiver.name}
    assert sorted(found) == ["basis", "expiry"]
    assert found["expiry"].due == date(2026, 9, 2)
    assert [cause.name for cause in found["basis"].moved] == ["special_category of raw"]


def test_a_waiver_that_another_goes_on_from_is_no_longer_due() -> None:
    terms = {
        "rules": ["p/DPIA"],
        "reason": "r",
        "control": "c",
        "approver": "Ann",
        "role": "head",
        "requested_by": "Bo",
    }

    def waiver(name: str, since: date, until: date, *elements: str) -> Waiver:
        said = WaiverTerms.model_validate({**terms, "elements": elements, "from": since, "until": until})
        return Waiver(name, said, Span(Source("w", ""), 0, 0))

    def due(*further: Waiver) -> list[str]:
        first = waiver("first", date(2026, 1, 1), date(2026, 6, 30), "credit", "other")
        items = due_items(evaluated(DPIA, graph(kinds={"other": "model"}), (first, *further))).items
        return sorted(item.about for item in items if item.cause == "expiry")

    second = waiver("second", date(2026, 7, 1), date(2027, 6, 30), "credit")
    third = waiver("third", date(2026, 7, 1), date(2027, 6, 30), "other")
    assert due() == due(second) == ["first"]
    assert due(waiver("shorter", date(2026, 2, 1), date(2026, 3, 1), "credit", "other")) == ["first", "shorter"]
    assert due(second, third) == []


# ---- what became of it ---------------------------------------------------------------------------------------------


def said(item: DueItem, state: str, at: Evaluation, **more: str) -> Acknowledgement:
    cause = f"{item.cause} {basis_now(at, item)}"
    return Acknowledgement.model_validate({"subject": item.id, "state": state, "by": "Jo", "cause": cause, **more})


def test_the_way_of_an_item_through_the_ledger() -> None:
    moved, further = ({("raw", "special_category"): value} for value in (True, False))
    states = past(graph(), graph(), graph(moved), graph(moved), graph(further))
    evaluation = evaluated(DPIA, graph(moved))
    first = only(due_items(evaluation, past=past(graph(), graph(), graph(moved))), "basis")
    assert first.state == "open"

    def after(*entries: Entry, at: Evaluation = evaluation, on: Past = states) -> Iterable[DueItem]:
        return due_items(at, past=on, entries=recorded(*entries, on=date(2026, 8, 1))).items

    (seen,) = after(said(first, "acknowledged", evaluation))
    assert (seen.id, seen.state) == (first.id, "acknowledged")
    (taken,) = after(said(first, "acknowledged", evaluation), said(first, "assigned", evaluation, assignee="Ann"))
    assert (taken.state, taken.assignee) == ("assigned", "Ann")
    done = said(first, "done", evaluation, note="nothing follows")
    assert not list(after(said(first, "assigned", evaluation, assignee="Ann"), done))
    entries, number = recorded(done, on=date(2026, 8, 1)), evaluation.graph.number("credit")
    assert number is not None
    queue = due_items(evaluation, past=states, entries=entries)
    (looked,) = why_not(evaluation, number, queue, past=states, entries=entries).looked
    assert looked.says == "Jo looked on 2026-08-01 and said that nothing follows: nothing follows"
    again = replace(evaluation, graph=graph(further))
    (anew,) = after(done, at=again)
    assert (anew.id, anew.state) == (first.id, "open")
    assert anew.since == date(2026, 8, 29)
