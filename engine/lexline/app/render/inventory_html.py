"""The inventory as one HTML page."""

from __future__ import annotations

from lexline.app.render.inventory_sections import headline, result, sections
from lexline.app.render.page import LISTED, page
from lexline.inventory import Inventory

__all__ = ["render_inventory_html"]


def render_inventory_html(inventory: Inventory, *, attributes: bool = True) -> str:
    """The inventory as a page."""
    lead = f"{headline(inventory)}: {result(inventory)}."
    return page(f"Inventory on {inventory.clock.today}", lead, sections(inventory, LISTED, attributes=attributes))
