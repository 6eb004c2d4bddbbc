"""Uses of models: the register of use cases gives each a number, and whatever serves one names it by that number."""

from __future__ import annotations

from collections.abc import Mapping

from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["state_use"]


def state_use(sheet: FactSheet, deployment: str, said: Mapping[str, object], place: str) -> None:
    """The deployment powers the system that its use case is, as far as ``said`` of it goes: its answers are used in
    production, and those of a shadow nowhere. Where nothing says in which environment it runs, the system may use it.

    What a registry says of a model's use case makes no such edge: it is what the model may be used for."""
    use_case, environment = said.get("use_case"), said.get("environment")
    if not isinstance(use_case, str) or not use_case.strip() or said.get("shadow") is True:
        return
    if environment in (None, "", "production"):
        system = sheet.element(f"system:{escape(use_case)}", "system", place)
        sheet.attribute(system, "use_case", use_case.strip(), place)
        sheet.edge(deployment, "powers", system, place, possible=environment != "production")
