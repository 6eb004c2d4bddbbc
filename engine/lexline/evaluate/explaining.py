"""Reasons for many verdicts, in one process or several, in the order in which they are asked for.

Processes are forked: each has the program, the graph and what the checks said without a copy. What they answer is the
same in any number of them. Where a system has no fork that is safe to use, one process does all.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain

from lexline.diagnostics import Diagnostic, UnfinishedError
from lexline.evaluate.interpret import Interpreter
from lexline.evaluate.verdict import Decision
from lexline.lang.typed import Key

__all__ = ["decided_by"]

TOGETHER = 32
"""Explanations that a process is given at once."""


def decided_by(interpreter: Interpreter, asked: Sequence[tuple[Key, int]], jobs: int) -> Iterator[Decision]:
    """What the interpreter says, with reasons, of each rule and element. Raises ``UnfinishedError``."""
    blocks = [asked[begin : begin + TOGETHER] for begin in range(0, len(asked), TOGETHER)]
    jobs = min(jobs, len(blocks)) if _forks_safely() else 1
    if jobs > 1:
        yield from _in_processes(interpreter, blocks, jobs)
        return
    for rule, number in asked:
        yield interpreter.decide(rule, number)


def _in_processes(
    interpreter: Interpreter, blocks: Sequence[Sequence[tuple[Key, int]]], jobs: int
) -> Iterator[Decision]:
    import multiprocessing  # much that a single process has no use for
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, context, initializer=_begin, initargs=(interpreter,))
    try:
        yield from chain.from_iterable(pool.map(_decide, blocks))
    except BrokenProcessPool:
        message = "a process that explained verdicts ended without an answer, so there is no report"
        advice = "it may have run out of memory: try `--jobs 1`, or fewer `--reasons`"
        raise UnfinishedError((Diagnostic("LX304", message, (), advice),)) from None
    except BaseException:  # interrupted: what the processes still work on is for nobody
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    finally:
        with suppress(RuntimeError):  # interrupted while it began: its own thread can't be waited for
            pool.shutdown(cancel_futures=True)


def _forks_safely() -> bool:
    """Windows has no fork, and the libraries of macOS don't survive one."""
    return sys.platform != "darwin" and hasattr(os, "fork")


_interpreter: Interpreter | None = None
"""In a forked process: what it was forked for."""


def _begin(interpreter: Interpreter) -> None:
    global _interpreter  # the pool has no other way to give a process something that isn't copied
    _interpreter = interpreter
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _decide(block: Sequence[tuple[Key, int]]) -> list[Decision]:
    if _interpreter is None:
        raise RuntimeError("the process was not forked for this")
    return [_interpreter.decide(rule, number) for rule, number in block]
