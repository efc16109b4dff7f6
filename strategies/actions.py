"""What guest and host do, and machines as they leave them."""

from hypothesis import strategies as st

from reference.spapr.actions import (
    ISOLATED,
    UNISOLATED,
    USABLE,
    CheckException,
    ConfigureConnector,
    EventClass,
    EventScan,
    GetSensorState,
    GetTimeOfDay,
    GuestCall,
    HostAction,
    HotPlug,
    Indicator,
    MiscountedCall,
    PowerDown,
    RequestUnplug,
    Reset,
    SetIndicator,
)
from reference.spapr.connector import Connector, ConnectorType
from reference.spapr.events import OV5_HP_EVT
from reference.spapr.guest import act
from reference.spapr.machine import Machine, OptionVector
from strategies.device_trees import device_trees
from strategies.machines import held
from strategies.windows import resting_tables

INDICES = tuple(
    kind << 28 | 0x10
    for kind in (
        ConnectorType.PCI,
        ConnectorType.LMB,
        ConnectorType.CPU,
        ConnectorType.PHB,
        ConnectorType.VIO,
        ConnectorType.PMEM,
    )
)
"""The connectors of a machine on which something happens, one of each type."""
UNKNOWN_INDEX = 0x40000011
EPOCH_2026 = 1_795_500_000 * 10**9
TREES = device_trees()
INDEX = st.sampled_from(INDICES)
ANY_INDEX = st.sampled_from((*INDICES, UNKNOWN_INDEX))
EVERY_CLASS = 0xFFFFFFFF
MASKS = (EVERY_CLASS, EventClass.EPOW, EventClass.HOT_PLUG, EventClass.IO, 0)
NAMES = ("ibm,configure-connector", "set-indicator", "get-sensor-state", "check-exception")


def to_unisolated(drc_index: int) -> tuple[SetIndicator, SetIndicator]:
    """What a guest does to an isolated connector before it reads the tree."""
    return (
        SetIndicator(Indicator.ALLOCATION_STATE, drc_index, USABLE),
        SetIndicator(Indicator.ISOLATION_STATE, drc_index, UNISOLATED),
    )


def guest_actions() -> st.SearchStrategy[GuestCall]:
    """RTAS calls, simplest first: ``ConfigureConnector(drc_index=0x40000010)``."""
    return st.one_of(
        st.builds(ConfigureConnector, ANY_INDEX),
        st.builds(
            SetIndicator,
            st.sampled_from((*Indicator, 9004)),
            ANY_INDEX,
            st.sampled_from((ISOLATED, UNISOLATED, 2, 3, 4)),
        ),
        st.builds(GetSensorState, ANY_INDEX, st.sampled_from((9003, 9001))),
        st.builds(CheckException, st.sampled_from(MASKS), st.sampled_from((2048, 16, 0))),
        st.builds(EventScan, st.sampled_from(MASKS)),
        st.builds(GetTimeOfDay, st.sampled_from((EPOCH_2026, 0, EPOCH_2026 + 1))),
        st.builds(MiscountedCall, st.sampled_from(NAMES), st.integers(0, 1), st.integers(2, 3)),
    )


def host_actions() -> st.SearchStrategy[HostAction]:
    """What the host does, simplest first: ``HotPlug(drc_index=0x40000010, fdt=...)``.

    All events have one ``plid``; who queues several gives them their own.
    """
    return st.one_of(
        st.builds(HotPlug, INDEX, TREES),
        st.builds(RequestUnplug, INDEX),
        st.just(PowerDown()),
        st.just(Reset()),
    )


@st.composite
def starting_machines(draw: st.DrawFn, *, version: str, machine_type: str) -> Machine:
    """Machines on which nothing happened yet: with some devices, and options negotiated."""
    names = held(version, machine_type)
    dynamic = "iommu_tables.def_win" in names
    plain = Machine(machine_type=machine_type, iommu_tables=resting_tables(dynamic=dynamic))
    if "connectors.state" not in names:
        return plain
    number = draw(st.integers(0, (1 << len(INDICES)) - 1))
    empty = (Connector(one, device=False).fresh() for one in INDICES)
    connectors = tuple(
        Connector(one.drc_index, fdt=draw(TREES)).fresh() if number >> place & 1 else one
        for place, one in enumerate(empty)
    )
    negotiated = "ov5_cas" in names and draw(st.booleans())
    options = OptionVector((OV5_HP_EVT,) if negotiated else ())
    return Machine(
        machine_type=machine_type,
        connectors=connectors,
        iommu_tables=plain.iommu_tables,
        ov5_cas=options,
    )


@st.composite
def connectors_in_progress(draw: st.DrawFn, *, version: str, machine_type: str) -> Machine:
    """Machines whose guest is in the middle of one to three trees, which it really reads."""
    machine = draw(starting_machines(version=version, machine_type=machine_type))
    for place in range(draw(st.integers(1, 3))):
        index = INDICES[place]
        machine = act(machine, version, HotPlug(index, draw(TREES)))[1]
        for call in to_unisolated(index):
            machine = act(machine, version, call)[1]
        for _ in range(draw(st.integers(1, 12))):
            machine = act(machine, version, ConfigureConnector(index))[1]
    return machine
