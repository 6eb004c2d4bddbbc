"""Reads templates of CloudFormation, and the values that their functions give where the template itself holds them.

In: JSON or YAML, with functions in long (``{"Ref": "X"}``) or short form (``!Ref X``). Out: resources with places. What
only a deployed stack knows (imported values, attributes of resources, conditions) gives no value, and is not guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lexline_lineage.documents import Document
from lexline_lineage.values import is_clean_text
from lexline_plugins.importers.records import Reading, mapping, text, yaml_files

__all__ = ["Resource", "Template", "Values", "read_templates", "shown"]

_FUNCTIONS = ("And", "Base64", "Cidr", "Equals", "FindInMap", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length")
_MORE = ("Not", "Or", "Select", "Split", "Sub", "ToJsonString", "Transform")
_TAGS = {"!Condition": "Condition", "!Ref": "Ref"} | {f"!{name}": f"Fn::{name}" for name in (*_FUNCTIONS, *_MORE)}
"""The short forms of functions in YAML, and the keys that they stand for."""
_ENDINGS = (".json", ".yaml", ".yml", ".template")
_NAMED = re.compile(r"\$\{(!?)([^{}]*)\}")
_LONGEST = 4096
"""How long a text may become that functions put together."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template, by its logical id, with its properties and its place."""

    name: str
    sort: str
    properties: dict[str, object]
    condition: str
    place: str


@dataclass(frozen=True, slots=True)
class Template:
    """A template, and what is known of the stack that it became: its name (that of the file), ``region``, and
    the ``parameters`` that it was deployed with."""

    stack: str
    place: str
    data: dict[str, object]
    resources: Mapping[str, Resource]
    region: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    def all_of(self, sort: str) -> list[Resource]:
        """The resources of a type."""
        return [resource for resource in self.resources.values() if resource.sort == sort]

    def found(self, raw: object, sort: str, key: str) -> Resource | None:
        """The resource of the type that is meant by a reference, or by the name that it has under the key."""
        resource = self.resources.get(_referred(raw))
        if resource is not None:
            return resource if resource.sort == sort else None
        name = Values(self).text(raw)
        named = (other for other in self.all_of(sort) if Values(self).text(other.properties.get(key)) == name)
        return next(named, None) if name else None


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a template's functions. ``assumed`` gathers the parameters whose default was taken."""

    template: Template
    assumed: set[str] = field(default_factory=set)

    def text(self, raw: object) -> str:
        """The text that a value is or gives; empty where the template doesn't hold it."""
        if isinstance(raw, dict):
            found = self._called(raw)
            return found if found is not None and len(found) <= _LONGEST else ""
        return text({"": raw}, "")

    def _called(self, call: dict[str, object]) -> str | None:
        if len(call) != 1:
            return None
        ((name, given),) = call.items()
        items = given if isinstance(given, list) else []
        if name == "Ref":
            return self._parameter(given)
        if name == "Fn::GetAtt":
            return self._attribute(given)
        if name == "Fn::Sub":
            return self._substituted(given)
        if name == "Fn::Join" and len(items) == 2 and isinstance(between := items[0], str):
            parts = self._texts(items[1])
            return between.join(parts) if parts is not None else None
        if name == "Fn::Select" and len(items) == 2:
            parts, index = self._texts(items[1]), self.text(items[0])
            return dict(enumerate(parts or ())).get(int(index)) if index.isdecimal() and len(index) < 4 else None
        if name == "Fn::FindInMap" and len(items) == 3:
            return self._mapped([self.text(item) for item in items])
        if name == "Fn::If" and len(items) == 3:
            one, other = self.text(items[1]), self.text(items[2])
            return one if one == other else None
        return None

    def _texts(self, raw: object) -> list[str] | None:
        """A list of texts, all of which are known."""
        if isinstance(raw, dict) and isinstance(split := raw.get("Fn::Split"), list) and len(split) == 2:
            between, whole = split[0], self.text(split[1])
            return whole.split(between) if isinstance(between, str) and between and whole else None
        parts = [self.text(item) for item in raw] if isinstance(raw, list) else []
        return parts if parts and all(parts) and sum(map(len, parts)) <= _LONGEST else None

    def _parameter(self, name: object) -> str | None:
        if name == "AWS::Region":
            return self.template.region
        if not isinstance(name, str):
            return None
        if name in self.template.parameters:
            return self.template.parameters[name]
        default = text(self.template.data, "Parameters", name, "Default")
        if not default or text(self.template.data, "Parameters", name, "Type").startswith("AWS::SSM::"):
            return None  # of a parameter that a store holds, the default is the name in that store
        self.assumed.add(name)
        return default

    def _attribute(self, given: object) -> str | None:
        """What a property of the template says: an attribute of that name has its value."""
        name, _, attribute = _dotted(given).partition(".")
        resource = self.template.resources.get(name)
        said = resource.properties.get(attribute) if resource is not None else None
        return said if isinstance(said, str) and is_clean_text(said) else None

    def _substituted(self, given: object) -> str | None:
        pattern, own = given if isinstance(given, list) and len(given) == 2 else (given, {})
        if not isinstance(pattern, str) or not isinstance(own, dict) or not is_clean_text(pattern):
            return None
        known: dict[str, str] = {}
        names = [name for escaped, name in _NAMED.findall(pattern) if not escaped]
        for name in dict.fromkeys(names):
            if name in own:
                known[name] = self.text(own[name])
            else:
                known[name] = (self._attribute(name) if "." in name else self._parameter(name)) or ""
        if not all(known.values()) or sum(len(known[name]) for name in names) > _LONGEST:
            return None
        return _NAMED.sub(lambda found: f"${{{found[2]}}}" if found[1] else known[found[2]], pattern)

    def _mapped(self, keys: list[str]) -> str | None:
        found = text(self.template.data, "Mappings", *keys) if all(keys) else ""
        return found or None


