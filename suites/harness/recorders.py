"""What tests call to have something in the report: fixtures, each of a plugin of its name."""

from collections.abc import Callable
from typing import Any

import pytest


def recorder(config: pytest.Config, plugin: str) -> Callable[..., None]:
    """The method of a plugin that notes what a test saw."""
    noting: Any = config.pluginmanager.get_plugin(plugin)
    record: Callable[..., None] = noting.record
    return record


@pytest.fixture(scope="session")
def record_verdict(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with the verdict of each example; see `matrix.Matrix.record`."""
    return recorder(pytestconfig, "matrix")


@pytest.fixture(scope="session")
def record_handover(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with how a handover went; see `handovers.Builds.record`."""
    return recorder(pytestconfig, "builds")


@pytest.fixture(scope="session")
def record_visit(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with where it was; see `visits.Visits.record`."""
    return recorder(pytestconfig, "visits")
