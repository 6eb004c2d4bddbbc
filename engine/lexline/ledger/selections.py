"""The condition of a waiver, compiled like any other condition: it may use the terms and parameters of all policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lexline.diagnostics import Diagnostic, Label, LexlineError, Severity, Source
from lexline.lang import syntax
from lexline.lang.compile import compile_policies
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckSignature
from lexline.ledger.waivers import COVERED, Waiver
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["with_selection"]


def with_selection(
    waiver: Waiver,
    policies: Sequence[str],
    files: Sequence[syntax.PolicyFile],
    vocabulary: Vocabulary,
    checks: Mapping[str, CheckSignature],
    settings: Mapping[str, object],
) -> Waiver:
    """The waiver with its condition compiled beside the policies; the same where it has none. Raises ``LexlineError``
    with what is wrong with the condition."""
    terms = waiver.terms
    if not terms.every:
        return waiver
    used = "".join(f"use {policy}\n" for policy in policies)
    text = f'policy {COVERED[0]} "Selections of waivers"\n{used}\nrule {COVERED[1]} "covered"\n'
    file, mistakes = parse(Source(waiver.name, f"{text}  for {terms.every}\n  require {terms.where}\n"))
    found = [*mistakes]
    if file is not None and not mistakes:
        if sum(not isinstance(declared, syntax.Use) for declared in file.declarations) != 1:
            raise LexlineError((Diagnostic("LX510", "`where` is one condition", (Label(waiver.span),)),))
        program, more = compile_policies([*files, file], vocabulary, checks=checks, settings=settings)
        found += [diagnostic for diagnostic in more if diagnostic.span.source.name == waiver.name]
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    if file is None or errors:
        raise LexlineError(tuple(_at_waiver(waiver, error) for error in errors))
    return replace(waiver, selection=program)


def _at_waiver(waiver: Waiver, error: Diagnostic) -> Diagnostic:
    """A mistake of a condition, at the waiver that has it: nobody knows the text around it."""
    message = f"the condition `{' '.join(waiver.terms.where.split())[:200]}` can't be used: {error.message}"
    return Diagnostic("LX510", message, (Label(waiver.span),), error.help)
