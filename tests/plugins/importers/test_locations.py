"""Addresses in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexline_plugins.importers.locations import Locations, normalise, run_id

SAME = [
    ("s3://b/p", "S3A://b/p/", "s3n://B/p"),
    ("file:///srv/x", "/srv/x", "file:/srv/x/", "FILE:///srv/x"),
    ("file:///C:/data/x", "C:\\data\\x"),
    (
        "abfss://raw@acme.dfs.core.windows.net/p/q",
        "https://acme.blob.core.windows.net/raw/p/q",
        "wasbs://raw@acme.blob.core.windows.net/p/q",
        "https://acme.blob.core.windows.net/raw/p/q?sv=2024&sig=secret",
    ),
    ("https://h/a b", "https://H:443/a%20b", "https://user:password@h/a%20b/"),
    ("postgres://h/db.t", "postgres://H:5432/db.t"),
    ("https://h/x.csv", "https://h/x.csv?X-Amz-Signature=0a", "https://h/x.csv?token=t"),
    ("mlflow-artifacts:/1/m", "mlflow-artifacts:/1/m/", "mlflow-artifacts:///1/m"),
]


@pytest.mark.parametrize("same", SAME, ids=[same[0] for same in SAME])
def test_ways_to_write_one_address(same: tuple[str, ...]) -> None:
    assert {normalise(address) for address in same} == {same[0]}


def test_paths_keep_their_case_and_queries_that_are_no_secret() -> None:
    assert normalise("s3://b/Path/X") != normalise("s3://b/path/x")
    assert normalise("https://h/x?year=2020") == "https://h/x?year=2020"


def test_prefixes_end_where_parts_end_and_the_longest_counts() -> None:
    locations = Locations.of(
        [("mlflow-artifacts:/", "s3://m/"), ("s3://lake/raw", "s3://new"), ("s3://lake", "s3://l")]
    )
    assert locations.canonical("mlflow-artifacts:/1/x") == "s3://m/1/x"
    assert locations.canonical("s3://lake/raw/t") == "s3://new/t"
    assert locations.canonical("s3://lake/rawest/t") == "s3://l/rawest/t"
    assert locations.canonical("s3://lakes/t") == "s3://lakes/t"
    remote = Locations.of([("minio:", "s3://models/")])
    assert remote.canonical("minio:iris/1") == "s3://models/iris/1"
    assert remote.canonical("minios:iris/1") == "minios:iris/1"


def test_run_ids_with_and_without_dashes_are_one() -> None:
    assert run_id("CB49CC4619C54761BA3FCE6E57F4AAF8") == run_id("cb49cc46-19c5-4761-ba3f-ce6e57f4aaf8")
    assert run_id("run-7") is None


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(normalise(text), str)


@given(st.from_regex(r"(s3|gs|https|file)://[a-z.]{1,8}(/[A-Za-z0-9 _.-]{1,8}){0,3}", fullmatch=True))
def test_one_form_is_its_own_form(address: str) -> None:
    assert normalise(normalise(address)) == normalise(address)
