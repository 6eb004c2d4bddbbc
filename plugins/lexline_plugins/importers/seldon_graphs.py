"""Reads a ``SeldonDeployment`` of Seldon Core 1: predictors that share the traffic, each with a graph of nodes.

The nodes of a graph answer a request together, so they are one deployment that loads the files of all of them. Only a
router hands a request to one of its branches: then each branch is a deployment of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lexline_plugins.importers.clusters import Cluster, labels_of, name_of, percentage, region_of_nodes
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.records import Record, mapping, mappings, text
from lexline_plugins.importers.seldon_stores import stored_at

__all__ = ["Way", "read_deployment", "ways"]

_Node = dict[str, object]
_BUILT_IN = {"AVERAGE_COMBINER": "COMBINER", "RANDOM_ABTEST": "ROUTER", "SIMPLE_ROUTER": "ROUTER"}
"""Implementations that say themselves what the node is."""
_READY = {"Available": True, "Creating": False, "Failed": False}


@dataclass(frozen=True, slots=True)
class Way:
    """Nodes that answer a request together: ``branches`` are the names of those that routers chose, ``share`` that of
    the requests that go this way, ``None`` where a router decides while it runs."""

    branches: tuple[str, ...]
    nodes: tuple[_Node, ...]
    share: float | None = 1.0


def ways(node: _Node, before: Way = Way((), ())) -> Iterator[Way]:
    """The ways that a request can take through a graph. A router below a combiner makes none of its own: what all of
    its branches load may be in an answer."""
    children = mappings(node, "children")
    if _sort(node) == "ROUTER" and children:
        shares = _shares(node, len(children))
        for number, (child, share) in enumerate(zip(children, shares, strict=True)):
            taken = None if before.share is None or share is None else before.share * share
            branch = text(child, "name") or str(number)
            yield from ways(child, Way((*before.branches, branch), (*before.nodes, node), taken))
    elif len(children) == 1:
        yield from ways(children[0], Way(before.branches, (*before.nodes, node), before.share))
    else:
        yield Way(before.branches, (*before.nodes, *_all_nodes(node)), before.share)


def read_deployment(work: Cluster, record: Record) -> None:
    """The deployments that an object makes."""
    predictors: dict[str, _Node] = {}
    for number, predictor in enumerate(mappings(record.data, "spec", "predictors")):
        name = text(predictor, "name") or str(number)
        if name in predictors:
            work.reading.skip(record.place, f"{name_of(record.data)} has a second predictor {name}")
        else:
            predictors[name] = predictor
    if not predictors:
        work.reading.skip(record.place, f"the SeldonDeployment {name_of(record.data)} has no predictors")
    answering = [name for name, predictor in predictors.items() if predictor.get("shadow") is not True]
    for name, predictor in predictors.items():
        percent = percentage(predictor.get("traffic", 100 if answering == [name] else None))
        share = None if percent is None else percent / 100
        _predictor(work, record, name, predictor, share if name in answering else 0.0)


def _predictor(work: Cluster, record: Record, name: str, predictor: _Node, share: float | None) -> None:
    label = f"{name_of(record.data)}/{name}"
    if mapping(predictor, "explainer"):
        work.reading.skip(record.place, f"the explainer of {label} explains answers, and decides nothing")
    graph = mapping(predictor, "graph")
    for node in _all_nodes(graph):
        if _sort(node) != "MODEL" and not text(node, "modelUri"):
            sort = f"has the type {_sort(node)[:40]}, and is no model"
            work.reading.skip(record.place, f"the node {text(node, 'name')} of {label} {sort}")
    for way in ways(graph):
        element = work.deployment(record, "seldondeployment", name_of(record.data), name, *way.branches)
        taken = None if share is None or way.share is None else share * way.share
        if way.share is None and share:
            work.leave_open(label, element, "a router decides while it runs which requests go to this branch")
        said: dict[str, object] = {"name": "/".join((label, *way.branches)), "traffic_share": taken}
        if predictor.get("shadow") is True:
            said["shadow"] = True
        _way(work, element, record, predictor, way, said)


def _way(work: Cluster, element: str, record: Record, predictor: _Node, way: Way, said: dict[str, object]) -> None:
    """The deployment of one way through the graph of a predictor."""
    pods = [mapping(spec, "spec") for spec in mappings(predictor, "componentSpecs")]
    images = {text(box, "name"): text(box, "image") for pod in pods for box in mappings(pod, "containers")}
    run = {images[name] for node in way.nodes if images.get(name := text(node, "name"))}
    if len(run) == 1:
        said["image"] = run.pop()
    if any(mapping(node, "logger") for node in way.nodes):
        said["logs_requests"] = True
    state = text(record.data, "status", "state")
    if state in _READY:
        said["ready"] = _READY[state]
    if url := text(record.data, "status", "address", "url"):
        said["url"] = url
    region = next(filter(None, map(region_of_nodes, pods)), "")
    more_labels = [*mapping(record.data, "spec", "annotations").items(), *labels_of({"metadata": predictor})]
    work.describe(element, record, said, region, more_labels)
    models = [node for node in way.nodes if text(node, "modelUri") or _sort(node) == "MODEL"]
    for node in models:
        location = _stored(work, element, node, images)
        if location:
            work.loads(element, location, "", record.place, extra=len(models) > 1)
        else:  # a file of which nothing is known, or what is known of the others would seem to be all
            unseen = f"artifact:{element.partition(':')[2]}/{escape(text(node, 'name') or 'model')}"
            work.sheet.edge(element, "loads", unseen, record.place)


def _stored(work: Cluster, element: str, node: _Node, images: dict[str, str]) -> str:
    """The address of the file of a model; empty, and left open, where nothing says it."""
    address, name = text(node, "modelUri"), text(node, "name")
    if address:
        return stored_at(work, element, address, text(node, "envSecretRefName"))
    if images.get(name):
        work.leave_open(images[name], element, f"the node {name} runs an image of its own, which names no model")
    else:
        work.leave_open(name, element, "nothing says where its model is stored")
    return ""


def _sort(node: _Node) -> str:
    """What a node is: a ``MODEL`` where it says nothing else."""
    return _BUILT_IN.get(text(node, "implementation")) or text(node, "type").upper() or "MODEL"


def _shares(router: _Node, count: int) -> list[float | None]:
    """The shares of the branches of a router, where it says them beforehand."""
    if text(router, "implementation") == "RANDOM_ABTEST" and count == 2:
        ratios = [p.get("value") for p in mappings(router, "parameters") if text(p, "name") == "ratioA"]
        first = percentage(_number(ratios[0]) * 100) if ratios else None
        if first is not None:
            return [first / 100, (100 - first) / 100]
    return [None] * count


def _number(raw: object) -> float:
    """A number as parameters write it, as text; -1 for what is none."""
    try:
        return float(raw) if isinstance(raw, str | int | float) else -1.0
    except (ValueError, OverflowError):
        return -1.0


def _all_nodes(graph: _Node) -> list[_Node]:
    """A node and all below it."""
    return [graph, *(node for child in mappings(graph, "children") for node in _all_nodes(child))]
