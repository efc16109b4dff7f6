"""One QEMU, stopped before its first instruction, and the sockets by which it is seen.

Nothing of it has a name in the file system: its monitor, its qtest socket and the streams are
inherited or passed file descriptors, its messages go to a file that was unlinked when it was made.
So nothing is left behind, and a command that starts QEMU in a container or chroot will do.
"""

import asyncio
import atexit
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import cache
from logging import CRITICAL, getLogger
from pathlib import Path
from typing import Any, TypeVar, cast

from qemu.qmp import EventListener, ExecuteError, QMPClient, QMPError

from adapters.qemu.guardian import MARK

ANSWER_SECONDS = 30.0
"""How long one answer may take; the slowest takes a tenth of a second on an idle machine."""
TOGETHER = 100
"""How many qtest commands are sent before their answers are read: what sockets hold at least."""
CONTAINER_SIGNAL = 128
"""A shell reports a signal as this and its number (POSIX, Exit Status for Commands)."""

PROGRAM_NAME = re.compile(r"^qemu-[\w.-]+: ")
"""What QEMU says begins with this (util/qemu-error.c)."""
OVER = ("completed", "failed", "cancelled")
"""States of a migration (qapi/migration.json, MigrationStatus) that are its last."""

getLogger("qemu.qmp").setLevel(CRITICAL)  # the end of a QEMU is an answer, and no error of ours

Answer = TypeVar("Answer")


class QemuDied(Exception):
    """QEMU ended before it answered; ``status`` is as in `subprocess.Popen.returncode`."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status - 256 if status > 255 else status
        self.said = said
        super().__init__(f"{self.how}; it said: {said or 'nothing'}")

    @property
    def signal(self) -> int:
        """The signal that killed it, 0 for none."""
        if self.status < 0:
            return -self.status
        return max(self.status - CONTAINER_SIGNAL, 0)

    @property
    def how(self) -> str:
        """How it ended, in words."""
        if self.signal:
            return f"QEMU was killed by {signal.Signals(self.signal).name}"
        return f"QEMU exited with status {self.status}"


class QemuHung(Exception):
    """QEMU did not answer in time."""


class QemuSaidNo(Exception):
    """QEMU answered a command with an error, and goes on."""


@cache
def _environment() -> dict[str, str]:
    """The environment of all processes of this worker, with the mark for its guardian."""
    mark = secrets.token_hex(16)
    guardian = subprocess.Popen(  # noqa: S603 -- ourselves
        (sys.executable, "-m", "adapters.qemu.guardian", mark),
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert guardian.stdin is not None
    atexit.register(guardian.wait)
    atexit.register(guardian.stdin.close)  # what is registered last comes first
    return {**os.environ, MARK: mark}


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop of this worker, on which all monitors are spoken to."""
    return asyncio.new_event_loop()


