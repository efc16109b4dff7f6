"""PCI functions as firmware sets them up: base addresses, and the ways to configuration space."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

CONFIG_SIZE = 256
"""Bytes of configuration space that every function has (PCI Local Bus 3.0, 6.1)."""
COMMAND = 0x04
BASES = (0x10, 0x34)
"""Offsets of base addresses, that of the ROM included (PCI Local Bus 3.0, 6.1)."""
DECODE_ALL = 7
"""Ports, memory, and mastering of the bus (PCI Local Bus 3.0, 6.2.2)."""
LETTERS = {1: "b", 2: "w", 4: "l", 8: "q"}
"""By which qtest knows sizes in bytes; configuration space has no accesses of eight."""
ADDRESS_PORT, DATA_PORT = 0xCF8, 0xCFC


class Function(NamedTuple):
    """A function on the first bus: ``identity`` is its qdev id, ``bars`` its base registers."""

    slot: int
    function: int
    identity: str
    bars: tuple[Mapping[str, Any], ...]

    @property
    def number(self) -> int:
        """Device and function in eight bits."""
        return self.slot << 3 | self.function


def functions(buses: Sequence[Mapping[str, Any]]) -> list[Function]:
    """Those on the first bus, of what QMP ``query-pci`` returns."""
    return [
        Function(one["slot"], one["function"], one["qdev_id"], tuple(one["regions"]))
        for bus in buses
        for one in bus["devices"]
        if one["bus"] == 0 and "pci_bridge" not in one
    ]


class Way(Protocol):
    """How a guest reaches configuration space: by lines of qtest, of which the last answers."""

    def read(self, number: int, offset: int, size: int) -> list[str]:
        """Lines that read ``size`` bytes (1, 2, 4) of a function."""

    def write(self, number: int, offset: int, size: int, value: int) -> list[str]:
        """Lines that write them."""


class ByPorts:
    """Of a PC: two ports (PCI Local Bus 3.0, 3.2.2.3.2)."""

    def read(self, number: int, offset: int, size: int) -> list[str]:
        """As `Way.read`."""
        return [self.select(number, offset), f"in{LETTERS[size]} {DATA_PORT + offset % 4:#x}"]

    def write(self, number: int, offset: int, size: int, value: int) -> list[str]:
        """As `Way.write`."""
        port = DATA_PORT + offset % 4
        return [self.select(number, offset), f"out{LETTERS[size]} {port:#x} {value:#x}"]

    def select(self, number: int, offset: int) -> str:
        """The line that says which four bytes are meant."""
        return f"outl {ADDRESS_PORT:#x} {1 << 31 | number << 8 | offset & ~3:#x}"


class ByMemory:
    """Of PCI Express: 4 KiB for each function from an address on (PCIe 3.0, 7.2.2)."""

    def __init__(self, base: int) -> None:
        self.base = base

    def read(self, number: int, offset: int, size: int) -> list[str]:
        """As `Way.read`."""
        return [f"read{LETTERS[size]} {self.base + (number << 12) + offset:#x}"]

    def write(self, number: int, offset: int, size: int, value: int) -> list[str]:
        """As `Way.write`."""
        return [f"write{LETTERS[size]} {self.base + (number << 12) + offset:#x} {value:#x}"]


class ByRtas:
    """Of a pseries machine: calls of its firmware (PAPR 7.3.5, hw/ppc/spapr_pci.c).

    What the calls take and return lies at `AT` in the guest's memory, where no device is pointed.
    """

    AT = 0x300000
    BUID = 0x800000020000000
    """Of the first host bridge (include/hw/pci-host/spapr.h, SPAPR_PCI_BASE_BUID)."""

    def read(self, number: int, offset: int, size: int) -> list[str]:
        """As `Way.read`."""
        lines = self.call("ibm,read-pci-config", 2, number << 8 | offset, size)
        return [*lines, f"readl {self.AT + 0x104:#x}"]

    def write(self, number: int, offset: int, size: int, value: int) -> list[str]:
        """As `Way.write`."""
        return self.call("ibm,write-pci-config", 1, number << 8 | offset, size, value)

    def call(self, name: str, returned: int, address: int, *further: int) -> list[str]:
        """The lines that make a call."""
        words = (address, self.BUID >> 32, self.BUID & 0xFFFFFFFF, *further)
        given = "".join(f"{word:08x}" for word in words)
        return [
            f"write {self.AT:#x} {4 * len(words)} 0x{given}",
            f"rtas {name} {len(words)} {self.AT:#x} {returned} {self.AT + 0x100:#x}",
        ]


class Windows(NamedTuple):
    """Where base addresses may lie."""

    memory: int
    ports: int


def set_up(way: Way, found: Sequence[Function], windows: Windows) -> Iterator[str]:
    """Lines that give every function its addresses, and let it answer to them."""
    bases, _ = BASES
    places = {"memory": windows.memory, "io": windows.ports}
    for one in found:
        for bar in one.bars:
            if bar["bar"] not in range(6):
                continue
            kind, size = bar["type"], bar["size"]
            address = -(-places[kind] // size) * size
            places[kind] = address + size
            yield from way.write(one.number, bases + 4 * bar["bar"], 4, address)
            if bar.get("mem_type_64"):
                yield from way.write(one.number, bases + 4 * bar["bar"] + 4, 4, address >> 32)
        yield from way.write(one.number, COMMAND, 2, DECODE_ALL)
