"""Reads cards of models and of data in the form of Hugging Face: front matter and prose under headings.

A card is a document that describes something. What it is about is taken from its own words first; of a model that it
surely describes it also says who answers for it, what it is meant for, and what it was made from.
``docs/sources/model-cards.md`` says which field becomes which attribute.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lexline.importing import Importer, ImportRequest, ImportResult, Unresolved
from lexline_lineage.documents import decode
from lexline_lineage.problems import LineageError
from lexline_lineage.reading import read_bytes
from lexline_plugins.importers.cards import Card, read_card
from lexline_plugins.importers.labels import MODEL_LABELS, OF_ALL_VERSIONS, Labels, value_for
from lexline_plugins.importers.locations import Locations, escape, has_scheme
from lexline_plugins.importers.meanings import plain_text
from lexline_plugins.importers.options import refuse_unknown, text_pairs, the_locations
from lexline_plugins.importers.records import Reading, as_json, mapping, mappings, text, texts_in
from lexline_plugins.importers.sheet import FactSheet
from lexline_plugins.importers.subjects import SUBJECT_SETTINGS, Subject, Subjects, why_unknown

__all__ = ["MODEL_CARDS"]

_SETTINGS = SUBJECT_SETTINGS | {
    "fields": "further fields of the front matter and the attribute that each fills, such as `tier: risk_tier`",
    "locations": "pairs of prefixes that name one place, such as two addresses of one bucket",
}
_ABOUT = ("mlflow_model", "model_uri")
"""Fields of the front matter that name the model version that the card is about."""
_OF_DATA = (
    "annotations_creators",
    "dataset_info",
    "language_creators",
    "multilinguality",
    "pretty_name",
    "size_categories",
    "source_datasets",
    "task_categories",
)
"""Fields that only the card of a dataset has."""
_PEOPLE = frozenset(
    {
        "author",
        "authors",
        "citation",
        "contact",
        "contacts",
        "dataset_card_authors",
        "dataset_card_contact",
        "maintainers",
        "model_card_authors",
        "model_card_contact",
    }
)
"""Fields and headings under which people stand; they are not kept."""
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?")


@dataclass(slots=True)
class _Import:
    """One import while it goes on. ``described`` are the elements that a card before said something of."""

    source: str
    subjects: Subjects
    fields: dict[str, str]
    locations: Locations
    reading: Reading
    sheet: FactSheet
    described: set[str] = field(default_factory=set)
    unresolved: list[Unresolved] = field(default_factory=list)


def _read(request: ImportRequest) -> ImportResult:
    refuse_unknown(request, _SETTINGS)
    subjects = Subjects.of(request)
    fields = {**MODEL_LABELS, **text_pairs(request, "fields", "tier: risk_tier")}
    reading = Reading(request.paths)
    sheet = FactSheet(request.source)
    work = _Import(escape(request.source), subjects, fields, the_locations(request), reading, sheet)
    for name, path in reading.files():
        if path.suffix.lower() not in (".md", ".markdown"):
            reading.skip(name, "a card is a Markdown file, which ends in `.md`")
            continue
        _read_file(work, name, path)
    return ImportResult(sheet.facts(), tuple(work.unresolved), tuple(reading.skipped))


MODEL_CARDS = Importer(
    "model-cards",
    "Reads cards of models and datasets: Markdown with front matter, as Hugging Face has them.",
    _SETTINGS,
    _read,
)


def _read_file(work: _Import, name: str, path: Path) -> None:
    try:
        content = read_bytes(path)
        card = read_card(decode(content, name), name)
    except LineageError as error:
        work.reading.skip_problems(error, name)
        return
    data, place = mapping(card.front.data), card.place()
    is_of_data = any(key in data for key in _OF_DATA) or card.title.lower().startswith("dataset card")
    parts = (work.source, *(escape(part) for part in name.split("/")))
    document = work.sheet.element(f"document:{'/'.join(parts)}", "document", place)
    kept = _content(work, card)
    said: dict[str, object] = {
        "name": card.title or PurePosixPath(name).stem,
        "type": "data-sheet" if is_of_data else "model-card",
        "owner": text(data, "owner"),
        "version": text(data, "version"),
        "digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "content": kept,
    }
    for attribute, value in said.items():
        work.sheet.attribute(document, attribute, value, place)
    found = list(_subjects(work, card, name))
    for subject, where in found:
        about = work.sheet.element(subject.element, subject.kind, where)
        work.sheet.edge(document, "describes", about, where)
        work.sheet.attribute(document, "subject_from", subject.found.value, where)
        _describe(work, card, subject, kept)
    if not found:
        work.unresolved.append(Unresolved(name, document, why_unknown(name)))


def _content(work: _Import, card: Card) -> object:
    """The card as data: its ``title``, ``fields`` and ``sections``, without the people in it."""
    data = mapping(card.front.data)
    fields = dict(data)
    if "model-index" in data and not _is_model_index(data["model-index"]):
        del fields["model-index"]
        why = "the model index is not used: it needs a name, and for each result a task, a dataset and metrics"
        work.reading.skip(card.place("model-index"), why)
    kept = as_json({"title": card.title, "fields": fields, "sections": card.sections}, _PEOPLE)
    if kept is None:
        work.reading.skip(card.place(), "the card is too large to be kept, and only its attributes are")
    return kept


def _is_model_index(raw: object) -> bool:
    """Whether it has the parts that Hugging Face asks for."""
    models = raw if isinstance(raw, list) else []
    results = [result for model in models for result in mappings(model, "results")]
    are_named = all(text(model, "name") for model in models)
    return (
        bool(results)
        and are_named
        and all(
            text(result, "task", "type") and text(result, "dataset", "type") and mappings(result, "metrics")
            for result in results
        )
    )


def _subjects(work: _Import, card: Card, name: str) -> Iterator[tuple[Subject, str]]:
    """What the card is about, with the place that says so: a field for it, what the settings say, the names in the
    model index, which have no version; of these the first that says anything."""
    data = mapping(card.front.data)
    for key in _ABOUT:
        named = work.subjects.named_in(text(data, key))
        if named:
            yield named[0], card.place(key)
            return
    told = work.subjects.told_of(name)
    for subject in told:
        yield subject, card.place()
    if not told and _is_model_index(data.get("model-index")):
        for number, model in enumerate(mappings(data, "model-index")):
            yield work.subjects.named(text(model, "name")), card.place("model-index", number, "name")


def _describe(work: _Import, card: Card, subject: Subject, kept: object) -> None:
    """What the card says of what it describes, where no card before it did."""
    element, place = subject.element, card.place()
    data = mapping(card.front.data)
    if subject.kind not in ("dataset", "model", "registered-model"):
        return
    if element in work.described:
        work.reading.skip(place, f"{element} has a card already, so this one is kept as a document only")
        return
    work.described.add(element)
    licence = ", ".join(filter(None, map(plain_text, texts_in(data.get("license")))))
    said: dict[str, object] = {
        "licence": text(data, "license_name") or licence,
        "tags": sorted(set(filter(None, map(plain_text, texts_in(data.get("tags")))))) or None,
        "card": kept,
    }
    if subject.kind == "dataset":
        said["name"] = text(data, "pretty_name")
    else:
        pairs = [(key, plain_text(value)) for key, value in data.items()]
        labels = Labels.sort(pairs, work.fields).attributes
        if subject.kind == "registered-model":
            said = {key: value for key, value in labels.items() if key in OF_ALL_VERSIONS}
        else:
            oversight = card.section("human_oversight", "oversight")
            said["intended_use"] = card.section("intended_use", "intended_uses", "direct_use", "uses")
            said["human_oversight"] = value_for("human_oversight", oversight)
            said |= labels
            _made_from(work, card, element)
    for attribute, value in said.items():
        where = card.place(attribute) if attribute in data else place
        work.sheet.attribute(element, attribute, value, where)


def _made_from(work: _Import, card: Card, model: str) -> None:
    """The models that it was tuned from, by their names in the registry or on the hub, or by their addresses. Which
    data it was trained on, the registry's run says; the names that a card gives to data are names on the hub."""
    place = card.place("base_model")
    for name in texts_in(mapping(card.front.data).get("base_model")):
        named = [subject.element for subject in work.subjects.named_in(name) if subject.kind == "model"]
        if named:
            origin = named[0]
        elif has_scheme(name):
            origin = f"model:{work.locations.canonical(name)}"
        elif _HUB_NAME.fullmatch(name):
            origin = f"model:hf://{name}"
        else:
            why = "`base_model` names neither an address nor a model on the hub"
            work.unresolved.append(Unresolved(name, model, why))
            continue
        work.sheet.edge(work.sheet.element(origin, "model", place), "trains", model, place)
