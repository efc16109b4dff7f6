"""What guest and host did, and what was answered, in the words of a bug report."""

from collections.abc import Callable
from enum import IntEnum
from struct import Struct
from typing import Any

from reference.spapr.actions import (
    DONE,
    Action,
    CheckException,
    ConfigureConnector,
    ConfigureConnectorStatus,
    EventScan,
    GetSensorState,
    GetTimeOfDay,
    HostAction,
    HotPlug,
    Indicator,
    MiscountedCall,
    PowerDown,
    Reply,
    RequestUnplug,
    Reset,
    SetIndicator,
    Status,
)
from reference.spapr.device_tree import Fdt
from reference.spapr.events import HOT_PLUG_LOG, LOG_HEADER
from reference.spapr.machine import Machine
from reference.spapr.walks import WORK_AREA
from suites.harness.differences import LONGEST_VALUE, cut

VALUES: dict[tuple[int, int], str] = {
    # indicator, value: the word of PAPR
    (Indicator.ISOLATION_STATE, 0): "isolate",
    (Indicator.ISOLATION_STATE, 1): "unisolate",
    (Indicator.ALLOCATION_STATE, 0): "unusable",
    (Indicator.ALLOCATION_STATE, 1): "usable",
}
SENSES = ("empty", "present", "unusable")
LONGEST_TREE = 160
"""How many characters are shown of a tree."""
PLID = Struct(">I")
PLID_OFFSET = LOG_HEADER.size + 56
"""Where an event's number is in the buffer of check-exception."""


DEEDS: dict[type[Action], Callable[[Any], str]] = {
    ConfigureConnector: lambda it: f"guest  ibm,configure-connector {it.drc_index:#x}",
    SetIndicator: lambda it: f"guest  set-indicator {it.drc_index:#x} {value(it)}",
    GetSensorState: lambda it: f"guest  get-sensor-state {it.drc_index:#x} {it.sensor}",
    CheckException: lambda it: f"guest  check-exception mask {it.mask:#x} length {it.length}",
    EventScan: lambda it: f"guest  event-scan mask {it.mask:#x}",
    GetTimeOfDay: lambda it: f"guest  get-time-of-day, {it.host_ns} ns on the host",
    MiscountedCall: lambda it: f"guest  {it.name} with nargs {it.nargs}, nret {it.nret}",
    HotPlug: lambda it: f"host   plugs into {it.drc_index:#x}: {device(it.fdt)} (event {it.plid})",
    RequestUnplug: lambda it: f"host   asks for {it.drc_index:#x} back (event {it.plid})",
    PowerDown: lambda it: f"host   asks to shut down (event {it.plid})",
    Reset: lambda _: "host   resets the machine",
}
"""By kind of action: what is done, in one line."""


def value(call: SetIndicator) -> str:
    """What an indicator is set to."""
    number = f"indicator {call.indicator} = {call.state}"
    return VALUES.get((call.indicator, call.state), number)


def device(fdt: Fdt) -> str:
    """A tree as it is, or where that is long, what it is of."""
    text = repr(fdt)
    if len(text) <= LONGEST_TREE or isinstance(fdt, bytes):
        return cut(text, LONGEST_TREE)
    return f"Node({fdt.name!r}, ...), read in {fdt.calls} calls"


def deed(action: Action) -> str:
    """What is done, in one line."""
    return DEEDS[type(action)](action)


def answer(action: Action, reply: Reply) -> str:
    """What came back, in one line; of a host that is refused in the words of who refuses."""
    if isinstance(action, HostAction):
        refused = f"refused: {reply.said}" if reply.said else "refused"
        return "done" if reply.heard() == DONE else refused
    if isinstance(action, ConfigureConnector) and reply.status in set(ConfigureConnectorStatus):
        status = ConfigureConnectorStatus(reply.status)
        return (
            f"{reply.status} {status.name.replace('_', ' ').lower()}{found(status, reply.memory)}"
        )
    if isinstance(action, GetTimeOfDay) and len(reply.words) == 7:
        year, month, day, hour, minute, second, low = reply.words
        date = f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
        return f"{reply.status} {date}, low word of all ns {low:#x}"
    if isinstance(action, CheckException) and reply.status == Status.SUCCESS:
        return f"{reply.status} {event(reply.memory)}"
    if isinstance(action, GetSensorState) and reply.status == Status.SUCCESS:
        return f"{reply.status} {', '.join(SENSES[word] for word in reply.words if word < 3)}"
    known = {status.value: words(status) for status in Status}
    return f"{reply.status} {known.get(reply.status, '')}".rstrip()


def words(status: IntEnum) -> str:
    """The name of a status as it is said."""
    return status.name.replace("_", " ").lower()


def found(status: ConfigureConnectorStatus, memory: bytes) -> str:
    """What a work area says of a node or property."""
    if status not in {
        ConfigureConnectorStatus.NEXT_CHILD,
        ConfigureConnectorStatus.NEXT_PROPERTY,
    }:
        return ""
    area = memory.ljust(WORK_AREA.size, b"\0")
    _, _, name_at, length, value_at = WORK_AREA.unpack_from(area)
    name = area[name_at:].split(b"\0")[0].decode("ascii", "replace")
    if status == ConfigureConnectorStatus.NEXT_CHILD:
        return f" {name!r}"
    value = area[value_at : value_at + length].ljust(min(length, LONGEST_VALUE), b"\0")
    return f" {name!r}, {length} bytes {cut(value.hex())}".rstrip()


def event(memory: bytes) -> str:
    """Which event is in the buffer."""
    if len(memory) < PLID_OFFSET + PLID.size:
        return f"{len(memory)} bytes {cut(memory.hex())}".rstrip()
    summary, _ = LOG_HEADER.unpack_from(memory)
    (plid,) = PLID.unpack_from(memory, PLID_OFFSET)
    kind = "hot-plug" if summary & 0xFF == HOT_PLUG_LOG else f"of type {summary & 0xFF:#x}"
    return f"event {plid}, {kind}"


Told = str | Machine | Action | tuple[Action, Reply]
"""A line of a story: what happened, how it began, or what was done and answered."""


def told(one: Told) -> str:
    """A line of a story in words."""
    if isinstance(one, Machine):
        options = ", hot-plug events negotiated" if one.ov5_cas.bitmap else ""
        return f"start  {one.machine_type}, clock {one.rtc_ns_offset} ns ahead{options}"
    if isinstance(one, str):
        return one
    if isinstance(one, Action):
        return deed(one)
    action, reply = one
    return f"{deed(action)} -> {answer(action, reply)}"


def both(action: Action, expected: Reply, got: Reply) -> tuple[str, str]:
    """Two replies in words that differ."""
    texts = answer(action, expected), answer(action, got)
    return texts if texts[0] != texts[1] else (repr(expected), repr(got))
