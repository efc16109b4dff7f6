"""Events: what the host queues, and check-exception and event-scan, by which the guest gets them.

The logs are those of PAPR's version 6, big-endian: a header, the sections PH and UH, and one that
says what happened, EP or HP (QEMU hw/ppc/spapr_events.c; bytes measured on 7.2 and 10.0). The date
is left zero; it is the host's.
"""

from struct import Struct

from msgspec.structs import replace

from reference.spapr.actions import CheckException, EventClass, EventScan, Reply, Status
from reference.spapr.connector import ConnectorType
from reference.spapr.machine import EventLogEntry, Machine
from reference.spapr.machine_types import Release

EVENT_CLASSES: Release = (2, 8)
"""Since when events have classes of their own, by the options negotiated (ffbb1705a33d)."""
WHOLE_LOGS: Release = (2, 10)
"""Since when a log is not cut to the guest's buffer any more (5341258e86)."""
KEPT_ON_RESET: Release = (2, 10)
"""Up to when a reset left the queue as it was (5625817423)."""
OV5_HP_EVT = 45
"""The option by which a guest says that it knows the class of hot-plug events (byte 6, bit 5)."""

EPOW_LOG, HOT_PLUG_LOG = 0x40, 0xE5
"""Types of a log: the lowest byte of its summary."""
POWER_OFF_SUMMARY, HOT_PLUG_SUMMARY = 0x06340040, 0x063460E5
"""Version 6, severity, origin and type, as QEMU fills them in."""
LOG_HEADER = Struct(">II")
"""What the guest gets before the log: its summary and its length."""
LOG = Struct(
    ">"
    "4s 8x 4s "  # header: version 6, "IBM"
    "2sHBBH 16x c2xB 4x 8x I 4x "  # PH: H for hypervisor, 3 sections, plid
    "2sHBBH BxBB 12x"  # UH: subsystem, severity, subtype
)
POWER_OFF = Struct(">2sHBBH BBB 9x")
HOT_PLUG = Struct(">2sHBBH BBBx II")
ADD, REMOVE = 1, 2
BY_INDEX, BY_COUNT, BY_COUNT_AND_INDEX = 2, 3, 4
HOT_PLUG_TYPES = {
    ConnectorType.CPU: 1,
    ConnectorType.LMB: 2,
    ConnectorType.VIO: 3,
    ConnectorType.PHB: 4,
    ConnectorType.PCI: 5,
    ConnectorType.PMEM: 6,
}
"""What a hot-plug event is about; QEMU has none for VIO, to which it plugs nothing."""


def log(summary: int, plid: int, subsystem: int, subtype: int, section: bytes) -> EventLogEntry:
    """An event, whose log ends with ``section``."""
    common = LOG.pack(
        *(b"\x86\0\x8e\0", b"IBM\0"),
        *(b"PH", 48, 0, 0, 0, b"H", 3, plid),
        *(b"UH", 24, 0, 0, 0, subsystem, 0, subtype),
    )
    return EventLogEntry(summary, common + section)


def power_off(plid: int) -> EventLogEntry:
    """The request to shut down."""
    return log(POWER_OFF_SUMMARY, plid, 0xA0, 0xD0, POWER_OFF.pack(b"EP", 20, 2, 0, 0, 3, 1, 1))


def hot_plug(machine: Machine, drc_index: int, action: int, plid: int) -> EventLogEntry:
    """The news that a device is there, or shall be given back.

    Memory comes in blocks, here one; a guest that did not negotiate the class of these events is
    told how many are new, but not which (spapr_hotplug_req_add_by_count).
    """
    kind = ConnectorType(drc_index >> 28)
    which = (BY_INDEX, drc_index, 0)
    if kind == ConnectorType.LMB:
        counted = action == ADD and OV5_HP_EVT not in machine.ov5_cas.bitmap
        which = (BY_COUNT, 1, 0) if counted else (BY_COUNT_AND_INDEX, 1, drc_index)
    section = HOT_PLUG.pack(b"HP", 20, 1, 0, 0, HOT_PLUG_TYPES[kind], action, *which)
    return log(HOT_PLUG_SUMMARY, plid, 0x80, 0x00, section)


def classes(machine: Machine, release: Release, event: EventLogEntry) -> int:
    """The mask of the classes that an event belongs to. One of an unknown type is in none."""
    kind = event.summary & 0xFF
    if kind == EPOW_LOG or (kind == HOT_PLUG_LOG and release < EVENT_CLASSES):
        return EventClass.EPOW
    if kind == HOT_PLUG_LOG:
        negotiated = OV5_HP_EVT in machine.ov5_cas.bitmap
        return EventClass.HOT_PLUG if negotiated else EventClass.EPOW
    return 0


def check_exception(
    machine: Machine, release: Release, call: CheckException
) -> tuple[Reply, Machine]:
    """The first event of the classes asked for; it leaves the queue."""
    for place, event in enumerate(machine.pending_events):
        if classes(machine, release, event) & call.mask:
            header = LOG_HEADER.pack(event.summary, len(event.extended_log))
            written = header + event.extended_log
            if release < WHOLE_LOGS:
                written = written[: call.length]
            rest = machine.pending_events[:place] + machine.pending_events[place + 1 :]
            reply = Reply(Status.SUCCESS, memory=written.rstrip(b"\0"))
            return reply, replace(machine, pending_events=rest)
    return Reply(Status.NO_ERRORS_FOUND), machine


def event_scan(machine: Machine, _release: Release, _call: EventScan) -> tuple[Reply, Machine]:
    """Nothing: all events come by check-exception."""
    return Reply(Status.NO_ERRORS_FOUND), machine


def queued(machine: Machine, event: EventLogEntry) -> Machine:
    """The machine with one more event, at the end."""
    return replace(machine, pending_events=(*machine.pending_events, event))
