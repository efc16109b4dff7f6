"""Faults with machine types: what old ones are sent, and which are taken for the same."""

from dataclasses import replace
from typing import ClassVar

from msgspec import structs

from adapters.reference import ReferenceAdapter
from reference.compatibility.expectation import common_machine_type, machine_types
from reference.spapr.configuration import CONFIGURATION
from reference.spapr.configuration import Configuration as Received
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine
from reference.spapr.versions import BASES
from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.wire.errors import ConfigurationRejected
from tests.faults.wrong import AmendedSaver, LoadsOtherwise, OtherTypes


class ForgetsTheNewest(ReferenceAdapter):
    """What the newest program began to keep is not in its stream yet (628bda1ab759)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save without unplug requests at the newest release."""
        if version == [*BASES][-1]:
            connectors = (
                structs.replace(one, unplug_requested=False) for one in machine.connectors
            )
            machine = structs.replace(machine, connectors=tuple(connectors))
        return super().save(machine, version)


class ForgetsTheWindows(ReferenceAdapter):
    """An older program does not restore where its windows lie (before a26fdf393404)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Leave the windows at 2.7 where they are."""
        machine = super().load(stream, version, onto)
        if version != "2.7":
            return machine
        tables = (structs.replace(one, bus_offset=0) for one in machine.iommu_tables)
        return structs.replace(machine, iommu_tables=tuple(tables))


class ShortensTheHostBridge(AmendedSaver):
    """The fields that old types have in `spapr_pci` are no longer sent (9b54ca0ba781)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Leave out what only old programs compare."""
        fields = tuple(one for one in vmsd.fields if not one.name.startswith(("mig_io", "mig_mem")))
        return replace(vmsd, fields=fields)


class FallsBackToItsNewestType(ReferenceAdapter):
    """A machine type that is not known is taken for the newest that is."""

    @staticmethod
    def known(machine: Machine, version: str) -> Machine:
        """The machine with a type that the program knows."""
        if machine.machine_type in machine_types(version):
            return machine
        return structs.replace(machine, machine_type=common_machine_type(version))

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as another type."""
        return super().save(self.known(machine, version), version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load as another type."""
        return super().load(stream, version, self.known(onto, version))


class OffersToOldTypes(OtherTypes):
    """An option that 2.8 brought is offered, and sent, for older types too (aef19c04bf88)."""

    since: ClassVar = {"modern-hotplug-events": (2, 1)}


class SendsThePageSizeToOldTypes(OtherTypes):
    """A capability that was forgotten is sent for all machine types now (64d4a5343173)."""

    since: ClassVar = {"hpt-max-page-size": (2, 1)}


class Whole(Loading):
    """Compares the whole name of the machine type."""

    def configuration(self) -> None:
        """Reject a prefix."""
        offset = self.reader.position
        received: Received = compile_plan(CONFIGURATION).load(self.reader, Received(name=b""))
        if received.name.decode("latin-1") != self.kind.name:
            raise ConfigurationRejected("another machine type", offset=offset)


class ComparesWholeNames(LoadsOtherwise):
    """The name of the machine type has to be the same."""

    loading = Whole


class Unread(Loading):
    """Does not compare the machine type."""

    def configuration(self) -> None:
        """Step over the section."""
        compile_plan(CONFIGURATION).load(self.reader, Received(name=b""))


class ComparesNoName(LoadsOtherwise):
    """The configuration section is stepped over."""

    loading = Unread
