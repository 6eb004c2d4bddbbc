"""JSONPath into documents, the harmless part of it: names, indexes, slices, wildcards and one ``..``.

Paths and documents may come from anyone. Filters and arithmetic are refused, and so is what could find one value more
than once: what is left finds at most as many values as the document has, in one walk. The library is imported with the
first path: most rules read no document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonpath_ng import JSONPath

__all__ = ["find", "why_refused"]


def find(path: str, document: object) -> list[object]:
    """The values at ``path`` in a document, in the order of the text; ValueError for a path that is refused."""
    compiled = _compiled(path)
    if isinstance(compiled, str):
        raise ValueError(f"{path!r}: {compiled}")
    return [found.value for found in compiled.find(document)]


def why_refused(path: str) -> str:
    """Why ``path`` can't be used, in a few words; empty where it can."""
    compiled = _compiled(path)
    return compiled if isinstance(compiled, str) else ""


def _compiled(path: str) -> JSONPath | str:
    from lexline.lang.jsonpath_compiled import compiled_path

    return compiled_path(path)
