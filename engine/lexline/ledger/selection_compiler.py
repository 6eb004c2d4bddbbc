"""Compiles the conditions of waivers like any other condition; needed where no compiled one is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lexline.diagnostics import Diagnostic, Label, LexlineError, Severity, Source
from lexline.lang import syntax
from lexline.lang.compile import compile_policies
from lexline.lang.digest import rests_on
from lexline.lang.parse import parse
from lexline.lang.signatures import CheckSignature
from lexline.lang.typed import Program
from lexline.ledger.waivers import COVERED
from lexline_lineage.vocabulary import Vocabulary

__all__ = ["SelectionCompiler"]


class SelectionCompiler:
    """Compiles conditions beside the policies of ``sources``, which are parsed once."""

    def __init__(
        self,
        sources: Iterable[Source],
        vocabulary: Vocabulary,
        checks: Mapping[str, CheckSignature],
        settings: Mapping[str, object],
    ) -> None:
        self._files = [file for file, _ in map(parse, sources) if file is not None]
        self._vocabulary = vocabulary
        self._checks = checks
        self._settings = settings

    def compiled(self, source: Source) -> Program:
        """The rule of a selection with what it rests on. Raises ``LexlineError`` with the mistakes in its text."""
        file, found = parse(source)
        if file is None or _errors(found):
            raise LexlineError(_errors(found))
        if sum(not isinstance(declared, syntax.Use) for declared in file.declarations) != 1:
            raise LexlineError((Diagnostic("LX510", "it is more than one condition", (Label(file.span),)),))
        program, found = compile_policies(
            [*self._files, file], self._vocabulary, checks=self._checks, settings=self._settings
        )
        errors = _errors(diagnostic for diagnostic in found if diagnostic.span.source.name == source.name)
        if errors:
            raise LexlineError(errors)
        return rests_on(program, COVERED)


def _errors(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR)
