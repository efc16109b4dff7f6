"""Faults that show when a machine is handed on: by a build that was handed it, perhaps whole."""

from msgspec.structs import replace

from adapters.implementation import Ability
from adapters.protocol import Implementation
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.other_sections import TIMER
from reference.vmstate.compiler import compile_decoder
from reference.wire.frames import END_OF_STREAM, Section, SectionType, write_section
from tests.faults.saving import LosesWhatArrived
from tests.faults.vmdescriptions import DESCRIPTION, redescribed

PLAN = compile_decoder(TIMER, TIMER.version_id)
SECTION_ID = 0x7FFFFFFF


class StopsTheTimer(LosesWhatArrived):
    """A machine that arrived sends another timer than came (432732b5e455: a part was forgotten)."""

    def describe(self) -> Implementation:
        """It has whole machines."""
        reference = super().describe()
        return replace(reference, abilities=reference.abilities | {Ability.WHOLE_MACHINES})

    def save(self, machine: Machine, version: str) -> bytes:
        """Put a timer in front of the end."""
        stream = super(LosesWhatArrived, self).save(machine, version)
        found = DESCRIPTION.search(stream)
        if found is None:
            return stream
        ticks = 0 if machine is self.arrived else 0x1234
        values = {"cpu_ticks_offset": ticks, "unused": 0, "cpu_clock_offset": 0}
        section = Section(SectionType.FULL, SECTION_ID, TIMER.name, 0, TIMER.version_id)
        footer = machine_type(machine.machine_type).has("send-section-footer")
        written = write_section(section, PLAN.save(values), footer=footer)
        text, _ = PLAN.describe(values)
        end = found.start() - len(END_OF_STREAM)
        whole = stream[:end] + written + stream[end:]
        described = f', {{"name": "timer", "instance_id": 0, {text}}}]}}'.encode()
        return redescribed(whole, lambda known: known[:-2] + described)


class SendsNoRest(LosesWhatArrived):
    """Events are not sent on once the guest took one of those that came (10a06fd65f66: stale)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Leave out what remains."""
        came = len(self.arrived.pending_events) if self.arrived else 0
        if 0 < len(machine.pending_events) < came:
            machine = replace(machine, pending_events=())
        return super(LosesWhatArrived, self).save(machine, version)
