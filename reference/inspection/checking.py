"""Whether a stream is what its values say: decoded, encoded again, compared, and counted."""

from itertools import chain, pairwise
from typing import NamedTuple

from msgspec import Struct

from reference.inspection.decoded import DecodedSection, DecodedStream, Fields, Piece, encode
from reference.vmstate.described import coverage
from reference.wire.description import read_description
from reference.wire.description_records import (
    FieldDescription,
    LayoutDescription,
)
from reference.wire.frames import Command
from reference.wire.htab import HashChunks
from reference.wire.ram_records import Page, PageRun
from reference.wire.reader import Buffer, Reader

LISTS = ("qtailq", "qlist")
"""The types that are elements, each behind a mark of one byte."""


class Counts(Struct, frozen=True):
    """How many bytes of a stream are what.

    ``framing``: headers, footers, commands, the configuration section, the end byte.
    ``own``: fields that our own descriptions name, and what surrounds RAM pages and entries of the
    hash table. ``described``: fields that only the stream's vmdescription names. ``opaque``: RAM
    pages with their addresses, hash table entries, streams inside a command, fields of a type that
    we do not know. ``description``: the vmdescription itself.
    """

    framing: int
    own: int
    described: int
    opaque: int
    description: int

    @property
    def total(self) -> int:
        """Bytes of the stream."""
        return self.framing + self.own + self.described + self.opaque + self.description


def count(stream: DecodedStream) -> Counts:
    """What the bytes of a stream are."""
    own = described = opaque = 0
    for frame in stream.frames:
        if isinstance(frame, Command):
            opaque += len(frame.embedded or b"")
            continue
        raw = _opaque(frame)
        opaque += raw
        if isinstance(frame.content, Fields) and frame.content.described is not None:
            described += frame.size - raw
        else:
            own += frame.size - raw
    description = max(0, stream.size - stream.end - 1)
    framing = stream.size - own - described - opaque - description
    return Counts(framing, own, described, opaque, description)


def _opaque(section: DecodedSection) -> int:
    """How many bytes of a payload stay raw."""
    match section.content:
        case Fields(described=None):
            return 0
        case Fields(described=device) if device is not None:
            # A section of the old style has one field, for all that it is.
            return coverage(device).opaque if device.vmsd_name else device.size
        case HashChunks(chunks=chunks):
            return sum(len(chunk.valid) for chunk in chunks)
        case tuple(records):
            pages = (one for one in records if isinstance(one, Page | PageRun))
            return sum(len(page.data) for page in pages)
    return 0


class Difference(NamedTuple):
    """The first byte that is not what it was, and the section and field that it lies in.

    ``field`` is empty outside of all fields.
    """

    offset: int
    section: str
    field: str

    def __str__(self) -> str:
        field = f", field {self.field}" if self.field else ""
        return f"differs at byte {self.offset:#x}, section {self.section}{field}"


def first_difference(data: Buffer, stream: DecodedStream) -> Difference | None:
    """Where ``data`` and the encoding of what was decoded from it differ; None if nowhere.

    Raises `SaveError` where a value has no encoding.
    """
    view = memoryview(data)
    last = Piece(stream.size, b"", None, "")
    for piece, following in pairwise(chain(encode(stream), (last,))):
        original = bytes(view[piece.offset : following.offset])
        if original != piece.data:
            shorter = min(len(original), len(piece.data))
            pairs = zip(original, piece.data, strict=False)
            index = next((i for i, (a, b) in enumerate(pairs) if a != b), shorter)
            offset = piece.offset + index
            return Difference(offset, piece.name, _field(piece.frame, offset))
    return None


def _field(frame: DecodedSection | Command | None, offset: int) -> str:
    """The path to the field of a section at ``offset`` in the stream."""
    if not isinstance(frame, DecodedSection) or not isinstance(frame.content, Fields):
        return ""
    if not frame.payload.start <= offset < frame.payload.stop:
        return ""
    layout = frame.content.described or _layout(frame.content)
    return ".".join(field_at(layout, offset - frame.payload.start))


def _layout(fields: Fields) -> LayoutDescription:
    """The layout of a payload that our own description explains."""
    text, _ = fields.plan.describe(fields.values)
    device = f'{{"name": "one", "instance_id": 0, {text}}}'
    document = f'{{"page_size": 4096, "devices": [{device}]}}'.encode()
    head = b"\x06" + len(document).to_bytes(4, "big")
    return read_description(Reader(head + document)).devices[0]


def field_at(layout: LayoutDescription, offset: int) -> tuple[str, ...]:
    """The path to the field at ``offset`` in a payload, outermost first; empty behind the last."""
    for field in layout.fields:
        if offset < field.total_size:
            return _element_at(field, offset)
        offset -= field.total_size
    for subsection in layout.subsections:
        head = 6 + len(subsection.vmsd_name)
        if offset < head + subsection.size:
            return (subsection.vmsd_name, *field_at(subsection, offset - head))
        offset -= head + subsection.size
    return ()


def _element_at(field: FieldDescription, offset: int) -> tuple[str, ...]:
    """The same from inside a field on; the mark in front of a list's element is the element's."""
    name = field.name if field.index is None else f"{field.name}[{field.index}]"
    if field.array_len is not None:
        name = f"{name}[{offset // field.size}]"
        offset %= field.size
    if field.struct is not None:
        return (name, *field_at(field.struct, offset))
    if field.type in LISTS:
        for index, element in enumerate(field.elements):
            if offset <= element.size:
                inner = field_at(element, offset - 1) if offset else ()
                return (f"{name}[{index}]", *inner)
            offset -= 1 + element.size
    return (name,)
