"""A stream as a run of frames: header, configuration, sections with their footers, commands, end.

    "QEVM" | be32 3 | [configuration] | section or command ... | 0x00 | [description]

No frame says how long its payload is, so reading is shared: `read_frames` reads what surrounds a
payload and the caller reads the payload, both from one `Reader`. Source: QEMU
migration/savevm.c, qemu_loadvm_state and qemu_loadvm_state_main.
"""

from collections.abc import Iterator
from struct import Struct as Layout

from msgspec.structs import replace

from reference.wire.errors import (
    ConfigurationRejected,
    FieldRejected,
    FooterRejected,
    NotAMigrationStream,
    Truncated,
    UnknownSection,
    UnknownSectionType,
)
from reference.wire.frames import (
    INSTANCE_AND_VERSION,
    PACKAGED,
    STREAM_HEADER,
    TYPE_AND_ID,
    Command,
    Configuration,
    End,
    Frame,
    Section,
    SectionType,
)
from reference.wire.reader import Reader

_VERSION = 3
_OBSOLETE_VERSION = 2
_COMMAND = Layout(">HH")


def read_frames(
    reader: Reader, *, footers: bool | None = None, configuration: bool | None = None
) -> Iterator[Frame]:
    """The frames of a stream, the last of them `End`.

    The caller reads the payload of a `Configuration` or `Section` before it asks for the next
    frame; then its footer is checked. After `End` the reader stands behind the end byte.

    ``footers`` and ``configuration``: True demands them, False allows none (the machine types up
    to pseries-2.3), None goes by the stream. Without being told, footers are there if 0x7e follows
    the payload of the first section, and from then on they are demanded, or not looked for.

    Raises `NotAMigrationStream`, `ConfigurationRejected`, `UnknownSectionType`, `UnknownSection`,
    `FooterRejected`, `FieldRejected` for a command, and `Truncated`, all with the name of the
    section they concern, if there is one.
    """
    _read_header(reader)
    present = reader.next_is(SectionType.CONFIGURATION)
    if configuration and not present:
        raise ConfigurationRejected("Configuration section missing", offset=reader.position)
    if present and configuration is not False:
        reader.take(1)
        yield Configuration(offset=reader.position - 1)
    started: dict[int, Section] = {}
    name = ""
    while True:
        try:
            frame = _read_frame(reader, started)
        except (Truncated, UnknownSectionType) as error:
            raise error.in_section(name) from None
        yield frame
        if isinstance(frame, End):
            return
        if isinstance(frame, Section):
            name = frame.name
            if footers is None:
                footers = reader.next_is(SectionType.FOOTER)
            if footers:
                _check_footer(reader, frame)


def _read_header(reader: Reader) -> None:
    """Step over the magic and the version."""
    offset = reader.position
    if reader.take(4) != STREAM_HEADER[:4]:
        raise NotAMigrationStream("Not a migration stream: the magic is not QEVM", offset=offset)
    version = reader.u32()
    if version == _OBSOLETE_VERSION:
        raise NotAMigrationStream("SaveVM v2 format is obsolete", offset=offset + 4)
    if version != _VERSION:
        raise NotAMigrationStream(
            f"Unsupported migration stream version {version}", offset=offset + 4
        )


def _read_frame(reader: Reader, started: dict[int, Section]) -> Section | Command | End:
    """The next frame up to its payload; a START is noted in ``started``."""
    offset = reader.position
    kind = reader.u8()
    match kind:
        case SectionType.START:
            section = _read_section(reader, SectionType.START, offset)
            started[section.section_id] = section
            return section
        case SectionType.FULL:
            return _read_section(reader, SectionType.FULL, offset)
        case SectionType.PART | SectionType.END:
            section_id = reader.u32()
            if section_id not in started:
                raise UnknownSection(f"Unknown savevm section {section_id}", offset=offset)
            return replace(started[section_id], kind=SectionType(kind), offset=offset)
        case SectionType.COMMAND:
            return _read_command(reader, offset)
        case SectionType.EOF:
            return End(offset=offset)
    raise UnknownSectionType(f"Unknown savevm section type {kind}", offset=offset)


def _read_section(reader: Reader, kind: SectionType, offset: int) -> Section:
    """The rest of the header of a START or FULL section."""
    section_id = reader.u32()
    idstr = reader.counted_string()
    if not idstr:
        raise UnknownSection(f"Unable to read ID string for section {section_id}", offset=offset)
    try:
        instance_id, version_id = reader.unpack(INSTANCE_AND_VERSION)
    except Truncated as error:
        raise error.in_section(idstr) from None
    return Section(
        kind=kind,
        section_id=section_id,
        idstr=idstr,
        instance_id=instance_id,
        version_id=version_id,
        offset=offset,
    )


def _check_footer(reader: Reader, section: Section) -> None:
    """Step over the footer of ``section`` (QEMU migration/savevm.c, check_section_footer)."""
    offset = reader.position
    if reader.remaining and not reader.next_is(SectionType.FOOTER):
        raise FooterRejected(
            f"Missing section footer for {section.name}", offset=offset, section=section.name
        )
    try:
        _, section_id = reader.unpack(TYPE_AND_ID)
    except Truncated as error:
        raise error.in_section(section.name) from None
    if section_id != section.section_id:
        raise FooterRejected(
            f"Mismatched section id in footer for {section.name} - "
            f"read {section_id:#x} expected {section.section_id:#x}",
            offset=offset,
            section=section.name,
        )


def _read_command(reader: Reader, offset: int) -> Command:
    """A command behind its type byte (QEMU migration/savevm.c, loadvm_process_command)."""
    command, size = reader.unpack(_COMMAND)
    data = reader.take(size)
    embedded = None
    if command == PACKAGED:
        if size != 4:
            raise FieldRejected(
                f"Command {PACKAGED} (PACKAGED) has {size} bytes of data, expected 4",
                offset=offset,
            )
        embedded = reader.take(int.from_bytes(data, "big"))
    return Command(command=command, data=data, embedded=embedded, offset=offset)
