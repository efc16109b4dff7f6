"""A QEMU and the streams that go into it and come out."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from msgspec.structs import replace

from adapters.qemu.process import ANSWER_SECONDS, Process, QemuHung, QemuSaidNo
from adapters.qemu.rtas import AREA_SIZE, dateless
from reference.inspection.others import shares_memory
from reference.spapr.actions import Reply
from reference.spapr.machine import EventLogEntry, Machine

SHARED = "x-ignore-shared"
"""The migration capability that keeps shared memory out of a stream."""
DEVICES_STATE = "/dev/fdset/1"
"""What QEMU opens to write the state of its devices: a file without a name."""


class Running:
    """A process that loads a stream, and saves as often as it is asked to.

    ``events`` are those that this QEMU queued itself: as they are in its streams, and as they are
    in the model, without the host's date and counter.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.migrated = False
        self.events: list[tuple[EventLogEntry, EventLogEntry]] = []
        self.state = os.memfd_create("devices")
        self.enable("events")

    def enable(self, capability: str) -> None:
        """Switch on a capability of migrations."""
        state = {"capability": capability, "state": True}
        self.process.execute("migrate-set-capabilities", capabilities=[state])

    def load(self, stream: bytes) -> None:
        """Let the stream come in. Raises `QemuDied` where QEMU gives up, and `QemuHung`."""
        if shares_memory(stream):
            self.enable(SHARED)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self.process.send("incoming", theirs.fileno())
            self.process.execute("migrate-incoming", uri="fd:incoming")
            ours.settimeout(ANSWER_SECONDS)
            with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
                ours.sendall(stream)
        if not self.process.completed():
            raise self.process.death()

    def migrate(self) -> bytes:
        """Let the machine migrate, and return the stream. That is possible once."""
        self.enable(SHARED)
        ours, theirs = socket.socketpair()
        ours.settimeout(ANSWER_SECONDS)
        # It is read from the start: a QEMU that cannot write on does not answer its monitor.
        with ours, ours.makefile("rb") as arriving, ThreadPoolExecutor(1) as reader:
            with theirs:
                self.process.send("outgoing", theirs.fileno())
                read = reader.submit(arriving.read)
            self.process.execute("migrate", uri="fd:outgoing")
            try:
                stream = read.result()
            except TimeoutError:
                raise QemuHung(f"no stream in {ANSWER_SECONDS:g} s") from None
        if not self.process.completed():
            outcome = self.process.execute("query-migrate")
            raise QemuSaidNo(outcome.get("error-desc", "the migration failed"))
        self.migrated = True
        return self.renumbered(stream)

    def devices_state(self) -> bytes:
        """The sections of all devices, between the stream's header and its end.

        What it takes is for Xen, but is in every build (migration/savevm.c,
        qmp_xen_save_devices_state), runs the same code as a migration, and leaves QEMU as it was.
        """
        with open(f"/proc/self/fd/{self.state}", "wb") as writing:  # noqa: PTH123 -- no path
            writing.truncate()
            self.process.connect()
            assert self.process.monitor is not None
            self.process.monitor.send_fd_scm(writing.fileno())
            self.process.execute("add-fd", **{"fdset-id": 1})
            self.process.execute("xen-save-devices-state", filename=DEVICES_STATE, live=False)
            self.process.execute("remove-fd", **{"fdset-id": 1})
        size = os.fstat(self.state).st_size
        return self.renumbered(os.pread(self.state, size, 0))

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

    def close(self) -> None:
        """End it."""
        self.process.close()
        os.close(self.state)
