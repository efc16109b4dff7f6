"""A pytest plugin: our strategies without boundary values, and without walks that guests reach."""

import sys

from hypothesis import strategies as st

from reference.spapr.machine import ConfigureConnectorState
from strategies import numbers

WIDE = {bits: st.integers(0, (1 << bits) - 1) for bits in (32, 64)}


def unsigned(draw: st.DrawFn, bits: int) -> int:
    """An unsigned number as Hypothesis draws it."""
    return draw(WIDE[bits])


def anywhere(index: int, number: int) -> ConfigureConnectorState:
    """A walk at any place, in a tree or not."""
    return ConfigureConnectorState(index, number * 0x7FFF, 1 + number * 0x7FFE)


def pytest_configure() -> None:
    """Take the boundaries away, before a strategy is made of them."""
    numbers.SIZES = tuple(range(len(numbers.SIZES)))  # type: ignore[assignment]
    for name, module in sys.modules.items():  # some have the name of a strategy in their package
        if name.startswith("strategies.") and hasattr(module, "unsigned"):
            module.unsigned = unsigned  # type: ignore[attr-defined]
    sys.modules["strategies.pseries.connectors"].walk = anywhere  # type: ignore[attr-defined]
