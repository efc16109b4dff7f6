"""What surrounds the payloads. Here every payload is a length byte and that many bytes."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reference.wire.errors import (
    ConfigurationRejected,
    FieldRejected,
    FooterRejected,
    NotAMigrationStream,
    StreamError,
    Truncated,
    UnknownSection,
    UnknownSectionType,
)
from reference.wire.frames import (
    END_OF_STREAM,
    PACKAGED,
    STREAM_HEADER,
    Command,
    Configuration,
    End,
    Frame,
    Section,
    SectionType,
    write_command,
    write_section,
)
from reference.wire.framing import read_frames
from reference.wire.reader import Reader, counted_string

START = Section(SectionType.START, 2, "ram", 0, 4)
PART = Section(SectionType.PART, 2, "ram", 0, 4)
FULL = Section(SectionType.FULL, 0xFFFFFFFF, "spapr_iommu", 0x80000000, 0xFFFFFFFE)
CONFIGURATION = b"\x07" + counted_string("pseries-2.6")
PAYLOAD = b"\x02ab"


def load(data: bytes, **options: Any) -> list[tuple[Frame, bytes]]:
    """All frames with their payloads."""
    reader = Reader(data)
    loaded = []
    for frame in read_frames(reader, **options):
        has_payload = isinstance(frame, (Section, Configuration))
        payload = bytes(reader.take(reader.u8())) if has_payload else b""
        loaded.append((frame, payload))
    return loaded


def stream(*parts: bytes) -> bytes:
    """A whole stream made of ``parts``."""
    return b"".join((STREAM_HEADER, *parts, END_OF_STREAM))


def full(footer: bytes = b"\x7e\xff\xff\xff\xff") -> bytes:
    """The section `FULL` with this footer."""
    return write_section(FULL, PAYLOAD, footer=False) + footer


WHOLE = stream(
    CONFIGURATION,
    write_section(START, PAYLOAD, footer=True),
    write_command(2, b"ping"),
    write_section(PART, b"\x00", footer=True),
    write_command(PACKAGED, b"\x00\x00\x00\x03", b"xyz"),
    full(),
)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (b"QEVN\x00\x00\x00\x03", "Not a migration stream"),
        (b"QEVM\x00\x00\x00\x02", "v2 format is obsolete"),
        (b"QEVM\x00\x00\x00\x04", "Unsupported migration stream version 4"),
    ],
)
def test_a_wrong_header_is_no_migration_stream(header: bytes, text: str) -> None:
    """A wrong magic, the version 2 and any other version are three different refusals."""
    with pytest.raises(NotAMigrationStream, match=text):
        load(header + END_OF_STREAM)


def test_every_kind_of_frame_is_read() -> None:
    """Frames come in stream order; PART carries the names and numbers of its START."""
    frames = [frame for frame, _ in load(WHOLE)]
    assert [type(frame) for frame in frames] == [
        Configuration,
        Section,
        Command,
        Section,
        Command,
        Section,
        End,
    ]
    start, part, last = (frame for frame in frames if isinstance(frame, Section))
    assert (start.kind, start.idstr, start.version_id) == (SectionType.START, "ram", 4)
    assert (part.kind, part.idstr, part.version_id) == (SectionType.PART, "ram", 4)
    assert (last.section_id, last.instance_id) == (0xFFFFFFFF, 0x80000000)


def test_offsets_are_those_of_the_type_bytes() -> None:
    """The offset of a frame is where its type byte lies."""
    kinds = [WHOLE[frame.offset] for frame, _ in load(WHOLE)]
    assert kinds == [7, 1, 8, 2, 8, 4, 0]


@given(
    st.lists(
        st.tuples(
            st.builds(
                Section,
                kind=st.sampled_from((SectionType.START, SectionType.FULL)),
                section_id=st.integers(0, 0xFFFFFFFF),
                idstr=st.text(st.characters(max_codepoint=255), min_size=1, max_size=255),
                instance_id=st.integers(0, 0xFFFFFFFF),
                version_id=st.integers(0, 0xFFFFFFFF),
            ),
            st.binary(max_size=9),
        ),
        max_size=5,
    ),
    st.booleans(),
)
def test_written_sections_are_read_back(
    sections: list[tuple[Section, bytes]],
    footer: bool,  # noqa: FBT001
) -> None:
    """Any sections, written with or without footers, are read back as they were."""
    data = stream(
        *(
            write_section(section, bytes((len(payload),)) + payload, footer=footer)
            for section, payload in sections
        )
    )
    loaded = load(data)
    assert loaded.pop()[0] == End(len(data) - 1)
    assert loaded == [
        (Section(s.kind, s.section_id, s.idstr, s.instance_id, s.version_id, frame.offset), payload)
        for (s, payload), (frame, _) in zip(sections, loaded, strict=True)
    ]


def test_a_section_is_named_with_its_instance() -> None:
    """Instance 0 goes without saying, any other is shown unsigned and in hex."""
    assert START.name == "ram"
    assert FULL.name == "spapr_iommu/0x80000000"


def test_commands_carry_data_and_a_packaged_stream() -> None:
    """A command has its data; only PACKAGED takes as many bytes more as its data says."""
    ping, packaged = (frame for frame, _ in load(WHOLE) if isinstance(frame, Command))
    assert (ping.command, bytes(ping.data), ping.embedded) == (2, b"ping", None)
    assert (packaged.command, bytes(packaged.embedded or b"")) == (PACKAGED, b"xyz")


def test_packaged_needs_a_length_of_four_bytes() -> None:
    """PACKAGED with data of another size than 4 is refused."""
    with pytest.raises(FieldRejected, match="PACKAGED"):
        load(stream(write_command(PACKAGED, b"\x00\x03", b"xyz")))


def test_a_demanded_configuration_has_to_be_there() -> None:
    """Who demands the configuration section refuses a stream without."""
    with pytest.raises(ConfigurationRejected, match="Configuration section missing"):
        load(stream(full()), configuration=True)
    assert load(stream(CONFIGURATION), configuration=True)[0][1] == b"pseries-2.6"


def test_a_forbidden_configuration_is_an_unknown_section() -> None:
    """To a loader without configuration section, its type byte is unknown."""
    with pytest.raises(UnknownSectionType, match="type 7"):
        load(stream(CONFIGURATION), configuration=False)


def test_a_configuration_only_comes_first() -> None:
    """A configuration section behind another section is refused."""
    with pytest.raises(UnknownSectionType, match="type 7") as caught:
        load(stream(full(), CONFIGURATION))
    assert caught.value.section == FULL.name


@pytest.mark.parametrize("footers", [None, True])
@pytest.mark.parametrize(
    ("footer", "text"),
    [
        (b"\x7e\x00\x00\x02\x14", "read 0x214 expected 0xffffffff"),
        (b"\x7f\xff\xff\xff\xff", "Missing section footer for spapr_iommu/0x80000000"),
        (b"", "Missing section footer for spapr_iommu/0x80000000"),
    ],
)
def test_a_wrong_footer_is_rejected(
    footer: bytes,
    text: str,
    footers: bool | None,  # noqa: FBT001
) -> None:
    """A footer that is missing or has another id is rejected, told or found out by the first."""
    with pytest.raises(FooterRejected, match=text) as caught:
        load(stream(write_section(START, PAYLOAD, footer=True), full(footer)), footers=footers)
    assert caught.value.section == FULL.name


def test_the_first_section_decides_about_footers() -> None:
    """A stream whose first section has no footer has none, and a later one is unknown."""
    assert len(load(stream(full(b""), full(b"")))) == 3
    with pytest.raises(UnknownSectionType, match="type 126"):
        load(stream(full(b""), full()))


def test_a_demanded_footer_is_demanded_of_the_first_section() -> None:
    """Who demands footers refuses a stream that has none at all."""
    with pytest.raises(FooterRejected):
        load(stream(full(b""), full(b"")), footers=True)


def test_a_forbidden_footer_is_an_unknown_section() -> None:
    """To a loader without footers, the byte of a footer is an unknown type."""
    with pytest.raises(UnknownSectionType, match="type 126"):
        load(stream(full()), footers=False)


@pytest.mark.parametrize("kind", [0x05, 0x06, 0x07, 0x09, 0x55, 0x7E, 0xFF])
def test_an_unknown_type_names_the_section_before(kind: int) -> None:
    """A byte that starts no frame is refused with its value and the section before it."""
    with pytest.raises(UnknownSectionType, match=f"type {kind}") as caught:
        load(stream(full(), bytes((kind,))))
    assert caught.value.section == FULL.name


@pytest.mark.parametrize("kind", [SectionType.PART, SectionType.END])
def test_a_part_needs_its_start(kind: SectionType) -> None:
    """PART and END are only known by the section_id of a START, not by that of a FULL."""
    part = write_section(Section(kind, 0xFFFFFFFF, "", 0, 0), PAYLOAD, footer=True)
    with pytest.raises(UnknownSection, match="Unknown savevm section 4294967295"):
        load(stream(full(), part))


def test_an_empty_idstr_is_refused() -> None:
    """A section without a name is refused with its id."""
    nameless = write_section(Section(SectionType.FULL, 77, "", 0, 1), PAYLOAD, footer=True)
    with pytest.raises(UnknownSection, match="Unable to read ID string for section 77"):
        load(stream(nameless))


def test_the_reader_stops_behind_the_end() -> None:
    """After `End` the reader stands behind the end byte, whatever follows."""
    reader = Reader(stream() + b"\x06rest")
    assert list(read_frames(reader)) == [End(8)]
    assert reader.position == 9


def test_a_truncated_stream_is_refused_at_every_offset() -> None:
    """No proper prefix of a stream is a stream."""
    for size in range(len(WHOLE)):
        with pytest.raises(StreamError):
            load(WHOLE[:size])


def test_a_missing_end_names_the_last_section() -> None:
    """A stream without its end byte is truncated, behind its last section."""
    with pytest.raises(Truncated) as caught:
        load(WHOLE[:-1])
    assert (caught.value.offset, caught.value.section) == (len(WHOLE) - 1, FULL.name)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@example(offset=3, flip=1)
def test_a_corrupt_byte_raises_nothing_but_stream_errors(offset: int, flip: int) -> None:
    """Whatever byte is wrong, the stream is read or refused, and ends."""
    data = bytearray(WHOLE)
    data[offset] ^= flip
    try:
        frames = load(bytes(data))
    except StreamError:
        return
    assert isinstance(frames[-1][0], End)
