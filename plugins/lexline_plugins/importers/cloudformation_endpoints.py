"""Endpoints of SageMaker in a template: the variants that share their requests, what each loads, where answers go."""

from __future__ import annotations

from collections.abc import Iterator

from lexline_plugins.importers.cloudformation_templates import Resource, Template, Values, shown
from lexline_plugins.importers.cloudformation_work import SAGEMAKER, TemplateImport
from lexline_plugins.importers.records import mapping, mappings, text
from lexline_plugins.importers.use_cases import state_use

__all__ = ["CONFIG", "ENDPOINT", "MODEL", "read_endpoint", "read_model"]

CONFIG = SAGEMAKER + "EndpointConfig"
ENDPOINT = SAGEMAKER + "Endpoint"
MODEL = SAGEMAKER + "Model"


def read_endpoint(work: TemplateImport, template: Template, endpoint: Resource) -> None:
    """The deployments of an endpoint: one for each of its variants."""
    service = Values(template).text(endpoint.properties.get("EndpointName")) or endpoint.name
    named = endpoint.properties.get("EndpointConfigName")
    config = template.found(named, CONFIG, "EndpointConfigName")
    deployments: list[str] = []
    if config is not None:
        work.used.add((template.stack, config.name))
        deployments += _variants(work, template, endpoint, config, service)
    if not deployments:
        said: dict[str, object] = {"name": service, "service": service}
        deployments.append(_deployment(work, template, [endpoint], said))
        work.leave_open(shown(named), deployments[0], "the template doesn't say which variants this endpoint has")
    work.endpoints[template.stack, endpoint.name] = deployments
    work.endpoints.setdefault(service, []).extend(deployments)


def read_model(work: TemplateImport, template: Template, model: Resource) -> None:
    """The files that a model holds, whether an endpoint runs it or not."""
    for container in _containers(model):
        _artifact(work, _address(Values(template), container), model.place)


def _variants(
    work: TemplateImport, template: Template, endpoint: Resource, config: Resource, service: str
) -> Iterator[str]:
    answering = mappings(config.properties, "ProductionVariants")
    shadows = mappings(config.properties, "ShadowProductionVariants")
    keeps = endpoint.properties.get("RetainAllVariantProperties") in (True, "true")
    shares = [None] * len(answering) if keeps else _shares(template, answering)
    for number, variant in enumerate([*answering, *shadows]):
        name = Values(template).text(variant.get("VariantName")) or str(number)
        is_shadow = number >= len(answering)
        said: dict[str, object] = {"name": f"{service}/{name}", "service": service}
        said |= {"shadow": True, "traffic_share": 0.0} if is_shadow else {"traffic_share": shares[number]}
        model = template.found(variant.get("ModelName"), MODEL, "ModelName")
        resources = [endpoint, config, *([model] if model is not None else [])]
        element = _deployment(work, template, resources, said, name)
        if said["traffic_share"] is None:
            work.leave_open(service, element, "the template doesn't say which share of the requests it answers")
        _capture(work, template, config, element, is_shadow)
        if model is None:
            work.leave_open(shown(variant.get("ModelName")), element, "its model isn't in this template")
        else:
            work.used.add((template.stack, model.name))
            _loads(work, template, model, element)
        yield element


def _deployment(
    work: TemplateImport, template: Template, resources: list[Resource], said: dict[str, object], *variant: str
) -> str:
    """A deployment that an endpoint, the first of the ``resources``, makes with the others."""
    endpoint = resources[0]
    element = work.element("deployment", template, endpoint.place, endpoint.name, *variant)
    meaning = work.tags("deployment", template, [one for one in resources if one.sort != MODEL])
    region = template.region or str(meaning.attributes.get("region") or "")
    where = {
        "environment": work.environments.get(template.stack),
        "region": region,
    }
    work.state(element, where | said, endpoint.place)
    meaning.state(work.sheet, element, endpoint.place)
    state_use(work.sheet, element, where | said | meaning.attributes, endpoint.place)
    if not region:
        about = [one.properties for one in resources]
        work.leave_place_open(template.stack, element, about, "the setting `regions` can say in which its stack is")
    for resource in resources:
        if resource.condition:
            why = f"the template has {resource.name} only where this condition holds"
            work.leave_open(resource.condition, element, why)
    return element


