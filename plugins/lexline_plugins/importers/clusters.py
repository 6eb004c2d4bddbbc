"""What serving products that run on Kubernetes have in common: objects of a cluster, and what is deployed by them.

In: the objects of one cluster as ``kubectl`` prints them. Out: deployments with what labels, annotations and the
settings say of all that an object deploys, and the files that they load. A product's own module says what its kinds of
objects hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from lexline.importing import ImportRequest, ImportResult, Unresolved
from lexline_plugins.importers.labels import Labels
from lexline_plugins.importers.locations import Locations, escape
from lexline_plugins.importers.options import refuse_unknown, required_text, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, Record, mapping, mappings, text, yaml_documents
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.use_cases import state_use

__all__ = ["CLUSTER_SETTINGS", "Cluster", "name_of", "namespace_of", "percentage", "region_of_nodes"]

CLUSTER_SETTINGS = {
    "authority": "the name of the cluster, which keeps its services apart from those of another (required)",
    "environments": "namespaces and the environment that each is, such as `credit-prod: production`",
    "labels": "labels or annotations and the attribute that each fills, such as `example.org/owner: owner`",
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
}
_REGION = "topology.kubernetes.io/region"


@dataclass(slots=True)
class Cluster:
    """One import from a cluster while it goes on. ``product`` begins the ids of what is deployed."""

    product: str
    authority: str
    environments: Mapping[str, str]
    labels: Mapping[str, str]
    locations: Locations
    reading: Reading
    sheet: FactSheet
    unresolved: list[Unresolved] = field(default_factory=list)

    @classmethod
    def of(cls, product: str, request: ImportRequest) -> Self:
        """The import that a request asks for. Raises ``SettingError``."""
        refuse_unknown(request, CLUSTER_SETTINGS)
        return cls(
            product,
            escape(required_text(request, "authority", "cluster-1.example.org")),
            text_pairs(request, "environments", "credit-prod: production"),
            text_pairs(request, "labels", "example.org/owner: owner"),
            the_locations(request),
            Reading(request.paths),
            FactSheet(request.source),
        )

    def objects(
        self, kinds: Collection[str], why_not: Callable[[dict[str, object]], str] = lambda _: ""
    ) -> list[Record]:
        """The objects of the kinds, the last of each name. ``why_not`` gives the reason for which one of them is not
        read, or nothing. Every other object is reported."""
        found: dict[tuple[str, str, str], Record] = {}
        for place, data in yaml_documents(self.reading):
            if not isinstance(data, dict) or not (kind := text(data, "kind")):
                self.reading.skip(place, "this is no Kubernetes object")
            elif not name_of(data):
                self.reading.skip(place, f"the {kind} has no name")
            elif kind not in kinds:
                self.reading.skip(place, f"objects of the kind {kind[:60]} are not read")
            elif why := why_not(data):
                self.reading.skip(place, why)
            else:
                key = (kind, namespace_of(data), name_of(data))
                if key in found:
                    self.reading.skip(found[key].place, f"{kind} {key[2]} stands again at {place}, and that counts")
                found[key] = Record(data, place)
        return list(found.values())

    def deployment(self, record: Record, *parts: str) -> str:
        """The deployment that an object makes. ``parts`` set it apart within its namespace."""
        names = (self.authority, namespace_of(record.data), *parts)
        element = f"deployment:{self.product}/" + "/".join(map(escape, names))
        return self.sheet.element(element, "deployment", record.place)

    def describe(
        self,
        element: str,
        record: Record,
        said: Mapping[str, object],
        region: str = "",
        more_labels: Iterable[tuple[str, object]] = (),
    ) -> None:
        """What the object says of all that it deploys, and what is ``said`` of this one. ``region`` is where its nodes
        are, unless a label says it; ``more_labels`` are labels of this one."""
        data, namespace = record.data, namespace_of(record.data)
        pairs = [*labels_of(data), *more_labels]
        found = Labels.sort(((key, value) for key, value in pairs if isinstance(value, str)), self.labels)
        if found.attributes.get("environment") == "shadow":  # the word for what runs beside an environment
            del found.attributes["environment"]
            found.attributes["shadow"] = True
        values: dict[str, object] = {
            "cluster": self.authority,
            "environment": self.environments.get(namespace),
            "namespace": namespace,
            "region": region,
            "service": name_of(data),
            "url": text(data, "status", "url"),
        }
        ready = [text(c, "status") for c in mappings(data, "status", "conditions") if text(c, "type") == "Ready"]
        if ready:
            values["ready"] = {"True": True, "False": False}.get(ready[0])
        values |= found.attributes | dict(said)
        for attribute, value in values.items():
            self.sheet.attribute(element, attribute, value, record.place)
        state_use(self.sheet, element, values, record.place)

    def loads(self, element: str, address: str, name: str, place: str, *, extra: bool = False) -> None:
        """The deployment loads the file at an address. What that file is, other sources have to say. ``extra`` is a
        file beside the one that the deployment is about."""
        if not address:
            self.leave_open(name, element, "nothing says where its model is stored")
            return
        location = self.locations.canonical(address)
        if not extra:
            self.sheet.attribute(element, "artifact_uri", location, place)
        self.sheet.edge(element, "loads", f"artifact:{self._apart(element, location)}", place)

    def _apart(self, element: str, location: str) -> str:
        """The address, or where it means another file elsewhere, that with what has it: a volume is of one namespace, a
        file of the container that the deployment runs."""
        if location.startswith("file:"):
            return f"{element.partition(':')[2]}/{location}"
        if location.startswith("pvc:"):
            _, authority, namespace = element.split("/")[:3]
            return f"cluster/{authority}/{namespace}/{location}"
        return location

    def leave_open(self, reference: str, where: str, why: str) -> None:
        """What an element refers to can't be told from the files."""
        self.unresolved.append(Unresolved(reference, where, why))

    def result(self) -> ImportResult:
        """What was gathered."""
        return ImportResult(self.sheet.facts(), tuple(self.unresolved), tuple(self.reading.skipped))


def name_of(data: Mapping[str, object]) -> str:
    """The name of an object; empty where it has none."""
    return text(data, "metadata", "name")


def namespace_of(data: Mapping[str, object]) -> str:
    """The namespace of an object."""
    return text(data, "metadata", "namespace") or "default"


def labels_of(data: Mapping[str, object]) -> list[tuple[str, object]]:
    """The labels and annotations of an object."""
    return [*mapping(data, "metadata", "labels").items(), *mapping(data, "metadata", "annotations").items()]


def region_of_nodes(pod: object) -> str:
    """The region in which a pod has to run, as the labels of nodes name it."""
    return text(pod, "nodeSelector", _REGION)


def percentage(raw: object) -> float | None:
    """A number from 0 to 100; ``None`` for what is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw <= 100:
        return None
    return raw
