"""Documents: whether what a template asks for is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from lexline.hookspecs import Check, CheckOutcome, CheckParameter, CheckSignature, CheckView, MissingFact, Reads
from lexline_lineage.values import Sort, Value, ValueType

__all__ = ["CHECKS", "completeness"]

CONTENT = {"document": "content", "model": "card", "dataset": "card", "assessment": "report"}
"""By kind, the attribute that holds the document."""
TITLES = ("heading", "title")
DIGITS = 12


def completeness(view: CheckView, elements: Sequence[str], arguments: Mapping[str, Value]) -> Sequence[CheckOutcome]:
    """Which share of the parts that a template asks for an element's document has.

    Formula: `parts present / parts required`. `template` lists the parts: a field or heading, or a path of them with
    `/` between (`considerations/limitations`). A part is present where the document has a field of that name, or a
    section in a list whose `heading` or `title` it is, and there is something in it. Capitals, and spaces, `-` and `_`,
    make no difference. The document is a document's content, a model's or dataset's card, an assessment's report.

    Source: plain share. That a part is present says nothing about whether it is any good: that is for a judgement.
    """
    template = list(dict.fromkeys(cast(Sequence[str], arguments["template"])))
    return [_share(view, element, template) for element in elements]


def _share(view: CheckView, element: str, template: Sequence[str]) -> CheckOutcome:
    kind = view.kind(element)
    document = view.value(element, CONTENT[kind])
    if document is None:
        return CheckOutcome(missing=(MissingFact(element, kind, CONTENT[kind], "no value is recorded"),))
    if not template:
        return CheckOutcome(failed="the template asks for nothing")
    absent = [part for part in template if not _has([document], part.split("/"))]
    share = round((len(template) - len(absent)) / len(template), DIGITS)
    said = f"{len(template) - len(absent)} of {len(template)} parts are there"
    return CheckOutcome(share, evidence=said + (f"; not there: {', '.join(absent)}" if absent else ""))


def _has(places: Sequence[object], path: Sequence[str]) -> bool:
    """True where something stands at the path below one of the places."""
    for name in path:
        places = [inner for place in places for title, inner in _parts(place) if _plain(title) == _plain(name)]
    return any(_is_filled(place) for place in places)


def _parts(place: object) -> Iterator[tuple[str, object]]:
    """The named parts of a place: fields, and sections of lists by their headings."""
    if isinstance(place, dict):
        yield from place.items()
        for inner in place.values():
            if isinstance(inner, list):
                yield from _sections(inner)
    elif isinstance(place, list):
        yield from _sections(place)
        for inner in place:
            if isinstance(inner, dict):
                yield from inner.items()


def _sections(entries: Sequence[object]) -> Iterator[tuple[str, object]]:
    for entry in entries:
        if isinstance(entry, dict):
            titles = [entry[title] for title in TITLES if isinstance(entry.get(title), str)]
            rest = {name: inner for name, inner in entry.items() if name not in TITLES}
            yield from ((title, rest) for title in titles)


def _is_filled(place: object) -> bool:
    """True for a place with something in it: a figure, a text that isn't blank, a list or object with such a part."""
    open_places = [place]
    while open_places:
        part = open_places.pop()
        if isinstance(part, dict):
            open_places.extend(part.values())
        elif isinstance(part, list):
            open_places.extend(part)
        elif isinstance(part, str):
            if part.strip():
                return True
        elif part is not None:
            return True
    return False


def _plain(name: str) -> str:
    return " ".join(name.replace("-", " ").replace("_", " ").split()).casefold()


CHECKS = (
    Check(
        CheckSignature(
            name="documents.completeness",
            kinds=tuple(CONTENT),
            parameters=(
                CheckParameter(
                    "template",
                    ValueType(Sort.LIST, item=ValueType(Sort.TEXT)),
                    meaning="the parts that have to be there: a list in braces, or a parameter that is one",
                ),
            ),
            result=ValueType(Sort.PERCENTAGE),
            reads=Reads({kind: (attribute,) for kind, attribute in CONTENT.items()}),
        ),
        completeness,
    ),
)
