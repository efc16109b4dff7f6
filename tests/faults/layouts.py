"""Faults in layouts that writer and reader agree about: no round trip notices them."""

from dataclasses import replace

from msgspec import structs

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from reference.spapr.subsections import TIMEBASE
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import bitmap, struct, uint64
from tests.faults.subsections import amend_subsection
from tests.faults.wrong import Amended


class SwapsTwoFields(Amended):
    """The two clocks of the timebase are in the wrong order."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Turn the timebase around."""
        turned = replace(TIMEBASE, fields=TIMEBASE.fields[::-1])
        fields = tuple(
            struct("tb", turned, version_id=2) if one.name == "tb" else one for one in vmsd.fields
        )
        return replace(vmsd, fields=fields)


class EnlargesABitmap(Amended):
    """A constant grew, and with it the interrupts in the stream (2e323f03bfa3, efd6b3d1768d)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Send 4096 bits."""
        return amend_subsection(vmsd, "spapr_irq_map", fields=(bitmap("irq_map", bits=4096),))


class SendsAFieldTwice(Amended):
    """The process table is listed twice in its subsection, as a clock's offset was."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Repeat the field."""
        return amend_subsection(
            vmsd, "spapr_patb_entry", fields=(uint64("patb_entry"), uint64("patb_entry"))
        )


class RenamesASection(Amended):
    """A section is called what its type is called since that was renamed, on both sides."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Call the connectors something else."""
        return replace(vmsd, name="spapr_pci_host") if vmsd.name == "spapr_pci" else vmsd


class ReadsIndexesAsSigned(ReferenceAdapter):
    """The index of a walk is read as a signed number (caea03279e11 did so with instance_ids)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load indexes from 0x80000000 on, those of memory, as negative."""
        machine = super().load(stream, version, onto)
        walks = (
            structs.replace(one, drc_index=(one.drc_index + 2**31) % 2**32 - 2**31)
            for one in machine.ccs_list
        )
        return structs.replace(machine, ccs_list=tuple(walks))


class LittleEndian(ReferenceAdapter):
    """The process table is sent as the host has it in memory, lowest byte first."""

    @staticmethod
    def swapped(machine: Machine) -> Machine:
        """The machine with the bytes of one number reversed."""
        number = int.from_bytes(machine.patb_entry.to_bytes(8, "big"), "little")
        return structs.replace(machine, patb_entry=number)

    def save(self, machine: Machine, version: str) -> bytes:
        """Save the number reversed."""
        return super().save(self.swapped(machine), version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load the number reversed."""
        return self.swapped(super().load(stream, version, onto))


class KeepsTheClockIn32Bits(ReferenceAdapter):
    """The clock's offset is a signed number of 32 bits (c0a63857282a)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save the lowest 32 bits."""
        offset = (machine.rtc_ns_offset + 2**31) % 2**32 - 2**31
        return super().save(structs.replace(machine, rtc_ns_offset=offset), version)
