"""Faults with single values: one that is too large, too rare, or alone is lost."""

from collections.abc import Callable
from dataclasses import replace as amended
from typing import Any

from msgspec.structs import replace

from adapters.protocol import LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.connector import Connector
from reference.spapr.machine import IommuTable, Machine, Msi, OptionVector
from reference.spapr.subsections import BITS_OF_OV5
from reference.vmstate.description import VMStateDescription
from tests.faults.subsections import amend_subsection
from tests.faults.wrong import Amended, AmendedSaver


def each_connector(machine: Machine, change: Callable[[Connector], Connector]) -> Machine:
    """The machine with a change to all of its connectors."""
    return replace(machine, connectors=tuple(map(change, machine.connectors)))


def each_window(machine: Machine, change: Callable[[IommuTable], IommuTable]) -> Machine:
    """The machine with a change to all of its DMA windows."""
    return replace(machine, iommu_tables=tuple(map(change, machine.iommu_tables)))


def with_msis(machine: Machine, msis: tuple[Msi, ...]) -> Machine:
    """The machine with other message interrupts."""
    return replace(machine, host_bridge=replace(machine.host_bridge, msis=msis))


class CountsInterruptsInEightBits(ReferenceAdapter):
    """Of the number of message interrupts of a device the lowest eight bits arrive."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut the number."""
        machine = super().load(stream, version, onto)
        msis = machine.host_bridge.msis
        return with_msis(machine, tuple(replace(one, num=one.num & 0xFF) for one in msis))


class KeepsThreeDevices(ReferenceAdapter):
    """The table of message interrupts has room for three devices, more are dropped."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep three."""
        machine = super().load(stream, version, onto)
        return with_msis(machine, machine.host_bridge.msis[:3])


class KeepsTheIndicatorInOneBit(ReferenceAdapter):
    """An indicator that asks to identify a slot is loaded as one that is on or off."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep one bit."""
        machine = super().load(stream, version, onto)
        return each_connector(machine, lambda one: replace(one, dr_indicator=one.dr_indicator & 1))


class ReadsSmallTreesOnly(ReferenceAdapter):
    """The offset of a walk is kept in sixteen bits."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut the offset of walks."""
        machine = super().load(stream, version, onto)
        return each_connector(
            machine,
            lambda one: (
                replace(one, ccs_offset=one.ccs_offset & 0xFFFF) if one.ccs_offset > 0 else one
            ),
        )


class NumbersCpusInEightBits(ReferenceAdapter):
    """The CPU that handles a machine check is kept in a signed byte."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut the number of the CPU."""
        machine = super().load(stream, version, onto)
        cpu = (machine.fwnmi_machine_check_interlock + 0x80) % 0x100 - 0x80
        return replace(machine, fwnmi_machine_check_interlock=cpu)


class KnowsTwoPageSizes(ReferenceAdapter):
    """Huge pages of a DMA window are loaded as pages of 64 KiB."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Have no larger pages."""
        machine = super().load(stream, version, onto)
        return each_window(machine, lambda one: replace(one, page_shift=min(one.page_shift, 16)))


class StopsBeforeTheLastBit(ReferenceAdapter):
    """A loop over a bitmap ends one bit too early."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Lose the last bit."""
        machine = super().load(stream, version, onto)
        kept = (bit for bit in machine.ov5_cas.bitmap if bit < BITS_OF_OV5 - 1)
        return replace(machine, ov5_cas=OptionVector(tuple(kept)))


class TakesEqualEventsForOne(ReferenceAdapter):
    """Events are kept in a set: of two that are equal one is left."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep the first of each."""
        machine = super().load(stream, version, onto)
        return replace(machine, pending_events=tuple(dict.fromkeys(machine.pending_events)))


class MergesEqualPages(ReferenceAdapter):
    """A page that is mapped twice in a DMA window is mapped once after a load."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Empty all entries but the first of those that are equal."""
        machine = super().load(stream, version, onto)

        def merged(table: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(
                0 if entry in table[:place] else entry for place, entry in enumerate(table)
            )

        return each_window(machine, lambda one: replace(one, table=merged(one.table)))


class NeedsTheLowerHalf(AmendedSaver):
    """The ``needed`` function of the process table looks at an `int`: the lower 32 bits."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Ask for half of the number."""
        return amend_subsection(
            vmsd, "spapr_patb_entry", needed=lambda machine: machine.patb_entry & 0xFFFFFFFF
        )


class RejectsTheHighestAddress(ReferenceAdapter):
    """A check has ``>=`` where it should have ``>``: what is legal at its end is rejected."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Check the process table."""
        machine = super().load(stream, version, onto)
        if machine.patb_entry >= 2**64 - 1:
            raise LoadRejected(f"patb_entry {machine.patb_entry:#x} is out of range")
        return machine


class SortsConnectorsAsText(ReferenceAdapter):
    """The states of connectors are given out in the order of their numbers as text."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Give the state of each to the one that is next in the other order."""
        machine = super().load(stream, version, onto)
        as_text = sorted(machine.connectors, key=lambda one: str(one.drc_index))
        as_numbers = sorted(machine.connectors, key=lambda one: one.drc_index)
        states = {
            one.drc_index: other.dr_indicator
            for one, other in zip(as_numbers, as_text, strict=True)
        }
        return each_connector(machine, lambda one: replace(one, dr_indicator=states[one.drc_index]))


class RemembersOneHook(ReferenceAdapter):
    """What is restored is kept in a global place: of two connectors one is left as it was."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Restore the first connector."""
        machine = super().load(stream, version, onto)
        restored = machine.connectors[:1]
        left = onto.connectors[1:]
        return replace(machine, connectors=restored + left)


class ForgetsTheBypass(ReferenceAdapter):
    """Of all that a DMA window has, one flag is not loaded."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Leave it off."""
        machine = super().load(stream, version, onto)
        return each_window(machine, lambda one: replace(one, bypass=False))


class ForgetsTheInterlock(ReferenceAdapter):
    """That a CPU is handling a machine check is in no stream: the next one comes too early."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as if none did."""
        return super().save(replace(machine, fwnmi_machine_check_interlock=-1), version)


class SkipsTheTimebase(Amended):
    """A struct within a struct asks for a version that no stream has: it is not sent at all."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Ask for more than there is."""

        def late(one: Any) -> Any:
            return amended(one, version_id=99) if one.name == "tb" else one

        return amended(vmsd, fields=tuple(map(late, vmsd.fields)))
