#!/usr/bin/env python3
"""Make captured streams with an installed QEMU; README.md says what they hold.

    python tests/captures/make_captures.py --binary qemu-system-ppc64 \
        --machine pseries-7.2 --output DIR

QMP is spoken over a plain socket: six commands, one after the other, do not need the event loop
that qemu.qmp brings along, and the script then runs wherever Python and QEMU are.
"""

import argparse
import gzip
import json
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CONNECTOR = 0x40000010
"""DRC index of PCI slot 2 on the first host bridge (facts/spapr.md section 3.1)."""

ISOLATION_STATE, UNISOLATED = 9001, 1
"""Indicator and value of the RTAS call set-indicator."""

WALK = (2, 3, 3, 3, 3)
"""Return codes of the ibm,configure-connector calls: the root node, four of its properties."""

ARGUMENTS, RETURN_VALUE, WORK_AREA = 0x100000, 0x100100, 0x101000
"""Guest addresses. The guest never runs, so all of its memory is free."""

TIME_LIMIT = 60
"""Seconds to wait for one answer; a whole stream takes less than one."""


class CaptureFailed(Exception):
    """A stream could not be made; the message ends with the words of QEMU."""


class Machine:
    """A QEMU that is stopped before its first instruction, seen through two sockets.

    Both speak lines of text. ``monitor`` speaks QMP; on ``qtest`` the guest acts.
    """

    def __init__(self, monitor: socket.socket, qtest: socket.socket) -> None:
        self.monitor = monitor
        self.replies = monitor.makefile("rb")
        self.qtest = qtest
        self.answers = qtest.makefile("rb")

    def execute(self, command: str, **arguments: Any) -> Any:
        """What a QMP command returns."""
        request = {"execute": command, "arguments": arguments}
        self.monitor.sendall(json.dumps(request).encode())
        for line in self.replies:  # events come in between
            reply = json.loads(line)
            if "error" in reply:
                raise CaptureFailed(f"{command}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]
        raise CaptureFailed(f"{command}: QEMU ended")

    def act(self, line: str) -> list[str]:
        """The words that follow ``OK`` in the answer to a qtest command."""
        self.qtest.sendall(f"{line}\n".encode())
        status, *words = self.answers.readline().decode().split() or ["nothing"]
        if status != "OK":
            raise CaptureFailed(f"qtest answered {status} to {line!r}")
        return words

    def write(self, address: int, *words: int) -> None:
        """Write 32-bit words into guest memory, big-endian."""
        data = struct.pack(f">{len(words)}I", *words)
        self.act(f"write {address:#x} {len(data)} 0x{data.hex()}")

    def rtas(self, name: str, *arguments: int, expected: int) -> None:
        """Make an RTAS call whose only return value, a signed word, must be ``expected``."""
        self.write(ARGUMENTS, *arguments)
        self.act(f"rtas {name} {len(arguments)} {ARGUMENTS:#x} 1 {RETURN_VALUE:#x}")
        (word,) = self.act(f"read {RETURN_VALUE:#x} 4")
        value = int.from_bytes(bytes.fromhex(word.removeprefix("0x")), signed=True)
        if value != expected:
            raise CaptureFailed(f"RTAS {name} returned {value} instead of {expected}")

    def plug(self) -> None:
        """Hot-plug a device: a pending event, and a connector away from its resting state."""
        self.execute("device_add", driver="virtio-rng-pci", addr="2")

    def walk(self) -> None:
        """Unisolate the connector and stop in the middle of configuring it."""
        self.rtas("set-indicator", ISOLATION_STATE, CONNECTOR, UNISOLATED, expected=0)
        self.write(WORK_AREA, CONNECTOR, 0)
        for code in WALK:
            self.rtas("ibm,configure-connector", WORK_AREA, 0, expected=code)

    def save(self) -> bytes:
        """The stream, read until QEMU closes it."""
        ours, theirs = socket.socketpair()
        ours.settimeout(TIME_LIMIT)
        with ours, ours.makefile("rb") as stream:
            with theirs:
                socket.send_fds(self.monitor, [b"\n"], [theirs.fileno()])
                self.execute("getfd", fdname="stream")
            capability = {"capability": "x-ignore-shared", "state": True}
            self.execute("migrate-set-capabilities", capabilities=[capability])
            self.execute("migrate", uri="fd:stream")
            saved = stream.read()
        outcome = self.execute("query-migrate")
        if outcome["status"] != "completed":
            raise CaptureFailed(f"the migration ended as {outcome}")
        return saved


SITUATIONS: dict[str, tuple[Callable[[Machine], None], ...]] = {
    "idle": (),
    "hotplug": (Machine.plug,),
    "midwalk": (Machine.plug, Machine.walk),
}


@contextmanager
def running(binary: str, machine: str) -> Iterator[Machine]:
    """Start QEMU, and end it whatever happens."""
    our_monitor, monitor = socket.socketpair()
    our_qtest, qtest = socket.socketpair()
    with tempfile.TemporaryFile() as errors, our_monitor, our_qtest:
        our_monitor.settimeout(TIME_LIMIT)
        our_qtest.settimeout(TIME_LIMIT)
        with monitor, qtest:  # QEMU's ends: once only QEMU holds them, its death ends our reading
            process = subprocess.Popen(  # noqa: S603 - the user names the program to run
                (
                    *(binary, "-machine", f"{machine},memory-backend=r0", "-accel", "tcg", "-S"),
                    *("-nodefaults", "-nographic", "-vga", "none", "-m", "256M"),
                    *("-object", "memory-backend-memfd,id=r0,size=256M,share=on"),
                    *("-chardev", f"socket,id=m,fd={monitor.fileno()}", "-mon", "m,mode=control"),
                    *("-chardev", f"socket,id=qtest,fd={qtest.fileno()}"),
                    *("-qtest", "chardev:qtest", "-qtest-log", "/dev/null"),
                ),
                pass_fds=(monitor.fileno(), qtest.fileno()),
                stderr=errors,
            )
        with process:
            try:
                guest = Machine(our_monitor, our_qtest)
                guest.execute("qmp_capabilities")
                yield guest
            except (CaptureFailed, OSError) as problem:
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip()
                raise CaptureFailed(f"{problem}; QEMU said: {said or 'nothing'}") from problem
            finally:
                process.kill()


def capture(binary: str, machine: str, situation: str, output: Path) -> Path:
    """Write one stream, compressed, and return where it is."""
    with running(binary, machine) as guest:
        for step in SITUATIONS[situation]:
            step(guest)
        release = "{major}.{minor}".format(**guest.execute("query-version")["qemu"])
        stream = guest.save()
    path = output / f"qemu-{release}_{machine.partition(',')[0]}_{situation}.mig.gz"
    path.write_bytes(gzip.compress(stream, mtime=0))
    return path


def main() -> int:
    """Make the three streams of each machine type; 1 if any of them could not be made."""
    parser = argparse.ArgumentParser(description="Make captured streams with an installed QEMU.")
    parser.add_argument("--binary", required=True, help="for example qemu-system-ppc64")
    parser.add_argument(
        "--machine",
        required=True,
        action="append",
        help="a machine type, with options as after QEMU's -machine; may be repeated",
    )
    parser.add_argument("--output", required=True, type=Path, help="an existing directory")
    options = parser.parse_args()
    failures = 0
    for machine in options.machine:
        for situation in SITUATIONS:
            try:
                path = capture(options.binary, machine, situation, options.output)
            except (CaptureFailed, OSError) as problem:
                sys.stderr.write(f"{machine} {situation}: {problem}\n")
                failures += 1
            else:
                sys.stdout.write(f"{path}\n")
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
