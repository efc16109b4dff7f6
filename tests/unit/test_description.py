"""The vmdescription: its text, its sizes, and finding it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.wire.description import find_description, read_description
from reference.wire.description_records import (
    Description,
    DeviceDescription,
    FieldDescription,
    LayoutDescription,
    write_description,
)
from reference.wire.errors import DescriptionRejected, StreamError, Truncated
from reference.wire.reader import Reader

PLAIN = """{"page_size": 4096, "devices": [{"name": "spapr_iommu", "instance_id": 2147483648, \
"vmsd_name": "spapr_iommu", "version": 3, "fields": [\
{"name": "liobn", "type": "uint32 equal", "size": 4}, \
{"name": "mig_table", "array_len": 512, "type": "uint64", "size": 8}], \
"subsections": [{"vmsd_name": "spapr_iommu_ex", "version": 1, "fields": [\
{"name": "bus_offset", "type": "uint64", "size": 8}]}]}]}"""

QTAILQ = """{"page_size": 4096, "devices": [{"name": "spapr", "instance_id": 0, \
"vmsd_name": "spapr", "version": 3, "fields": [\
{"name": "pending_events", "type": "qtailq", \
"vmsd_name": "spapr_event_log_entry", "version": 1, "fields": [\
{"name": "summary", "type": "uint32", "size": 4}], \
"vmsd_name": "spapr_event_log_entry", "version": 1, "fields": [\
{"name": "summary", "type": "uint32", "size": 4}], "size": 11}]}]}"""

INDEXED = """{"configuration": {"vmsd_name": "configuration", "version": 1, "fields": [\
{"name": "len", "type": "uint32", "size": 4}, {"name": "name", "type": "buffer", "size": 12}]}, \
"page_size": 4096, "devices": [{"name": "ide", "instance_id": 0, \
"vmsd_name": "ide", "version": 1, "fields": [\
{"name": "drive", "index": 0, "type": "struct", \
"struct": {"vmsd_name": "ide_drive", "version": 3, "fields": [\
{"name": "mult_sectors", "type": "int32", "size": 4}], \
"subsections": [{"vmsd_name": "ide_drive/tray_state", "version": 1, "fields": [\
{"name": "tray_open", "type": "bool", "size": 1}]}]}, "size": 31}, \
{"name": "drive", "index": 1, "type": "struct", \
"struct": {"vmsd_name": "ide_drive", "version": 3, "fields": [\
{"name": "mult_sectors", "type": "int32", "size": 4}]}, "size": 4}]}]}"""

OLD_STYLE = """{"page_size": 4096, "devices": [{"name": "slirp", "instance_id": 0, \
"size": 131, "fields": [{"name": "data", "size": 131, "type": "buffer"}]}]}"""

BEFORE_6_0 = """{ "page_size" : 4096, "devices" : [ { "name" : "spapr_cpu", "instance_id" : 0, \
"vmsd_name" : "spapr_cpu", "version" : 1, "fields" : [  ] }, { "name" : "spapr", \
"instance_id" : 0, "vmsd_name" : "spapr", "version" : 3, "fields" : [  ], "subsections" : [ \
{ "vmsd_name" : "spapr/cap/hpt_maxpagesize", "version" : 1, "fields" : [ \
{ "name" : "mig.caps[0x06]", "type" : "uint8", "size" : 1 } ] } ] } ] }"""

TEXTS = {
    "plain": PLAIN,
    "qtailq": QTAILQ,
    "indexed": INDEXED,
    "old style": OLD_STYLE,
    "before 6.0": BEFORE_6_0,
}


def wire(text: str | bytes) -> bytes:
    """The description with this text."""
    data = text.encode() if isinstance(text, str) else text
    return b"\x06" + len(data).to_bytes(4, "big") + data


def device(**changes: Any) -> dict[str, Any]:
    """A description of one device of one field; ``changes`` to the device."""
    field = {"name": "state", "type": "uint32", "size": 4}
    plain = {"name": "a", "instance_id": 0, "vmsd_name": "a", "version": 1, "fields": [field]}
    return {"page_size": 4096, "devices": [plain | changes]}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_description_is_written_back_as_it_was(text: str) -> None:
    """Every shape that QEMU writes is read and written back to the same bytes."""
    data = wire(text)
    reader = Reader(data)
    description = read_description(reader)
    assert reader.remaining == 0
    assert write_description(description) == data
    assert find_description(data) == description


def test_the_typed_view() -> None:
    """A description has the page size and the devices, with numbers unsigned."""
    field = FieldDescription
    assert read_description(Reader(wire(PLAIN))) == Description(
        page_size=4096,
        devices=(
            DeviceDescription(
                name="spapr_iommu",
                instance_id=0x80000000,
                vmsd_name="spapr_iommu",
                version=3,
                fields=(
                    field(name="liobn", type="uint32 equal", size=4),
                    field(name="mig_table", type="uint64", size=8, array_len=512),
                ),
                subsections=(
                    LayoutDescription(
                        vmsd_name="spapr_iommu_ex",
                        version=1,
                        fields=(field(name="bus_offset", type="uint64", size=8),),
                    ),
                ),
            ),
        ),
    )


def test_repeated_keys_are_elements() -> None:
    """The keys of a list repeat for each element, and none of them is lost."""
    (spapr,) = read_description(Reader(wire(QTAILQ))).devices
    assert [element.vmsd_name for element in spapr.fields[0].elements] == [
        "spapr_event_log_entry",
        "spapr_event_log_entry",
    ]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (PLAIN, 4 + 512 * 8 + (2 + len("spapr_iommu_ex") + 4 + 8)),
        (QTAILQ, 11),
        (INDEXED, 31 + 4),
        (OLD_STYLE, 131),
    ],
)
def test_the_size_of_a_payload(text: str, size: int) -> None:
    """A payload is its fields times their length, and its own subsections with their heads."""
    (described,) = read_description(Reader(wire(text))).devices
    assert described.size == size


def test_a_signed_instance_id_is_made_unsigned() -> None:
    """An instance_id above 2^31, which QEMU before 5.0 writes as negative, is unsigned here."""
    text = json.dumps(device(instance_id=-0x80000000))
    assert read_description(Reader(wire(text))).devices[0].instance_id == 0x80000000


def test_keys_that_are_not_known_are_skipped() -> None:
    """A key that the grammar does not have changes nothing."""
    known = read_description(Reader(wire(json.dumps(device()))))
    assert read_description(Reader(wire(json.dumps(device(colour="red"))))) == known


@pytest.mark.parametrize("before", [b"", b"\x06" * 9, b"\x06\x00\x00\x00\x02{}" * 9, bytes(200000)])
def test_a_description_is_found_from_the_end(before: bytes) -> None:
    """Whatever lies before it, the description at the end is found."""
    assert find_description(before + wire(PLAIN)) == read_description(Reader(wire(PLAIN)))


@pytest.mark.parametrize("length", [0x106, 0x606, 0x10600])
def test_a_length_may_have_the_byte_of_the_type(length: int) -> None:
    """A description whose length has a byte 0x06 is found as any other."""
    text = json.dumps(device())
    text += " " * (length - len(text))
    assert find_description(b"stream\x00" + wire(text)) is not None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x06",
        b"QEVM\x00\x00\x00\x03\x00",
        b"\x06\x00\x00\x00\x00",
        wire(PLAIN) + b"\x00",
        wire(PLAIN)[:-1],
        b"\x06\x00\x00\x00\x08{" * 100,
        bytes(200000),
    ],
)
def test_no_description_is_none(data: bytes) -> None:
    """Where no description ends with the data, none is found, and nothing is raised."""
    assert find_description(data) is None


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b'{"a": "\xff"}',
        b"{} {}",
        b'{"page_size": ' + b"9" * 5000 + b', "devices": []}',
        b'{"a":' * 100000,
        b'{"a":' + b"[" * 100000,
        b'{"page_size": NaN, "devices": []}',
    ],
)
def test_text_that_is_no_json_is_rejected(text: bytes) -> None:
    """Broken, endless or deeply nested text is rejected with the offset of the text."""
    for read in (find_description, lambda data: read_description(Reader(data))):
        with pytest.raises(DescriptionRejected) as caught:
            read(wire(text))
        assert caught.value.offset == 5


def test_layouts_nested_too_deep_are_rejected() -> None:
    """A field in a field in a field is rejected where it can no longer be followed."""
    head = '{"vmsd_name": "a", "version": 1, "fields": [{"name": "a", "type": "a", "struct": '
    text = '{"page_size": 4096, "devices": [], "configuration": ' + head * 300 + "{}"
    text += ', "size": 1}]}' * 300 + "}"
    json.loads(text)
    with pytest.raises(DescriptionRejected):
        read_description(Reader(wire(text)))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([], ""),
        ({"devices": []}, ""),
        ({"page_size": 4096}, ""),
        ({"page_size": 4095, "devices": []}, ""),
        ({"page_size": 1 << 40, "devices": []}, ""),
        ({"page_size": 0, "devices": []}, ""),
        ({"page_size": True, "devices": []}, ""),
        ({"page_size": 4096.0, "devices": []}, ""),
        ({"page_size": 4096, "devices": {}}, ""),
        ({"page_size": 4096, "devices": [7]}, "devices[0]"),
        (device(name=None), "devices[0]"),
        (device(instance_id=1 << 32), "devices[0]"),
        (device(vmsd_name=""), "devices[0]"),
        (device(vmsd_name=7), "devices[0]"),
        (device(version="1"), "devices[0]"),
        (device(version=-1), "devices[0]"),
        (device(fields=None), "devices[0]"),
        (device(subsections=[{}]), "devices[0].subsections[0]"),
        (device(fields=[[]]), "devices[0].fields[0]"),
        (device(fields=[{"name": "a", "type": "b"}]), "devices[0].fields[0]"),
        (device(fields=[{"name": "a", "type": "b", "size": -1}]), "devices[0].fields[0]"),
        (device(fields=[{"name": "a", "type": "b", "size": 1 << 63}]), "devices[0].fields[0]"),
        (
            device(fields=[{"name": "a", "type": "struct", "struct": {}, "size": 1}]),
            "devices[0].fields[0].struct",
        ),
    ],
)
def test_a_wrong_shape_is_rejected_with_its_path(value: object, path: str) -> None:
    """What is missing, of another type or out of range is rejected, with the path to it."""
    with pytest.raises(DescriptionRejected) as caught:
        read_description(Reader(wire(json.dumps(value))))
    assert caught.value.field == path


@pytest.mark.parametrize(
    "text",
    [
        OLD_STYLE.replace("131", "130", 1),
        OLD_STYLE.replace('"data"', '"other"'),
        PLAIN.replace('"version": 3', '"version": 3, "version": 3'),
        PLAIN.replace('"size": 4', '"size": 4, "size": 4'),
    ],
)
def test_what_contradicts_itself_is_rejected(text: str) -> None:
    """A key that repeats outside of a list, or an old section of two sizes, is rejected."""
    with pytest.raises(DescriptionRejected):
        read_description(Reader(wire(text)))


def test_another_section_is_no_description() -> None:
    """A byte that is not 0x06 is rejected, with the byte."""
    with pytest.raises(DescriptionRejected, match="got 126"):
        read_description(Reader(b"\x7e\x00\x00\x00\x02{}"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_truncated_description_is_refused_at_every_offset(text: str) -> None:
    """No proper prefix of a description is one, nor is a shorter text."""
    data = wire(text)
    for size in range(len(data)):
        with pytest.raises(Truncated):
            read_description(Reader(data[:size]))
    for size in range(len(text)):
        with pytest.raises(DescriptionRejected):
            read_description(Reader(wire(text[:size])))


@given(st.sampled_from(list(TEXTS.values())), st.integers(0), st.integers(1, 255))
def test_a_corrupt_byte_raises_nothing_but_stream_errors(text: str, place: int, flip: int) -> None:
    """Whatever byte is wrong, the description is refused, or read and written in a way to read."""
    data = bytearray(wire(text))
    data[place % len(data)] ^= flip
    try:
        description = read_description(Reader(data))
    except StreamError:
        return
    assert read_description(Reader(write_description(description))) == description


KEYS = st.sampled_from(
    [
        *("name", "instance_id", "vmsd_name", "version", "fields", "subsections"),
        *("type", "size", "array_len", "index", "struct"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES))
def test_any_json_is_read_or_rejected(changes: dict[str, Any]) -> None:
    """Whatever values a device has, the description is rejected, or read and written."""
    try:
        description = read_description(Reader(wire(json.dumps(device(**changes)))))
    except DescriptionRejected:
        return
    assert read_description(Reader(write_description(description))) == description