def read_templates(reading: Reading, regions: Mapping[str, str], parameters: Mapping[str, str]) -> list[Template]:
    """The templates, the last of each stack. ``regions`` are those in which stacks are deployed, by their names."""
    found: dict[str, Template] = {}
    for name, document in yaml_files(reading, _TAGS):
        data, stack = document.data, _stack(name)
        place = f"{name}:{document.start[0]}"
        if not isinstance(data, dict) or not mapping(data, "Resources"):
            reading.skip(place, "this is no template of CloudFormation: it has no `Resources`")
            continue
        if stack in found:
            reading.skip(found[stack].place, f"the stack {stack} stands again at {place}, and that counts")
        resources = dict(_resources(name, document, mapping(data, "Resources")))
        found[stack] = Template(stack, place, data, resources, regions.get(stack, ""), parameters)
    return list(found.values())


def shown(raw: object) -> str:
    """A value as a report shows it."""
    return raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False, default=str)[:120]


def _resources(name: str, document: Document, resources: Mapping[str, object]) -> Iterator[tuple[str, Resource]]:
    for logical, data in resources.items():
        if text(data, "Type"):
            place = f"{name}:{document.place('Resources', logical)[0]}"
            properties = mapping(data, "Properties")
            yield logical, Resource(logical, text(data, "Type"), properties, text(data, "Condition"), place)


def _stack(name: str) -> str:
    """The name of the stack that a file is called after: `bank.template.json` is `bank`."""
    stack = name.rpartition("/")[2]
    for _ in range(2):
        stack = next((stack.removesuffix(ending) for ending in _ENDINGS if stack.endswith(ending)), stack)
    return stack


def _referred(raw: object) -> str:
    """The logical id of the resource that a value is about; empty for a value that refers to none."""
    if not isinstance(raw, dict) or len(raw) != 1:
        return ""
    ((name, given),) = raw.items()
    if name == "Ref" and isinstance(given, str):
        return given
    if name == "Fn::GetAtt":
        return _dotted(given).partition(".")[0]
    if name == "Fn::Sub" and isinstance(given, str) and (whole := _NAMED.fullmatch(given)):
        return whole[2].partition(".")[0]
    return ""


def _dotted(given: object) -> str:
    """A resource and its attribute (``Model.ModelName``), whether they were given as one text or as a list."""
    return ".".join(part for part in given if isinstance(part, str)) if isinstance(given, list) else str(given)
