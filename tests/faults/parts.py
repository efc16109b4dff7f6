"""Faults with parts of a stream: some too many, some too few, some that are not there."""

from dataclasses import replace

from msgspec import structs

from adapters.protocol import LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.loading import Loading
from reference.spapr.machine import UINT64_MAX, Lsi, Machine
from reference.vmstate.compiler import compile_decoder
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import struct, uint32
from reference.wire.errors import UnknownSection
from reference.wire.frames import Command, Section
from tests.faults.vmdescriptions import DESCRIPTION
from tests.faults.wrong import AmendedLoader, LoadsOtherwise


class SkippingLoading(Loading):
    """Reads a section of an instance that there is not, and forgets it."""

    def section(self, section: Section) -> None:
        """Read it by its description."""
        try:
            super().section(section)
        except UnknownSection:
            if section.idstr not in self.plans:
                raise
            vmsd = self.plans[section.idstr].vmsd
            compile_decoder(vmsd, section.version_id).load(self.reader, None)


class SkipsWhatIsNotThere(LoadsOtherwise):
    """State of a connector or window that the destination lacks is dropped without a word."""

    loading = SkippingLoading


class RestartingLoading(Loading):
    """Takes a section that comes again for the beginning of another stream."""

    def section(self, section: Section) -> None:
        """Reset the machine."""
        seen = self.__dict__.setdefault("seen", set())
        if section.name in seen:
            self.loaded = self.loaded.fresh()
        seen.add(section.name)
        super().section(section)


class StartsOverAtARepetition(LoadsOtherwise):
    """What was loaded is lost when a section comes a second time."""

    loading = RestartingLoading


class CommandedLoading(Loading):
    """Obeys the commands that it knows."""

    def command(self, command: Command) -> None:
        """Pass over the others."""


class PassesOverCommands(LoadsOtherwise):
    """A command that the loader does not know is passed over."""

    loading = CommandedLoading


class WantsADescription(ReferenceAdapter):
    """A stream without a vmdescription is taken for one that was cut off (1aca9a5f7d5a)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Look for it, for the machine types that have one."""
        machine = super().load(stream, version, onto)
        if DESCRIPTION.search(super().save(onto, version)) and not DESCRIPTION.search(stream):
            raise LoadRejected("the vmdescription is missing")
        return machine


LOADED_LSI = VMStateDescription(name="spapr_pci/lsi", fields=(uint32("irq"),), record=Lsi)


class ComparesNoInterrupts(AmendedLoader):
    """The interrupts of a host bridge are loaded, and not compared with those that it has."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Load them as other numbers."""
        fields = tuple(
            struct("lsi_table", LOADED_LSI, count=4) if one.name == "lsi_table" else one
            for one in vmsd.fields
        )
        return replace(vmsd, fields=fields)


class UpgradingLoading(Loading):
    """Notes from the version of the windows whether the stream is an older one."""

    older = False

    def section(self, section: Section) -> None:
        """Look at windows."""
        known = self.plans["spapr_iommu"].vmsd.version_id
        self.older |= section.idstr == "spapr_iommu" and section.version_id < known
        super().section(section)

    def machine(self) -> Machine:
        """Leave the fourth part as it is after a reset."""
        loaded = super().machine()
        if self.older and all((loaded.patb_entry, loaded.pending_events, loaded.irq_map)):
            return structs.replace(loaded, fwnmi_machine_check_addr=UINT64_MAX)
        return loaded


class UpgradesThreeParts(LoadsOtherwise):
    """What came from a program before 7.1 is brought up to date in a table of three parts."""

    loading = UpgradingLoading
