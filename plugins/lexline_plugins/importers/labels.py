"""What a label or tag that people put on things means: which attribute, and in which form.

Systems hold such labels as text, whatever they mean. A text that isn't of the attribute's type stays as it is, so that
the reader of the facts reports it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["BOOLEANS", "MODEL_LABELS", "OF_ALL_VERSIONS", "SYMBOLS", "Labels", "value_for"]

BOOLEANS = frozenset(
    {
        "anonymised",
        "automated_decision",
        "bias_examined",
        "childrens_data",
        "criminal_offence_data",
        "direct_identifier",
        "direct_identifiers",
        "explainable",
        "general_purpose",
        "logs_requests",
        "personal_data",
        "pseudonymised",
        "research_only",
        "shadow",
        "special_category",
        "synthetic",
        "systemic_risk",
    }
)
"""Attributes of the vocabulary that hold yes or no."""

SYMBOLS = frozenset(
    {
        "decides",
        "environment",
        "lawful_basis",
        "operation",
        "proxy_review",
        "quality_status",
        "risk_class",
        "risk_tier",
        "sensitivity",
        "stage",
        "validation_status",
    }
)
"""Attributes of the vocabulary that hold one of some words, written in lower case with ``-``."""

MODEL_LABELS: Mapping[str, str] = {
    "accountable_executive": "accountable_executive",
    "automated_decision": "automated_decision",
    "data_residency": "data_residency",
    "decides": "decides",
    "feature_service": "feature_service",
    "human_oversight": "human_oversight",
    "next_validation_due": "next_validation_due",
    "owner": "owner",
    "risk_tier": "risk_tier",
    "use_case": "use_case",
    "use_case_id": "use_case",
    "validated_by": "validated_by",
    "validated_on": "validated_on",
    "validation_status": "validation_status",
}
"""What people write beside models where a registry or a card has no field for it, and the attribute that each fills: a
convention, to which settings add an organisation's own."""

OF_ALL_VERSIONS = (
    "accountable_executive",
    "automated_decision",
    "data_residency",
    "owner",
    "risk_tier",
    "use_case",
)
"""What a registered model and each version of it have: a version that says nothing else has it from there."""

_DENIALS = frozenset({"n/a", "no", "none", "not"})
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(slots=True)
class Labels:
    """The labels of one thing, sorted into attributes and what is left (``key=value``)."""

    attributes: dict[str, object] = field(default_factory=dict)
    other: list[str] = field(default_factory=list)

    @classmethod
    def sort(
        cls, labels: Iterable[tuple[str, str]], meaning: Mapping[str, str], ignore: tuple[str, ...] = ()
    ) -> Labels:
        """Sort labels by what they mean. ``ignore`` are beginnings of keys that systems set for themselves."""
        found = cls()
        for key, value in labels:
            if not key or key.startswith(ignore):
                continue
            attribute = meaning.get(key)
            if attribute is None or not value:
                found.other.append(f"{key}={value}" if value else key)
            else:
                found.attributes[attribute] = value_for(attribute, value)
        found.other.sort()
        return found


def value_for(attribute: str, text: str) -> object:
    """The value that the text of a label gives to an attribute; ``None`` where it says that there is none."""
    if attribute in BOOLEANS:
        return _YES_NO.get(text.strip().lower(), text)
    if attribute in SYMBOLS:
        return "-".join(text.strip().lower().replace("_", " ").split())
    return None if attribute == "human_oversight" and _denies(text) else text


def _denies(text: str) -> bool:
    """Whether a text that should describe something says that there is none of it (`None below GBP 5,000`)."""
    words = text.lower().split()
    return bool(words) and words[0].strip(".,:;") in _DENIALS
