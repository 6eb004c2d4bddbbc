"""Waivers in a file, for projects without a store: ``waivers.yaml``; ``docs/waivers.md`` describes it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from lexline.data_problems import as_diagnostics, as_error
from lexline.diagnostics import LexlineError
from lexline.lang.suggest import nearest
from lexline.ledger.record import WaiverTerms
from lexline.ledger.waivers import Waiver
from lexline_lineage.documents import Document
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_document

__all__ = ["read_waivers"]

_HELP = "see docs/waivers.md for what a waiver holds"
_NAMES = ["from" if name == "since" else name for name in WaiverTerms.model_fields]


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file. Raises ``LexlineError`` with every mistake."""
    try:
        document = read_document(path)
    except LineageError as error:
        raise as_error(error) from None
    data = document.data if document.data is not None else {"waivers": []}
    if not isinstance(data, dict) or list(data) != ["waivers"] or not isinstance(data["waivers"], list | None):
        problem = document.problem("LX510", "a file of waivers holds `waivers:` and a list", help=_HELP)
        raise LexlineError(as_diagnostics([problem]))
    found: list[Waiver] = []
    problems: list[Problem] = []
    for index, item in enumerate(data["waivers"] or ()):
        try:
            terms = WaiverTerms.model_validate(item)
        except ValidationError as error:
            problems += _mistakes(document, index, error)
        else:
            at = as_diagnostics([document.problem("LX510", "", "waivers", index)])[0].span
            line = document.place("waivers", index)[0]
            found.append(Waiver(f"{path.name}:{line}", terms, at))
    if problems:
        raise LexlineError(as_diagnostics(problems))
    return tuple(found)


def _mistakes(document: Document, index: int, error: ValidationError) -> list[Problem]:
    found = []
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"])
        help_text = _HELP
        if item["type"] == "extra_forbidden":
            near = nearest(name, _NAMES)
            message = f"a waiver has no `{name[:80]}`"
            help_text = f"did you mean `{near}`?" if near else "a waiver has " + ", ".join(f"`{k}`" for k in _NAMES)
        elif item["type"] == "missing":
            message = f"`{name}` is missing: a waiver says why, instead of what, by whom and until when"
        elif not item["loc"]:
            said = item.get("ctx", {}).get("error")
            message = f"the waiver can't be used: {said or 'it has to be a mapping'}"
        else:
            message = f"`{name[:80]}` can't be used: {item['msg'][:1].lower()}{item['msg'][1:]}"
        found.append(document.problem("LX510", message, "waivers", index, *item["loc"], help=help_text))
    return found
