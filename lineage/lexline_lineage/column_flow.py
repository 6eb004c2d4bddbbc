"""Says what may flow between columns where only the flow between their tables is recorded.

In: joined facts. Out: the further facts. Guaranteed: every edge made here is possible, never sure; a column whose
origin is recorded gets none; the order of the facts changes nothing (``docs/column-lineage.md``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from lexline_lineage.facts import AttributeFact, EdgeFact, ElementFact, Fact, Source

__all__ = ["READ", "SYSTEM", "column_flow"]

SYSTEM = "column lineage"
"""The source of what is said here."""
ANY = "*"
"""The name of the column that stands for any column of a table, recorded or not."""
_TABLES = ("dataset", "feature-view")
READ = frozenset(("belongs_to", "derived_into", "executes", "flows_to", "produces", "reads", "trains", "writes"))
READ |= {"masking", "name", "operation"}
"""The relations and attributes that say something here; beside them only kinds do."""
_MASKING = ("anonymise", "pseudonymise")


def column_flow(facts: Collection[Fact], on: date) -> tuple[Fact, ...]:
    """The possible edges between columns on a day, from the recorded flow between their tables; none where the facts
    know of no column at all."""
    if not any(isinstance(fact, ElementFact) and fact.kind == "column" for fact in facts):
        return ()
    work = _Tables(facts, on)
    work.fill_tables()
    work.fill_models()
    work.fill_any()
    work.mask()
    return tuple(work.made)


class _Tables:
    """What the facts say of tables and their columns, and what follows from it."""

    def __init__(self, facts: Collection[Fact], on: date) -> None:
        self._kinds = {fact.element: fact.kind for fact in facts if isinstance(fact, ElementFact)}
        edges = [fact for fact in facts if isinstance(fact, EdgeFact) and _holds(fact, on)]
        said = [fact for fact in facts if isinstance(fact, AttributeFact) and _holds(fact, on)]
        self._edges = {(edge.origin, edge.relation, edge.target) for edge in edges}
        names = {fact.element: str(fact.value) for fact in said if fact.attribute == "name"}
        self._operations = {fact.element: str(fact.value) for fact in said if fact.attribute == "operation"}
        self._masked = {fact.element for fact in said if fact.attribute == "masking"}
        self._columns: dict[str, dict[str, str]] = defaultdict(dict)
        self._recorded: set[str] = set()
        self._needs_any: dict[str, None] = {}
        self.made: list[Fact] = []
        for edge in edges:
            if edge.relation == "belongs_to" and not edge.possible:
                self._columns[edge.target][edge.origin] = names.get(edge.origin) or edge.origin.rpartition("#")[2]
            elif edge.relation in ("flows_to", "trains") and self._kinds.get(edge.origin) == "column":
                self._recorded |= set() if edge.possible else {edge.target}
        self._into: dict[str, dict[str, str]] = defaultdict(dict)
        self._into_models: dict[str, dict[str, str]] = defaultdict(dict)
        self._writers: dict[str, set[str]] = defaultdict(set)
        self._connect(edges)

    def _connect(self, edges: Iterable[EdgeFact]) -> None:
        """Which tables flow into which tables and models, and through what."""
        reads: dict[str, list[str]] = defaultdict(list)
        for edge in edges:
            origin, target = self._kinds.get(edge.origin), self._kinds.get(edge.target)
            if edge.relation == "reads" and target in _TABLES:
                reads[edge.origin].append(edge.target)
            elif edge.relation == "derived_into" and origin in _TABLES and target in _TABLES:
                self._flow(self._into, edge.origin, edge.target, edge.origin)
            elif edge.relation == "trains" and origin in _TABLES:
                self._flow(self._into_models, edge.origin, edge.target, edge.origin)
        for edge in edges:
            if edge.relation == "executes" and edge.target in self._operations:
                self._operations.setdefault(edge.origin, self._operations[edge.target])
        for edge in edges:
            if edge.relation == "writes" and self._kinds.get(edge.target) in _TABLES:
                self._writers[edge.target].add(edge.origin)
                for table in reads[edge.origin]:
                    self._flow(self._into, table, edge.target, edge.origin)
            elif edge.relation == "produces" and self._kinds.get(edge.target) == "model":
                for table in reads[edge.origin]:
                    self._flow(self._into_models, table, edge.target, edge.origin)

    @staticmethod
    def _flow(into: dict[str, dict[str, str]], table: str, target: str, through: str) -> None:
        if table != target:
            into[target][table] = min(through, into[target].get(table, through))

    def fill_tables(self) -> None:
        """Columns whose origin is not recorded: a column of the same name, and where there is none any column."""
        for table in sorted(self._into):
            for column, name in sorted(self._columns[table].items()):
                if column in self._recorded:
                    continue
                same = [
                    (origin, through)
                    for source, through in sorted(self._into[table].items())
                    for origin, other in sorted(self._columns[source].items())
                    if other.casefold() == name.casefold()
                ]
                for origin, through in same or self._any_of(self._into[table]):
                    self._edge(origin, "flows_to", column, through)

    def fill_models(self) -> None:
        """Models of whose input columns none is recorded: any column of what they were trained on."""
        for model in sorted(self._into_models):
            if model not in self._recorded:
                for source, through in sorted(self._into_models[model].items()):
                    for column in sorted(self._columns[source]):
                        self._edge(column, "trains", model, through)
                for any_column, through in self._any_of(self._into_models[model]):
                    self._edge(any_column, "trains", model, through)

    def fill_any(self) -> None:
        """What may be in a column that stands for any: each column of its table, and what flows into the table."""
        done: set[str] = set()
        while waiting := [table for table in self._needs_any if table not in done]:
            for table in sorted(waiting):
                done.add(table)
                any_column = _any_column(table)
                source = Source(SYSTEM, "it stands for any column of its table, recorded or not")
                self.made.append(ElementFact(any_column, "column", source))
                self.made.append(AttributeFact(any_column, "name", ANY, source))
                if self._columns[table]:  # else which columns belong to the table is not known, and has to stay so
                    self.made.append(EdgeFact(any_column, "belongs_to", table, source))
                for column in sorted(self._columns[table]):
                    self._edge(column, "flows_to", any_column, table)
                for origin, through in self._any_of(self._into[table]):
                    self._edge(origin, "flows_to", any_column, through)

    def mask(self) -> None:
        """What an anonymising step writes is masked, column by column."""
        for table in sorted(self._writers):
            operations = {self._operations.get(writer, "") for writer in self._writers[table]}
            if len(operations) == 1 and operations <= set(_MASKING):
                any_columns = [_any_column(table)] if table in self._needs_any else []
                for column in sorted({*self._columns[table], *any_columns} - self._masked):
                    through = min(self._writers[table])
                    fact = AttributeFact(column, "masking", min(operations), Source(SYSTEM, f"written by {through}"))
                    self.made.append(fact)

    def _any_of(self, sources: dict[str, str]) -> Iterator[tuple[str, str]]:
        for source, through in sorted(sources.items()):
            self._needs_any[source] = None
            yield _any_column(source), through

    def _edge(self, origin: str, relation: str, target: str, through: str) -> None:
        if origin != target and (origin, relation, target) not in self._edges:
            self._edges.add((origin, relation, target))
            source = Source(SYSTEM, f"not recorded by column for {through}")
            self.made.append(EdgeFact(origin, relation, target, source, possible=True))


def _any_column(table: str) -> str:
    return f"column:{table.partition(':')[2] or table}#{ANY}"


def _holds(fact: AttributeFact | EdgeFact, on: date) -> bool:
    return (fact.since is None or fact.since <= on) and (fact.until is None or on <= fact.until)
