"""Flattened device trees with something wrong in them, as tests need them."""

from collections.abc import Iterator
from struct import pack

from hypothesis import strategies as st

from reference.spapr.device_tree import Node, Property, flatten
from reference.spapr.flattened_tree import (
    BEGIN_NODE,
    END,
    END_NODE,
    HEADER,
    MAGIC,
    NOP,
    PROP,
    VERSION,
    Header,
)
from strategies.pseries import device_trees

SMALL = (
    Node("device"),
    Node("device", (Property("reg", b"\0\0\0\1"), Property("out", b"five!", nop=True))),
    Node("device", (Property("reg", b"x"),), (Node("a", (Property("reg"),)), Node("a"))),
)
"""Trees of which all is tried: between them they have every tag, before and after every other."""

TAGS = (
    pack(">I", BEGIN_NODE) + bytes(4),
    pack(">I", BEGIN_NODE) + b"seven\0\0\0",
    pack(">I", END_NODE),
    pack(">III", PROP, 0, 0),
    pack(">III", PROP, 3, 4) + b"abc\0",
    pack(">I", NOP),
    pack(">I", END),
    pack(">III", PROP, 0, 6),  # has no name
    pack(">III", PROP, 1 << 20, 0),  # does not fit
    pack(">III", PROP, 0xFFFFFFF8, 0),  # would lead back
    pack(">I", 5),
    b"\1",
)
RUNS = st.lists(st.sampled_from(TAGS), max_size=12)
BALANCED = RUNS.map(lambda tags: [TAGS[0], *tags, TAGS[2], TAGS[6]])


def framed(structure: bytes, names: bytes = b"reg\0b\0") -> bytes:
    """A tree of these blocks, with a header that is right."""
    start, end = 64, 64 + len(structure)
    total = end + len(names)
    sizes = (len(names), len(structure))
    header = Header(MAGIC, total, start, end, 48, VERSION, VERSION - 1, 0, *sizes)
    return HEADER.pack(*header) + bytes(start - HEADER.size) + structure + names


def with_header(blob: bytes, **fields: int) -> bytes:
    """A tree whose header has other numbers."""
    header = Header._make(HEADER.unpack_from(blob))._replace(**fields)
    return HEADER.pack(*header) + blob[HEADER.size :]


def cuts(blob: bytes) -> Iterator[bytes]:
    """All beginnings of a tree that are not all of it."""
    return (blob[:size] for size in range(len(blob)))


def flips(blob: bytes) -> Iterator[bytes]:
    """A tree with one of its bytes changed: each byte, in each bit and in all of them."""
    for place, byte in enumerate(blob):
        for mask in (1, 2, 4, 8, 16, 32, 64, 128, 255):
            yield blob[:place] + bytes((byte ^ mask,)) + blob[place + 1 :]


@st.composite
def damaged_trees(draw: st.DrawFn) -> bytes:
    """A tree that is cut off, or has other bytes, another header, or any tags in any order."""
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return framed(b"".join(draw(RUNS | BALANCED)))
    blob = flatten(draw(device_trees()))
    if kind == 1:
        return blob[: draw(st.integers(0, len(blob)))]
    if kind == 2:
        changed = bytearray(blob)
        for place in draw(st.lists(st.integers(0, len(blob) - 1), min_size=1, max_size=3)):
            changed[place] = draw(st.integers(0, 255))
        return bytes(changed)
    if kind == 3:
        return blob[: HEADER.size] + draw(st.binary(max_size=200))
    numbers = st.integers(0, len(blob) + 8) | st.integers(0, 2**32 - 1)
    fields = st.dictionaries(st.sampled_from(Header._fields), numbers, min_size=1, max_size=2)
    return with_header(blob, **draw(fields))
