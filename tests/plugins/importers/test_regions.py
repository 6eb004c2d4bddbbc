"""The table of regions."""

from __future__ import annotations

import pytest

from lexline_plugins.importers.regions import entries, is_region, jurisdiction_of


@pytest.mark.parametrize(
    ("region", "territory"),
    [
        ("uksouth", "UK"),
        ("UK South", "UK"),
        ("uk-south", "UK"),
        ("eu-west-2", "UK"),
        ("europe-west2", "UK"),
        ("GB", "UK"),
        ("eu-west-1", "EU"),
        ("ireland", "EU"),
        ("us-east-1", "US"),
        ("eastus2", "US"),
        ("eu-central-2", "CH"),
        ("norwayeast", "NO"),
        ("me-central-1", "AE"),
        ("me-central1", "QA"),
        ("mecentral1", ""),  # two clouds, two countries
        ("europe", ""),  # the United Kingdom and the Union are two
        ("eu-west-9", ""),
        ("", ""),
    ],
)
def test_jurisdiction(region: str, territory: str) -> None:
    assert jurisdiction_of(region) == territory


def test_a_word_is_no_region() -> None:
    assert is_region("us-east-1")
    assert not is_region("us")


def test_no_name_stands_twice() -> None:
    names = [name for _, _, name in entries()]
    assert len(names) == len(set(names)) > 200
