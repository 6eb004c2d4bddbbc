"""An inventory as sections of tables, before text or HTML is made of them: what is shown, in which words, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lexline.app.render.sections import Row, Section, cut, few
from lexline.inventory import Inventory, KindCount, Loose
from lexline.inventory_likeness import Likeness
from lexline.inventory_lineage import ModelLineage, Stage, State
from lexline_plugins.reporters.wording import counted

__all__ = ["headline", "result", "sections"]


def headline(inventory: Inventory) -> str:
    """What the inventory is of."""
    size = f"{counted(inventory.portfolio.elements, 'element')} and {counted(inventory.portfolio.edges, 'edge')}"
    return f"{size}, of {counted(len(inventory.sources), 'source')}, on {inventory.clock.today}"


def result(inventory: Inventory) -> str:
    """The figures that matter most, in a sentence."""
    whole = sum(not model.gaps for model in inventory.models)
    loose = len({element for group in inventory.loose for element in group.elements})
    alike = len(inventory.likenesses)
    parts = [f"{whole:,} of {counted(len(inventory.models), 'model')} with a whole lineage"] if inventory.models else []
    parts += [
        f"{counted(len(inventory.needed), 'attribute')} missing that rules read",
        f"{counted(alike, 'group')} of elements that may be one",
        f"{counted(loose, 'loose element')}",
        f"{counted(len(inventory.findings), 'finding')} about values",
    ]
    return ", ".join(parts)


def sections(inventory: Inventory, listed: int, *, attributes: bool) -> list[Section]:
    """Everything there is to show; of long lists the first ``listed``. ``attributes`` shows all attributes of each
    kind, and not only those that rules read."""
    found = [
        _kinds(inventory, listed),
        _sources(inventory, listed),
        _attributes(inventory, listed) if attributes else _needed(inventory, listed),
        _inputs(inventory, listed),
        _models(inventory, listed),
        _likenesses(inventory.likenesses, listed),
        *(_loose(group.why, group.elements, listed) for group in inventory.loose),
        _findings(inventory, listed),
    ]
    return [section for section in found if section.rows]


def _percent(share: float) -> str:
    """A share without rounding up to all or down to nothing."""
    shown = round(share * 100)
    return f"{min(shown, 99) if share < 1 else 100}%" if not 0 < share < 0.005 else "<1%"


def _kinds(inventory: Inventory, listed: int) -> Section:
    def row(count: KindCount) -> Row:
        said_by = few([f"{system} {elements:,}" for system, elements in count.sources])
        attributes = f"{count.known} of {count.attributes}"
        return Row((f"{count.elements:,}", f"{count.stubs:,}", attributes, count.kind, said_by))

    columns = ("elements", "only named", "attributes known", "kind", "said by (of how many)")
    return cut("Elements", columns, map(row, inventory.kinds), max(listed, 30), numbers=3)


def _sources(inventory: Inventory, listed: int) -> Section:
    ordered = sorted(inventory.sources, key=lambda source: (-source.elements, source.system))
    rows = (Row((f"{s.elements:,}", f"{s.values:,}", f"{s.edges:,}", s.system)) for s in ordered)
    return cut("Sources", ("elements", "values", "edges", "source"), rows, listed, numbers=3)


def _needed(inventory: Inventory, listed: int) -> Section:
    columns = ("missing", "elements", "known", "attribute", "read by")
    rows = (
        Row(
            (
                f"{count.missing:,}",
                f"{count.elements:,}",
                _percent(count.share),
                f"{count.kind} {count.attribute}",
                few(["/".join(key) for key in count.rules]),
            )
        )
        for count in inventory.needed
    )
    return cut("Attributes that rules read, and that are missing", columns, rows, listed, numbers=3)


def _attributes(inventory: Inventory, listed: int) -> Section:
    columns = ("known", "elements", "share", "attribute", "read by")
    rows = (
        Row(
            (
                f"{count.known:,}",
                f"{count.elements:,}",
                _percent(count.share),
                f"{count.kind} {count.attribute}",
                few(["/".join(key) for key in count.rules]),
            ),
            (f"missing of {few(count.lacking)}",) if count.lacking else (),
        )
        for count in sorted(inventory.attributes, key=lambda count: not count.rules)
    )
    return cut("Attributes", columns, rows, max(listed, 50), numbers=3)


def _inputs(inventory: Inventory, listed: int) -> Section:
    rows = (
        Row(
            (
                f"{len(count.missing):,}",
                f"{count.possible:,}",
                f"{count.elements:,}",
                count.kind,
                few(count.missing, 1),
            ),
        )
        for count in inventory.inputs
        if count.missing or count.possible
    )
    columns = ("missing", "only possible", "elements", "kind", "such as")
    return cut("Inputs that are not recorded", columns, rows, listed, numbers=3)


def _models(inventory: Inventory, listed: int) -> Section:
    stages = inventory.stages

    def row(model: ModelLineage) -> Row:
        notes = tuple(f"{gap.stage.value}: {gap.advice}" for gap in model.gaps)
        return Row((*(model.stages[stage].value for stage in stages), model.element), notes)

    def rank(model: ModelLineage) -> tuple[bool, int]:
        """Models that answer somewhere first, then those of which least is known."""
        return model.stages.get(Stage.DEPLOYMENT) is State.MISSING, -len(model.gaps)

    with_gaps = sorted((model for model in inventory.models if model.gaps), key=rank)
    whole = [model for model in inventory.models if not model.gaps]
    columns = (*(stage.value for stage in stages), "model")
    rows = cut("Lineage of models, from data to use", columns, map(row, (*with_gaps, *whole)), listed)
    known = [
        f"{stage.value} {sum(model.stages[stage] is State.YES for model in inventory.models):,}" for stage in stages
    ]
    return replace(rows, note=f"surely known of {counted(len(inventory.models), 'model')}: {', '.join(known)}")


def _likenesses(likenesses: Sequence[Likeness], listed: int) -> Section:
    rows = (
        Row(
            (one.kind, one.grounds.value, one.because),
            (*one.elements, *([f"says {few(one.said_by)}"] if one.said_by else [])),
        )
        for one in likenesses
    )
    return cut(f"Elements that may be one ({len(likenesses):,})", ("kind", "grounds", "because"), rows, listed)


LOOSE = {
    Loose.ALONE: "Elements without any edge",
    Loose.UNREAD: "Datasets that nothing reads",
    Loose.NO_MODEL: "Deployments that lead to no model",
    Loose.STUB: "Elements that only an edge names",
}


def _loose(why: Loose, elements: Sequence[str], listed: int) -> Section:
    rows = (Row((element,)) for element in elements)
    return cut(f"{LOOSE[why]} ({len(elements):,})", ("element",), rows, listed)


def _findings(inventory: Inventory, listed: int) -> Section:
    rows = (Row((finding.code, finding.message), _place(finding.place)) for finding in inventory.findings)
    return cut(f"About the facts ({len(inventory.findings):,})", ("code", "finding"), rows, listed)


def _place(place: str) -> tuple[str, ...]:
    return (f"in {place}",) if place else ()
