"""Records evaluations that somebody acts on: one function makes the entry, for every door.

``Recorder`` is for a door that lasts and decides in many threads: decisions that come while others are being written
are written together, in one transaction, and each is answered when it is on the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Literal, Self

from lexline.decision import Evaluation
from lexline.diagnostics import Diagnostic, LexlineError, UnfinishedError
from lexline.evaluate.verdict import Decision
from lexline.ledger.record import Entry, EvaluationEntry, PolicyState, PortfolioState, Recorded, canonical
from lexline.ledger.waivers import Waiver
from lexline.project import stored
from lexline.project_files import Files
from lexline.report import Report
from lexline.settings import NAME, load_settings

if TYPE_CHECKING:
    from lexline.store import Store

__all__ = ["Recorder", "entry_of_report", "open_recorder", "record", "verdicts_digest", "waivers_digest"]

Door = Literal["gate", "check", "python"]
Outcome = Literal["allow", "warn", "block", "unfinished", "not-evaluated"]


def entry_of_report(
    evaluation: Evaluation, report: Report, *, door: Door, element: str = "", rules: Iterable[str] = ()
) -> EvaluationEntry:
    """The entry of an evaluation and what came of it. ``element`` is the id that was asked about, and ``rules`` the
    names (``policy/RULE``); empty: all."""
    clock, state = report.clock, evaluation.state
    return EvaluationEntry(
        door=door,
        element=element,
        rules=tuple(sorted(rules)),
        on=clock.today,
        moment=clock.moment,
        known_on=clock.known_on,
        policies=tuple(PolicyState(id=line.id, version=line.version, digest=line.digest) for line in report.policies),
        portfolio=PortfolioState(
            digest=report.portfolio.digest, elements=report.portfolio.elements, edges=report.portfolio.edges
        ),
        revision=state.revision if state is not None else None,
        ledger=state.ledger if state is not None else 0,
        waivers=waivers_digest(evaluation.waivers),
        engine=engine_version(),
        plugins=dict(evaluation.plugins),
        verdicts=verdicts_digest(report.decisions),
        counts=report.summary(),
        outcome=outcome(report),
    )


@cache
def engine_version() -> str:
    """The version of Lexline."""
    return version("lexline")


def outcome(report: Report) -> Outcome:
    """What the report asks for: the strongest that any decision does."""
    status = report.exit_status
    if status:
        return {1: "block", 2: "not-evaluated"}.get(status, "unfinished")  # type: ignore[return-value]
    warned = any(report.outcome(decision) == "warn" for decision in report.decisions)
    return "warn" if warned else "allow"


def verdicts_digest(decisions: Iterable[Decision]) -> str:
    """The digest of verdicts, whatever their order: ``docs/ledger.md`` says of which text."""
    lines = (canonical([*d.rule, d.element, d.verdict, d.underlying, d.phase]) for d in decisions)
    return _digest(sorted(lines))


def waivers_digest(waivers: Iterable[Waiver]) -> str:
    """The digest of waivers with the days from which they were withdrawn; empty where there are none."""
    known = [(waiver.terms.model_dump(mode="json"), waiver.withdrawn) for waiver in waivers]
    lines = [canonical([terms, str(withdrawn) if withdrawn else None]) for terms, withdrawn in known]
    return _digest(sorted(lines)) if lines else ""


def _digest(lines: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode("ascii"))
    return "sha256:" + digest.hexdigest()


def record(files: Files, entry: EvaluationEntry) -> Recorded:
    """Record an evaluation in the project's store, which is made where it isn't there yet. Raises ``UnfinishedError``
    where it can't be: what is not recorded may not be acted on."""
    with _recordable(), stored(files, make=True) as store:
        (recorded,) = store.append([entry])
    return recorded


def open_recorder(folder: Path | str = ".") -> Recorder:
    """The recorder of the project in a folder, which has to have a store. Close it, or use it in ``with``. Raises
    ``LexlineError``."""
    return Recorder(stored(Files.of(load_settings(Path(folder) / NAME)), make=True))


class Recorder:
    """Records in the ledger of a store, from any number of threads. It closes the store with itself.

    A thread of its own writes: all that has come when it has done with those before goes into one transaction, so that
    nobody waits for company, and many cost little more than one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: SimpleQueue[tuple[Entry, Future[Recorded]] | None] = SimpleQueue()
        self._open, self._closed = Lock(), False
        self._thread = Thread(target=self._work, name="lexline-recorder", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Record what has come and close the store; nothing may be recorded after that."""
        with self._open:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        self._store.close()

    def record(
        self, evaluation: Evaluation, report: Report, *, element: str = "", rules: Iterable[str] = ()
    ) -> Recorded:
        """Record an evaluation; it is on the disk when this returns. ``element`` and ``rules`` (``policy/RULE``) are
        what was asked about; empty: all. Raises ``UnfinishedError`` where it can't be recorded."""
        return self.append(entry_of_report(evaluation, report, door="python", element=element, rules=rules))

    def append(self, entry: Entry) -> Recorded:
        """The same for an entry of any kind. Raises ``ValueError`` where the recorder is closed."""
        answer: Future[Recorded] = Future()
        with self._open:
            if self._closed:
                raise ValueError("nothing can be recorded: the recorder is closed")
            self._queue.put((entry, answer))
        return answer.result()

    def _work(self) -> None:
        goes_on = True
        while goes_on:
            come = [self._queue.get()]
            while not self._queue.empty():
                come.append(self._queue.get())
            batch = [waiting for waiting in come if waiting is not None]
            goes_on = len(batch) == len(come)
            if batch:
                self._write(batch)

    def _write(self, batch: Sequence[tuple[Entry, Future[Recorded]]]) -> None:
        try:
            with _recordable():
                written = self._store.append([entry for entry, _ in batch])
        except Exception as error:  # whatever it is, nobody of this batch waits for ever
            for _, answer in batch:
                answer.set_exception(error)
        else:
            for (_, answer), recorded in zip(batch, written, strict=True):
                answer.set_result(recorded)


@contextmanager
def _recordable() -> Iterator[None]:
    """Says of whatever keeps a store from being written to that nothing is answered therefore."""
    try:
        yield
    except LexlineError as error:
        why = error.diagnostics[0]
        message = f"the evaluation can't be recorded, so it is not answered: {why.message}"
        advice = (
            f"{why.help}; or ask without recording: --no-record" if why.help else "ask without recording: --no-record"
        )
        raise UnfinishedError((Diagnostic("LX522", message, (), advice),)) from None
