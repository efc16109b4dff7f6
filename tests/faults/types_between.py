"""Faults with machine types between those at which a stream version begins: 2.2, 2.4, 4.1, 6.0."""

from typing import ClassVar

from msgspec import structs

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine, OptionVector
from reference.spapr.machine_types import Release, machine_type
from reference.spapr.versions import stream_version
from reference.vmstate.description import VMStateDescription
from tests.faults.subsections import amend_subsection
from tests.faults.wrong import AmendedSaver, OtherTypes

NEVER: Release = (9999, 0)


class FootersFromTheNextType(OtherTypes):
    """Sections have footers from machine type 2.5 on, a type too late (ff14e817f6c5)."""

    since: ClassVar = {"send-section-footer": (2, 5)}


class ConfiguresFromALaterType(OtherTypes):
    """The configuration section is there from machine type 2.6 on, two too late (09b5e30da5b1)."""

    since: ClassVar = {"send-configuration": (2, 6)}


class DescribesATypeTooEarly(OtherTypes):
    """The vmdescription is there from machine type 2.2 on, a type too early (cba0e7796be1)."""

    since: ClassVar = {"vmdescription": (2, 2)}


class SendsThePageSizeTooLate(OtherTypes):
    """The page size is sent from machine type 5.0 on, not from 4.1 (3725ef1a944b)."""

    since: ClassVar = {"hpt-max-page-size": (5, 0)}


class FramesSomeTypesAsOld(OtherTypes):
    """Some types are framed as the oldest are: a table of types lacks them (bad9c5a5166f)."""

    since: ClassVar = {"send-section-footer": NEVER, "send-configuration": NEVER}

    @staticmethod
    def lacks(name: str) -> bool:
        """Whether the table has no row for a machine type: here, those of 6.0 to 6.2."""
        return machine_type(name).release[0] == 6

    def save(self, machine: Machine, version: str) -> bytes:
        """Save for another type, where that is lacking."""
        if self.lacks(machine.machine_type):
            return super().save(machine, version)
        return ReferenceAdapter.save(self, machine, version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load for another type, where that is lacking."""
        if self.lacks(onto.machine_type):
            return super().load(stream, version, onto)
        return ReferenceAdapter.load(self, stream, version, onto)


class FramesVariantsAsOld(FramesSomeTypesAsOld):
    """Variants such as pseries-2.12-sxxm are framed as the oldest types are (62bdb8871512)."""

    @staticmethod
    def lacks(name: str) -> bool:
        """Whether the machine type is a variant."""
        return name.endswith("-sxxm")


class TakesTheNextDefaults(ReferenceAdapter):
    """Machine type 4.2 has the defaults of 5.0: what was given on its command line is not sent.

    A destination without the capability accepts the guest that relies on it (64d4a5343173).
    """

    def save(self, machine: Machine, version: str) -> bytes:
        """Leave out what would be the default of the next type."""
        if machine.machine_type == "pseries-4.2":
            sent = {
                name: value
                for name, value in machine.capabilities.items()
                if (name, value) not in {("fwnmi", 1), ("ccf_assist", 1)}
            }
            machine = structs.replace(machine, capabilities=sent)
        return super().save(machine, version)


class SendsToTypesTooOld(AmendedSaver):
    """Programs from 7.1 on send some part for machine types that have none (e6fa978d8343)."""

    since: ClassVar[Release]
    """The machine type that has the part."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Send the part, at rest, where the type has none."""
        old = machine_type(machine.machine_type).release < self.since
        if not old or stream_version(version).release < (7, 1):
            return ReferenceAdapter.save(self, machine, version)
        return super().save(machine, version)


class SendsATreeToOldTypes(SendsToTypesTooOld):
    """An empty device tree is sent for machine types before 4.0."""

    since: ClassVar = (4, 0)

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Need it always."""
        return amend_subsection(vmsd, "spapr_dtb", needed=None)


class SendsOptionsToOldTypes(SendsToTypesTooOld):
    """An empty option vector is sent for machine types before 2.8 (aef19c04bf88, 0550b1206a91)."""

    since: ClassVar = (2, 8)

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Need it always."""
        return amend_subsection(vmsd, "spapr_option_vector_ov5_cas", needed=None)

    def save(self, machine: Machine, version: str) -> bytes:
        """Send no option that such types do not send."""
        if machine_type(machine.machine_type).release < self.since:
            machine = structs.replace(machine, ov5_cas=OptionVector())
        return super().save(machine, version)


class SendsATableToOldTypes(SendsToTypesTooOld):
    """A process table at 0 is sent for machine types before 2.9."""

    since: ClassVar = (2, 9)

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Need it always."""
        return amend_subsection(vmsd, "spapr_patb_entry", needed=None)
