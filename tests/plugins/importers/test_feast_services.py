"""Which columns a feature service brings into a model, as the registry of models and the feature store say together."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from lexline.importing import ImportRequest
from lexline_lineage.column_flow import column_flow
from lexline_lineage.facts import AliasFact, EdgeFact, Fact
from lexline_lineage.identity import Joined, join
from lexline_lineage.identity_rules import read_identity_rules
from lexline_plugins.importers.feast import FEAST
from lexline_plugins.importers.mlflow import MLFLOW

SOURCES = Path(__file__).parents[3] / "examples" / "credit" / "sources"
AUTHORITY = "mlflow.northfield.example"
VIEW = "column:feast/northfield_credit/application_features"
RULES = f"""
names:
  - from: "feature-view:mlflow/{AUTHORITY}/feast/{{project}}/services/{{name}}"
    to: "feature-view:feast/{{project}}/services/{{name}}"
"""
MODELS = ("affordability-check/1", "credit-decision/1", "credit-decision/2")


@cache
def facts() -> tuple[Fact, ...]:
    models = [*sorted((SOURCES / "mlflow").glob("*.json")), *sorted((SOURCES / "mlflow").glob("MLmodel-*.yaml"))]
    settings = {"authority": AUTHORITY, "feature_project": "northfield_credit"}
    of_models = MLFLOW.read(ImportRequest(tuple(models), settings, "registry"))
    of_features = FEAST.read(ImportRequest(tuple(sorted((SOURCES / "feast").iterdir())), {}, "features"))
    return (*of_models.facts, *of_features.facts)


def joined(folder: Path, *, confirmed: bool) -> Joined:
    if not confirmed:
        return join(facts())
    (folder / "identity.yaml").write_text(RULES, "utf-8")
    return join(facts(), read_identity_rules(folder / "identity.yaml"))


def features_of(model: str, found: Joined, *, possible: bool) -> set[str]:
    """The features of the view of applications from which a way leads to the model: one that is sure, or any."""
    known = (*found.facts, *column_flow(found.facts, date(2026, 9, 3)))
    into: dict[str, set[str]] = {}
    for fact in known:
        if isinstance(fact, EdgeFact) and fact.relation in ("flows_to", "trains") and (possible or not fact.possible):
            into.setdefault(fact.target, set()).add(fact.origin)
    seen, waiting = set[str](), [f"model:mlflow/{AUTHORITY}/{model}"]
    while waiting:
        fresh = into.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return {column.rpartition("#")[2] for column in seen if column.startswith(f"{VIEW}#")}


FEATURES = {
    "affordability-check/1": {"annual_income", "employment_months"},
    "credit-decision/1": {"annual_income", "channel", "employment_months", "postcode_area", "requested_amount"},
    "credit-decision/2": {"annual_income", "employment_months", "imd_decile", "requested_amount"},
}
"""The features of one view that each model takes: its service and its signature both have them."""


@pytest.mark.parametrize("model", MODELS)
def test_until_a_person_confirms_it_a_service_possibly_feeds_the_model(model: str, tmp_path: Path) -> None:
    found = joined(tmp_path, confirmed=False)
    assert features_of(model, found, possible=False) == set()
    assert features_of(model, found, possible=True) == FEATURES[model]


@pytest.mark.parametrize("model", MODELS)
def test_a_confirmed_service_feeds_the_model_what_both_name(model: str, tmp_path: Path) -> None:
    found = joined(tmp_path, confirmed=True)
    assert features_of(model, found, possible=False) == FEATURES[model]
    assert features_of(model, found, possible=True) == FEATURES[model]


def test_services_and_runs_that_name_each_other_wait_for_a_person(tmp_path: Path) -> None:
    found = joined(tmp_path, confirmed=False)
    services = {link.other.rpartition("/")[2] for link in found.possible if link.one.startswith("feature-view:feast/")}
    assert services == {"affordability", "credit_decision_v1", "credit_decision_v2"}
    assert joined(tmp_path, confirmed=True).possible == tuple(
        link for link in found.possible if not link.one.startswith(("feature-view:", "column:"))
    )


def test_one_that_names_the_other_alone_is_a_hint() -> None:
    """Without the tags of the services, the tags of the runs join nothing."""
    found = join(f for f in facts() if not (isinstance(f, AliasFact) and f.source.system == "features"))
    assert [link for link in found.possible if link.one.startswith("feature-view:")] == []
    hinted = {link.one.rpartition("/")[2] for link in found.hints if link.one.startswith("feature-view:")}
    assert hinted == {"affordability", "credit_decision_v1", "credit_decision_v2"}
