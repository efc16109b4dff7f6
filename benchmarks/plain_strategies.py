"""A pytest plugin: our strategies without boundary values, and without walks that guests reach."""

import sys

from hypothesis import strategies as st

from reference.spapr.machine import ConfigureConnectorState
from strategies import numbers


def anywhere(index: int, number: int) -> ConfigureConnectorState:
    """A walk at any place, in a tree or not."""
    return ConfigureConnectorState(index, number * 0x7FFF, 1 + number * 0x7FFE)


def pytest_configure() -> None:
    """Take the boundaries away, before a strategy is made of them."""
    numbers.SMALL = 0
    numbers.RAW.update({bits: st.integers(0, (1 << bits) - 1) for bits in numbers.RAW})
    numbers.SIZES = tuple(range(len(numbers.SIZES)))  # type: ignore[assignment]
    # The module, whose name in its package is that of a strategy.
    sys.modules["strategies.connectors"].walk = anywhere  # type: ignore[attr-defined]
