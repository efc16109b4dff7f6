"""A QEMU that holds a pseries machine, whose events are as the model has them."""

from msgspec.structs import replace

from adapters.qemu.process import Process
from adapters.qemu.pseries.rtas import AREA_SIZE, dateless
from adapters.qemu.streams import Streams
from reference.inspection.others import shares_memory
from reference.spapr.actions import Reply
from reference.spapr.machine import EventLogEntry, Machine


class Running(Streams):
    """A process whose streams have the events of the model.

    ``events`` are those that this QEMU queued itself: as they are in its streams, and as they are
    in the model, without the host's date and counter.
    """

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.events: list[tuple[EventLogEntry, EventLogEntry]] = []

    def arrive(self, stream: bytes) -> None:
        """Let a stream come in that says itself whether shared memory is in it."""
        self.load(stream, shared=shares_memory(stream))

    def migrate(self) -> bytes:
        """Let the machine migrate, and return the stream. That is possible once."""
        return self.renumbered(super().migrate())

    def devices_state(self) -> bytes:
        """The sections of all devices, between the stream's header and its end."""
        return self.renumbered(super().devices_state())

    def numbered(self, machine: Machine, known: int, plid: int) -> Machine:
        """The machine with the events behind the first ``known`` as the model has them."""
        events = list(machine.pending_events)
        for place, raw in enumerate(events[known:], known):
            events[place] = dateless(raw, plid)
            self.events.append((raw, events[place]))
        return replace(machine, pending_events=tuple(events))

    def renumbered(self, stream: bytes) -> bytes:
        """The stream with the events of this QEMU as the model has them.

        They carry the host's date and a counter in the host's byte order; no two runs would agree.
        """
        for raw, ours in self.events:
            stream = stream.replace(raw.extended_log, ours.extended_log)
        return stream

    def replied(self, reply: Reply) -> Reply:
        """A reply with events as the model has them."""
        memory = self.renumbered(reply.memory.ljust(AREA_SIZE, b"\0")).rstrip(b"\0")
        return replace(reply, memory=memory)
