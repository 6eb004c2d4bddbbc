"""Third-party checks in a child process: what they say comes through, and nothing that goes wrong does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from installed_plugins import installed
from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_runs import CheckRuns
from lexline.evaluate.verdict import Clock, MissingFact
from lexline.plugin_manager import load_plugins
from lexline_lineage.builder import build
from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source
from lexline_lineage.values import Duration
from lexline_lineage.vocabulary_files import load_vocabulary

VOCABULARY = """
kinds:
  dataset: {attributes: {rows: number, owner: text, kept: duration, made_on: date, tags: [[text]], card: document}}
  model: {attributes: {secret: text, seen_at: moment}}
relations:
  trains: {from: dataset, to: model, flow: forward}
  tests: {from: dataset, to: model, flow: forward}
"""

PLUGIN = """
import ctypes, math, os, subprocess, sys, time
from datetime import date
from pathlib import Path
from lexline.hookspecs import *
from lexline_lineage.values import Sort, ValueType

print("a plug-in may print")


def good(view, elements, arguments):
    print("and so may a check")
    outcomes = []
    for element in elements:
        rows = view.value(element, "rows")
        if rows is None:
            outcomes.append(CheckOutcome(missing=(MissingFact(element, "dataset", "rows", "no value is recorded"),)))
            continue
        models = [model for model, possible in view.targets("trains", element)]
        evidence = f"{models} {view.today}"
        outcomes.append(CheckOutcome(rows * arguments["factor"], evidence=evidence, until=date(2026, 12, 24)))
    return outcomes

def echo(view, elements, arguments):
    seen = [view.value("a", name) for name in ("kept", "made_on", "tags", "card")] + [view.value("m", "seen_at")]
    return [CheckOutcome(1.0, evidence=repr(seen))] * len(elements)

def crash(*_): os._exit(3)
def segfault(*_): ctypes.string_at(0)
def hang(*_):
    ticks = str(Path(__file__).with_name("ticks"))
    ticking = "import sys, time\\nwhile True: open(sys.argv[1], 'a').write('.'); time.sleep(0.05)"
    subprocess.Popen([sys.executable, "-c", ticking, ticks])
    time.sleep(60)
def spin(*_):
    while True: pass
def raising(*_): raise KeyError("rows")
def leave(*_): sys.exit()
def hungry(*_): return [bytearray(8 * 1024**3)]
def chatty(view, elements, arguments): return [CheckOutcome(1.0, evidence="x" * (70 * 1024**2))] * len(elements)
def no_list(*_): return "fine"
def other_things(view, elements, arguments): return [1.0] * len(elements)
def wrong_type(view, elements, arguments): return [CheckOutcome("5%")] * len(elements)
def wrong_count(*_): return [CheckOutcome(1.0)]
def not_finite(view, elements, arguments): return [CheckOutcome(math.nan)] * len(elements)
def no_reason(view, elements, arguments): return [CheckOutcome()] * len(elements)
def no_day(view, elements, arguments): return [CheckOutcome(1.0, until="soon")] * len(elements)
def ages(view, elements, arguments): return [CheckOutcome(1.0, ages=True)] * len(elements)
def both(view, elements, arguments):
    return [CheckOutcome(1.0, (MissingFact("a", "dataset", "rows", "lost"),))] * len(elements)
def gives_up(view, elements, arguments): return [CheckOutcome(failed="no luck")] * len(elements)
def undeclared(view, elements, arguments): return [CheckOutcome(view.value(e, "owner")) for e in elements]
def undeclared_kind(view, elements, arguments): return view.elements("job")
def undeclared_relation(view, elements, arguments): return view.targets("tests", elements[0])
def garbage(*_):
    for number in range(3, 20):
        try: os.write(number, b"{broken" + bytes([10]))
        except OSError: pass
    time.sleep(60)
def strange(*_):
    for number in range(3, 20):
        try: os.write(number, b'{"outcomes": [{"value": ["date", "soon"]}]}' + bytes([10]))
        except OSError: pass
    time.sleep(60)
def snoop(view, elements, arguments):
    return [CheckOutcome(1.0, evidence=f"{'LEXLINE_TOKEN' in os.environ} {list(Path().iterdir())}")] * len(elements)

NUMBER = ValueType(Sort.NUMBER)
READS = Reads({"dataset": ("rows", "kept", "made_on", "tags", "card"), "model": ("seen_at",)}, ("trains",), today=True)

@hookimpl
def lexline_checks():
    functions = [good, echo, crash, segfault, hang, spin, raising, leave, hungry, chatty, no_list, other_things,
        wrong_type, wrong_count, not_finite, no_reason, no_day, ages, both, gives_up, undeclared, undeclared_kind,
        undeclared_relation, garbage, strange, snoop]
    return [
        Check(
            CheckSignature("test." + function.__name__.replace("_", "-"), ("dataset",),
                (CheckParameter("factor", NUMBER, 2.0),), NUMBER, READS, meaning="For a test."),
            function,
            seconds=2.0 if function in (hang, spin) else 60.0,
        )
        for function in functions
    ]
