"""Names of tables in a warehouse: their parts, and the ids by which other systems know the table.

In: a table as a tool writes it (`"db"."schema"."dim.product"`). Out: its parts, which keep their dots, and a name that
an OpenLineage producer would give to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexline_lineage.facts import Strength
from lexline_plugins.importers.locations import Locations, escape, has_scheme
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["name_table", "parts_of_table", "table_id"]

_QUOTES = {'"': '"', "`": "`", "[": "]"}


def parts_of_table(relation: str) -> tuple[str, ...]:
    """The parts of a table's name. A part in quotes (``"a.b"``, `` `a.b` ``, ``[a.b]``) keeps its dots, and a doubled
    quote in it is one. Empty where the quotes don't fit or a part is empty."""
    parts: list[str] = []
    rest = relation.strip()
    while rest:
        end = _QUOTES.get(rest[0])
        if end is None:
            part, dot, rest = rest.partition(".")
        else:
            part, rest = _quoted(rest[1:], end)
            dot, rest = rest[:1], rest[1:]
        if not part.strip() or dot not in ("", ".") or (dot and not rest) or (rest and not dot):
            return ()
        parts.append(part.strip())
    return tuple(parts)


def table_id(namespace: str, parts: Sequence[str], locations: Locations) -> str:
    """The id of the dataset that OpenLineage names by a namespace and the parts of a table's name."""
    name = ".".join(parts)
    if has_scheme(namespace):
        return f"dataset:{locations.canonical(namespace.rstrip('/') + '/' + name)}"
    return f"dataset:{escape(namespace, keep='/').strip('/')}/{escape(name)}"


def name_table(
    sheet: FactSheet, element: str, parts: Sequence[str], namespace: str, engine: str, locations: Locations, place: str
) -> None:
    """The table goes by that name too: surely in the ``namespace`` that a person gave. Without one, only the sort of
    ``engine`` is known and not which, and a part with a dot reads like two: these names are derived."""
    if not parts:
        return
    if namespace:
        is_plain = not any("." in part for part in parts)
        strength = Strength.EXACT if is_plain else Strength.DERIVED
        sheet.alias(element, table_id(namespace, parts, locations), strength, place)
    elif engine == "duckdb" and len(parts) == 3:  # a database is called as its file, and the namespace has the file
        sheet.alias(element, table_id(f"duckdb://{parts[0]}.duckdb", parts, locations), Strength.DERIVED, place)
    elif engine:
        sheet.alias(element, table_id(engine, parts, locations), Strength.DERIVED, place)


def _quoted(text: str, end: str) -> tuple[str, str]:
    """What stands before the quote that ends it, and what follows; nothing where it doesn't end."""
    part = ""
    while True:
        before, quote, text = text.partition(end)
        part += before
        if not quote:
            return "", ""
        if not text.startswith(end) or end == "]":
            return part, text
        part += end
        text = text[1:]
