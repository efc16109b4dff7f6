"""A guest that calls, and a host that plugs: actions on a QEMU whose CPU never runs.

The guest's memory is written and read by qtest, which makes the RTAS calls, too (QEMU hw/ppc/
spapr_rtas.c, spapr_qtest_callback); the host acts by QMP.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from struct import Struct
from typing import Any

from msgspec.structs import replace

from adapters.qemu.process import Process, QemuSaidNo
from adapters.qemu.pseries.kinds import (
    DEVICES,
    device_arguments,
    device_id,
    memory_arguments,
    memory_id,
)
from reference.spapr.actions import (
    DONE,
    IMPOSSIBLE,
    Action,
    AnyAction,
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
from reference.spapr.clock import get_time_of_day
from reference.spapr.machine import EventLogEntry, Machine

ARGUMENTS, RETURNED, AREA = 0x100000, 0x100100, 0x101000
"""Addresses in the guest's memory, all of which is free as no guest runs."""
AREA_SIZE = 8192
"""Bytes of the work area or event buffer that are zeroed before a call and read after it."""
WORD = 0xFFFFFFFF
DATE = slice(24, 40)
"""Where a log has the date and time of its creation, and 8 bytes that are reserved."""
PLID = slice(56, 60)
NANOSECONDS = 10**9


def call(process: Process, name: str, arguments: tuple[int, ...], returned: int) -> Reply:
    """Make an RTAS call; in a zeroed area lies what the first argument names, for a walk."""
    given = Struct(f">{len(arguments)}I").pack(*(word & WORD for word in arguments))
    process.act(f"memset {RETURNED:#x} {4 * max(returned, 1)} 0")
    if given:
        process.act(f"write {ARGUMENTS:#x} {len(given)} 0x{given.hex()}")
    process.act(f"rtas {name} {len(arguments)} {ARGUMENTS:#x} {returned} {RETURNED:#x}")
    words = Struct(f">{max(returned, 1)}I").unpack(read(process, RETURNED, 4 * max(returned, 1)))
    status = words[0] - (words[0] >> 31 << 32)
    return Reply(status, words[1:])


def read(process: Process, address: int, size: int) -> bytes:
    """Guest memory."""
    (digits,) = process.act(f"read {address:#x} {size}")
    return bytes.fromhex(digits.removeprefix("0x"))


def call_with_area(
    process: Process, name: str, arguments: tuple[int, ...], first_word: int = 0
) -> Reply:
    """Make a call that fills a work area or a buffer."""
    process.act(f"memset {AREA:#x} {AREA_SIZE} 0")
    process.act(f"write {AREA:#x} 4 0x{first_word & WORD:08x}")
    reply = call(process, name, arguments, 1)
    return replace(reply, memory=read(process, AREA, AREA_SIZE).rstrip(b"\0"))


def configure_connector(process: Process, drc_index: int) -> Reply:
    """ibm,configure-connector: the next tag of a tree."""
    return call_with_area(process, "ibm,configure-connector", (AREA, 0), drc_index)


def time_of_day(process: Process, action: GetTimeOfDay) -> Reply:
    """get-time-of-day, as if the host's clock showed what the action says.

    The clock of this QEMU stands at 0 on the host's side (``-rtc clock=vm``), so that what it
    answers is the offset of the guest's clock; the host's time is added here.
    """
    reply = call(process, "get-time-of-day", (), 8)
    year, month, day, hour, minute, second, low = reply.words
    date = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    seconds = int(date.timestamp()) * NANOSECONDS
    behind, before = (low - seconds) % (WORD + 1), (seconds - low) % (WORD + 1)
    # The date was cut towards zero; the lowest 32 bits of the nanoseconds say what is missing.
    offset = seconds + behind if behind < NANOSECONDS else seconds - before
    answered, _ = get_time_of_day(Machine(machine_type="", rtc_ns_offset=offset), (0, 0), action)
    return replace(answered, status=reply.status)


def hot_plug(process: Process, drc_index: int) -> Reply:
    """Plug the device of a connector, with its memory if it brings some."""
    if DEVICES[drc_index].memory:
        with suppress(QemuSaidNo):  # it is still there from the last time
            process.execute("object-add", **memory_arguments(memory_id(drc_index)))
    return commanded(process, "device_add", **device_arguments(drc_index))


def commanded(process: Process, command: str, **arguments: str | int) -> Reply:
    """What the host does by one command."""
    try:
        process.execute(command, **arguments)
        process.execute("query-status")  # a reset happens before this answer
    except QemuSaidNo as no:
        return replace(IMPOSSIBLE, said=str(no))
    return DONE


def check_exception(process: Process, action: CheckException) -> Reply:
    """check-exception, with a buffer that has room for any event."""
    arguments = (0x500, 0, action.mask, 1, AREA, action.length)
    return call_with_area(process, "check-exception", arguments)


PERFORMED: dict[type[Action], Callable[[Process, Any], Reply]] = {
    ConfigureConnector: lambda process, it: configure_connector(process, it.drc_index),
    SetIndicator: lambda process, it: call(
        process, "set-indicator", (it.indicator, it.drc_index, it.state), 1
    ),
    GetSensorState: lambda process, it: call(
        process, "get-sensor-state", (it.sensor, it.drc_index), 2
    ),
    CheckException: check_exception,
    EventScan: lambda process, it: call_with_area(
        process, "event-scan", (it.mask, 1, AREA, AREA_SIZE)
    ),
    GetTimeOfDay: time_of_day,
    MiscountedCall: lambda process, it: Reply(
        call(process, it.name, (0,) * it.nargs, it.nret).status
    ),
    HotPlug: lambda process, it: hot_plug(process, it.drc_index),
    RequestUnplug: lambda process, it: commanded(process, "device_del", id=device_id(it.drc_index)),
    PowerDown: lambda process, _: commanded(process, "system_powerdown"),
    Reset: lambda process, _: commanded(process, "system_reset"),
}
"""How each action is done."""


def perform(process: Process, action: AnyAction) -> Reply:
    """Do what an action says. Raises `QemuDied` and `QemuHung`."""
    return PERFORMED[type(action)](process, action)


def dateless(event: EventLogEntry, plid: int) -> EventLogEntry:
    """An event with the number that the action gave it, and without the host's date."""
    log = bytearray(event.extended_log)
    log[DATE] = bytes(DATE.stop - DATE.start)
    log[PLID] = plid.to_bytes(4, "big")
    return replace(event, extended_log=bytes(log))
