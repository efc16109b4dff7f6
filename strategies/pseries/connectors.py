"""Connectors, and the configure-connector walks that guests have begun on them."""

from hypothesis import strategies as st
from msgspec.structs import replace

from reference.spapr.connector import Connector, ConnectorState, ConnectorType
from reference.spapr.machine import ConfigureConnectorState
from reference.spapr.walks import UNISOLATED_STATES
from strategies.numbers import length, signed, unsigned

DRAWN = 5
"""How many elements of a list are drawn; those behind them in a long one follow a pattern."""
TYPES = (ConnectorType.PCI, ConnectorType.LMB, ConnectorType.CPU, ConnectorType.VIO)
ALL_TYPES = (*TYPES, ConnectorType.PHB, ConnectorType.PMEM)
ID_BITS = 28
"""How many bits of an index are not its type (PCI: host bridge, bus, devfn; LMB: address)."""
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
INDEX = st.integers(0, 0xFFFF)
WALK = st.integers(0, 0xFFFF)
POSITION = st.integers(0, 4 * 4 * 2 * 3 - 1)
IN_PROGRESS = st.integers(0, 2)
UNISOLATED = frozenset(UNISOLATED_STATES)


def drc_index(number: int) -> int:
    """An index that a connector can have: a type, and an id of 16 bits (PCI: bus and devfn)."""
    number, kind = divmod(number, len(TYPES))
    return TYPES[kind] << 28 | (number + 0x10) & 0xFFFF


def walk(index: int, number: int) -> ConfigureConnectorState:
    """A position that a guest can reach; ``number`` says which."""
    tags, depth = divmod(number, 4)
    return ConfigureConnectorState(
        drc_index=index, fdt_offset=8 * (depth + 1) + 4 * (tags & 0x3FF), fdt_depth=depth + 1
    )


def one_for_each_index(walks: list[ConfigureConnectorState]) -> tuple[ConfigureConnectorState, ...]:
    """The walks without those whose index comes again."""
    return tuple({one.drc_index: one for one in walks}.values())


@st.composite
def reachable_walks(draw: st.DrawFn) -> tuple[ConfigureConnectorState, ...]:
    """Walks as guests leave them: one for each index, between two calls.

    At least one node is open, each open one took eight bytes or more, and the next tag lies at a
    multiple of four: ``ConfigureConnectorState(drc_index=0x40000010, fdt_offset=8, fdt_depth=1)``.
    """
    walks = []
    for place in range(length(draw)):
        drawn = place < DRAWN
        index = draw(INDEX) if drawn else 4 * place
        walks.append(walk(drc_index(index), draw(WALK) if drawn else place))
    return one_for_each_index(walks)


@st.composite
def arbitrary_walks(draw: st.DrawFn) -> tuple[ConfigureConnectorState, ...]:
    """Walks with any numbers that the wire must carry, one for each index."""
    return one_for_each_index(
        [
            ConfigureConnectorState(
                drc_index=unsigned(draw, 32),
                fdt_offset=signed(draw, 32),
                fdt_depth=signed(draw, 32),
            )
            if place < DRAWN
            else ConfigureConnectorState(place << 24, -place, place)
            for place in range(length(draw))
        ]
    )


@st.composite
def connectors(draw: st.DrawFn, *, walks: bool) -> tuple[Connector, ...]:
    """Connectors with and without devices, one for each index, in states a guest can reach.

    ``walks``: whether programs of the version have the walk of a connector in it.
    """
    found = {}
    for _ in range(min(length(draw), DRAWN)):
        index = drc_index(draw(INDEX))
        number, third = divmod(draw(POSITION), 3)
        empty = third == 2
        number, unplug = divmod(number, 2)
        indicator, state = divmod(number, 4)
        resting = Connector(index, device=not empty).fresh()
        states = PHYSICAL_STATES if resting.physical else LOGICAL_STATES
        flipped = indicator if resting.physical else 0  # of 0 to 3, all of which a guest can set
        found[index] = Connector(
            drc_index=index,
            device=resting.device,
            state=resting.state if empty else states[state],
            dr_indicator=flipped ^ resting.dr_indicator,
            unplug_requested=bool(unplug and not empty),
        )
        if walks and found[index].state in UNISOLATED and draw(IN_PROGRESS):
            one = walk(index, draw(WALK))
            found[index] = replace(found[index], ccs_offset=one.fdt_offset, ccs_depth=one.fdt_depth)
    return tuple(found.values())
