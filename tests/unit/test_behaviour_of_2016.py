"""What QEMU 2.6 answered and later programs do not: facts of its source, hw/ppc/spapr_rtas.c."""

import pytest

from reference.spapr.actions import (
    ISOLATED,
    UNISOLATED,
    CheckException,
    ConfigureConnector,
    EventClass,
    GetSensorState,
    GetTimeOfDay,
    HotPlug,
    Indicator,
    PowerDown,
    Reply,
    RequestUnplug,
    Reset,
    SetIndicator,
)
from reference.spapr.connector import Connector, ConnectorType
from reference.spapr.device_tree import Node, Property
from reference.spapr.events import HOT_PLUG_TYPES, OV5_HP_EVT
from reference.spapr.flattened_tree import NotATree
from reference.spapr.guest import act
from reference.spapr.machine import Machine, OptionVector
from reference.spapr.walks import WORK_AREA

PCI, LMB = 0x40000010, 0x80000010
OLD, NEW = "3+ccs", "10.0"
FAMILY = Node(
    "device",
    (Property("reg", b"\0\0\0\1"), Property("left-out", b"", nop=True)),
    (Node("a"), Node("b", (Property("empty"),))),
)
ISOLATE = SetIndicator(Indicator.ISOLATION_STATE, PCI, ISOLATED)
UNISOLATE = SetIndicator(Indicator.ISOLATION_STATE, PCI, UNISOLATED)
READ = ConfigureConnector(PCI)


def plugged(version: str, fdt: Node = FAMILY) -> Machine:
    """A machine with a new PCI device, which the guest has unisolated."""
    empty = Connector(PCI, device=False).fresh()
    machine = Machine(machine_type="pseries-2.6", connectors=(empty,))
    for action in (HotPlug(PCI, fdt), UNISOLATE):
        _, machine = act(machine, version, action)
    return machine


def statuses(machine: Machine, version: str, calls: int) -> list[int]:
    """What so many calls of a walk answer."""
    found = []
    for _ in range(calls):
        reply, machine = act(machine, version, READ)
        found.append(reply.status)
    return found


@pytest.mark.parametrize("version", [OLD, NEW])
def test_siblings_are_a_parent_and_a_child(version: str) -> None:
    """A sibling is told as the way back and a new child, and a walk takes 2N + P calls."""
    found = statuses(plugged(version), version, FAMILY.calls + 1)
    assert found == [2, 3, 2, 4, 2, 3, 4, 0, 2]


def test_a_walk_is_in_the_list_from_its_first_call_to_its_last() -> None:
    """A walk is inserted at the head of the list and removed at its end."""
    machine = plugged(OLD)
    other = Connector(LMB, fdt=Node("other")).fresh()
    _, machine = act(Machine("pseries-2.6", connectors=(other, *machine.connectors)), OLD, READ)
    _, machine = act(machine, OLD, ConfigureConnector(LMB))
    assert [one.drc_index for one in machine.ccs_list] == [LMB, PCI]
    reply, machine = act(machine, OLD, ConfigureConnector(LMB))
    assert reply.status == 0
    assert [one.drc_index for one in machine.ccs_list] == [PCI]


def test_isolating_drops_the_walk_and_nothing_else_does() -> None:
    """Only isolation, or a reset, drops a walk; it goes on while the connector is isolated."""
    _, machine = act(plugged(OLD), OLD, READ)
    for action in (UNISOLATE, SetIndicator(Indicator.DR_INDICATOR, PCI, 1)):
        assert act(machine, OLD, action)[1].ccs_list == machine.ccs_list
    reply, isolated = act(machine, OLD, ISOLATE)
    assert (reply.status, isolated.ccs_list) == (0, ())
    reply, walking = act(isolated, OLD, READ)
    assert (reply.status, len(walking.ccs_list)) == (2, 1)
    assert act(machine, OLD, Reset())[1].ccs_list == ()


def test_since_2_10_a_tree_that_is_being_read_is_not_given_up() -> None:
    """A connector that is unisolated but not configured cannot be isolated since 2.10."""
    _, machine = act(plugged(NEW), NEW, READ)
    reply, after = act(machine, NEW, ISOLATE)
    assert (reply.status, after) == (-3, machine)


def test_a_connector_without_a_tree_is_not_configurable() -> None:
    """Without a tree the answer is -9003, for an unknown connector -3."""
    machine = Machine(machine_type="pseries-2.6", connectors=(Connector(PCI),))
    assert act(machine, OLD, READ)[0].status == -9003
    assert act(machine, OLD, ConfigureConnector(PCI + 1))[0].status == -3


def test_a_value_is_clipped_to_the_work_area_but_not_its_length() -> None:
    """Of a property that does not fit the guest gets the length and what there is room for."""
    machine = plugged(OLD, Node("device", (Property("reg", b"x" * 5000),)))
    _, machine = act(machine, OLD, READ)
    reply, _ = act(machine, OLD, READ)
    index, zero, name, length, value = WORK_AREA.unpack_from(reply.memory)
    assert (index, zero, name, length, value) == (PCI, 0, 20, 5000, 24)
    assert len(reply.memory) == 4096
    assert reply.memory[20:25] == b"reg\0x"


