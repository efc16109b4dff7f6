"""Connectors, and the configure-connector walks that guests have begun on them."""

from functools import cache

from hypothesis import strategies as st

from reference.spapr.machine import (
    ConfigureConnectorState,
    Connector,
    ConnectorState,
    ConnectorType,
)
from strategies.numbers import lengths, signed_words, unsigned_words

TYPES = (ConnectorType.PCI, ConnectorType.LMB, ConnectorType.CPU, ConnectorType.VIO)
PHYSICAL_STATES = (
    ConnectorState.PHYSICAL_CONFIGURED,
    ConnectorState.PHYSICAL_UNISOLATE,
    ConnectorState.PHYSICAL_POWERON,
    ConnectorState.PHYSICAL_AVAILABLE,
)
LOGICAL_STATES = (
    ConnectorState.LOGICAL_CONFIGURED,
    ConnectorState.LOGICAL_UNISOLATE,
    ConnectorState.LOGICAL_AVAILABLE,
    ConnectorState.LOGICAL_UNUSABLE,
)


def drc_index(number: int) -> int:
    """An index that a connector can have: a type, and an id of 16 bits (PCI: bus and devfn)."""
    number, kind = divmod(number, len(TYPES))
    return TYPES[kind] << 28 | (number + 0x10) & 0xFFFF


@cache
def drc_indexes() -> st.SearchStrategy[int]:
    """Indexes of connectors that a machine can have, such as ``0x40000010``."""
    return st.integers(0, 0xFFFF).map(drc_index)


def _unique(walks: list[ConfigureConnectorState]) -> tuple[ConfigureConnectorState, ...]:
    return tuple({walk.drc_index: walk for walk in walks}.values())


@st.composite
def reachable_walks(draw: st.DrawFn) -> tuple[ConfigureConnectorState, ...]:
    """Walks as guests leave them: one for each index, between two calls.

    At least one node is open, each open one took eight bytes or more, and the next tag lies at a
    multiple of four: ``ConfigureConnectorState(drc_index=0x40000010, fdt_offset=8, fdt_depth=1)``.
    """
    walks = []
    for position in range(draw(lengths())):
        number = draw(st.integers(0, 0xFFFF)) if position < DRAWN else position
        steps, depth = divmod(number, 4)
        index = draw(drc_indexes()) if position < DRAWN else drc_index(4 * position)
        walks.append(
            ConfigureConnectorState(
                drc_index=index,
                fdt_offset=8 * (depth + 1) + 4 * (steps & 0x3FF),
                fdt_depth=depth + 1,
            )
        )
    return _unique(walks)


@st.composite
def arbitrary_walks(draw: st.DrawFn) -> tuple[ConfigureConnectorState, ...]:
    """Walks with any numbers that the wire must carry, one for each index."""
    words = signed_words(bits=32)
    return _unique(
        [
            ConfigureConnectorState(
                drc_index=draw(unsigned_words(bits=32)),
                fdt_offset=draw(words),
                fdt_depth=draw(words),
            )
            if position < DRAWN
            else ConfigureConnectorState(position << 24, -position, position)
            for position in range(draw(lengths()))
        ]
    )


@st.composite
def connectors(draw: st.DrawFn, *, unplug_requests: bool) -> tuple[Connector, ...]:
    """Connectors with and without devices, one for each index, in states a guest can reach.

    ``unplug_requests``: whether programs of the version have such a thing.
    """
    found = {}
    for _ in range(min(draw(lengths()), DRAWN)):
        index = draw(drc_indexes())
        number, unplug = divmod(draw(st.integers(0, 4 * 4 * 2 * 2 - 1)), 2)
        number, empty = divmod(number, 2)
        indicator, state = divmod(number, 4)
        resting = Connector(index, device=not empty).fresh()
        states = PHYSICAL_STATES if resting.physical else LOGICAL_STATES
        found[index] = Connector(
            drc_index=index,
            device=resting.device,
            state=states[state] if resting.device else resting.state,
            dr_indicator=indicator ^ resting.dr_indicator
            if resting.physical
            else int(resting.device),
            unplug_requested=bool(unplug) and resting.device and unplug_requests,
        )
    return tuple(found.values())


DRAWN = 5
"""How many elements of a list are drawn; those behind them in a long one follow a pattern."""
