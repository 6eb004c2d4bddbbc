"""Literate policies: a Markdown file whose fenced blocks marked ``policy`` are the policy, its prose kept beside it.

The blocks stay where they are: lexemes are read from the Markdown text itself, so every place is true.
"""

from __future__ import annotations

import re

from lexline.diagnostics import Source

__all__ = ["is_literate", "sections"]

_FENCE = re.compile(r"^[ \t]{0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*)\n?", re.MULTILINE)


def is_literate(source: Source) -> bool:
    """Whether a text is Markdown, by its name."""
    return source.name.lower().endswith((".md", ".markdown"))


def sections(source: Source) -> tuple[tuple[int, int], ...]:
    """Where the policy stands in a text: the whole of it, or in Markdown the inside of each ``policy`` block.

    A block whose fence is never closed runs to the end of the text, as Markdown has it.
    """
    text = source.text
    if not is_literate(source):
        return ((0, len(text)),)
    found: list[tuple[int, int]] = []
    at = 0
    while opening := _FENCE.search(text, at):
        fence = opening["fence"]
        closing = re.compile(rf"^[ \t]{{0,3}}{fence[0]}{{{len(fence)},}}[ \t\r]*$", re.MULTILINE).search(
            text, opening.end()
        )
        end, at = (closing.start(), closing.end()) if closing else (len(text), len(text))
        if opening["info"].split()[:1] == ["policy"]:
            found.append((opening.end(), end))
    return tuple(found)
