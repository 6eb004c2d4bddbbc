"""What ``lexline inventory`` prints for a person at a terminal."""

from __future__ import annotations

from lexline.app.render.inventory_sections import headline, result, sections
from lexline.app.render.sections import section_lines
from lexline.inventory import Inventory
from lexline_plugins.reporters.wording import printable

__all__ = ["STYLES", "render_inventory"]

LISTED = 10

STYLES = {
    r"(?m)^(?! )(?!Result|Next).+$": "bold",
    r"(?m)(?<=  )missing(?=  )|^  missing\b": "bold red",
    r"(?m)(?<=  )possible(?=  )|^  possible\b": "bold yellow",
    r"(?m)^Result:": "bold",
}
"""What stands out on a terminal: titles, and what is not surely known."""


def render_inventory(inventory: Inventory, *, attributes: bool = False) -> str:
    """The inventory as plain text; the terminal adds ``STYLES``."""
    lines = [f"Inventory: {headline(inventory)}.", ""]
    lines += [] if inventory.kinds else ["Nothing of the kind is known.", ""]
    for section in sections(inventory, LISTED, attributes=attributes):
        lines += section_lines(section)
    lines += [f"Result: {result(inventory)}.", _next(inventory, attributes=attributes)]
    return printable("\n".join(lines)) + "\n"


def _next(inventory: Inventory, *, attributes: bool) -> str:
    """What to do next, with a command that can be pasted."""
    if not inventory.portfolio.elements:
        return "Next: lexline import    (or name a portfolio file: no element is known)"
    on = f" --on {inventory.clock.today}"
    if inventory.needed and not attributes:
        kind = inventory.needed[0].kind
        return f"Next: lexline inventory --kind {kind} --missing{on}    (everything that is missing of that kind)"
    if inventory.needed:
        return f"Next: lexline check{on}    (which verdicts are unknown because of what is missing)"
    return f"Next: lexline check{on}    (nothing that rules read is missing)"
