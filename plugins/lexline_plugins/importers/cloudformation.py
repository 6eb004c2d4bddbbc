"""Reads templates of CloudFormation with resources of SageMaker: endpoints, what they load, and where they write.

Each variant of an endpoint is a deployment with its share. A template says what is deployed, and not in which region:
hosts of images and names of buckets that look like one are told to a person, and make no fact.
``docs/sources/cloudformation.md`` says which property becomes which attribute.
"""

from __future__ import annotations

from lexline.importing import Importer, ImportRequest, ImportResult
from lexline_plugins.importers.cloudformation_endpoints import CONFIG, ENDPOINT, MODEL, read_endpoint, read_model
from lexline_plugins.importers.cloudformation_templates import Resource, Template, Values, read_templates, shown
from lexline_plugins.importers.cloudformation_work import SAGEMAKER, TemplateImport
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.options import refuse_unknown, required_text, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, mapping, mappings, text
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["CLOUDFORMATION"]

_SETTINGS = {
    "authority": "the account that the stacks are deployed in, which keeps them apart from those of another (required)",
    "environments": "stacks and the environment that each is, such as `credit: production`",
    "labels": "keys of tags and the attribute that each fills, such as `cost-owner: owner`",
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
    "parameters": "values that the stacks were deployed with, such as `ModelBucket: models`",
    "regions": "stacks, each called as its file, and the region that each is deployed in: `credit: eu-west-2`",
}
_GROUP = SAGEMAKER + "ModelPackageGroup"
_SCHEDULE = SAGEMAKER + "MonitoringSchedule"
_JOBS = {
    f"{SAGEMAKER}{name}JobDefinition": (metric, f"{name}JobInput")
    for name, metric in (
        ("DataQuality", "data-quality"),
        ("ModelBias", "bias"),
        ("ModelExplainability", "feature-attribution"),
        ("ModelQuality", "model-quality"),
    )
}
"""Jobs that monitor an endpoint: what each measures, and the property that says which endpoint."""


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    work = TemplateImport(
        escape(required_text(request, "authority", "111122223333")),
        text_pairs(request, "environments", "credit: production"),
        text_pairs(request, "labels", "cost-owner: owner"),
        the_locations(request),
        Reading(request.paths),
        FactSheet(request.source),
    )
    regions = text_pairs(request, "regions", "credit: eu-west-2")
    parameters = text_pairs(request, "parameters", "ModelBucket: models")
    templates = read_templates(work.reading, regions, parameters)
    for template in templates:
        for endpoint in template.all_of(ENDPOINT):
            read_endpoint(work, template, endpoint)
        for model in template.all_of(MODEL):
            read_model(work, template, model)
        for group in template.all_of(_GROUP):
            _group(work, template, group)
    for template in templates:  # a monitor may watch the endpoint of another stack
        _monitors(work, template)
        _skip_the_rest(work, template)
    return work.result()


CLOUDFORMATION = Importer(
    "cloudformation",
    "Reads endpoints of SageMaker, their shares, models, captured data and monitors from templates of CloudFormation.",
    _SETTINGS,
    _read,
)


def _group(work: TemplateImport, template: Template, group: Resource) -> None:
    """A group of versions in the registry of SageMaker."""
    element = work.element("registered-model", template, group.place, group.name)
    values = Values(template)
    said: dict[str, object] = {
        "description": values.text(group.properties.get("ModelPackageGroupDescription")),
        "name": values.text(group.properties.get("ModelPackageGroupName")) or group.name,
    }
    work.state(element, said, group.place)
    work.tags("registered-model", template, [group]).state(work.sheet, element, group.place)


def _monitors(work: TemplateImport, template: Template) -> None:
    """Jobs that watch endpoints, and the schedules that run them."""
    scheduled = {}
    for schedule in template.all_of(_SCHEDULE):
        plan = mapping(schedule.properties, "MonitoringScheduleConfig")
        job = next(filter(None, (_job(template, plan, sort) for sort in _JOBS)), None)
        if job is not None:
            scheduled[job.name] = schedule
        else:
            inputs = mappings(plan, "MonitoringJobDefinition", "MonitoringInputs")
            monitor = _monitor(work, template, schedule, "MonitoringScheduleName", inputs)
            _say_schedule(work, monitor, schedule)
    for sort, (metric, key) in _JOBS.items():
        for job in template.all_of(sort):
            monitor = _monitor(work, template, job, "JobDefinitionName", [mapping(job.properties, key)])
            work.sheet.attribute(monitor, "metric", metric, job.place)
            if job.name in scheduled:
                _say_schedule(work, monitor, scheduled[job.name])
            else:
                work.leave_open(job.name, monitor, "nothing in its template runs it by a schedule")


def _job(template: Template, plan: dict[str, object], sort: str) -> Resource | None:
    return template.found(plan.get("MonitoringJobDefinitionName"), sort, "JobDefinitionName")


def _monitor(
    work: TemplateImport, template: Template, resource: Resource, key: str, inputs: list[dict[str, object]]
) -> str:
    monitor = work.element("monitor", template, resource.place, resource.name)
    values = Values(template)
    work.sheet.attribute(monitor, "name", values.text(resource.properties.get(key)) or resource.name, resource.place)
    for raw in (mapping(part, "EndpointInput").get("EndpointName") for part in inputs):
        endpoint = template.found(raw, ENDPOINT, "EndpointName")
        known = work.endpoints.get((template.stack, endpoint.name) if endpoint is not None else values.text(raw), [])
        for deployment in known:
            work.sheet.edge(monitor, "watches", deployment, resource.place)
        if not known:
            work.leave_open(shown(raw), monitor, "the endpoint that it watches isn't in these templates")
    return monitor


def _say_schedule(work: TemplateImport, monitor: str, schedule: Resource) -> None:
    is_active = text(schedule.properties, "MonitoringScheduleStatus") != "Stopped"
    work.sheet.attribute(monitor, "active", is_active, schedule.place)


def _skip_the_rest(work: TemplateImport, template: Template) -> None:
    """What is in a template and made no deployment."""
    others = 0
    for resource in template.resources.values():
        if not resource.sort.startswith(SAGEMAKER):
            others += 1
        elif resource.sort in (CONFIG, MODEL):
            if (template.stack, resource.name) not in work.used:
                work.reading.skip(resource.place, f"no endpoint of this template runs {resource.name}")
        elif resource.sort not in (ENDPOINT, _GROUP, _SCHEDULE, *_JOBS):
            work.reading.skip(resource.place, f"resources of the type {resource.sort[:80]} are not read")
    if others:
        work.reading.skip(template.place, f"resources of other services than SageMaker are not read: {others}")
