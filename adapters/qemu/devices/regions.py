"""The regions of a machine, as QEMU lists them: HMP ``info mtree -f`` (softmmu/memory.c)."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from adapters.driven import Region, Space

VIEW = re.compile(r'^ AS "(?P<name>[^"]+)"')
RANGE = re.compile(
    r"^ +(?P<first>[0-9a-f]{16})-(?P<last>[0-9a-f]{16}) \(prio -?\d+, (?P<kind>[\w/ ]+)\): "
    r"(?P<name>.*?)(?: @[0-9a-f]{16})?(?: owner:.*)?$"
)
SPACES = {"memory": Space.MEMORY, "I/O": Space.PORTS}
"""The address spaces of a guest, by QEMU's names."""
REGISTERS = "i/o"
"""The kind of what is no memory."""
LEFT_ALONE = (
    # Nothing is there.
    "io",
    # The way to the configuration space, which has regions of its own; 0xcf9 resets.
    *("pci-conf-idx", "pci-conf-data", "lpc-reset-control", "pci-config-host"),
    # What QEMU tells firmware, and by which a guest hands over addresses of its own.
    *("fwcfg", "fwcfg.dma", "fwcfg.ctl", "fwcfg.data", "kvmvapic"),
    # Each access is a message of its own.
    *("apic-msi", "gicv2m", "its"),
    # Where functions on a bus can be put, and another way to their configuration space.
    *("gpex_mmio_window", "gpex_ioport_window", "pcie-mmcfg-mmio"),
)
LARGEST = 1 << 20
"""Bytes: what is larger is a window, on a flash or on what is not there; its beginning will do."""
LARGEST_PORTS = 16
"""Bytes of a region of ports whose registers are taken for ones of a single byte."""


class Range(NamedTuple):
    """One line of a flat view: where it is, what it is, and its name."""

    space: Space
    first: int
    size: int
    kind: str
    name: str


def ranges(text: str) -> Iterator[Range]:
    """The lines of the views that a guest has."""
    space: Space | None = None
    for line in text.splitlines():
        if line.startswith("FlatView"):
            space = None
        elif (view := VIEW.match(line)) and space is None:
            space = SPACES.get(view["name"])
        elif space is not None and (match := RANGE.match(line)):
            first, last = int(match["first"], 16), int(match["last"], 16)
            yield Range(space, first, last - first + 1, match["kind"], match["name"])


def regions(found: Iterable[Range], owner: str, without: Container[Range] = ()) -> list[Region]:
    """The registers among ranges, but those of another machine; names are made unique by ``#2``.

    They are in the order of their addresses: QEMU lists its views in that of a hash table.
    """
    seen: Counter[str] = Counter()
    made = []
    for one in sorted(found, key=lambda one: (one.space, one.first)):
        if one.kind != REGISTERS or one.name in LEFT_ALONE or one in without:
            continue
        seen[one.name] += 1
        name = one.name if seen[one.name] == 1 else f"{one.name}#{seen[one.name]}"
        narrow = one.size % 4 or (one.space is Space.PORTS and one.size <= LARGEST_PORTS)
        size, access = min(one.size, LARGEST), 1 if narrow else 4
        made.append(Region(name, one.space, one.first, size, owner, access))
    return made
