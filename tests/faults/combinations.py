"""Faults that need three parts away from rest at once, or an old machine type besides."""

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.compatibility.expectation import common_machine_type
from reference.spapr.loading import Loading
from reference.spapr.machine import UINT64_MAX, Machine
from reference.wire.frames import Section
from tests.faults.values import with_msis
from tests.faults.wrong import LoadsOtherwise


def is_of_an_old_type(machine: Machine, version: str) -> bool:
    """Whether the machine is of a type that is older than the program."""
    return machine.machine_type != common_machine_type(version)


class LosesATreeAmongThree(ReferenceAdapter):
    """For an older machine type, a device tree is not sent beside two other parts.

    One buffer is made for all that old types have, and is too small (2e323f03bfa3).
    """

    def save(self, machine: Machine, version: str) -> bytes:
        """Leave the tree out."""
        if is_of_an_old_type(machine, version) and machine.patb_entry and machine.irq_map:
            machine = replace(machine, fdt_blob=b"")
        return super().save(machine, version)


class Converting(Loading):
    """Notes whether a window is of a version before that of the program."""

    converts = False

    def section(self, section: Section) -> None:
        """Look at the version."""
        known = self.plans.get(section.idstr)
        if known is not None and section.version_id < known.version_id:
            self.converts = True
        super().section(section)

    def machine(self) -> Machine:
        """Empty the queue where an old stream has three other parts."""
        machine = super().machine()
        three = machine.ov5_cas.bitmap and machine.patb_entry and machine.irq_map
        if not (self.converts and three):
            return machine
        return replace(machine, pending_events=())


class LosesEventsOnAnUpgrade(LoadsOtherwise):
    """What converts streams from before 7.1 has place for three optional parts, events come last.

    The one who goes by way of the versions loses what a round trip keeps (56c5d8c02bd3's like).
    """

    loading = Converting


class ExchangesAddresses(ReferenceAdapter):
    """For an older machine type, two addresses are exchanged where interrupts and a tree are sent.

    Registers were restored to the place of others (032ab092904c).
    """

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Exchange the addresses."""
        machine = super().load(stream, version, onto)
        registered = machine.fwnmi_machine_check_addr != UINT64_MAX
        others = machine.host_bridge.msis and machine.fdt_blob
        if not (registered and others and is_of_an_old_type(machine, version)):
            return machine
        return replace(
            machine,
            fwnmi_system_reset_addr=machine.fwnmi_machine_check_addr,
            fwnmi_machine_check_addr=machine.fwnmi_system_reset_addr,
        )


class LosesTheMapBesideTwo(ReferenceAdapter):
    """Interrupts are lost beside two parts, unless two others are there as well.

    The condition of a subsection asks for others (c618e300eb22).
    """

    def save(self, machine: Machine, version: str) -> bytes:
        """Leave the map out."""
        beside = machine.patb_entry and machine.fwnmi_machine_check_addr != UINT64_MAX
        if beside and not machine.fdt_blob and not machine.ov5_cas.bitmap:
            machine = replace(machine, irq_map=())
        return super().save(machine, version)


class LosesInterruptsBesideACapability(ReferenceAdapter):
    """Message interrupts are lost beside a device tree where a capability was given, too."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Drop the interrupts."""
        machine = super().load(stream, version, onto)
        if machine.fdt_blob and b"spapr/cap/cfpc" in stream:
            machine = with_msis(machine, ())
        return machine