"""

FAILURES = {
    "crash": "its process ended without an answer (status 3)",
    "segfault": "its process ended without an answer (signal 11)",
    "hang": "it took longer than 2 seconds and was stopped",
    "spin": "it took longer than 2 seconds and was stopped",
    "raising": "it raised KeyError: 'rows'",
    "leave": "its process ended without an answer (status 0)",
    "hungry": "it raised MemoryError: ",
    "chatty": "it answered more than 64 MB and was stopped",
    "no-list": "it gave a str in place of a list of outcomes",
    "other-things": "it gave a float in place of an outcome",
    "wrong-type": "it gave '5%', which is no number",
    "wrong-count": "it gave 1 outcomes for 2 elements",
    "not-finite": "it gave 'nan', which is no number",
    "no-reason": "it gave an outcome that is not one of a value, facts that are missing, or a failure",
    "no-day": "it gave an outcome until a day that is no date",
    "ages": "it gave an outcome that ages, which is no number",
    "both": "it gave an outcome that is not one of a value, facts that are missing, or a failure",
    "gives-up": "no luck",
    "undeclared": "it reads dataset.owner, which it does not declare",
    "undeclared-kind": "it reads elements of kind job, which it does not declare",
    "undeclared-relation": "it reads the relation tests, which it does not declare",
    "garbage": "its answer is not in the form of one",
    "strange": "its answer is not in the form of one",
}


def facts() -> list[Fact]:
    source = Source("test")
    elements: list[Fact] = [ElementFact(id_, kind, source) for id_, kind in [("a", "dataset"), ("b", "dataset")]]
    elements.append(ElementFact("m", "model", source))
    values: dict[str, object] = {"rows": 21, "owner": "x", "kept": "12 months", "made_on": "2026-01-31"}
    values |= {"tags": ["p", "q"], "card": {"k": [1]}}
    elements += [AttributeFact("a", name, value, source) for name, value in values.items()]
    elements.append(AttributeFact("m", "seen_at", "2026-01-31T12:00:00.25Z", source))
    return [*elements, EdgeFact("a", "trains", "m", source)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def runs(site: Path) -> Iterator[CheckRuns]:
    graph = build(load_vocabulary(VOCABULARY), facts(), date(2026, 11, 22)).graph
    clock = Clock(date(2026, 11, 22), datetime(2026, 11, 22, 12, tzinfo=UTC))
    with installed(site, misbehaving=PLUGIN):
        yield load_plugins().check_results(graph, clock)


def test_outcomes_come_through(runs: CheckRuns) -> None:
    nothing = MissingFact("b", "dataset", "rows", "no value is recorded")
    day = date(2026, 12, 24)
    expected = [CheckOutcome(63.0, evidence="['m'] 2026-11-22", until=day), CheckOutcome(missing=(nothing,))]
    assert list(runs.outcomes("test.good", "dataset", (("factor", 3.0),))) == expected


def test_every_sort_of_value_crosses(runs: CheckRuns) -> None:
    seen = [Duration(months=12), date(2026, 1, 31), ("p", "q"), {"k": [1]}]
    moment = datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)
    evidence = runs.outcomes("test.echo", "dataset", ())[0].evidence
    assert evidence.replace("datetime.timezone.utc", "datetime.UTC") == repr([*seen, moment]).replace(
        "datetime.timezone.utc", "datetime.UTC"
    )


@pytest.mark.parametrize("check", FAILURES)
def test_failures_are_sentences(runs: CheckRuns, check: str) -> None:
    outcomes = runs.outcomes(f"test.{check}", "dataset", ())
    assert [outcome.failed for outcome in outcomes] == [f"the check test.{check} failed: {FAILURES[check]}"] * 2
    assert all(outcome.value is None for outcome in outcomes)


def test_the_environment_and_folder_of_the_user_stay_out(runs: CheckRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXLINE_TOKEN", "secret")
    assert runs.outcomes("test.snoop", "dataset", ())[0].evidence == "False []"


def test_a_module_in_the_working_folder_is_not_run(
    runs: CheckRuns, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert runs.outcomes("test.good", "dataset", (("factor", 5.0),))[0].value == 105


def test_what_a_check_started_ends_with_it(runs: CheckRuns, site: Path) -> None:
    runs.outcomes("test.hang", "dataset", (("factor", 9.0),))
    ticks = (site / "ticks").read_text() if (site / "ticks").exists() else ""
    time.sleep(0.3)
    assert not ticks or (site / "ticks").read_text() == ticks


def test_each_call_is_run_once(runs: CheckRuns) -> None:
    first = runs.outcomes("test.good", "dataset", (("factor", 4.0),))
    assert runs.outcomes("test.good", "dataset", (("factor", 4.0),)) is first


def test_an_argument_without_a_value_is_missing(runs: CheckRuns) -> None:
    outcome = runs.outcomes("test.good", "dataset", (("factor", None),))[1]
    assert (outcome.value, outcome.failed) == (None, "")
    assert outcome.missing[0].why == "the check test.good needs a value for factor, and none is in force"
