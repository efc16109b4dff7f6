"""Subsections on the wire, and the rule by which a loader finds them.

A subsection is 0x05, its whole name behind a length byte, its version_id in four bytes, its fields
and its own subsections (QEMU migration/vmstate.c, vmstate_subsection_load and _save).
"""

from collections.abc import Iterable, Iterator, Mapping
from struct import Struct

from reference.vmstate.description import VMStateDescription
from reference.vmstate.steps import Described
from reference.wire.errors import Truncated, UnknownSubsection
from reference.wire.reader import Reader, counted_string

MARK = 0x05
VERSION = Struct(">I")


def scan(
    reader: Reader, parent: bytes, known: Mapping[bytes, VMStateDescription]
) -> Iterator[tuple[VMStateDescription, int]]:
    """The subsections that follow, as (description, version_id); the caller loads each.

    Nothing is consumed that may belong to somebody else: a name shorter than the parent's, one
    that does not begin with it, or one that the stream cuts off ends the scan without an error.
    No '/' is required behind the parent's name. A name that begins with the parent's and is not
    known raises `UnknownSubsection`. QEMU keeps the version_id in eight bits, and so do we.
    """
    while True:
        head = reader.peek(2)
        if head is None or head[0] != MARK or head[1] <= len(parent):
            return
        name = reader.peek(head[1], ahead=2)
        if name is None or name[: len(parent)] != parent:
            return
        vmsd = known.get(bytes(name))
        if vmsd is None:
            raise UnknownSubsection(
                f"unknown subsection {bytes(name).decode('latin-1')!r} of {parent.decode()!r}",
                offset=reader.position,
            )
        reader.take(2 + head[1])
        try:
            version_id = reader.u32() & 0xFF
        except Truncated as error:
            raise error.inside(vmsd.name) from None
        yield vmsd, version_id


def subsection(name: str, version_id: int, payload: bytes) -> bytes:
    """One subsection's bytes."""
    return bytes((MARK,)) + counted_string(name) + VERSION.pack(version_id) + payload


def describe_subsections(described: Iterable[tuple[str, Described]]) -> Described:
    """The key ``subsections`` of a vmdescription, empty without any; and their bytes."""
    entries = []
    total = 0
    for name, (text, size) in described:
        entries.append(f"{{{text}}}")
        total += 2 + len(name) + VERSION.size + size
    return (f', "subsections": [{", ".join(entries)}]' if entries else "", total)
