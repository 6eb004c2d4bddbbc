"""Writes the portfolio of an example from what its ``facts.md`` states: ``python examples/portfolio.py bank``.

What is read of ``facts.md`` are its tables. The first heading of a table is the kind of its elements, and the first
cell of a row names one or several of them: ``a, b``, ``@group``, ``@group, -a`` for all of the group but one. The other
headings are attributes, whose cells stand in the portfolio as they are here, or relations: ``serves →`` leads from the
row's elements to those of the cell, ``← serves`` from those of the cell to the row's. An empty cell is a fact that
nobody knows. A table of groups gives names to lists of elements. Nothing is made up: what stands in no table is not in
the portfolio.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
HEAD = "# Written by examples/portfolio.py from facts.md: change the facts there.\n"


def portfolio(text: str) -> str:
    """The portfolio, as YAML, that the tables of ``text`` state. Raises ``ValueError`` for what contradicts itself."""
    groups: dict[str, list[str]] = {}
    nodes: dict[str, dict[str, str]] = {}
    edges: list[str] = []
    for line, heading, row in _rows(text):
        kind, first = heading[0], row[0]
        if kind == "group":
            groups[first] = _members(row[1], groups, line)
            continue
        elements = _members(first, groups, line)
        for element in elements:
            _state(nodes, element, "kind", kind)
        for name, cell in zip(heading[1:], row[1:], strict=True):
            if not cell:
                continue
            if "→" not in name and "←" not in name:
                for element in elements:
                    _state(nodes, element, name, cell)
                continue
            others = _members(cell, groups, line)
            origins, targets = (elements, others) if "→" in name else (others, elements)
            relation = name.strip("→← ")
            edges += [f"  - [{origin}, {relation}, {target}]\n" for origin in origins for target in targets]
    listed = "".join(
        f"  {element}:\n" + "".join(f"    {name}: {value}\n" for name, value in facts.items())
        for element, facts in nodes.items()
    )
    return f"{HEAD}nodes:\n{listed}edges:\n{''.join(edges)}"


def _rows(text: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Each row of each table with its line and the headings of its table."""
    heading: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            heading = None
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if heading is None:
            heading = cells
        elif len(cells) != len(heading):
            raise ValueError(f"line {number}: the table has {len(heading)} columns, and this row {len(cells)}")
        elif set(cells[0]) != {"-"}:
            yield number, heading, cells


def _members(cell: str, groups: dict[str, list[str]], line: int) -> list[str]:
    """The elements that a cell names, in its order."""
    found: list[str] = []
    for part in (part.strip() for part in cell.split(",")):
        name = part.removeprefix("-")
        if name.startswith("@") and name[1:] not in groups:
            known = ", ".join(f"@{group}" for group in groups) or "none so far"
            raise ValueError(f"line {line}: no table above says who is in {name}; the groups are {known}")
        named = groups[name[1:]] if name.startswith("@") else [name]
        found = [other for other in found if other not in named]
        if not part.startswith("-"):
            found += named
    return found


def _state(nodes: dict[str, dict[str, str]], element: str, name: str, value: str) -> None:
    facts = nodes.setdefault(element, {})
    if facts.setdefault(name, value) != value:
        raise ValueError(f"{element}: {name} is both {facts[name]} and {value}")


if __name__ == "__main__":
    for example in sys.argv[1:] or ["bank", "hospital", "council"]:
        stated = (HERE / example / "facts.md").read_text("utf-8")
        try:
            written = portfolio(stated)
        except ValueError as wrong:
            sys.exit(f"{example}/facts.md: {wrong}")
        (HERE / example / "portfolio.yaml").write_text(written, "utf-8")
