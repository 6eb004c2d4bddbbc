"""Settings of the whole suite."""

import os
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# No test is timed: a slow machine is no mistake of the code. The gate decides the same cases every time, so that a
# change is judged by itself; at a desk the cases are new ones each time.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("desk"), derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "desk")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what this run could not see."""
    if find_spec("numba") is None:
        message = "numba is not installed, so that nothing which it compiles was tested: pip install 'lexline[fast]'"
        terminalreporter.write_line(message, yellow=True)


@pytest.fixture(scope="session", autouse=True)
def _kept_graphs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Graphs that commands keep are kept for this run only."""
    os.environ["LEXLINE_CACHE"] = str(tmp_path_factory.mktemp("cache"))
