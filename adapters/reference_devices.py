"""The reference machine, plugged in as any QEMU is."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from adapters.answers import LoadRejected
from adapters.contents import page_of
from adapters.driven import (
    PAGE_SIZE,
    Action,
    Fill,
    Handed,
    Moment,
    Plugged,
    Read,
    Region,
    Reset,
    Space,
    Write,
)
from reference.devices.device import Device
from reference.devices.machine import DEVICES, MEMORY, TYPE, Machine
from reference.wire.errors import StreamError

DATA = Path(__file__).with_name("reference_data")
PAGES = MEMORY // PAGE_SIZE


class ReferenceMachine:
    """A machine of the reference (`reference.devices.machine`)."""

    pages, memory_base = PAGES, 0

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        parts: list[Device] = [*machine.devices.values(), machine.config]
        self.regions = tuple(
            Region(
                one.name,
                Space(one.space),
                one.base,
                one.size,
                one.name.partition(" ")[0],
                one.access,
            )
            for one in parts
        )
        self.widths = {one.name: one.access for one in parts}

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """As `adapters.driven.DrivenMachine.perform`."""
        answers = []
        for one in actions:
            if isinstance(one, Read):
                answers.append(self.read(one))
            elif isinstance(one, Write):
                self.write(one)
            elif isinstance(one, Fill):
                start = one.page * PAGE_SIZE
                page = page_of(one.contents, one.page, pages=PAGES, base=0)
                self.machine.memory[start : start + PAGE_SIZE] = page
            elif isinstance(one, Reset):
                self.machine.reset()
            elif isinstance(one, Moment):
                self.machine.moment()
        return answers

    def read(self, read: Read) -> int:
        """A read: of several registers one after the other, or of a part of one."""
        width = self.widths[read.region]
        if read.size >= width:
            places = range(read.offset // width * width, read.offset + read.size, width)
            values = (
                self.machine.read(read.region, place) << 8 * width * number
                for number, place in enumerate(places)
            )
            return sum(values) & (1 << 8 * read.size) - 1
        whole = self.machine.read(read.region, read.offset // width * width)
        return whole >> 8 * (read.offset % width) & (1 << 8 * read.size) - 1

    def write(self, write: Write) -> None:
        """A write; of a part of a register the rest becomes 0, as on buses without byte enables."""
        width = self.widths[write.region]
        for place in range(write.offset // width * width, write.offset + write.size, width):
            shift = 8 * (place - write.offset)
            value = write.value >> shift if shift >= 0 else write.value << -shift
            self.machine.write(write.region, place, value & (1 << 8 * width) - 1)

    def memory(self) -> bytes:
        """As `adapters.driven.DrivenMachine.memory`."""
        return bytes(self.machine.memory)

    def save(self) -> Handed:
        """As `adapters.driven.DrivenMachine.save`."""
        return Handed(self.machine.save(), self.memory())

    def migrate(self) -> Handed:
        """As `adapters.driven.DrivenMachine.migrate`: in one process it is the same."""
        return self.save()

    def resume(self, handed: Handed) -> None:
        """As `adapters.driven.DrivenMachine.resume`."""
        try:
            self.machine.load(handed.stream)
        except StreamError as error:
            raise LoadRejected(str(error), error.cause) from error
        self.machine.memory[:] = handed.memory

    def close(self) -> None:
        """Nothing is left of it."""


class ReferenceDevices:
    """The reference machine; a wrong one is most easily made with other ``devices``."""

    devices: ClassVar[Sequence[Device]] = DEVICES
    machine: ClassVar[type[Machine]] = Machine
    data: ClassVar[str] = str(DATA)

    def describe(self) -> Plugged:
        """As `adapters.driven.DrivenAdapter.describe`; fresh machines cost nothing."""
        return Plugged("reference", "0.1.0", TYPE, ("board",), data=self.data)

    def start(self) -> ReferenceMachine:
        """As `adapters.driven.DrivenAdapter.start`."""
        return ReferenceMachine(self.machine(self.devices))

    def load(self, handed: Handed) -> ReferenceMachine:
        """As `adapters.driven.DrivenAdapter.load`."""
        machine = self.start()
        machine.resume(handed)
        return machine
