"""Faults in lists."""

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
