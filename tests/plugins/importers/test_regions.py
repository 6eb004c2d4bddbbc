"""The table of regions."""

from __future__ import annotations

import pytest

from lexline_plugins.importers.regions import entries, hints_of, jurisdiction_of


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


@pytest.mark.parametrize(
    ("address", "hints"),
    [
        ("1.dkr.ecr.us-east-1.amazonaws.com/x:1", ["the host 1.dkr.ecr.us-east-1.amazonaws.com names us-east-1"]),
        ("arn:aws:kms:eu-west-2:1:key/x", ["the ARN arn:aws:kms:eu-west-2:1:key/x names eu-west-2"]),
        ("s3://bank-capture-us/x", ["the bucket bank-capture-us names us"]),
        ("s3://bank-eu-west-2-raw/x", ["the bucket bank-eu-west-2-raw names eu-west-2"]),
        ("s3://put-it-in/us", []),
        ("arn:aws:iam::1:role/us-east-1", []),
        ("1.dkr.ecr.us-moon-1.amazonaws.com/x", []),
        ("docker.io/us-east-1/x", []),
    ],
)
def test_hints(address: str, hints: list[str]) -> None:
    assert list(hints_of(address)) == hints


def test_no_name_stands_twice() -> None:
    names = [name for _, _, name in entries()]
    assert len(names) == len(set(names)) > 200