def _loads(work: TemplateImport, template: Template, model: Resource, element: str) -> None:
    """The files of a model's containers. One that nobody knows is loaded too, or the others would seem to be all."""
    containers = _containers(model)
    images = {image for container in containers if (image := work.value(template, element, container.get("Image")))}
    if len(images) == 1:
        work.sheet.attribute(element, "image", images.pop(), model.place)
    if not containers:
        work.leave_open(model.name, element, "its model has no containers")
    for number, container in enumerate(containers):
        raw = _raw_address(container)
        artifact = _artifact(work, work.value(template, element, raw), model.place)
        if artifact and len(containers) == 1:
            work.sheet.attribute(element, "artifact_uri", artifact.partition(":")[2], model.place)
        if artifact and text(container, "Mode") == "MultiModel":
            work.leave_open(artifact, element, "it answers with any of the models that lie below this address")
        if raw is None:
            package = container.get("ModelPackageName")
            why = "the registry of SageMaker says which file this package holds"
            own = container.get("Image") or model.name
            missing = "it runs an image of its own, which names no model"
            work.leave_open(shown(package or own), element, why if package else missing)
        work.sheet.edge(element, "loads", artifact or f"artifact:{element.partition(':')[2]}/{number}", model.place)


def _artifact(work: TemplateImport, address: str, place: str) -> str:
    """The artifact at an address; empty where there is none."""
    return work.sheet.artifact(work.locations.canonical(address), place) if address else ""


def _capture(work: TemplateImport, template: Template, config: Resource, element: str, is_shadow: bool) -> None:
    """Where requests and answers are kept. Whether those of a shadow are, the reference of SageMaker leaves open."""
    capture = mapping(config.properties, "DataCaptureConfig")
    if capture and capture.get("EnableCapture") in (True, "true"):
        modes = " ".join(text(option, "CaptureMode") for option in mappings(capture, "CaptureOptions"))
        sampled = _number(Values(template).text(capture.get("InitialSamplingPercentage")))
        if sampled == 100 and "Input" in modes and "Output" in modes:
            work.sheet.attribute(element, "logs_requests", True, config.place)
        else:
            work.leave_open("DataCaptureConfig", element, "only a part of its requests and answers is captured")
        _writes(work, template, config, element, capture.get("DestinationS3Uri"), is_shadow)
    asynchronous = mapping(config.properties, "AsyncInferenceConfig", "OutputConfig")
    if asynchronous:
        _writes(work, template, config, element, asynchronous.get("S3OutputPath"), is_shadow)


def _writes(
    work: TemplateImport, template: Template, config: Resource, element: str, raw: object, is_possible: bool
) -> None:
    address = work.value(template, element, raw)
    if address:
        location = work.locations.canonical(address)
        dataset = work.sheet.element(f"dataset:{location}", "dataset", config.place)
        work.sheet.attribute(dataset, "location", location, config.place)
        work.sheet.edge(element, "generates", dataset, config.place, possible=is_possible)
        work.leave_place_open(location, dataset, [address], "a source that knows the bucket can say it")


def _containers(model: Resource) -> list[dict[str, object]]:
    primary = mapping(model.properties, "PrimaryContainer")
    return [*([primary] if primary else []), *mappings(model.properties, "Containers")]


def _raw_address(container: dict[str, object]) -> object:
    return container.get("ModelDataUrl") or mapping(container, "ModelDataSource", "S3DataSource").get("S3Uri")


def _address(values: Values, container: dict[str, object]) -> str:
    return values.text(_raw_address(container))


def _shares(template: Template, variants: list[dict[str, object]]) -> list[float | None]:
    """The share of each variant, by the weights; none where one of them isn't known."""
    values = Values(template)
    weights = [_number(values.text(variant.get("InitialVariantWeight", 1))) for variant in variants]
    known = [weight for weight in weights if weight is not None]
    total = sum(known)
    return [weight / total for weight in known] if total and len(known) == len(weights) else [None] * len(weights)


def _number(said: str) -> float | None:
    """A number from 0 on that a text says; ``None`` for what says none."""
    try:
        number = float(said)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
