"""Facts while an importer gathers them: each said once, in an order that doesn't depend on the order of reading."""

from __future__ import annotations

from datetime import date

from lexline_lineage.facts import AliasFact, AttributeFact, EdgeFact, ElementFact, Fact, Source, Strength
from lexline_plugins.importers.locations import escape, logged_model
from lexline_plugins.importers.regions import jurisdiction_of

__all__ = ["FactSheet", "column_id"]

_ORDER = tuple(Strength)
_PLACED = frozenset({"dataset", "deployment"})
"""The kinds of the vocabulary that have both a region and a jurisdiction."""


def column_id(table: str, name: str) -> str:
    """The id of a column of a dataset or feature view."""
    return f"column:{table.partition(':')[2]}#{escape(name)}"


class FactSheet:
    """Gathers the facts of one source.

    A value said later replaces one said before: a source says one thing at a time, unless it says of each from which
    day on it holds. A value that is ``None`` or an empty text says nothing.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._elements: dict[str, ElementFact] = {}
        self._attributes: dict[tuple[str, str, date | None], AttributeFact] = {}
        self._edges: dict[tuple[str, str, str], EdgeFact] = {}
        self._aliases: dict[tuple[str, str], AliasFact] = {}

    def element(self, element: str, kind: str, place: str) -> str:
        """There is such an element. Gives its id back."""
        self._elements.setdefault(element, ElementFact(element, kind, Source(self._source, place)))
        return element

    def column(self, table: str, name: str, place: str) -> str:
        """The dataset or feature view has a column of that name. Gives its id back."""
        column = self.element(column_id(table, name), "column", place)
        self.attribute(column, "name", name, place)
        self.edge(column, "belongs_to", table, place)
        return column

    def artifact(self, address: str, place: str) -> str:
        """There is a file or folder of a model at the address. One in the folder of a logged model of MLflow may be
        that model, whichever address leads there: the folder was made for it alone. Gives its id back."""
        artifact = self.element(f"artifact:{address}", "artifact", place)
        has_address = address.partition("/")[0].endswith(":")
        self.attribute(artifact, "location", address if has_address else None, place)
        if logged := logged_model(address):
            self.alias(artifact, f"artifact:mlflow/models/{logged}", Strength.DERIVED, place)
        return artifact

    def attribute(self, element: str, name: str, value: object, place: str, *, since: date | None = None) -> None:
        """The attribute of the element is the value, ``since`` a day or at any time. Where it is said again, the first
        place stays."""
        said = self._attributes.get((element, name, since))
        if value is not None and value != "" and (said is None or said.value != value):
            fact = AttributeFact(element, name, value, Source(self._source, place), since)
            self._attributes[element, name, since] = fact

    def edge(self, origin: str, relation: str, target: str, place: str, *, possible: bool = False) -> None:
        """The relation joins the two. What is sure stays sure."""
        key = (origin, relation, target)
        said = self._edges.get(key)
        if said is None or (said.possible and not possible):
            self._edges[key] = EdgeFact(origin, relation, target, Source(self._source, place), possible)

    def alias(self, element: str, name: str, strength: Strength, place: str) -> None:
        """The element goes by that name too. Where it is said again, the stronger stays."""
        said = self._aliases.get((element, name))
        if name != element and (said is None or _ORDER.index(strength) < _ORDER.index(said.strength)):
            self._aliases[element, name] = AliasFact(element, name, strength, Source(self._source, place))

    def add_tag(self, element: str, tag: str, place: str) -> None:
        """The element has that tag, beside those that were said before."""
        said = self._attributes.get((element, "tags", None))
        known = said.value if said is not None and isinstance(said.value, list) else []
        if tag not in known:
            self.attribute(element, "tags", sorted([*known, tag]), said.source.place if said is not None else place)

    def has(self, element: str) -> bool:
        """True where the files said that there is such an element."""
        return element in self._elements

    def has_attribute(self, element: str, name: str) -> bool:
        """True where the attribute was said to hold at any time."""
        return (element, name, None) in self._attributes

    def _place_regions(self) -> None:
        """Say in which territory a region lies, of what has both and whose own files don't say it."""
        for fact in [fact for (_, name, _), fact in self._attributes.items() if name == "region"]:
            known = self._elements.get(fact.element)
            if known is None or known.kind not in _PLACED or self.has_attribute(fact.element, "jurisdiction"):
                continue
            self.attribute(fact.element, "jurisdiction", jurisdiction_of(str(fact.value)), fact.source.place)

    def facts(self) -> tuple[Fact, ...]:
        """All facts, and in which territory each region lies: by element, its attributes before the edges that leave
        it, and its other names last."""
        self._place_regions()
        keyed: list[tuple[tuple[str, int, str, str], Fact]] = [
            ((fact.element, 0, "", ""), fact) for fact in self._elements.values()
        ]
        keyed += [((fact.element, 1, fact.attribute, ""), fact) for fact in self._attributes.values()]
        keyed += [((fact.origin, 2, fact.relation, fact.target), fact) for fact in self._edges.values()]
        keyed += [((fact.element, 3, fact.alias, ""), fact) for fact in self._aliases.values()]
        keyed.sort(key=lambda item: item[0])
        return tuple(fact for _, fact in keyed)
