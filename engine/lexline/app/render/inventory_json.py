"""An inventory for machines. ``InventoryDocument`` is the published form (``docs/inventory.schema.json``)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lexline.inventory import AttributeCount, InputsCount, Inventory, KindCount
from lexline.inventory_likeness import Likeness
from lexline.inventory_lineage import ModelLineage
from lexline.report_document import Closed, PortfolioEntry
from lexline_plugins.reporters.documents import dumped

__all__ = ["InventoryDocument", "render_inventory_json"]

SCHEMA: Literal["lexline-inventory/1"] = "lexline-inventory/1"


class SourceEntry(Closed):
    """A system that says facts, and how much: elements of which it says something, values and edges that count."""

    system: str
    elements: int
    values: int
    edges: int


class SpokenEntry(Closed):
    """Of how many elements of a kind a system says something."""

    system: str
    elements: int


class KindEntry(Closed):
    """The elements of a kind; ``stubs`` of them only an edge names. Of its ``attributes``, so many are ``known`` of
    some element."""

    kind: str
    elements: int
    stubs: int
    attributes: int
    known: int
    sources: list[SpokenEntry]


class AttributeEntry(Closed):
    """Of how many elements of a kind an attribute is known, and the rules that read it (``policy/RULE``). ``lacking``
    are the elements of which it is not known, where a rule reads it and ``--kind`` asked for its kind."""

    kind: str
    attribute: str
    elements: int
    known: int
    share: float
    rules: list[str]
    lacking: list[str]


class InputsEntry(Closed):
    """A kind whose elements have inputs: into how many something surely flows, or only possibly; how many are said to
    have none; and those of which nothing is known."""

    kind: str
    elements: int
    recorded: int
    possible: int
    closed: int
    missing: list[str]


class GapEntry(Closed):
    """A stage of a lineage that is not surely known, what would close the gap, and where the lineage ends."""

    stage: str
    advice: str
    element: str | None


class ModelEntry(Closed):
    """How far the lineage of a model is known: ``yes``, ``possible`` or ``missing`` for each stage."""

    element: str
    stages: dict[str, Literal["yes", "possible", "missing"]]
    gaps: list[GapEntry]


class LikenessEntry(Closed):
    """Elements of one kind that may be one, why, and who says so (nobody: it was found)."""

    kind: str
    elements: list[str]
    grounds: Literal["possible", "refused", "hint", "name", "location"]
    because: str
    said_by: list[str]


class LooseEntry(Closed):
    """Elements that hang on nothing: without any edge, datasets that nothing reads, deployments that lead to no model,
    elements that only an edge names."""

    why: Literal["alone", "unread", "no-model", "stub"]
    elements: list[str]


class FindingEntry(Closed):
    """A value that was left out, or that sources contradict each other about."""

    code: str
    place: str
    message: str


class InventoryDocument(Closed):
    """The JSON form of an inventory, version ``lexline-inventory/1``."""

    schema_: Literal["lexline-inventory/1"] = Field(SCHEMA, alias="schema")
    on: str
    portfolio: PortfolioEntry
    sources: list[SourceEntry]
    kinds: list[KindEntry]
    attributes: list[AttributeEntry]
    inputs: list[InputsEntry]
    models: list[ModelEntry]
    likenesses: list[LikenessEntry]
    loose: list[LooseEntry]
    findings: list[FindingEntry]

    @classmethod
    def of(cls, inventory: Inventory) -> InventoryDocument:
        """The document of an inventory."""
        figures = inventory.portfolio
        return cls(
            schema=SCHEMA,
            on=inventory.clock.today.isoformat(),
            portfolio=PortfolioEntry(digest=figures.digest, elements=figures.elements, edges=figures.edges),
            sources=[
                SourceEntry(system=s.system, elements=s.elements, values=s.values, edges=s.edges)
                for s in inventory.sources
            ],
            kinds=[_kind(count) for count in inventory.kinds],
            attributes=[_attribute(count) for count in inventory.attributes],
            inputs=[_inputs(count) for count in inventory.inputs],
            models=[_model(model) for model in inventory.models],
            likenesses=[_likeness(likeness) for likeness in inventory.likenesses],
            loose=[LooseEntry(why=group.why.value, elements=list(group.elements)) for group in inventory.loose],
            findings=[FindingEntry(code=f.code, place=f.place, message=f.message) for f in inventory.findings],
        )


def _kind(count: KindCount) -> KindEntry:
    spoken = [SpokenEntry(system=system, elements=elements) for system, elements in count.sources]
    return KindEntry(
        kind=count.kind,
        elements=count.elements,
        stubs=count.stubs,
        attributes=count.attributes,
        known=count.known,
        sources=spoken,
    )


def _attribute(count: AttributeCount) -> AttributeEntry:
    return AttributeEntry(
        kind=count.kind,
        attribute=count.attribute,
        elements=count.elements,
        known=count.known,
        share=count.share,
        rules=["/".join(key) for key in count.rules],
        lacking=list(count.lacking),
    )


def _inputs(count: InputsCount) -> InputsEntry:
    return InputsEntry(
        kind=count.kind,
        elements=count.elements,
        recorded=count.recorded,
        possible=count.possible,
        closed=count.closed,
        missing=list(count.missing),
    )


def _model(model: ModelLineage) -> ModelEntry:
    return ModelEntry(
        element=model.element,
        stages={stage.value: state.value for stage, state in model.stages.items()},
        gaps=[GapEntry(stage=gap.stage.value, advice=gap.advice, element=gap.element) for gap in model.gaps],
    )


def _likeness(likeness: Likeness) -> LikenessEntry:
    return LikenessEntry(
        kind=likeness.kind,
        elements=list(likeness.elements),
        grounds=likeness.grounds.value,
        because=likeness.because,
        said_by=list(likeness.said_by),
    )


def render_inventory_json(inventory: Inventory) -> str:
    """The inventory as one JSON document."""
    return dumped(InventoryDocument.of(inventory).model_dump(mode="json", by_alias=True), indent=2) + "\n"
