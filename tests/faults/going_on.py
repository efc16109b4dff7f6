"""Faults of processes that go on: a source after its save, a destination after a load.

What they do with the machine is in the process. The machine that the caller has is as it was.
"""

import zlib
from abc import ABC, abstractmethod

from msgspec.structs import replace

from adapters.protocol import LoadRejected, SaveRefused
from adapters.reference import ReferenceAdapter
from reference.spapr.actions import AnyAction, Reply
from reference.spapr.connector import Connector
from reference.spapr.machine import EventLogEntry, Machine
from reference.spapr.versions import stream_version
from reference.wire.errors import Truncated

FIRST_PAGE = 1 << 12
"""How much of a stream is looked at to know it again."""


class ChangedBySaving(ReferenceAdapter, ABC):
    """A source whose guest goes on in another state than it was saved in.

    So a migration that fails at the other end, or is cancelled, does harm.
    """

    saved: Machine | None = None

    @staticmethod
    @abstractmethod
    def change(machine: Machine) -> Machine:
        """What saving makes of the machine."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save as it was, and remember which machine it is."""
        stream = super().save(machine, version)
        self.saved = machine
        return stream

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Act on the changed machine, where it was saved by a program as it was released."""
        if machine is self.saved and not stream_version(version).features:
            machine = self.change(machine)
        return super().call(machine, version, action)


class EmptiesTheQueue(ChangedBySaving):
    """Events are taken off the queue when they are saved (5852d3bfe16c cancelled transactions)."""

    @staticmethod
    def change(machine: Machine) -> Machine:
        """Leave none."""
        return replace(machine, pending_events=())


class EndsOtherWalks(ChangedBySaving):
    """Saving ends all walks in progress but one (5852d3bfe16c cancelled transactions)."""

    @staticmethod
    def change(machine: Machine) -> Machine:
        """End them, in the list and in connectors."""
        walking = [one.drc_index for one in machine.connectors if one.ccs_depth > 0]

        def ended(one: Connector) -> Connector:
            if one.drc_index not in walking[1:]:
                return one
            return replace(one, ccs_offset=-1, ccs_depth=-1)

        connectors = tuple(map(ended, machine.connectors))
        return replace(machine, ccs_list=machine.ccs_list[:1], connectors=connectors)


class SetsTheClock(ChangedBySaving):
    """Saving sets the guest's clock to that of the host (42043e4f1241: the clock and a stop)."""

    @staticmethod
    def change(machine: Machine) -> Machine:
        """Forget by how much it was ahead."""
        return replace(machine, rtc_ns_offset=0)


class DropsRequests(ChangedBySaving):
    """Saving withdraws requests to give a device back (f46efa9b0895: an interrupt in pre_save)."""

    @staticmethod
    def change(machine: Machine) -> Machine:
        """Withdraw all but the first."""
        wanted = [one.drc_index for one in machine.connectors if one.unplug_requested]
        connectors = (
            replace(one, unplug_requested=one.drc_index in wanted[:1]) for one in machine.connectors
        )
        return replace(machine, connectors=tuple(connectors))


class ChangedByARefusal(ReferenceAdapter):
    """A save that is refused has taken the events off the queue, all but one (c573fc03da65)."""

    refused: Machine | None = None

    def save(self, machine: Machine, version: str) -> bytes:
        """Remember which machine was refused."""
        try:
            return super().save(machine, version)
        except SaveRefused:
            self.refused = machine
            raise

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Act on the machine with what is left of its queue."""
        if machine is self.refused:
            machine = replace(machine, pending_events=machine.pending_events[:1])
        return super().call(machine, version, action)


class KeepsWhatWasCut(ReferenceAdapter):
    """When a source dies, what it had sent stays: the next that is loaded adds its events to it.

    The error path frees nothing (5089e1862fe8's like).
    """

    onto: Machine | None = None
    events: tuple[EventLogEntry, ...] = ()

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Remember the events of a stream that ends behind them, for the machine that waits."""
        try:
            machine = super().load(stream, version, onto)
        except LoadRejected as error:
            if isinstance(error.__cause__, Truncated):
                self.onto, self.events = onto, self.sent(stream, version, onto)
            raise
        if self.events and onto == self.onto:
            machine = replace(machine, pending_events=self.events + machine.pending_events)
        self.onto, self.events = None, ()
        return machine

    def sent(self, stream: bytes, version: str, onto: Machine) -> tuple[EventLogEntry, ...]:
        """The events of a stream that lacks no more than its end marker."""
        try:
            return super().load(stream + b"\0", version, onto).pending_events
        except LoadRejected:
            return ()


class AnswersFromTheFirstPage(ReferenceAdapter):
    """A stream that is as long as the last one and begins like it is not read: the answer is known.

    Long ones, that is; and no more than their first page goes into the checksum (10a06fd65f66: a
    stale copy).
    """

    known: tuple[int, int, str] | None = None
    onto: Machine | None = None
    answer: Machine | None = None

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Look whether the stream is known."""
        known = len(stream), zlib.crc32(stream[:FIRST_PAGE]), version
        if self.answer is not None and known == self.known and onto == self.onto:
            return self.answer
        machine = super().load(stream, version, onto)
        self.known, self.onto, self.answer = known, onto, machine
        return machine
