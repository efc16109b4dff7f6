"""Faults in lists: their order, their length, what they held before."""

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine


class DropsAConnector(ReferenceAdapter):
    """The last of several walks in progress is missing after a load: a loop ends too early."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load all walks but the last."""
        machine = super().load(stream, version, onto)
        return replace(machine, ccs_list=machine.ccs_list[:1] + machine.ccs_list[1:-1])


class ReversesTheWalks(ReferenceAdapter):
    """Walks are inserted at the head when they are loaded, as when they begin."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load the walks back to front."""
        machine = super().load(stream, version, onto)
        return replace(machine, ccs_list=machine.ccs_list[::-1])


class ReversesTheEvents(ReferenceAdapter):
    """Events are inserted at the head when they are loaded: the last one comes first."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load the events back to front."""
        machine = super().load(stream, version, onto)
        return replace(machine, pending_events=machine.pending_events[::-1])


class AppendsOnLoad(ReferenceAdapter):
    """A load adds to the lists that are there, as the patch of April 2016 did."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Put what was loaded behind what was there."""
        machine = super().load(stream, version, onto)
        return replace(
            machine,
            ccs_list=onto.ccs_list + machine.ccs_list,
            pending_events=onto.pending_events + machine.pending_events,
        )


class CountsInEightBits(ReferenceAdapter):
    """How long a list is is kept in a byte, as the number of HPET timers was (3f1c49e2136f)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as much as the byte says."""
        walks = machine.ccs_list[: len(machine.ccs_list) % 2**8]
        events = machine.pending_events[: len(machine.pending_events) % 2**8]
        return super().save(replace(machine, ccs_list=walks, pending_events=events), version)


class CountsInSixteenBits(ReferenceAdapter):
    """The number of MSIs is kept in 16 bits, as that of the hash table's entries (338c25b6929b)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as many MSIs as the 16 bits say."""
        bridge = machine.host_bridge
        kept = replace(bridge, msis=bridge.msis[: len(bridge.msis) % 2**16])
        return super().save(replace(machine, host_bridge=kept), version)
