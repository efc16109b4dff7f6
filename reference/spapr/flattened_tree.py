"""Flattened device trees, as they are read: tag by tag.

Offsets are those of the structure block, in bytes, as libfdt and QEMU count them; all numbers are
big-endian. The format is version 17 of the Devicetree Specification, chapter 5. `next_tag` is
libfdt's ``fdt_next_tag``, which ibm,configure-connector steps with, and `check` its
``fdt_check_full`` (libfdt/fdt.c, fdt_check.c). libfdt itself takes a compiler to install.
"""

from functools import cache
from struct import Struct
from typing import NamedTuple

import msgspec

BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9
"""The tags of the structure block, 32 bits each."""

MAGIC = 0xD00DFEED
VERSION = 17
WORD = Struct(">I")
PROPERTY = Struct(">II")
"""What follows the tag of a property: the length of its value, the offset of its name."""
RESERVATION = Struct(">QQ")
"""An entry of the memory reservation block: an address, and a size, which is 0 in the last one."""


class Header(NamedTuple):
    """What a flattened tree begins with, 32 bits each: where its blocks are, and their sizes."""

    magic: int
    total_size: int
    structure: int
    names: int
    reservations: int
    version: int
    last_compatible_version: int
    boot_cpu: int
    names_size: int
    structure_size: int


HEADER = Struct(f">{len(Header._fields)}I")


class Tag(msgspec.Struct, frozen=True):
    """A tag of the structure block, where the next one begins, and a property's or node's data."""

    kind: int
    following: int
    name: bytes = b""
    value: bytes = b""


class NotATree(Exception):
    """Bytes that are no flattened device tree; the message says what is wrong, and where."""


@cache
def check(blob: bytes) -> None:
    """Raise `NotATree` unless it is a flattened tree: a header, and one root that is closed.

    As with libfdt, bytes may follow it; but only trees that version 17 reads are taken.
    """
    structure, names = _blocks(blob)
    offset = depth = roots = 0
    while (tag := _tag(structure, names, offset)).kind != END:
        if roots and not depth:
            raise _wrong("a tag behind the root", offset)
        if tag.kind == BEGIN_NODE:
            if not depth and tag.name:
                raise _wrong(f"a root that is called {tag.name!r}", offset)
            roots, depth = 1, depth + 1
        elif tag.kind == END_NODE:
            depth -= 1
            if depth < 0:
                raise _wrong("the end of a node that did not begin", offset)
        offset = tag.following
    if depth:
        raise _wrong(f"the end of all, and nodes that are open: {depth}", offset)


@cache
def start_offset(blob: bytes) -> int:
    """Where a walk begins: the node below the root (QEMU, fdt_start_offset of the connector).

    That is 0 where there is no tree, or nothing below its root.
    """
    try:
        check(blob)
    except NotATree:
        return 0
    root = next_tag(blob, 0)
    offset = root.following
    while (tag := next_tag(blob, offset)).kind in {PROP, NOP}:
        offset = tag.following
    return offset if root.kind == tag.kind == BEGIN_NODE else 0


def next_tag(blob: bytes, offset: int) -> Tag:
    """The tag at ``offset``; what is no tag, or does not fit, is END, which nothing follows."""
    try:
        return _tag(*_blocks(blob), offset)
    except NotATree:
        return Tag(END, offset)


@cache
def _blocks(blob: bytes) -> tuple[bytes, bytes]:
    """The structure block and the block of names. Raises `NotATree` where the header is wrong."""
    if len(blob) < HEADER.size:
        raise NotATree(f"no device tree: {len(blob)} bytes, and a header has {HEADER.size}")
    header = Header._make(HEADER.unpack_from(blob))
    size = header.total_size
    if header.magic != MAGIC:
        raise NotATree(f"no device tree: it begins with {header.magic:#010x}, not {MAGIC:#010x}")
    if not header.last_compatible_version <= VERSION <= header.version:
        versions = f"{header.last_compatible_version} to {header.version}"
        raise NotATree(f"no device tree of version {VERSION}, but of {versions}")
    if not HEADER.size <= size <= len(blob):
        raise NotATree(f"no device tree: {size} bytes by its header, here are {len(blob)}")
    end_of_structure = header.structure + header.structure_size
    end_of_names = header.names + header.names_size
    for block, start, end in (
        ("structure block", header.structure, end_of_structure),
        ("block of names", header.names, end_of_names),
        ("memory reservation block", header.reservations, header.reservations),
    ):
        if not HEADER.size <= start <= end <= size:
            raise NotATree(f"no device tree: its {block} is at {start} to {end} of {size} bytes")
    entries = range(header.reservations, size - RESERVATION.size + 1, RESERVATION.size)
    if all(RESERVATION.unpack_from(blob, entry)[1] for entry in entries):
        raise NotATree("no device tree: its memory reservation block has no last entry, of size 0")
    return blob[header.structure : end_of_structure], blob[header.names : end_of_names]


def _tag(structure: bytes, names: bytes, offset: int) -> Tag:
    """The tag at ``offset``. Raises `NotATree` for what is no tag, or does not fit."""
    if not 0 <= offset <= len(structure) - WORD.size:
        raise _wrong(f"no tag, as it has {len(structure)} bytes", offset)
    (kind,) = WORD.unpack_from(structure, offset)
    if kind == END:
        return Tag(END, offset)
    at = offset + WORD.size
    name = value = b""
    if kind == BEGIN_NODE:
        end = structure.find(b"\0", at)
        if end < 0:
            raise _wrong("a node whose name does not end", offset)
        name, at = structure[at:end], end + 1
    elif kind == PROP:
        if at + PROPERTY.size > len(structure):
            raise _wrong("a property that is cut off", offset)
        length, name_offset = PROPERTY.unpack_from(structure, at)
        at += PROPERTY.size
        end = names.find(b"\0", name_offset)
        if end < 0:
            raise _wrong(f"a property whose name, at {name_offset}, is none", offset)
        if at + length > len(structure):
            raise _wrong(f"a property of {length} bytes, which do not fit", offset)
        name, value, at = names[name_offset:end], structure[at : at + length], at + length
    elif kind not in {END_NODE, NOP}:
        raise _wrong(f"{kind:#x}, which is no tag", offset)
    return Tag(kind, (at + 3) & ~3, name, value)


def _wrong(what: str, offset: int) -> NotATree:
    return NotATree(f"no device tree: at {offset} of its structure block is {what}")
