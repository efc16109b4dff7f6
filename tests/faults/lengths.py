"""Faults with lists and buffers that are longer than most, at some stream versions only."""

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import EventLogEntry, Machine
from tests.faults.values import each_window, with_msis


class KeepsSmallTrees(ReferenceAdapter):
    """A device tree beyond 8 KiB is cut; that of the smallest real machine has 13 KiB."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut the tree."""
        machine = super().load(stream, version, onto)
        return replace(machine, fdt_blob=machine.fdt_blob[: 1 << 13])


class CountsBytesOfATreeInSixteenBits(ReferenceAdapter):
    """The length of a device tree is kept in 16 bits: of a large machine little arrives."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as much as the 16 bits say."""
        blob = machine.fdt_blob
        return super().save(replace(machine, fdt_blob=blob[: len(blob) % 2**16]), version)


class CountsEventsInSixteenBits(ReferenceAdapter):
    """How many events there are is kept in 16 bits (338c25b6929b)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as many as the 16 bits say."""
        events = machine.pending_events
        kept = events[: len(events) % 2**16]
        return super().save(replace(machine, pending_events=kept), version)


class KeepsAHundredInterrupts(ReferenceAdapter):
    """At 3.1 there is room for the interrupts of a hundred devices (a26fdf393404)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep a hundred."""
        machine = super().load(stream, version, onto)
        if version != "3.1":
            return machine
        return with_msis(machine, machine.host_bridge.msis[:100])


class CountsPagesInEightBits(ReferenceAdapter):
    """At 2.8 to 5.0 how many pages of a window are loaded is kept in a byte (3f1c49e2136f)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Empty what the byte does not count."""
        machine = super().load(stream, version, onto)
        if version not in {"2.8", "2.9", "2.10", "2.12", "3.1", "4.0", "5.0"}:
            return machine

        def counted(table: tuple[int, ...]) -> tuple[int, ...]:
            kept = len(table) % 2**8
            return table[:kept] + (0,) * (len(table) - kept)

        return each_window(machine, lambda one: replace(one, table=counted(one.table)))


class CutsLogsOfOldPrograms(ReferenceAdapter):
    """Programs up to 5.0 have a buffer of 8 KiB for the log of an event (98f93ddd8480)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut the logs."""
        machine = super().load(stream, version, onto)
        if version not in {"3+series", "2.10", "2.12", "3.1", "4.0", "5.0"}:
            return machine
        events = (
            EventLogEntry(one.summary, one.extended_log[: 1 << 13])
            for one in machine.pending_events
        )
        return replace(machine, pending_events=tuple(events))


class CountsWalksInElevenBits(ReferenceAdapter):
    """The later forms of the subsection of 2016 have room for 2048 walks."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep as many."""
        machine = super().load(stream, version, onto)
        if version not in {"3+ccs-queue", "3+series"}:
            return machine
        return replace(machine, ccs_list=machine.ccs_list[: 1 << 11])
