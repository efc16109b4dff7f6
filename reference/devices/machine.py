"""The machine: its devices, their interrupt lines, its memory, and its streams.

A stream has the header and the configuration section of QEMU's, a full section with a footer for
each device, and the vmdescription. What a device's `loaded` looks at must be there before: the
sections come in the order of `DEVICES`, with the clock first.
"""

from collections.abc import Sequence
from struct import Struct

from reference.devices.device import Bus, Device
from reference.devices.disk import Disk, DiskConfig
from reference.devices.dma import Dma
from reference.devices.interrupts import Interrupts
from reference.devices.timer import Timer
from reference.devices.uart import Uart
from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import int64, validate
from reference.vmstate.plan import check_version
from reference.vmstate.records import Record
from reference.wire.errors import ConfigurationRejected, UnknownSection
from reference.wire.frames import (
    END_OF_STREAM,
    STREAM_HEADER,
    Configuration,
    Section,
    SectionType,
    write_section,
)
from reference.wire.framing import read_frames
from reference.wire.reader import Reader

TYPE = "reference"
MEMORY = 16 * 4096
"""Bytes of guest memory, from address 0 on."""
MOMENT = 1_000_007
"""Nanoseconds that pass in a moment."""
LATEST = 1 << 62
"""Nanoseconds since the reset that no guest sees; a clock has 64 bits and a sign."""
NAME_HEAD = Struct(">BI")
PAGE_SIZE = 4096
MEMORY_AND_MASTER = 6
"""What firmware writes into the command register of the disk."""


class Clock(Record, frozen=True):
    """The virtual clock in ns."""

    now: int = 0


CLOCK = VMStateDescription(
    name="clock",
    fields=(int64("now"), validate("time can go on", lambda state, _: 0 <= state.now < LATEST)),
    record=Clock,
)

DEVICES: tuple[Device, ...] = (Interrupts(), Timer(), Uart(), Dma(), Disk())
"""In the order of their sections."""


class Machine(Bus):
    """A machine of devices; ``config`` is the configuration space of the last of them."""

    def __init__(self, devices: Sequence[Device] = DEVICES) -> None:
        self.devices = {one.name: one for one in devices}
        self.config = DiskConfig()
        self.memory = bytearray(MEMORY)
        self.now = 0
        self.states: dict[str, Record] = {}
        self.reset()

    def reset(self) -> None:
        """All devices as new, and the disk set up as firmware does; the clock begins anew."""
        self.now = 0
        self.states = {name: one.fresh for name, one in self.devices.items()}
        self.write("disk config", 4, MEMORY_AND_MASTER)

    def part(self, name: str) -> tuple[Device, str]:
        """What has the registers of a name, and whose state it works on."""
        return (self.config, "disk") if name == self.config.name else (self.devices[name], name)

    def read(self, name: str, offset: int) -> int:
        """What the guest reads of the register at an offset."""
        device, holder = self.part(name)
        value, self.states[holder] = device.read(self.states[holder], offset, self)
        return value

    def write(self, name: str, offset: int, value: int) -> None:
        """Let the guest write the register at an offset."""
        device, holder = self.part(name)
        state = self.states[holder]
        after = device.write(state, offset, value, self)
        self.states[holder] = after

    def moment(self) -> None:
        """Let time pass: all devices do what they have put off, in their order."""
        self.now += MOMENT
        for name, device in self.devices.items():
            self.states[name] = device.moment(self.states[name], self)

    def set_line(self, line: int, *, level: bool) -> None:
        """As `Bus.set_line`."""
        controller = self.devices["interrupts"]
        assert isinstance(controller, Interrupts)
        state = self.states["interrupts"]
        self.states["interrupts"] = controller.line(state, line, level=level)  # type: ignore[arg-type] # its own

    def read_memory(self, address: int, size: int) -> bytes:
        """As `Bus.read_memory`."""
        return bytes(self.memory[address : address + size]).ljust(size, b"\0")

    def write_memory(self, address: int, data: bytes) -> None:
        """As `Bus.write_memory`."""
        if address < MEMORY:
            data = data[: MEMORY - address]
            self.memory[address : address + len(data)] = data

    def save(self) -> bytes:
        """The stream of all but the memory."""
        name = TYPE.encode()
        parts = [STREAM_HEADER, NAME_HEAD.pack(SectionType.CONFIGURATION, len(name)), name]
        described = []
        sections = [(CLOCK, Clock(self.now))]
        sections += (
            (one.vmsd, one.saving(self.states[name], self)) for name, one in self.devices.items()
        )
        for number, (vmsd, state) in enumerate(sections):
            payload, (text, _) = compile_plan(vmsd).write(state)
            section = Section(SectionType.FULL, number, vmsd.name, 0, vmsd.version_id)
            parts.append(write_section(section, payload, footer=True))
            described.append(f'{{"name": "{vmsd.name}", "instance_id": 0, {text}}}')
        text = f'{{"page_size": {PAGE_SIZE}, "devices": [{", ".join(described)}]}}'
        head = NAME_HEAD.pack(SectionType.VMDESCRIPTION, len(text))
        return b"".join((*parts, END_OF_STREAM, head, text.encode()))

    def load(self, stream: bytes) -> None:
        """Become the machine of a stream; raises `StreamError`, and is then of no further use."""
        self.reset()
        reader = Reader(stream)
        for frame in read_frames(reader, footers=True, configuration=True):
            if isinstance(frame, Configuration):
                name = reader.take(reader.u32())
                if name != TYPE.encode():
                    raise ConfigurationRejected(
                        f"the machine type is {bytes(name).decode('latin-1')!r}, not {TYPE!r}",
                        offset=frame.offset,
                    )
            elif isinstance(frame, Section):
                self.section(frame, reader)

    def section(self, section: Section, reader: Reader) -> None:
        """Load a section."""
        device = self.devices.get(section.idstr)
        vmsd = CLOCK if section.idstr == CLOCK.name else device.vmsd if device else None
        if vmsd is None or section.kind is not SectionType.FULL:
            raise UnknownSection(f"no device {section.name}", offset=section.offset)
        check_version(vmsd, section.version_id, section.offset)
        plan = compile_plan(vmsd, section.version_id)
        if device is None:
            self.now = plan.load(reader, Clock()).now
        else:
            loaded = plan.load(reader, device.fresh)
            self.states[device.name] = device.loaded(loaded, self)
