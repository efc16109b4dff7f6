"""A QEMU of any machine, and the streams that go into it and come out."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from adapters.qemu.process import ANSWER_SECONDS, Process, QemuHung, QemuSaidNo

SHARED = "x-ignore-shared"
"""The migration capability that keeps shared memory out of a stream."""
DEVICES_STATE = "/dev/fdset/1"
"""What QEMU opens to write the state of its devices: a file without a name."""


class Streams:
    """A process that loads a stream, and saves as often as it is asked to."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.migrated = False
        self.state = os.memfd_create("devices")
        self.enable("events")

    def enable(self, capability: str) -> None:
        """Switch on a capability of migrations."""
        state = {"capability": capability, "state": True}
        self.process.execute("migrate-set-capabilities", capabilities=[state])

    def load(self, stream: bytes, *, shared: bool) -> None:
        """Let the stream come in; ``shared``: it was written without shared memory.

        Raises `QemuDied` where QEMU gives up, and `QemuHung`.
        """
        if shared:
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
            try:
                self.process.execute("migrate", uri="fd:outgoing")
                stream = read.result()
            except TimeoutError:
                raise QemuHung(f"no stream in {ANSWER_SECONDS:g} s") from None
            except QemuSaidNo:
                ours.shutdown(socket.SHUT_RDWR)  # QEMU still has its end, and writes nothing
                raise
        if not self.process.completed():
            outcome = self.process.execute("query-migrate")
            raise QemuSaidNo(outcome.get("error-desc", "the migration failed"))
        self.migrated = True
        return stream

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
        return os.pread(self.state, size, 0)

    def close(self) -> None:
        """End it."""
        self.process.close()
        os.close(self.state)
