"""Words of a command that typer can't use, said as all other mistakes are.

Typer has its errors from click, in some versions as its own copy: they are told apart by their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lexline.diagnostics import Diagnostic
from lexline.lang.findings import did_you_mean, in_words

__all__ = ["is_misuse", "misuse"]

LARGEST = 1_000_000
"""Numbers above it are no bound that a person comes near."""
SHORT = 2
"""How long what all long options begin with is: ``--``."""
_QUOTED = re.compile(r"^No such command '(.*?)'|argument(?:\(s\)|s)? \((.*)\)$", re.DOTALL)
"""The word that an error is about, where it has it in its text alone."""


def is_misuse(error: Exception) -> bool:
    """True for an error by which typer says that the words of a command are wrong."""
    return any(kind.__name__ == "UsageError" for kind in type(error).__mro__)


def misuse(error: Any) -> Diagnostic:
    """The mistake that such an error stands for."""
    context = getattr(error, "ctx", None)
    command = context.command if context is not None else None
    path = context.command_path if context is not None else "lexline"
    match type(error).__name__:
        case "NoSuchOption":
            word = error.option_name
            message, advice = f"`{path}` has no option `{word}`", _options_like(word, command)
            advice = advice or f"`{path} --help` lists them"
        case "MissingParameter":
            message, advice = f"`{path}` needs {_name(error.param)}", _example(command)
        case "BadParameter":
            message, advice = _no_number(error.param), _example(command)
        case "BadOptionUsage":
            takes = "takes no value" if "does not take" in error.message else "needs a value"
            message, advice = f"`{error.option_name}` {takes}", "add `--help` to see what it means"
        case _ if known := list(getattr(command, "commands", ())):
            word = _quoted(error.message)
            message = f"there is no command `{path} {word}`"
            advice = did_you_mean(word, known) or f"commands are {in_words(known, 'and')}"
        case _:
            message = f"`{_quoted(error.message)}` is more than `{path}` can use"
            advice = f"`{path} --help` says what it takes"
    return Diagnostic("LX302", message, (), advice)


def _options_like(word: str, command: Any) -> str:
    known = [one for param in getattr(command, "params", ()) for one in (*param.opts, *param.secondary_opts)]
    begun: Sequence[str] = [one for one in known if len(word) > SHORT and one.startswith(f"{word}")]
    return f"did you mean {in_words(begun)}?" if begun else did_you_mean(word, known)


def _no_number(param: Any) -> str:
    """All that typer reads itself are texts, paths, and whole numbers within bounds."""
    ends = getattr(param, "type", param)
    least, most = getattr(ends, "min", None), getattr(ends, "max", None)
    bounds = "" if least is None else f" from {least}"
    bounds += f" to {most}" if most is not None and most < LARGEST else " on" if bounds else ""
    return f"{_name(param)} is a whole number{bounds}"


def _name(param: Any) -> str:
    """A parameter as a person writes it: ``ELEMENT``, ```--last```."""
    return f"`{max(param.opts, key=len)}`" if param.param_type_name == "option" else str(param.name).upper()


def _quoted(message: str) -> str:
    found = _QUOTED.search(message)
    return found[1] or found[2] if found is not None else message


def _example(command: Any) -> str:
    """The example in the help of a command."""
    said = str(getattr(command, "epilog", None) or "")
    return f"for example: {said.removeprefix('Example: ')}" if said else ""
