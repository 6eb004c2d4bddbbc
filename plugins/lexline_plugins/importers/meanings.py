"""What the keys mean that people write beside their tables, columns and features: `contains_pii`, `approved_uses` …

Tools that build data have no fields for governance, only free keys with values (`meta` in dbt, `tags` in Feast). The
keys here are a convention; a setting adds an organisation's own. What a kind of element has no attribute for, and what
nobody knows, stays among its tags as ``key=value``, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lexline_lineage.values import is_clean_text
from lexline_plugins.importers.labels import BOOLEANS, MODEL_LABELS, OF_ALL_VERSIONS, value_for
from lexline_plugins.importers.locations import escape
from lexline_plugins.importers.sheet import FactSheet

__all__ = ["MEANINGS", "Meaning", "plain_text", "understand"]

_SENSITIVE = {
    "contains_pii": "personal_data",
    "contains_special_category": "special_category",
    "personal_data": "personal_data",
    "special_category": "special_category",
}
_OF_DATA = _SENSITIVE | {
    "approved_uses": "purposes",
    "owner": "owner",
    "permitted_use": "purposes",
    "permitted_uses": "purposes",
    "purposes": "purposes",
    "region": "region",
}
_OF_DATASET = _OF_DATA | {
    "anonymised": "anonymised",
    "bias_examined": "bias_examined",
    "childrens_data": "childrens_data",
    "classification": "sensitivity",
    "collected_from": "collected_from",
    "collected_until": "collected_until",
    "contract_ends": "contract_ends_on",
    "contract_ends_on": "contract_ends_on",
    "criminal_offence_data": "criminal_offence_data",
    "data_residency": "jurisdiction",
    "direct_identifiers": "direct_identifiers",
    "jurisdiction": "jurisdiction",
    "lawful_basis": "lawful_basis",
    "licence": "licence",
    "license": "licence",
    "pseudonymised": "pseudonymised",
    "residency": "jurisdiction",
    "retention": "retention",
    "retention_days": "retention",
    "retention_months": "retention",
    "retention_years": "retention",
    "sensitivity": "sensitivity",
    "synthetic": "synthetic",
}
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "column": _SENSITIVE
    | {
        "direct_identifier": "direct_identifier",
        "masking": "masking",
        "protected_characteristic": "protected_characteristic",
        "proxy_for": "proxy_for",
        "proxy_review": "proxy_review",
    },
    "dataset": _OF_DATASET,
    "deployment": {"owner": "owner", "region": "region", "use_case": "use_case", "use_case_id": "use_case"},
    "feature-view": _OF_DATA,
    "job": {"owner": "owner", "purpose": "purpose"},
    "registered-model": {key: attribute for key, attribute in MODEL_LABELS.items() if attribute in OF_ALL_VERSIONS},
}
"""The attribute that a key fills, for each kind of element."""

_PII = {
    "direct": ("personal_data", "direct_identifier"),
    "direct_identifier": ("personal_data", "direct_identifier"),
    "false": (),
    "indirect": ("personal_data",),
    "no": (),
    "none": (),
    "protected_characteristic": ("personal_data",),
    "pseudonymised": ("personal_data",),
    "pseudonymous": ("personal_data",),
    "quasi_identifier": ("personal_data",),
    "special_category": ("personal_data", "special_category"),
    "true": ("personal_data",),
    "yes": ("personal_data",),
}
"""What the value of the key `pii` says is so; where it says nothing, there is no personal data."""

_YES_OR_NO = frozenset({"false", "no", "none", "true", "yes"})
_LISTS = frozenset({"purposes"})
_ENUMERATED_TEXTS = frozenset({"proxy_for", "protected_characteristic"})
_DURATIONS = frozenset({"log_retention", "retention", "time_to_live"})
_NUMBERS = frozenset({"missing_share", "rows"})
_PERSONAL = frozenset({"column", "dataset", "feature-view"})
_SUPPLIED = frozenset({"dataset", "feature-view"})
_UNITS = ("days", "months", "years")


@dataclass(slots=True)
class Meaning:
    """What the keys of one element say: ``attributes`` of its kind, the names of the ``suppliers`` that it comes from
    and of the ``assessments`` that examined it, and as ``other`` (``key=value``) what has no attribute."""

    attributes: dict[str, object] = field(default_factory=dict)
    suppliers: list[str] = field(default_factory=list)
    assessments: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def state(self, sheet: FactSheet, element: str, place: str) -> None:
        """Say it of the element, with what it leads to."""
        for attribute, value in self.attributes.items():
            sheet.attribute(element, attribute, value, place)
        sheet.attribute(element, "tags", sorted(set(self.other)) or None, place)
        for supplier in self.suppliers:
            vendor = sheet.element(f"vendor:{escape(supplier)}", "vendor", place)
            sheet.attribute(vendor, "name", supplier, place)
            sheet.edge(element, "supplied_by", vendor, place)
        for reference in self.assessments:
            assessment = sheet.element(f"assessment:{escape(reference)}", "assessment", place)
            sheet.attribute(assessment, "type", "dpia", place)
            sheet.edge(assessment, "assesses", element, place)


def understand(kind: str, pairs: Iterable[tuple[object, object]], further: Mapping[str, str]) -> Meaning:
    """What keys and values say of an element of the kind. ``further`` are keys of an organisation's own, each with the
    attribute that it fills; they go before those that are known here."""
    meanings, found = MEANINGS[kind], Meaning()
    for raw_key, value in pairs:
        key = plain_text(raw_key)
        normal = key.lower().replace("-", "_")
        attribute = further.get(key) or meanings.get(normal)
        said = _value(attribute, normal, value) if attribute else None
        if not key or value is None:
            continue
        if attribute and said is not None:
            found.attributes[attribute] = said
        elif normal == "pii" and _take_pii(found, kind, value):
            continue
        elif normal in ("supplier", "vendor") and kind in _SUPPLIED and plain_text(value):
            found.suppliers.append(plain_text(value))
        elif normal == "dpia" and kind != "column" and plain_text(value):
            found.assessments.append(plain_text(value))
        else:
            shown = ", ".join(_texts(value))
            found.other.append(f"{key}={shown}" if shown else key)
    return found


def plain_text(raw: object) -> str:
    """The text that a key or value is, without spaces around it; empty where it is none that every store can hold."""
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, int | float):
        return f"{raw:.15g}" if abs(raw) < 1e15 else ""
    return raw.strip() if isinstance(raw, str) and is_clean_text(raw) else ""


def _texts(raw: object) -> list[str]:
    """The texts of a list, or of one text with commas."""
    items = raw if isinstance(raw, list) else plain_text(raw).split(",")
    return [text for text in map(plain_text, items) if text]


def _value(attribute: str, key: str, raw: object) -> object:
    """The value of an attribute in the form of its type; a text that doesn't fit stays, so that it is reported."""
    if attribute in _LISTS:
        return _texts(raw) or None
    if attribute in _ENUMERATED_TEXTS or isinstance(raw, list):
        return ", ".join(_texts(raw)) or None
    if (attribute in BOOLEANS and isinstance(raw, bool)) or (attribute in _NUMBERS and not isinstance(raw, str)):
        return raw if isinstance(raw, bool | int | float) else None
    text = plain_text(raw)
    unit = key.rpartition("_")[2]
    if attribute in _DURATIONS and unit in _UNITS and text.isdecimal():
        return f"{text} {unit}"
    return value_for(attribute, text) if text else None


def _take_pii(found: Meaning, kind: str, raw: object) -> bool:
    """Whether the value of the key `pii` is one of the known; then what it says is taken."""
    value = plain_text(raw).lower().replace("-", "_").replace(" ", "_")
    said = _PII.get(value)
    if said is None or kind not in _PERSONAL:
        return False
    if value not in _YES_OR_NO:
        found.other.append(f"pii={plain_text(raw)}")  # which sort it is has no attribute
    found.attributes["personal_data"] = bool(said)
    if "special_category" in said:
        found.attributes["special_category"] = True
    if "direct_identifier" in said and kind != "feature-view":
        found.attributes["direct_identifier" if kind == "column" else "direct_identifiers"] = True
    return True
