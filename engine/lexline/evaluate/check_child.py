"""The child process in which one call of a third-party check runs: a request on standard input, one line of JSON back.

It limits itself before it imports the plug-in. Whatever the plug-in prints goes nowhere, so that it can't be taken for
an answer.
"""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any

import pluggy

from lexline.evaluate.check_answers import what_is_wrong
from lexline.evaluate.check_view import Check, UndeclaredReadError
from lexline.evaluate.check_wire import decode_value, decode_view, encode_outcomes

__all__ = ["main"]


def main() -> None:
    """Answers the request on standard input."""
    answers = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    request = json.load(sys.stdin.buffer)
    limit(request["seconds"], request["memory"])
    line = json.dumps(answer(request), ensure_ascii=True)
    with os.fdopen(answers, "w", encoding="ascii") as out:
        out.write(line + "\n")


def limit(seconds: float, memory: int) -> None:
    """Bounds processor time and memory where the platform can."""
    try:
        import resource
    except ImportError:
        return
    bounds = ((resource.RLIMIT_CPU, math.ceil(seconds) + 1), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0))
    for kind, most in bounds:
        hard = resource.getrlimit(kind)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):  # this platform has the limit by name only
            continue


def answer(request: dict[str, Any]) -> dict[str, object]:
    """The outcomes of the check that the request names, or a ``problem``: a sentence about it."""
    try:
        check = find(request["entry_point"], request["check"])
        if check is None:
            return {"problem": "its plug-in does not bring it when it is loaded afresh"}
        arguments = {name: decode_value(value) for name, value in request["arguments"].items()}
        given = check.function(decode_view(request["view"]), request["elements"], arguments)  # type: ignore[arg-type]
    except UndeclaredReadError as error:
        return {"problem": str(error)}
    except Exception as error:  # whatever a plug-in does is for the parent to report
        return {"problem": f"it raised {type(error).__name__}: {error}"}
    wrong = what_is_wrong(given, len(request["elements"]), check.signature.result)
    return {"problem": wrong} if wrong else {"outcomes": encode_outcomes(given)}


def find(entry_point: str, name: str) -> Check | None:
    """The check of a name that the plug-in behind an entry point brings."""
    manager = pluggy.PluginManager("lexline")
    manager.load_setuptools_entrypoints("lexline", name=entry_point)
    offered = [check for checks in manager.hook.lexline_checks() for check in checks]
    return next((check for check in offered if check.signature.name == name), None)


if __name__ == "__main__":
    main()