@pytest.mark.parametrize(("version", "is_cut"), [("2.9", True), ("2.10", False)])
def test_an_event_is_cut_to_the_buffer_before_2_10(version: str, *, is_cut: bool) -> None:
    """Up to 2.9 the guest's length counts, since then all of the log is written."""
    machine = plugged(version)
    whole = act(machine, version, CheckException(EventClass.EPOW))[0].memory
    short = act(machine, version, CheckException(EventClass.EPOW, 9))[0].memory
    assert short == (whole[:9] if is_cut else whole)


@pytest.mark.parametrize(
    ("version", "negotiated", "mask", "status"),
    [
        ("2.7", True, EventClass.HOT_PLUG, 1),
        ("2.7", True, EventClass.EPOW, 0),
        ("2.8", True, EventClass.HOT_PLUG, 0),
        ("2.8", True, EventClass.EPOW, 1),
        ("2.8", False, EventClass.EPOW, 0),
    ],
)
def test_a_hot_plug_event_has_a_class_of_its_own_if_negotiated(
    version: str, mask: int, status: int, *, negotiated: bool
) -> None:
    """Hot-plug events are EPOW ones before 2.8, and for guests that know no other."""
    options = OptionVector((OV5_HP_EVT,) * negotiated)
    queued = plugged(version)
    machine = Machine("pseries-2.8", ov5_cas=options, pending_events=queued.pending_events)
    assert act(machine, version, CheckException(mask))[0].status == status


@pytest.mark.parametrize(("version", "kept"), [("2.9", 1), ("2.10", 1), ("2.12", 0)])
def test_a_reset_empties_the_queue_since_2_11(version: str, kept: int) -> None:
    """Up to 2.10 events outlive a reset (5625817423)."""
    _, machine = act(Machine("pseries-2.6"), version, PowerDown())
    assert len(act(machine, version, Reset())[1].pending_events) == kept


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_device_is_given_back_by_isolating_it(version: str) -> None:
    """A configured PCI device that the host wants goes when it is isolated, or by a reset."""
    machine = plugged(version, Node("device"))
    for action in (READ, READ, RequestUnplug(PCI)):
        _, machine = act(machine, version, action)
    for last in (ISOLATE, Reset()):
        _, after = act(machine, version, last)
        assert act(after, version, GetSensorState(PCI))[0] == Reply(0, (0,))


@pytest.mark.parametrize(("version", "status"), [("2.7", 0), ("2.8", -1)])
def test_memory_is_isolated_only_on_request_since_2_8(version: str, status: int) -> None:
    """A guest cannot give memory back that nobody asked for (cf632463fa)."""
    machine = Machine("pseries-2.6", connectors=(Connector(LMB).fresh(),))
    isolate = SetIndicator(Indicator.ISOLATION_STATE, LMB, ISOLATED)
    assert act(machine, version, isolate)[0].status == status


@pytest.mark.parametrize("kind", ConnectorType)
def test_every_kind_of_connector_has_an_event(kind: ConnectorType) -> None:
    """The log of a new device says of which kind it is."""
    index = kind << 28 | 1
    machine = Machine("pseries-2.6", connectors=(Connector(index, device=False).fresh(),))
    _, machine = act(machine, NEW, HotPlug(index, Node("device")))
    (event,) = machine.pending_events
    assert event.extended_log[-12] == HOT_PLUG_TYPES[kind]


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (0, (1970, 1, 1, 0, 0, 0, 5)),
        (3600 * 10**9, (1970, 1, 1, 1, 0, 0, 3600 * 10**9 % 2**32 + 5)),
        (-(10**9), (1970, 1, 1, 0, 0, 0, 2**32 - (10**9 - 5))),
        (2**63 - 6, (2262, 4, 11, 23, 47, 16, 2**32 - 1)),
        (2**63 - 5, (1677, 9, 21, 0, 12, 44, 0)),
    ],
)
def test_the_clock_is_the_sum_of_two_in_64_bits(offset: int, words: tuple[int, ...]) -> None:
    """The guest's time is the host's and the offset, and wraps; of all ns it has the low word."""
    machine = Machine("pseries-2.6", rtc_ns_offset=offset)
    assert act(machine, NEW, GetTimeOfDay(5))[0] == Reply(0, words)


def test_a_device_without_a_tree_is_not_plugged() -> None:
    """The host is told what is wrong with a tree that is none."""
    machine = Machine("pseries-2.6", connectors=(Connector(PCI, device=False).fresh(),))
    with pytest.raises(NotATree, match="no device tree: 7 bytes, and a header has 40"):
        act(machine, NEW, HotPlug(PCI, b"no tree"))
