"""Reads what Seldon Core serves: deployments of version 1 with their graphs, models, pipelines and experiments of
version 2.

Who answers requests, with which share, and which files stand behind the answers: those of all nodes of a graph, and of
the steps of a pipeline that lead to its output. What routes, combines, converts, explains or watches is no model that
decides, and is said so. ``docs/sources/seldon.md`` says which field becomes which attribute.
"""

from __future__ import annotations

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.clusters import CLUSTER_SETTINGS, Cluster
from lexline_plugins.importers.records import Record, text
from lexline_plugins.importers.seldon_graphs import read_deployment
from lexline_plugins.importers.seldon_pipelines import not_as_defined, read_resources

__all__ = ["SELDON"]

_GROUPS = {
    "SeldonDeployment": "machinelearning.seldon.io",
    "Experiment": "mlops.seldon.io",
    "Explainer": "mlops.seldon.io",
    "Model": "mlops.seldon.io",
    "Pipeline": "mlops.seldon.io",
}
"""The kinds of objects that are read, and the group of each: other products have kinds of these names too."""


def _read(request: ImportRequest) -> ImportResult:
    work = Cluster.of("seldon", request)
    found: dict[str, list[Record]] = {kind: [] for kind in _GROUPS}
    for record in work.objects(_GROUPS, _why_not):
        found[text(record.data, "kind")].append(record)
    for record in found["SeldonDeployment"]:
        read_deployment(work, record)
    read_resources(work, found["Model"], found["Pipeline"], found["Experiment"])
    return work.result()


def _why_not(data: dict[str, object]) -> str:
    kind, group = text(data, "kind"), text(data, "apiVersion").partition("/")[0]
    if group != _GROUPS[kind]:
        return f"objects of the kind {kind} of `{group[:60]}` are not read"
    return not_as_defined(data)


SELDON = Importer(
    "seldon",
    "Reads deployments, their shares of the traffic and the models that they load from objects of Seldon Core 1 and 2.",
    CLUSTER_SETTINGS,
    _read,
)
