"""Faults in saving: a source that is not what it was, and state between saves."""

from msgspec.structs import replace

from adapters.protocol import SaveRefused
from adapters.reference import ReferenceAdapter
from reference.spapr.capabilities import default_capabilities
from reference.spapr.machine import Machine, Timebase


class SetsTheCapabilities(ReferenceAdapter):
    """Saving fills in the source's capabilities: pre_save changes the machine (5852d3bfe16c)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Write the defaults into the machine, behind the stream."""
        stream = super().save(machine, version)
        machine.capabilities.update(default_capabilities(machine.machine_type))
        return stream


class LetsTheClockRun(ReferenceAdapter):
    """The clock counts on while the machine is stopped (42043e4f1241): no two saves agree."""

    saves = 0

    def save(self, machine: Machine, version: str) -> bytes:
        """Save a clock that is a tick further each time."""
        self.saves += 1
        ticks = (machine.tb.guest_timebase + self.saves) % 2**64
        clock = Timebase(ticks, machine.tb.time_of_the_day_ns)
        return super().save(replace(machine, tb=clock), version)


class LosesWhatArrived(ReferenceAdapter):
    """The events of a machine that was migrated here are not sent on (10a06fd65f66: stale copy)."""

    arrived: Machine | None = None

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Remember the machine."""
        self.arrived = super().load(stream, version, onto)
        return self.arrived

    def save(self, machine: Machine, version: str) -> bytes:
        """Save a machine that came from elsewhere without its events."""
        if machine is self.arrived:
            machine = replace(machine, pending_events=())
        return super().save(machine, version)


class DescribesWhatArrived(LosesWhatArrived):
    """A machine that was migrated here is sent on without the vmdescription (8421b205ddb7)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Cut the vmdescription off."""
        stream = ReferenceAdapter.save(self, machine, version)
        end = stream.find(b"\0\x06\0\0") + 1
        return stream[:end] if machine is self.arrived and end else stream


class NeverDefers(ReferenceAdapter):
    """3+busy saves in the middle of a walk, and the walk is lost."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save without the walks."""
        return super().save(replace(machine, ccs_list=()), version)


class DefersForEver(ReferenceAdapter):
    """Once a save was deferred, all further ones are (c573fc03da65: nothing was cleaned up)."""

    deferred = ""

    def save(self, machine: Machine, version: str) -> bytes:
        """Refuse what was refused before."""
        if self.deferred and version == "3+busy":
            raise SaveRefused(self.deferred)
        try:
            return super().save(machine, version)
        except SaveRefused as refused:
            self.deferred = refused.reason
            raise
