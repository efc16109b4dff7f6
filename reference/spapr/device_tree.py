"""The flattened device tree of a connector: what the guest reads of a new device.

Offsets are those of the structure block, in bytes, as libfdt and QEMU count them. Trees are built
and checked by libfdt. It has no binding of its ``fdt_next_tag``, which is what
ibm,configure-connector steps with: `next_tag` is that (libfdt/fdt.c; Devicetree Specification 5).
"""

from functools import cache
from struct import Struct

import libfdt
import msgspec

from reference.vmstate.records import Record

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
"""The tags of the structure block, 32 bits each, big-endian."""

WORD = Struct(">I")
PROPERTY = Struct(">II")
"""What follows the tag of a property: the length of its value, the offset of its name."""
ROOM = 1 << 20
"""Bytes for a tree that is being built; it is cut to its size."""


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


class Tag(msgspec.Struct, frozen=True):
    """A tag of the structure block, where the next one begins, and a property's or node's data."""

    kind: int
    following: int
    name: bytes = b""
    value: bytes = b""


class NotATree(Exception):
    """Bytes that are no flattened device tree; the message has libfdt's word for why."""


@cache
def flatten(fdt: Fdt) -> bytes:
    """The flattened tree. The node lies below a root without a name, as QEMU puts it there."""
    if isinstance(fdt, bytes):
        return fdt
    tree = libfdt.FdtSw(ROOM)
    tree.finish_reservemap()
    tree.begin_node("")
    _write(tree, fdt)
    tree.end_node()
    written = tree.as_fdt()
    blob = written.as_bytearray()[: written.totalsize()]
    _nop(blob, fdt, libfdt.fdt_first_subnode(blob, 0))
    return bytes(blob)


def _write(tree: libfdt.FdtSw, node: Node) -> None:
    tree.begin_node(node.name)
    for one in node.properties:
        tree.property(one.name, one.value)
    for child in node.children:
        _write(tree, child)
    tree.end_node()


def _nop(blob: bytearray, node: Node, offset: int) -> None:
    below = libfdt.fdt_first_subnode(blob, offset)
    for child in node.children:
        _nop(blob, child, below)
        below = libfdt.fdt_next_subnode(blob, below)
    for one in node.properties:
        if one.nop:
            libfdt.fdt_nop_property(blob, offset, one.name)


def check(blob: bytes) -> None:
    """Raise `NotATree` unless libfdt accepts the flattened tree."""
    error = libfdt.fdt_check_full(bytearray(blob), len(blob))
    if error:
        raise NotATree(f"{len(blob)} bytes are no device tree: {libfdt.strerror(error)}")


@cache
def start_offset(blob: bytes) -> int:
    """Where a walk begins: the node below the root (QEMU, fdt_start_offset of the connector)."""
    try:
        check(blob)
    except NotATree:
        return 0
    first: int = libfdt.fdt_first_subnode(bytearray(blob), 0)
    return max(0, first)


@cache
def _blocks(blob: bytes) -> tuple[bytes, bytes]:
    """The structure block and the block of names; empty where the header is wrong."""
    header = bytearray(blob.ljust(40, b"\0"))
    if libfdt.fdt_check_header(header):
        return b"", b""
    structure, names = libfdt.fdt_off_dt_struct(header), libfdt.fdt_off_dt_strings(header)
    return (
        blob[structure : structure + libfdt.fdt_size_dt_struct(header)],
        blob[names : names + libfdt.fdt_size_dt_strings(header)],
    )


def next_tag(blob: bytes, offset: int) -> Tag:
    """The tag at ``offset``; what is no tag, or does not fit, is END, which nothing follows."""
    structure, names = _blocks(blob)
    over = Tag(END, offset)
    if not 0 <= offset <= len(structure) - WORD.size:
        return over
    (kind,) = WORD.unpack_from(structure, offset)
    at = offset + WORD.size
    name = value = b""
    if kind == BEGIN_NODE:
        end = structure.find(b"\0", at)
        if end < 0:
            return over
        name, at = structure[at:end], end + 1
    elif kind == PROP:
        if at + PROPERTY.size > len(structure):
            return over
        length, name_offset = PROPERTY.unpack_from(structure, at)
        at += PROPERTY.size
        end = names.find(b"\0", name_offset)
        if end < 0 or at + length > len(structure):
            return over
        name, value, at = names[name_offset:end], structure[at : at + length], at + length
    elif kind not in {END_NODE, NOP}:
        return over
    return Tag(kind, (at + 3) & ~3, name, value)
