"""A real QEMU as a machine of which nothing is known but what a guest can reach."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from mmap import mmap
from time import sleep
from typing import Any

from adapters.answers import Died, Hung, LoadRejected, SaveRefused
from adapters.contents import page_of
from adapters.driven import (
    PAGE_SIZE,
    Action,
    Fill,
    Handed,
    Moment,
    Read,
    Region,
    Reset,
    Space,
    Write,
)
from adapters.qemu.devices.pci import LETTERS, Way
from adapters.qemu.devices.snapshots import NAME, image, stream_in
from adapters.qemu.process import Process, QemuDied, QemuHung, QemuSaidNo
from adapters.qemu.streams import SHARED, Streams
from reference.vmstate.records import Record

PAGES = 16
"""Pages that devices are pointed at."""
FIRST_PAGE = 16
"""Pages of memory before them, in which a PC has what it needs."""
WINDOW = 2 << 20
"""Bytes of memory that are handed over: nobody points a device behind them."""
MOMENT = 0.002
"""Seconds for which a machine runs; timers that mitigate interrupts are far shorter."""
FDSET = 2
NODE, JOB = "node", "job"


class Layout(Record, frozen=True):
    """Where everything is in all machines of a configuration.

    ``numbers`` are those of PCI functions, by the name of their configuration space. ``memory`` is
    the guest's address of its first byte. ``begin`` are the lines that set a machine up after a
    reset. ``runs``: its CPU can run without harm.
    """

    regions: tuple[Region, ...]
    numbers: dict[str, int]
    way: Way | None
    memory: int
    begin: tuple[str, ...]
    runs: bool = True

    @property
    def memory_base(self) -> int:
        """The guest's address of the first page that devices are pointed at."""
        return self.memory + FIRST_PAGE * PAGE_SIZE

    def lines(self, access: Read | Write, region: Region) -> list[str]:
        """The lines of qtest that make an access in its region; the last one answers."""
        size = access.size
        value = access.value if isinstance(access, Write) else None
        if region.space is Space.CONFIG:
            assert self.way is not None
            number = self.numbers[region.name]
            if value is None:
                return self.way.read(number, access.offset, size)
            return self.way.write(number, access.offset, size, value)
        verbs = ("in", "out") if region.space is Space.PORTS else ("read", "write")
        verb = f"{verbs[value is not None]}{LETTERS[size]} {region.base + access.offset:#x}"
        return [verb if value is None else f"{verb} {value:#x}"]


@contextmanager
def answering() -> Iterator[None]:
    """Say in the words of the protocol what became of a process."""
    try:
        yield
    except QemuDied as death:
        raise Died(str(death)) from None
    except QemuHung as hung:
        raise Hung(str(hung)) from None


