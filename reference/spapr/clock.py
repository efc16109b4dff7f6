"""The real-time clock of the guest: an offset to that of the host."""

from datetime import UTC, datetime

from reference.spapr.actions import GetTimeOfDay, Reply, Status
from reference.spapr.machine import UINT64_MAX, Machine
from reference.spapr.machine_types import Release

NANOSECONDS = 10**9


def as_signed(number: int) -> int:
    """The lowest 64 bits of ``number`` as a signed integer."""
    return ((number + (1 << 63)) & UINT64_MAX) - (1 << 63)


def import_rtc(seconds: int, *, wide: bool) -> int:
    """The clock of versions 1 and 2 in nanoseconds.

    Later versions keep 64 bits of them (spapr_rtc_import_offset), which is not all that the
    earlier ones could hold (``wide``).
    """
    nanoseconds = as_signed(seconds) * NANOSECONDS
    return nanoseconds if wide else as_signed(nanoseconds)


def get_time_of_day(
    machine: Machine, _release: Release, call: GetTimeOfDay
) -> tuple[Reply, Machine]:
    """The guest's real-time clock (hw/ppc/spapr_rtc.c, spapr_rtc_read): date, time, ns.

    The sum of the host's clock and the offset has 64 bits, signed; like C, it is cut towards zero.
    The word of nanoseconds is not what PAPR has, those of the second, but the lowest 32 bits of
    all of them (measured on 7.2, 10.0 and 11.1).
    """
    now = as_signed(call.host_ns + machine.rtc_ns_offset)
    seconds = abs(now) // NANOSECONDS
    when = datetime.fromtimestamp(seconds if now >= 0 else -seconds, tz=UTC)
    return Reply(Status.SUCCESS, (*when.timetuple()[:6], now & 0xFFFFFFFF)), machine
