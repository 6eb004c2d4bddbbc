"""How much memory an evaluation may take: sizes as people write them, and what fits below a limit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexline.diagnostics import Diagnostic, LexlineError
from lexline.evaluate.bounds import Bounds, bounds_within
from lexline.evaluate.walk_kernels import is_compiled
from lexline.lang.typed import Key
from lexline.plan.plans import Plan
from lexline.plan.uses import questions
from lexline_lineage.footprint import graph_bytes
from lexline_lineage.graph import Graph

__all__ = ["BASE", "VERDICT_BYTES", "bounds_for", "parse_size", "shown_size"]

MEGABYTE = 1_000_000
BASE = {False: 120 * MEGABYTE, True: 220 * MEGABYTE}
"""What Python, the libraries and a program take, without and with compiled kernels."""
VERDICT_BYTES = 4
"""What a verdict takes until the report is written."""
REASONS_BYTES = 64
"""What the reference interpreter takes for each element, where it gives reasons."""

_UNITS = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_UNITS |= {"KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?) ?([A-Za-z]{1,3})")


def parse_size(text: str) -> int:
    """The bytes of ``2GB``, ``500 MB``, ``1.5GiB``. Raises ``ValueError``."""
    found = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(found[2].upper()) if found else None
    if found is None or unit is None:
        raise ValueError(text)
    return int(float(found[1]) * unit)


def shown_size(size: int) -> str:
    """A size that ``parse_size`` reads as no less."""
    return f"{-(-size // MEGABYTE)}MB"


def bounds_for(
    plan: Plan, graph: Graph, rules: Sequence[Key], measures: Sequence[Key], limit: int, *, reasons: bool
) -> Bounds:
    """The bounds within which the decision of ``rules`` and ``measures`` stays below ``limit`` bytes, all in all.
    Raises ``LexlineError`` where it can't."""
    compiled = is_compiled(len(graph.upstream.neighbours))
    rows = sum(len(graph.members.get(plan.rules[key].kind, ())) for key in rules)
    of_graph = graph_bytes(graph)
    fixed = BASE[compiled] + of_graph + VERDICT_BYTES * rows + (REASONS_BYTES * len(graph.ids) if reasons else 0)
    found = questions(plan)
    asked = [*(found.rules[key] for key in rules), *(found.measures[key] for key in measures)]
    bounds = bounds_within(plan, graph, asked, limit - fixed, compiled=compiled)
    if isinstance(bounds, Bounds):
        return bounds
    message = (
        f"this can't be decided within {shown_size(limit)}: it takes at least {shown_size(fixed + bounds)}, "
        f"{shown_size(of_graph)} of them for the graph"
    )
    advice = f"give it {shown_size(fixed + bounds)} or more, or ask for fewer rules (`--rule`)"
    raise LexlineError((Diagnostic("LX305", message, (), advice),))
