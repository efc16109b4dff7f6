"""Fixtures of the suites."""

import pytest

from adapters.protocol import Adapter, Implementation
from suites.roads import Road, roads_of


@pytest.fixture(scope="session")
def roads(adapter: Adapter, implementation: Implementation) -> tuple[Road, ...]:
    """Who saves and who loads: the adapter, and the reference where they speak one format."""
    return roads_of(adapter, implementation)