class Process:
    """A QEMU that was started with ``command``; it may still be on its way up.

    It inherits ``descriptors``, so that the command can name them: ``/proc/self/fd/7``.
    """

    def __init__(self, command: Sequence[str], descriptors: Sequence[int] = ()) -> None:
        self.command = command
        self.monitor: QMPClient | None = None
        self.events = EventListener(("MIGRATION",))
        self.resets = EventListener(("RESET",))
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the process
        self.ours, theirs = socket.socketpair()
        self.qtest, their_qtest = socket.socketpair()
        self.qtest.settimeout(ANSWER_SECONDS)
        self.answers = self.qtest.makefile("rb")
        with theirs, their_qtest:
            try:
                self.process = subprocess.Popen(  # noqa: S603 -- the user names the program
                    (
                        *command,
                        *("-chardev", f"socket,id=monitor,fd={theirs.fileno()}"),
                        *("-mon", "monitor,mode=control"),
                        *("-chardev", f"socket,id=qtest,fd={their_qtest.fileno()}"),
                        # A log that nobody reads would fill its pipe and stop QEMU.
                        *("-qtest", "chardev:qtest", "-qtest-log", "/dev/null"),
                    ),
                    pass_fds=(theirs.fileno(), their_qtest.fileno(), *descriptors),
                    stdin=subprocess.DEVNULL,
                    stdout=self.said,
                    stderr=self.said,
                    env=_environment(),
                    start_new_session=True,
                )
            except OSError:
                self.close()
                raise

    def connect(self) -> None:
        """Wait until QEMU is up."""
        if self.monitor is None:
            self.monitor = QMPClient()
            self.monitor.register_listener(self.events)
            self.monitor.register_listener(self.resets)
            self._wait(self.monitor.connect(self.ours))

    def execute(self, command: str, **arguments: object) -> Any:
        """What a QMP command returns. Raises `QemuSaidNo`, `QemuDied` and `QemuHung`."""
        self.connect()
        assert self.monitor is not None
        return self._wait(self.monitor.execute(command, arguments))

    def send(self, name: str, descriptor: int) -> None:
        """Give QEMU a file descriptor under a name."""
        self.connect()
        assert self.monitor is not None
        self.monitor.send_fd_scm(descriptor)
        self.execute("getfd", fdname=name)

    def act(self, line: str) -> list[str]:
        """The words that follow ``OK`` in the answer to a qtest command."""
        (words,) = self.act_all([line])
        return words

    def act_all(self, lines: Sequence[str]) -> list[list[str]]:
        """The same for several commands, which are sent together and answered in order."""
        self.connect()
        answered: list[list[str]] = []
        for start in range(0, len(lines), TOGETHER):
            batch = lines[start : start + TOGETHER]
            try:
                self.qtest.sendall("".join(f"{line}\n" for line in batch).encode())
                answered += (self._answer(line) for line in batch)
            except TimeoutError:
                line = lines[len(answered)]
                raise QemuHung(f"no answer to {line!r} in {ANSWER_SECONDS:g} s") from None
            except OSError:
                raise self.death() from None
        return answered

    def _answer(self, line: str) -> list[str]:
        """The words of the next answer, which is to a command."""
        status, *words = self.answers.readline().decode().split() or [""]
        if not status:
            raise self.death()
        if status != "OK":
            raise QemuSaidNo(f"qtest answered {status} {' '.join(words)} to {line!r}")
        return words

    def reset(self) -> None:
        """Reset the machine, and wait until that is over."""
        self.connect()
        self.resets.clear()
        self.execute("system_reset")
        self._wait(self.resets.get())

    def completed(self) -> bool:
        """Wait until a migration is over, in or out; whether that went well."""
        return self._wait(self._completed())

    async def _completed(self) -> bool:
        assert self.monitor is not None
        gone = asyncio.ensure_future(self.monitor.runstate_changed())
        try:
            while True:
                event = asyncio.ensure_future(self.events.get())
                await asyncio.wait({event, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not event.done():
                    event.cancel()
                    raise EOFError
                data = cast("dict[str, str]", event.result()["data"])
                if data["status"] in OVER:
                    return data["status"] == "completed"
        finally:
            gone.cancel()

    def _wait(self, answer: Coroutine[Any, Any, Answer]) -> Answer:
        """What comes of a conversation with the monitor."""
        try:
            return _loop().run_until_complete(asyncio.wait_for(answer, ANSWER_SECONDS))
        except TimeoutError:
            raise QemuHung(f"no answer in {ANSWER_SECONDS:g} s; it said: {self.words()}") from None
        except ExecuteError as error:
            raise QemuSaidNo(str(error)) from None
        except (QMPError, OSError, EOFError):
            raise self.death() from None

    def death(self) -> QemuDied | QemuHung:
        """What became of a process that answers no more."""
        try:
            return QemuDied(self.process.wait(ANSWER_SECONDS), self.words())
        except subprocess.TimeoutExpired:
            return QemuHung(f"it closed its sockets and lives on; it said: {self.words()}")

    def words(self) -> str:
        """What QEMU has said, but for the name of the program."""
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").splitlines()
        return "\n".join(PROGRAM_NAME.sub("", line) for line in lines)

    def close(self) -> None:
        """End it, whatever it does."""
        if hasattr(self, "process"):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.monitor is not None:
            with suppress(QMPError, OSError, EOFError):
                _loop().run_until_complete(self.monitor.disconnect())
        for one in (self.answers, self.qtest, self.ours, self.said):
            one.close()