class QemuMachine:
    """One process, whose memory the descriptor ``memory`` has."""

    def __init__(self, process: Process, memory: int, layout: Layout) -> None:
        self.process, self.layout = process, layout
        self.streams = Streams(process)
        self.window = mmap(memory, min(WINDOW, os.fstat(memory).st_size)) if memory >= 0 else None
        self.image = os.memfd_create("image")
        self.regions = layout.regions
        self.by_name = {one.name: one for one in layout.regions}
        self.pages = PAGES if self.window is not None else 0
        self.memory_base = layout.memory_base
        self.ready = False

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """As `adapters.driven.DrivenMachine.perform`."""
        lines: list[str] = []
        answering_lines: list[int] = []
        answers: list[int] = []

        def done() -> None:
            answered = self.process.act_all(lines)
            answers.extend(int(answered[at][0], 16) for at in answering_lines)
            lines.clear()
            answering_lines.clear()

        with answering():
            for one in actions:
                if isinstance(one, Read | Write):
                    lines += self.layout.lines(one, self.by_name[one.region])
                    if isinstance(one, Read):
                        answering_lines.append(len(lines) - 1)
                    continue
                done()
                if isinstance(one, Fill):
                    self.fill(one)
                elif isinstance(one, Reset):
                    self.process.reset()
                    lines += self.layout.begin
                elif isinstance(one, Moment):
                    self.run()
            done()
        return answers

    def fill(self, fill: Fill) -> None:
        """Fill a page."""
        if self.window is not None:
            start = (FIRST_PAGE + fill.page) * PAGE_SIZE
            self.window[start : start + PAGE_SIZE] = page_of(
                fill.contents, fill.page, pages=self.pages, base=self.memory_base
            )

    def run(self) -> None:
        """Let time pass."""
        if self.layout.runs:
            self.process.execute("cont")
            sleep(MOMENT)
            self.process.execute("stop")

    def memory(self) -> bytes:
        """As `adapters.driven.DrivenMachine.memory`: what is handed over of it."""
        return b"" if self.window is None else self.window[FIRST_PAGE * PAGE_SIZE :]

    def put_memory(self, memory: bytes) -> None:
        """Give the guest its memory back."""
        if self.window is not None:
            self.window[FIRST_PAGE * PAGE_SIZE :] = memory

    def save(self) -> Handed:
        """As `adapters.driven.DrivenMachine.save`: a snapshot."""
        with answering():
            if problem := self.job("snapshot-save", image()):
                raise SaveRefused(problem)
            size = os.fstat(self.image).st_size
            return Handed(stream_in(os.pread(self.image, size, 0)), self.memory())

    def resume(self, handed: Handed) -> None:
        """As `adapters.driven.DrivenMachine.resume`: a snapshot of ours."""
        with answering():
            self.process.reset()
            self.put_memory(handed.memory)
            said = len(self.process.words())
            if problem := self.job("snapshot-load", image(handed.stream)):
                raise LoadRejected(self.process.words()[said:].strip() or problem)

    def job(self, command: str, content: bytes) -> str:
        """Let QEMU save or load the snapshot of an image, and return what it says went wrong."""
        os.ftruncate(self.image, 0)
        os.pwrite(self.image, content, 0)
        execute = self.process.execute
        if not self.ready:
            self.streams.enable(SHARED)
            assert self.process.monitor is not None
            self.process.monitor.send_fd_scm(self.image)
            execute("add-fd", **{"fdset-id": FDSET})
            self.ready = True
        file = {"driver": "file", "filename": f"/dev/fdset/{FDSET}", "locking": "off"}
        execute("blockdev-add", **{"node-name": NODE, "driver": "qcow2", "file": file})
        try:
            return self.concluded(command)
        finally:
            execute("blockdev-del", **{"node-name": NODE})

    def concluded(self, command: str) -> str:
        """Run a job to its end."""
        arguments = {"job-id": JOB, "tag": NAME, "vmstate": NODE, "devices": [NODE]}
        self.process.execute(command, **arguments)
        job: dict[str, Any] = {}
        while job.get("status") != "concluded":
            (job,) = self.process.execute("query-jobs")
        self.process.execute("job-dismiss", id=JOB)
        return str(job.get("error", ""))

    def migrate(self) -> Handed:
        """As `adapters.driven.DrivenMachine.migrate`: a migration."""
        with answering():
            try:
                return Handed(self.streams.migrate(), self.memory())
            except QemuSaidNo as no:
                raise SaveRefused(str(no)) from None

    def arrive(self, handed: Handed) -> None:
        """Let what was handed over come in, where QEMU waits for it."""
        self.put_memory(handed.memory)
        try:
            self.streams.load(handed.stream, shared=True)
        except QemuHung as hung:
            raise Hung(str(hung)) from None
        except QemuDied as death:
            if death.signal or death.status != 1:
                raise Died(str(death)) from None
            raise LoadRejected(death.said) from None

    def close(self) -> None:
        """End it."""
        if self.image >= 0:
            self.streams.close()
            if self.window is not None:
                self.window.close()
            os.close(self.image)
            self.image = -1
