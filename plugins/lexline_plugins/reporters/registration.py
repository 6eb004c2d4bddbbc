"""The reporters that come with the product, behind the same door as anyone's."""

from __future__ import annotations

from lexline.hookspecs import Reporter, hookimpl
from lexline_plugins.reporters.documents import render_json, render_jsonl
from lexline_plugins.reporters.junit import render_junit
from lexline_plugins.reporters.markdown import render_markdown
from lexline_plugins.reporters.text import render_text

__all__ = ["lexline_reporters"]


@hookimpl
def lexline_reporters() -> list[Reporter]:
    """Reporters for people and for machines."""
    return [
        Reporter("text", "text/plain", render_text),
        Reporter("json", "application/json", render_json),
        Reporter("jsonl", "application/jsonl", render_jsonl),
        Reporter("markdown", "text/markdown", render_markdown),
        Reporter("junit", "application/xml", render_junit),
    ]
