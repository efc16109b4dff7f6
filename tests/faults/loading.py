"""Faults in loading: which part gets which state, and in which order."""

from msgspec.structs import replace

from adapters.protocol import LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine
from reference.wire.frames import Section
from tests.faults.wrong import LoadsOtherwise


class ByPlace(Loading):
    """Gives each `spapr_iommu` section the instance_id of the next window."""

    def section(self, section: Section) -> None:
        """Count the windows instead of reading their instance_id."""
        if section.idstr == "spapr_iommu":
            self.seen = getattr(self, "seen", -1) + 1
            section = replace(section, instance_id=[*self.tables][self.seen])
        super().section(section)


class MatchesByPlace(LoadsOtherwise):
    """The windows are matched by the order in which they were made (c95f6161de0b)."""

    loading = ByPlace


def numbered(machine: Machine) -> Machine:
    """The machine with its connectors numbered as they were made, from 0 in each type."""
    connectors = tuple(
        replace(one, drc_index=one.drc_index >> 28 << 28 | place)
        for place, one in enumerate(machine.connectors)
    )
    return replace(machine, connectors=connectors)


class NumbersByCreation(ReferenceAdapter):
    """Connectors have the order in which they were made for an instance_id (f6e984443f16)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save under other numbers."""
        return super().save(numbered(machine), version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load under other numbers."""
        machine = super().load(stream, version, numbered(onto))
        connectors = tuple(
            replace(one, drc_index=local.drc_index)
            for one, local in zip(machine.connectors, onto.connectors, strict=True)
        )
        return replace(machine, connectors=connectors)


class MachineLast(Loading):
    """Lets nothing change a connector or a window once `spapr` was loaded."""

    def section(self, section: Section) -> None:
        """Go on with copies, which no section changes."""
        super().section(section)
        if section.idstr == "spapr":
            self.connectors, self.tables = dict(self.connectors), dict(self.tables)


class ReliesOnTheOrder(LoadsOtherwise):
    """What comes behind `spapr` in the stream is lost, as for hot-plugged CPUs (310cda5b5e9d)."""

    loading = MachineLast


class KeepsOptionalParts(ReferenceAdapter):
    """What the stream leaves out stays as it was: the defaults are set too late (3eb21fe9e5a0)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep a process table where none was sent."""
        machine = super().load(stream, version, onto)
        return replace(machine, patb_entry=machine.patb_entry or onto.patb_entry)


class KeepsTheDefaultWindow(ReferenceAdapter):
    """The flag of a window that the stream does not have is not set when it is loaded."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep the flag where programs do not send it."""
        machine = super().load(stream, version, onto)
        if version not in {"2.7", "2.8", "2.9", "2.10", "2.12", "3.1", "4.0", "5.0"}:
            return machine
        tables = tuple(
            replace(one, def_win=local.def_win)
            for one, local in zip(machine.iommu_tables, onto.iommu_tables, strict=True)
        )
        return replace(machine, iommu_tables=tables)


class KeepsWalksOfItsOwn(ReferenceAdapter):
    """Version 4 leaves the walks alone that an older stream says nothing of."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep walks where none were sent."""
        machine = super().load(stream, version, onto)
        return machine if machine.ccs_list else replace(machine, ccs_list=onto.ccs_list)


class DefaultsToEmpty(ReferenceAdapter):
    """A connector that the stream leaves out is taken for an empty one."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Take 0 for the indicator that a reset sets to 1."""
        machine = super().load(stream, version, onto)
        connectors = tuple(
            one if b"spapr_drc/physical" in stream else replace(one, dr_indicator=0)
            for one in machine.connectors
        )
        return replace(machine, connectors=connectors)


class LoadsOnce(ReferenceAdapter):
    """The second load in one process fails: an object of the first is in the way (5089e1862fe8)."""

    loaded = False

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load the first stream only."""
        if self.loaded:
            raise LoadRejected("the device is loaded already")
        machine = super().load(stream, version, onto)
        self.loaded = True
        return machine


class StartsTooLate(ReferenceAdapter):
    """The first load in one process is rejected: what it needs is only made by it."""

    started = False

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load all streams but the first."""
        if not self.started:
            self.started = True
            raise LoadRejected("not started yet")
        return super().load(stream, version, onto)


class RemembersTheLoadBefore(ReferenceAdapter):
    """What a stream leaves out is as in the stream loaded before it (0631d4b44845)."""

    patb_entry = 0

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep a process table from one load to the next."""
        machine = super().load(stream, version, onto)
        self.patb_entry = machine.patb_entry or self.patb_entry
        return replace(machine, patb_entry=self.patb_entry)


class SendsEverySectionTwice(ReferenceAdapter):
    """Connectors are registered twice, and both registrations save (Firecracker's like: 468ec9a0d).

    A loader takes the second for the first once more.
    """

    def save(self, machine: Machine, version: str) -> bytes:
        """Save a machine whose connectors are there twice."""
        return super().save(
            replace(machine, connectors=machine.connectors + machine.connectors), version
        )


class ResetsWhatWasLoaded(ReferenceAdapter):
    """State is loaded first and reset afterwards (75e972dab51b: loaded while marked clean)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Reset the connectors."""
        machine = super().load(stream, version, onto)
        return replace(machine, connectors=tuple(one.fresh() for one in machine.connectors))
