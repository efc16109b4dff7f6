"""The frames of a stream as records, and their wire form.

| frame | bytes |
|---|---|
| START, FULL | type, be32 section_id, idstr, be32 instance_id, be32 version_id, payload, footer |
| PART, END | type, be32 section_id, payload, footer |
| COMMAND | type, be16 command, be16 length, data |
| EOF | type |

The footer is 0x7e and the be32 section_id again; the machine types up to pseries-2.3 have none.
An idstr is a length byte and that many bytes. Source: QEMU
migration/savevm.c, save_section_header and save_section_footer.
"""

from enum import IntEnum
from struct import Struct as Layout

from msgspec import Struct

from reference.wire.reader import Buffer, counted_string

STREAM_HEADER = b"QEVM\x00\x00\x00\x03"
"""The magic and the version that every stream starts with."""

END_OF_STREAM = b"\x00"
"""The byte behind the last section."""

PACKAGED = 7
"""The command that carries a stream of its own (MIG_CMD_PACKAGED)."""

COMMANDS = range(1, 12)
"""Those that QEMU has, from OPEN_RETURN_PATH to SWITCHOVER_START (savevm.c, enum qemu_vm_cmd)."""

TYPE_AND_ID = Layout(">BI")
"""How a section and its footer start."""

INSTANCE_AND_VERSION = Layout(">II")
"""What follows the idstr."""

_COMMAND = Layout(">BHH")


class SectionType(IntEnum):
    """The byte a frame starts with (QEMU migration/savevm.h)."""

    EOF = 0x00
    START = 0x01
    PART = 0x02
    END = 0x03
    FULL = 0x04
    SUBSECTION = 0x05
    VMDESCRIPTION = 0x06
    CONFIGURATION = 0x07
    COMMAND = 0x08
    FOOTER = 0x7E


class Configuration(Struct, frozen=True):
    """The configuration section: its payload comes next, and no footer follows it."""

    offset: int


class Section(Struct, frozen=True):
    """The header of a START, PART, END or FULL section: its payload comes next.

    The ids and the version are unsigned and 32 bits wide. On the wire PART and END carry only the
    ``section_id``; the rest is that of their START. ``offset`` is where the type byte lies.
    """

    kind: SectionType
    section_id: int
    idstr: str
    instance_id: int
    version_id: int
    offset: int = 0

    @property
    def name(self) -> str:
        """The section for an error message: ``spapr``, ``spapr_iommu/0x80000000``."""
        return f"{self.idstr}/{self.instance_id:#x}" if self.instance_id else self.idstr


class Command(Struct, frozen=True):
    """A command with its data, and for `PACKAGED` the stream that follows it.

    The embedded stream has sections and an end, but no header.
    """

    command: int
    data: memoryview
    embedded: memoryview | None
    offset: int


class End(Struct, frozen=True):
    """The end of the stream. A description may follow."""

    offset: int


Frame = Configuration | Section | Command | End


def write_section(section: Section, payload: Buffer, *, footer: bool) -> bytes:
    """The wire form of a whole section: header, ``payload``, and the footer if it has one.

    An idstr has 1 to 255 characters. ``section.offset`` does not matter.
    """
    head = TYPE_AND_ID.pack(section.kind, section.section_id)
    if section.kind in (SectionType.START, SectionType.FULL):
        head += counted_string(section.idstr)
        head += INSTANCE_AND_VERSION.pack(section.instance_id, section.version_id)
    tail = TYPE_AND_ID.pack(SectionType.FOOTER, section.section_id) if footer else b""
    return b"".join((head, payload, tail))


def write_command(command: int, data: Buffer, embedded: Buffer = b"") -> bytes:
    """The wire form of a command, with the stream ``embedded`` behind a `PACKAGED` one."""
    head = _COMMAND.pack(SectionType.COMMAND, command, len(data))
    return b"".join((head, data, embedded))
