"""``lexline inventory``: what the facts hold, and how complete they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lexline.app.cli.chosen import Chosen, of_chosen
from lexline.app.cli.options import (
    check_word,
    mistake,
)

if TYPE_CHECKING:
    from lexline_lineage.vocabulary import Vocabulary

FORMATS = ("text", "json", "html")


@of_chosen
def inventory(
    chosen: Chosen,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only elements of this kind, with all attributes. Repeatable.")
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Leave out what is complete.")] = False,
    format_: Annotated[str, typer.Option("--format", help="text, json or html.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the inventory to this file.")] = None,
) -> int:
    """Show what the facts hold and how complete they are: elements and their sources, attributes that rules read and
    that are missing, the lineage of each model, what may be one, and what hangs on nothing.

    Ends with 0, or with 2 when input is wrong.
    """
    from lexline.app.cli.output import emit, progress
    from lexline.app.cli.session import open_session
    from lexline.app.render.inventory_html import render_inventory_html
    from lexline.app.render.inventory_json import render_inventory_json
    from lexline.app.render.inventory_text import STYLES, render_inventory
    from lexline.inventory import take_stock

    check_word("--format", format_, FORMATS)
    files = chosen.files()
    session = open_session(files, chosen.clock(), chosen.snapshots(files))
    kinds = chosen_kinds(session.evaluation.graph.vocabulary, kind) if kind else None
    with progress("taking stock"):
        stock = take_stock(session.evaluation, kinds=kinds, checks=session.plugins.signatures)
    stock = stock.gaps_only() if missing else stock
    if format_ == "json":
        emit(render_inventory_json(stock), output, {})
    elif format_ == "html":
        emit(render_inventory_html(stock), output, {})
    else:
        emit(render_inventory(stock, attributes=bool(kind)), output, STYLES)
    return 0


def chosen_kinds(vocabulary: Vocabulary, words: list[str]) -> set[str]:
    """The kinds that ``--kind`` names, in the singular or the plural."""
    from lexline_lineage.problems import nearest

    found = set()
    for word in words:
        kind = vocabulary.kind(word)
        if kind is None:
            raise mistake(f"there is no kind `{word}`", nearest(word, vocabulary.kinds))
        found.add(kind.name)
    return found
