"""What guest and host do, and machines as they leave them."""

from collections.abc import Iterable, Iterator, Mapping

from hypothesis import strategies as st

from reference.spapr.actions import (
    ISOLATED,
    UNISOLATED,
    UNUSABLE,
    USABLE,
    AnyAction,
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
from reference.spapr.connector import PHYSICAL, Connector, ConnectorType
from reference.spapr.device_tree import Node
from reference.spapr.events import OV5_HP_EVT
from reference.spapr.guest import act
from reference.spapr.machine import Machine, OptionVector
from strategies.pseries.device_trees import device_trees
from strategies.pseries.machines import held
from strategies.pseries.windows import resting_tables

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
UNKNOWN_INDEX = 0x4FFFFFFF
EPOCH_2026 = 1_795_500_000 * 10**9
TREES = device_trees()
Devices = Mapping[int, st.SearchStrategy[Node]]
"""What can be plugged into each connector."""
ANY_DEVICES: Devices = dict.fromkeys(INDICES, TREES)
Plug = tuple[int, Node, int]
"""A connector, the device that is plugged into it, and where the guest stops to read its tree."""
STOP = st.integers(0, 20)
EVERY_CLASS = 0xFFFFFFFF
MASKS = (EVERY_CLASS, EventClass.EPOW, EventClass.HOT_PLUG, EventClass.IO, 0)
NAMES = ("ibm,configure-connector", "set-indicator", "get-sensor-state", "check-exception")


def to_unisolated(drc_index: int) -> tuple[SetIndicator, ...]:
    """What a guest does to an isolated connector before it reads the tree."""
    usable = SetIndicator(Indicator.ALLOCATION_STATE, drc_index, USABLE)
    unisolate = SetIndicator(Indicator.ISOLATION_STATE, drc_index, UNISOLATED)
    return (unisolate,) if drc_index >> 28 in PHYSICAL else (usable, unisolate)


def give_back(drc_index: int) -> tuple[SetIndicator, ...]:
    """What a guest does to a connector whose device it returns."""
    isolate = SetIndicator(Indicator.ISOLATION_STATE, drc_index, ISOLATED)
    unusable = SetIndicator(Indicator.ALLOCATION_STATE, drc_index, UNUSABLE)
    return (isolate,) if drc_index >> 28 in PHYSICAL else (isolate, unusable)


def guest_actions(*, indices: Iterable[int] = INDICES) -> st.SearchStrategy[GuestCall]:
    """RTAS calls, simplest first: ``ConfigureConnector(drc_index=0x40000010)``."""
    index = st.sampled_from((*indices, UNKNOWN_INDEX))
    return st.one_of(
        st.builds(ConfigureConnector, index),
        st.builds(
            SetIndicator,
            st.sampled_from((*Indicator, 9004)),
            index,
            st.sampled_from((ISOLATED, UNISOLATED, 2, 3, 4)),
        ),
        st.builds(GetSensorState, index, st.sampled_from((9003, 9001))),
        st.builds(CheckException, st.sampled_from(MASKS), st.sampled_from((2048, 16, 0))),
        st.builds(EventScan, st.sampled_from(MASKS)),
        st.builds(GetTimeOfDay, st.sampled_from((EPOCH_2026, 0, EPOCH_2026 + 1))),
        st.builds(MiscountedCall, st.sampled_from(NAMES), st.integers(0, 1), st.integers(2, 3)),
    )


def host_actions(*, devices: Devices = ANY_DEVICES) -> st.SearchStrategy[HostAction]:
    """What the host does, simplest first: ``HotPlug(drc_index=0x40000010, fdt=...)``.

    All events have one ``plid``; who queues several gives them their own. ``devices``: what there
    is to be plugged, by the index of its connector.
    """
    always = (st.just(PowerDown()), st.just(Reset()))
    if not devices:
        return st.one_of(*always)
    return st.one_of(
        plug(devices=devices).map(lambda one: HotPlug(*one[:2])),
        st.builds(RequestUnplug, st.sampled_from([*devices])),
        *always,
    )


def machine_with(
    indices: Iterable[int], *, version: str, machine_type: str, negotiated: bool = False
) -> Machine:
    """A machine on which nothing happened yet, with empty connectors where programs have them.

    ``negotiated``: whether the guest knows the class of hot-plug events.
    """
    names = held(version, machine_type)
    connectors = tuple(Connector(one, device=False).fresh() for one in indices)
    options = OptionVector((OV5_HP_EVT,) * (negotiated and "ov5_cas" in names))
    return Machine(
        machine_type=machine_type,
        connectors=connectors if "connectors.state" in names else (),
        iommu_tables=resting_tables(dynamic="iommu_tables.def_win" in names),
        ov5_cas=options,
    )


def plugging(drc_index: int, fdt: Node, stop: int) -> Iterator[AnyAction]:
    """A device comes, and its guest reads the tree; ``stop`` says where it is interrupted."""
    yield HotPlug(drc_index, fdt)
    yield from to_unisolated(drc_index)
    for _ in range(1 + stop % (fdt.calls - 1)):
        yield ConfigureConnector(drc_index)


@st.composite
def plug(draw: st.DrawFn, *, devices: Devices = ANY_DEVICES) -> Plug:
    """A device for one of the connectors, and where the guest is in its tree."""
    index = draw(st.sampled_from([*devices]))
    return index, draw(devices[index]), draw(STOP)


@st.composite
def plugs(draw: st.DrawFn, *, devices: Devices = ANY_DEVICES) -> list[Plug]:
    """Up to three devices for different connectors, and where the guest is in their trees."""
    number = draw(st.integers(0, 3))
    indices = draw(st.permutations([*devices]))[:number]
    return [(index, draw(devices[index]), draw(STOP)) for index in indices]


@st.composite
def connectors_in_progress(draw: st.DrawFn, *, version: str, machine_type: str) -> Machine:
    """Machines whose guest is in the middle of up to three trees, which it really reads."""
    devices = draw(plugs())
    indices = [index for index, _, _ in devices]
    machine = machine_with(indices, version=version, machine_type=machine_type)
    for device in devices:
        for action in plugging(*device):
            _, machine = act(machine, version, action)
    return machine
