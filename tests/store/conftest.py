"""Every test of the store runs on both databases."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from stores import NO_SERVER, postgres_url, where


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new store is to be."""
    if request.param == "postgresql" and postgres_url() is None:
        warnings.warn(NO_SERVER, stacklevel=1)
        pytest.skip(NO_SERVER)
    with where(request.param, tmp_path) as found:
        yield found
