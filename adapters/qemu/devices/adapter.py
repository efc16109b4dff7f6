"""The adapter of any device of any machine of a real QEMU."""

import atexit
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from adapters.answers import AdapterAnswer, AdapterError, Unsupported
from adapters.driven import DrivenAdapter, Handed, Moment, Plugged, Region, Space, Step
from adapters.qemu.devices.configuration import configuration
from adapters.qemu.devices.machine import Layout, QemuMachine
from adapters.qemu.devices.pci import BASES, CONFIG_SIZE, Function, functions, set_up
from adapters.qemu.devices.platforms import firmware_of, platform_of
from adapters.qemu.devices.regions import Range, ranges, regions
from adapters.qemu.devices.reproducer import FIRMWARE, script
from adapters.qemu.process import Process, QemuDied, QemuHung, QemuSaidNo

KNOWN = Path(__file__).with_name("known-findings.toml")
DATA = Path(__file__).with_name("data")
PLAIN = (
    *("-accel", "tcg", "-S", "-nodefaults", "-display", "none", "-vga", "none"),
    *("-rtc", "base=2020-01-01,clock=vm"),
)
"""A machine with nothing that was not asked for, whose time stands still."""
IDENTITY = "tested"
"""The id of what is plugged, and a number."""


class QemuDevices:
    """The QEMU, machine and devices that a name stands for (`adapters.qemu.devices.configuration`).

    Raises `AdapterError` for a name that is none, and for a binary that does not start.
    """

    def __init__(self, name: str) -> None:
        self.configuration = configuration(name)
        self.machines: list[QemuMachine] = []
        atexit.register(self.close)
        try:
            process = Process((*self.configuration.command, "-M", "none", "-S", "-display", "none"))
            version = process.execute("query-version")["qemu"]
            self.architecture = process.execute("query-target")["arch"]
            process.close()
        except (OSError, QemuDied, QemuHung) as error:
            raise AdapterError(f"adapter {name!r} does not start: {error}.") from error
        self.release = "{major}.{minor}.{micro}".format(**version)
        self.platform = platform_of(self.architecture, self.configuration.type_name)
        self.firmware = -1
        if self.platform.firmware:
            self.firmware = os.memfd_create("firmware")
            os.pwrite(self.firmware, firmware_of(self.platform), 0)
        self.size = self.configuration.memory or self.platform.memory
        self.layout: Layout | None = None

    def describe(self) -> Plugged:
        """As `adapters.driven.DrivenAdapter.describe`."""
        return Plugged(
            name="QEMU",
            release=self.release,
            machine=self.configuration.machine,
            devices=self.configuration.names,
            known_failures=str(KNOWN),
            data=str(DATA),
            reuses=True,
        )

    def start(self) -> QemuMachine:
        """As `adapters.driven.DrivenAdapter.start`."""
        if self.layout is None:
            self.layout = self.explored()
        machine = self.machine(self.layout)
        try:
            machine.process.act_all(self.layout.begin)
        except (QemuDied, QemuHung) as end:
            raise Unsupported(said(end)) from None
        return machine

    def load(self, handed: Handed) -> QemuMachine:
        """As `adapters.driven.DrivenAdapter.load`."""
        if self.layout is None:
            self.start().close()
        assert self.layout is not None
        machine = self.machine(self.layout, "-incoming", "defer")
        try:
            machine.arrive(handed)
        except AdapterAnswer:
            machine.close()
            raise
        return machine

    def machine(self, layout: Layout, *further: str) -> QemuMachine:
        """A process with all that is plugged."""
        return self.process(layout, *self.plugged, *further)

    @property
    def plugged(self) -> tuple[str, ...]:
        """The arguments of all that is plugged, and of what it needs."""
        devices = (
            word
            for number, one in enumerate(self.configuration.devices)
            for word in ("-device", f"{one},id={IDENTITY}{number}")
        )
        return (*self.configuration.also, *devices)

    def board(self, firmware: str, *properties: str) -> list[str]:
        """The command line of a machine that runs the image ``firmware``, if it needs one."""
        machine = ",".join((self.configuration.machine, *self.platform.options, *properties))
        words = [*self.configuration.command, "-M", machine, *PLAIN]
        if self.platform.firmware:
            words += ("-bios", firmware)
        if self.configuration.cpu:
            words += ("-cpu", self.configuration.cpu)
        if self.size:
            words += ("-m", self.size)
        return words

    def process(self, layout: Layout, *further: str) -> QemuMachine:
        """A process of the machine type; raises `Unsupported` where it does not start."""
        memory, descriptors = -1, [self.firmware] if self.firmware >= 0 else []
        image = f"/proc/self/fd/{self.firmware}"
        if self.size:
            memory = os.memfd_create("memory")
            os.ftruncate(memory, bytes_of(self.size))
            descriptors.append(memory)
            path = f"/proc/self/fd/{memory}"
            backend = f"memory-backend-file,id=memory,size={self.size},share=on,mem-path={path}"
            board = [*self.board(image, "memory-backend=memory"), "-object", backend]
        else:
            board = self.board(image)
        process = Process((*board, *further), descriptors)
        try:
            made = QemuMachine(process, memory, layout)
        except (QemuDied, QemuHung) as end:
            process.close()
            raise Unsupported(said(end)) from None
        finally:
            if memory >= 0:
                os.close(memory)
        self.machines = [one for one in self.machines if one.image >= 0] + [made]
        return made

    def explored(self) -> Layout:
        """Where everything is, asked of two machines: a bare one, and one with all plugged."""
        nothing = Layout((), {}, self.platform.way, 0, ())
        bare = self.process(nothing)
        there, known = found_in(bare), functions_of(bare)
        bare.close()
        machine = self.machine(nothing)
        try:
            return self.seen(machine, there, known)
        except (QemuDied, QemuHung, QemuSaidNo) as end:
            raise Unsupported(said(end)) from None
        finally:
            machine.close()

    def seen(
        self, machine: QemuMachine, there: Sequence[Range], known: Sequence[Function]
    ) -> Layout:
        """The layout of a machine, of which all that a bare one has is left out."""
        way, owner = self.platform.way, self.configuration.names[0]
        plugged = [one for one in functions_of(machine) if one not in known]
        begin: tuple[str, ...] = ()
        configuration_spaces: dict[str, int] = {}
        if way is not None:
            begin = tuple(set_up(way, plugged, self.platform.windows))
            machine.process.act_all(begin)
            names = self.configuration.names
            for number, one in enumerate(plugged):
                place = one.identity.removeprefix(IDENTITY)
                name = names[int(place)] if place.isdigit() else f"function {number}"
                configuration_spaces[f"{name} config"] = one.number
        found = found_in(machine)
        made = regions(found, owner, there if self.configuration.devices else ())
        made += (
            Region(name, Space.CONFIG, 0, CONFIG_SIZE, name.removesuffix(" config"), fixed=BASES)
            for name in configuration_spaces
        )
        if not made:
            raise Unsupported("it has no registers that a guest reaches without a driver")
        memory = next((one.first for one in found if one.name == "memory"), 0)
        layout = Layout(tuple(made), configuration_spaces, way, memory, begin)
        machine.layout = layout
        try:
            machine.perform([Moment()])
        except AdapterAnswer:
            return replace(layout, runs=False)
        return layout

    def reproducer(self, steps: Sequence[Step], destination: DrivenAdapter) -> str:
        """As `adapters.driven.Reproducing.reproducer`: a shell script."""
        assert isinstance(destination, QemuDevices)
        assert self.layout is not None
        commands = [[*one.board(FIRMWARE), *one.plugged] for one in (self, destination)]
        return script(steps, self.layout, commands, self.platform.firmware)

    def close(self) -> None:
        """End all processes."""
        for one in self.machines:
            one.close()


def said(end: Exception) -> str:
    """What QEMU said when it ended, or what ended it."""
    return end.said.splitlines()[0] if isinstance(end, QemuDied) and end.said else str(end)


def bytes_of(size: str) -> int:
    """How many bytes ``2M`` are."""
    units = {"K": 10, "M": 20, "G": 30}
    return int(size[:-1]) << units[size[-1]] if size[-1] in units else int(size)


def found_in(machine: QemuMachine) -> list[Range]:
    """The regions of a machine."""
    listing = {"command-line": "info mtree -f"}
    return list(ranges(machine.process.execute("human-monitor-command", **listing)))


def functions_of(machine: QemuMachine) -> list[Function]:
    """The PCI functions of a machine."""
    return functions(machine.process.execute("query-pci"))
