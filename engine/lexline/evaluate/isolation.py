"""Third-party checks run in a fresh child process that sees only what they declared and that ends when it must.

The child gets a view as JSON on standard input, an empty folder to work in and no environment; it has bounded time,
memory and output. Whatever goes wrong in it comes back as a sentence, never as an exception. It keeps mistakes away
from an evaluation; it is no prison for code that means harm, which nobody should install.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

from lexline.evaluate.calls import CheckOutcome
from lexline.evaluate.check_view import Check, CheckView
from lexline.evaluate.check_wire import decode_outcomes, encode_value, encode_view
from lexline_lineage.values import Value

__all__ = ["run_isolated"]

MEMORY = 2 * 1024**3
"""Bytes of address space that a child may take."""
MAX_ANSWER = 64 * 1024**2
"""Bytes that a child may answer."""
CHILD = "lexline.evaluate.check_child"


def run_isolated(
    check: Check, entry_point: str, view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]
) -> list[CheckOutcome] | str:
    """What a check of the plug-in behind ``entry_point`` answers; where it fails, a sentence that says how."""
    request = {
        "entry_point": entry_point,
        "check": check.signature.name,
        "seconds": check.seconds,
        "memory": MEMORY,
        "view": encode_view(view),
        "elements": list(elements),
        "arguments": {name: encode_value(value) for name, value in arguments.items()},
    }
    with tempfile.TemporaryDirectory(prefix="lexline-check-", ignore_cleanup_errors=True) as folder:
        line, status = _converse(json.dumps(request).encode("ascii"), folder, check.seconds)
    if line is None:
        return f"it took longer than {check.seconds:g} seconds and was stopped"
    if len(line) > MAX_ANSWER:
        return f"it answered more than {MAX_ANSWER // 1024**2} MB and was stopped"
    if not line.endswith(b"\n"):
        return f"its process ended without an answer ({_ending(status)})"
    return _understood(line)


def _converse(request: bytes, folder: str, seconds: float) -> tuple[bytes | None, int]:
    """The line with which a child answers (``None``: not in time) and its exit status. The child, and all that it
    started in its group, are gone afterwards."""
    child = subprocess.Popen(  # noqa: S603  # our own module; the request goes to its standard input
        [sys.executable, "-P", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(),
        start_new_session=True,
    )
    answers: SimpleQueue[bytes] = SimpleQueue()
    try:
        Thread(target=_send, args=(child.stdin, request), daemon=True).start()
        Thread(target=_receive, args=(child.stdout, answers), daemon=True).start()
        try:
            line: bytes | None = answers.get(timeout=seconds)
        except Empty:
            line = None
    finally:
        # Before wait(): until then the number can't be that of another process group.
        _kill(child)
        status = child.wait()
    return line, status


def _send(stream: IO[bytes], request: bytes) -> None:
    with contextlib.suppress(OSError), stream:  # a child that ends early need not have read
        stream.write(request)


def _receive(stream: IO[bytes], answers: SimpleQueue[bytes]) -> None:
    with stream:
        answers.put(stream.readline(MAX_ANSWER + 1))


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _environment() -> dict[str, str]:
    """Where modules are found, as in this process, and nothing of the user's: tokens are none of a check's business."""
    found = [str(Path(entry).resolve()) for entry in sys.path if entry]
    environment = {"PYTHONPATH": os.pathsep.join(found), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    # A number library that starts a thread for each core would need address space for each.
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    if os.name == "nt":
        environment["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
    return environment


def _ending(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def _understood(line: bytes) -> list[CheckOutcome] | str:
    """The outcomes in an answer, or the sentence in it."""
    try:
        answer = json.loads(line)
        if isinstance(answer, dict) and isinstance(answer.get("problem"), str):
            return str(answer["problem"])
        return decode_outcomes(answer["outcomes"] if isinstance(answer, dict) else None)
    except (ValueError, KeyError, OverflowError, RecursionError):
        return "its answer is not in the form of one"
