"""Where the stages of a compilation put the mistakes that they find, so that one run shows all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lexline.diagnostics import Diagnostic, Label, Source, Span
from lexline.lang.suggest import nearest

__all__ = ["Findings", "a", "did_you_mean", "in_words"]


class Findings:
    """Collects diagnostics; what is found twice at one place is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str, str], Diagnostic] = {}

    def error(
        self,
        code: str,
        span: Span,
        message: str,
        help: str = "",  # noqa: A002  # the diagnostic's own word
        labels: Sequence[Label] = (),
    ) -> None:
        """Keeps one mistake: ``span`` is its place, ``labels`` show what it collides with."""
        key = (span.source.name, span.start, span.end, code, message)
        self._found.setdefault(key, Diagnostic(code, message, (Label(span), *labels), help))

    def in_order(self, sources: Sequence[Source]) -> tuple[Diagnostic, ...]:
        """All of them, by the order of their sources (others last), then by place."""
        position = {id(source): index for index, source in enumerate(sources)}
        return tuple(
            sorted(
                self._found.values(),
                key=lambda found: (position.get(id(found.span.source), len(position)), found.span.start),
            )
        )


def a(noun: str) -> str:
    """``a `model```, ``an `assessment```."""
    return f"an `{noun}`" if noun[:1] in "aeiou" else f"a `{noun}`"


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A help that names the candidate nearest to ``word``; empty where none is near."""
    found = nearest(word, candidates)
    return f"did you mean `{found}`?" if found else ""


def in_words(names: Iterable[str], last: str = "or") -> str:
    """```a`, `b` or `c``` for a message."""
    quoted = [f"`{name}`" for name in names]
    return f" {last} ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else "".join(quoted)
