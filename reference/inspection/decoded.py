"""What a stream decodes to: records that hold all that it says, so that it can be written again.

RAM pages, entries of the hash table, streams inside a command and fields of a type that we do not
know stay raw. All else are values.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import Struct

from reference.vmstate.plan import Plan
from reference.wire.description_records import (
    Description,
    DeviceDescription,
    write_description,
)
from reference.wire.frames import (
    END_OF_STREAM,
    STREAM_HEADER,
    Command,
    Section,
    SectionType,
    write_command,
    write_section,
)
from reference.wire.htab import HashChunks, HashTable, write_htab
from reference.wire.ram_records import RamRecord, write_ram


class Fields(Struct, frozen=True):
    """A payload that a VMStateDescription explains.

    ``values`` are its fields by attribute (`reference.vmstate.access`). ``described`` is the
    entry of the stream's vmdescription that the description was made from, None for one of ours.
    """

    plan: Plan
    values: dict[str, Any]
    described: DeviceDescription | None = None


Content = Fields | tuple[RamRecord, ...] | HashTable | HashChunks
"""What a section holds; all but the first are those of ``ram`` and ``spapr/htab``."""


class DecodedSection(Struct, frozen=True):
    """A section: its header, where its payload lies, in bytes of the stream, and what it says."""

    section: Section
    payload: slice
    content: Content

    @property
    def size(self) -> int:
        """Bytes of the payload."""
        return int(self.payload.stop - self.payload.start)


class DecodedStream(Struct, frozen=True):
    """A whole stream.

    ``configuration`` has the machine type among its values; it is None where the stream has no
    such section, and ``description`` where it has none. ``end`` is the offset of the end byte.
    """

    configuration: Fields | None
    frames: tuple[DecodedSection | Command, ...]
    footers: bool
    end: int
    description: Description | None
    size: int

    @property
    def type_name(self) -> str:
        """The machine type that the stream names; empty where it names none."""
        if self.configuration is None:
            return ""
        return bytes(self.configuration.values["name"]).decode("latin-1")

    @property
    def sections(self) -> Iterator[DecodedSection]:
        """The frames that are sections, in order."""
        return (frame for frame in self.frames if isinstance(frame, DecodedSection))


class Piece(NamedTuple):
    """A part of a stream, encoded: where it was found, and what it is."""

    offset: int
    data: bytes
    frame: DecodedSection | Command | None
    name: str


def write_content(content: Content) -> bytes:
    """The payload that says ``content``."""
    match content:
        case Fields(plan=plan, values=values):
            return plan.save(values)
        case tuple():
            return write_ram(content)
        case _:
            return write_htab(content)


def encode(stream: DecodedStream) -> Iterator[Piece]:
    """The stream again, piece by piece, each at the offset at which the stream has it.

    Raises `SaveError` for values that no stream can have.
    """
    yield Piece(0, STREAM_HEADER, None, "header")
    if stream.configuration is not None:
        data = bytes((SectionType.CONFIGURATION,)) + write_content(stream.configuration)
        yield Piece(len(STREAM_HEADER), data, None, "configuration")
    for frame in stream.frames:
        if isinstance(frame, Command):
            data = write_command(frame.command, frame.data, frame.embedded or b"")
            yield Piece(frame.offset, data, frame, f"command {frame.command}")
            continue
        section = frame.section
        data = write_section(section, write_content(frame.content), footer=stream.footers)
        yield Piece(section.offset, data, frame, section.name)
    yield Piece(stream.end, END_OF_STREAM, None, "end")
    if stream.description is not None:
        data = write_description(stream.description)
        yield Piece(stream.end + 1, data, None, "vmdescription")
