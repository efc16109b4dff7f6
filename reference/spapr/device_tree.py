"""The device tree of a connector: what the guest reads of a new device.

It is flattened here, and read by `reference.spapr.flattened_tree`.
"""

from collections.abc import Iterator
from functools import cache

from reference.spapr.flattened_tree import (
    BEGIN_NODE,
    END,
    END_NODE,
    HEADER,
    MAGIC,
    NOP,
    PROP,
    PROPERTY,
    RESERVATION,
    VERSION,
    WORD,
    Header,
)
from reference.vmstate.records import Record

STRUCTURE = 64
"""Where libfdt begins the structure block: behind a header of 48 bytes and one reservation."""


class Property(Record, frozen=True, cache_hash=True):
    """A property. Where it is a ``nop``, NOP tags stand in its place (fdt_nop_property)."""

    name: str
    value: bytes = b""
    nop: bool = False


class Node(Record, frozen=True, cache_hash=True):
    """A node: its properties, and then the nodes below it, in order. Names are ASCII."""

    name: str
    properties: tuple[Property, ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def calls(self) -> int:
        """How many calls read the tree: two for a node, one for a property."""
        here = 2 + sum(not one.nop for one in self.properties)
        return here + sum(child.calls for child in self.children)


Fdt = Node | bytes
"""A tree by its topmost node, or a flattened one as it is; no bytes where there is none."""


@cache
def flatten(tree: Fdt) -> bytes:
    """The flattened tree. The node lies below a root without a name, as QEMU puts it there.

    Bytes are as libfdt writes them: a new name comes before those that are there (fdt_sw.c).
    """
    if isinstance(tree, bytes):
        return tree
    names, from_end = b"", []
    for one in _properties(tree):
        name = one.name.encode() + b"\0"
        if name not in names:
            names = name + names
        from_end.append(len(names) - names.find(name))
    offsets = iter([len(names) - one for one in from_end])
    structure = b"".join(_tags(Node("", (), (tree,)), offsets)) + WORD.pack(END)
    start, end = STRUCTURE, STRUCTURE + len(structure)
    header = Header(
        MAGIC,
        total_size=end + len(names),
        structure=start,
        names=end,
        reservations=start - RESERVATION.size,
        version=VERSION,
        last_compatible_version=VERSION - 1,
        boot_cpu=0,
        names_size=len(names),
        structure_size=len(structure),
    )
    return HEADER.pack(*header).ljust(start, b"\0") + structure + names


def _tags(node: Node, offsets: Iterator[int]) -> Iterator[bytes]:
    """The tags of a node, for which the offsets of the names of its properties are given."""
    yield WORD.pack(BEGIN_NODE) + _aligned(node.name.encode() + b"\0")
    for one, offset in zip(node.properties, offsets, strict=False):
        tag = WORD.pack(PROP) + PROPERTY.pack(len(one.value), offset) + _aligned(one.value)
        yield WORD.pack(NOP) * (len(tag) // WORD.size) if one.nop else tag
    for child in node.children:
        yield from _tags(child, offsets)
    yield WORD.pack(END_NODE)


def _aligned(value: bytes) -> bytes:
    return value + bytes(-len(value) % WORD.size)


def _properties(node: Node) -> Iterator[Property]:
    yield from node.properties
    for child in node.children:
        yield from _properties(child)
