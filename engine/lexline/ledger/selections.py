"""The condition of a waiver as a program of one rule: it may use the terms and parameters of all policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from lexline.diagnostics import Diagnostic, Label, LexlineError, Source
from lexline.lang.typed import Program
from lexline.ledger.waivers import COVERED, Waiver

__all__ = ["with_selection"]


def with_selection(waiver: Waiver, policies: Iterable[str], compiled: Callable[[Source], Program]) -> Waiver:
    """The waiver with its condition ``compiled`` beside the policies that it may use; the same where it has none.
    Raises ``LexlineError`` with what is wrong with the condition."""
    terms = waiver.terms
    if not terms.every:
        return waiver
    used = "".join(f"use {policy}\n" for policy in policies)
    head = f'policy {COVERED[0]} "Selections of waivers"\n{used}\nrule {COVERED[1]} "covered"\n'
    try:
        program = compiled(Source(waiver.name, f"{head}  for {terms.every}\n  require {terms.where}\n"))
    except LexlineError as error:
        raise LexlineError(tuple(_at_waiver(waiver, mistake) for mistake in error.diagnostics)) from None
    return replace(waiver, selection=program)


def _at_waiver(waiver: Waiver, error: Diagnostic) -> Diagnostic:
    """A mistake of a condition, at the waiver that has it: nobody knows the text around it."""
    message = f"the condition `{' '.join(waiver.terms.where.split())[:200]}` can't be used: {error.message}"
    return Diagnostic("LX510", message, (Label(waiver.span),), error.help)
