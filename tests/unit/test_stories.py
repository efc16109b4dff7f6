"""Stories are told in the words of a bug report."""

import pytest

from reference.spapr.actions import (
    Action,
    CheckException,
    ConfigureConnector,
    EventScan,
    GetSensorState,
    GetTimeOfDay,
    HotPlug,
    MiscountedCall,
    PowerDown,
    Reply,
    RequestUnplug,
    Reset,
    SetIndicator,
)
from reference.spapr.device_tree import Node, Property
from reference.spapr.events import LOG_HEADER, power_off
from reference.spapr.machine import Machine, OptionVector
from reference.spapr.walks import WORK_AREA
from suites.pseries.oracle.stories import both, told

EVENT = power_off(7)
NODE = WORK_AREA.pack(0x40000010, 0, 20, 0, 0) + b"pci@2"
PROPERTY = WORK_AREA.pack(0x40000010, 0, 20, 2, 24) + b"reg\0\x01"
LONG = Node("device", tuple(Property(f"reg{place}", bytes(9)) for place in range(9)))

LINES: dict[str, tuple[Action, Reply]] = {
    "guest  ibm,configure-connector 0x40000010 -> 2 next child 'pci@2'": (
        ConfigureConnector(0x40000010),
        Reply(2, memory=NODE),
    ),
    "guest  ibm,configure-connector 0x40000010 -> 3 next property 'reg', 2 bytes 0100": (
        ConfigureConnector(0x40000010),
        Reply(3, memory=PROPERTY),
    ),
    "guest  ibm,configure-connector 0x1 -> -9003 not configurable": (
        ConfigureConnector(1),
        Reply(-9003),
    ),
    "guest  ibm,configure-connector 0x1 -> -3 parameter error": (ConfigureConnector(1), Reply(-3)),
    "guest  set-indicator 0x1 isolate -> 0 success": (SetIndicator(9001, 1, 0), Reply(0)),
    "guest  set-indicator 0x1 indicator 9002 = 3 -> -1 hardware error": (
        SetIndicator(9002, 1, 3),
        Reply(-1),
    ),
    "guest  get-sensor-state 0x1 9003 -> 0 unusable": (GetSensorState(1), Reply(0, (2,))),
    "guest  check-exception mask 0x40000000 length 2048 -> 0 event 7, of type 0x40": (
        CheckException(0x40000000),
        Reply(
            0,
            memory=LOG_HEADER.pack(EVENT.summary, len(EVENT.extended_log)) + EVENT.extended_log,
        ),
    ),
    "guest  check-exception mask 0x1 length 2 -> 0 2 bytes 0634": (
        CheckException(1, 2),
        Reply(0, memory=b"\x06\x34"),
    ),
    "guest  event-scan mask 0x1 -> 1 no errors found": (EventScan(1), Reply(1)),
    "guest  get-time-of-day, 5 ns on the host -> 0 1970-01-01 00:00:00, low word of all ns 0x5": (
        GetTimeOfDay(5),
        Reply(0, (1970, 1, 1, 0, 0, 0, 5)),
    ),
    "guest  set-indicator with nargs 1, nret 2 -> -3 parameter error": (
        MiscountedCall("set-indicator", 1, 2),
        Reply(-3),
    ),
    "host   plugs into 0x1: Node(name='device') (event 2) -> done": (
        HotPlug(1, Node("device"), 2),
        Reply(0),
    ),
    "host   plugs into 0x1: Node('device', ...), read in 11 calls (event 1) -> done": (
        HotPlug(1, LONG),
        Reply(0),
    ),
    "host   asks for 0x1 back (event 3) -> done": (RequestUnplug(1, 3), Reply(0)),
    "host   asks for 0x1 back (event 3) -> refused": (RequestUnplug(1, 3), Reply(-1)),
    "host   asks for 0x1 back (event 3) -> refused: Memory hot unplug not supported": (
        RequestUnplug(1, 3),
        Reply(-1, said="Memory hot unplug not supported"),
    ),
    "host   asks to shut down (event 4) -> done": (PowerDown(4), Reply(0)),
    "host   resets the machine -> done": (Reset(), Reply(0)),
}


@pytest.mark.parametrize(("line", "step"), LINES.items(), ids=range(len(LINES)))
def test_what_was_done_and_answered_is_one_line(line: str, step: tuple[Action, Reply]) -> None:
    """An action and its reply read like a sentence."""
    assert told(step) == line


def test_how_it_began() -> None:
    """A story begins with what matters of the machine."""
    machine = Machine("pseries-2.6", rtc_ns_offset=-1, ov5_cas=OptionVector((45,)))
    assert told(machine) == "start  pseries-2.6, clock -1 ns ahead, hot-plug events negotiated"


def test_two_replies_never_look_alike() -> None:
    """Where the words of two replies are the same, all of them is shown."""
    scan = EventScan(1)
    assert both(scan, Reply(0), Reply(1)) == ("0 success", "1 no errors found")
    assert both(scan, Reply(0), Reply(0, memory=b"x")) == (
        "Reply(status=0)",
        "Reply(status=0, memory=b'x')",
    )
