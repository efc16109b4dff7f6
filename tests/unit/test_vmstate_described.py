"""Decoding by what a vmdescription says, kind by kind (facts 1.6 and 1.8)."""

from typing import Any

import pytest

from reference.vmstate.compiler import compile_decoder
from reference.vmstate.described import Coverage, coverage, description_of
from reference.wire.description_records import FieldDescription, LayoutDescription
from reference.wire.reader import Reader


def layout(*fields: FieldDescription, name: str = "v", **options: Any) -> LayoutDescription:
    """What is said of a section."""
    return LayoutDescription(vmsd_name=name, version=3, fields=fields, **options)


def field(type_name: str, size: int, *, name: str = "a", **options: Any) -> FieldDescription:
    """What is said of a field."""
    return FieldDescription(name=name, type=type_name, size=size, **options)


def decoded(wire: bytes, said: LayoutDescription) -> Any:
    """What is made of ``wire``; the same bytes must come out of it again."""
    decoder = compile_decoder(description_of(said), said.version)
    reader = Reader(wire)
    state = decoder.load(reader, None)
    assert reader.remaining == 0
    assert decoder.save(state) == wire
    return state


NUMBERS = [
    ("bool", "01", True),
    ("int8", "ff", -1),
    ("uint8", "ff", 255),
    ("int16", "ffff", -1),
    ("uint16", "ffff", 65535),
    ("int32", "ffffffff", -1),
    ("uint32", "ffffffff", 0xFFFFFFFF),
    ("int64", "ff" * 8, -1),
    ("uint64", "ff" * 8, (1 << 64) - 1),
    ("uint8 equal", "07", 7),
    ("uint16 equal", "0007", 7),
    ("uint32 equal", "00000007", 7),
    ("int32 equal", "fffffff9", -7),
    ("int64 equal", "ff" * 8, (1 << 64) - 1),
    ("int32 le", "fffffff9", -7),
    ("timer", "ff" * 8, -1),
    ("CPU_Double_U", "3ff0000000000000", 0x3FF0000000000000),
    ("float64", "3ff0000000000000", 0x3FF0000000000000),
    ("nullptr", "30", 0x30),
    ("nullptr", "31", 0x31),
]


@pytest.mark.parametrize(("type_name", "wire", "value"), NUMBERS)
def test_numbers_by_type(type_name: str, wire: str, value: int) -> None:
    """A number is decoded by its type, and compared with nothing."""
    data = bytes.fromhex(wire)
    assert decoded(data, layout(field(type_name, len(data)))) == {"a": value}
    said = layout(field(type_name, len(data), array_len=3))
    assert decoded(data * 3, said) == {"a": (value,) * 3}
    assert coverage(said) == Coverage(named=3 * len(data), opaque=0)


BYTES = [
    (field("buffer", 3), b"abc", {"a": b"abc"}, 0),
    (field("buffer", 3, array_len=2), b"abcdef", {"a": b"abcdef"}, 0),
    (field("buffer", 0), b"", {"a": b""}, 0),
    (field("unused_buffer", 3), bytes(3), {}, 0),
    (field("unused_buffer", 3, array_len=2), bytes(6), {}, 0),
    (field("bitmap", 16), b"\0\0\0\0\0\0\1\1" + b"\x80" + bytes(7), {"a": (0, 8, 127)}, 0),
    (field("virtio", 3), b"abc", {"a": b"abc"}, 3),
    (field("avr", 3, array_len=2), b"abcdef", {"a": b"abcdef"}, 6),
    (field("", 1), b"a", {"a": b"a"}, 1),
]


@pytest.mark.parametrize(("said", "wire", "value", "opaque"), BYTES)
def test_bytes_by_type(said: FieldDescription, wire: bytes, value: Any, opaque: int) -> None:
    """A buffer is its bytes, and so is, opaque to us, what has a type that we do not know."""
    assert decoded(wire, layout(said)) == value
    assert coverage(layout(said)) == Coverage(len(wire) - opaque, opaque)


INNER = layout(field("uint8", 1), field("uint8", 1, name="b"), name="in")
CONTRADICTIONS = [
    field("uint32", 8),
    field("uint32", 2, array_len=4),
    field("uint64", 1, array_len=8),
    field("bitmap", 6),
    field("bitmap", 8, array_len=2),
    field("struct", 8),
    field("struct", 8, struct=INNER),
    field("tmp", 8),
    field("tmp", 4, elements=(INNER, INNER)),
    field("vstruct", 1, elements=(INNER,)),
    field("uint8", 2, struct=INNER, elements=(INNER,)),
    field("struct", 2, elements=(INNER,)),
    field("qtailq", 6, elements=(INNER, INNER)),
    field("qlist", 0),
    field("qtailq", 3, array_len=2),
    field("gtree", 12, elements=(INNER,)),
    field("gtree", 10, elements=(INNER, INNER, INNER)),
    field("struct", 0, struct=layout(), array_len=1 << 40),
]


@pytest.mark.parametrize("said", CONTRADICTIONS)
def test_contradiction_is_opaque(said: FieldDescription) -> None:
    """A field whose size or shape is not that of its type is opaque, all of it."""
    data = bytes(range(said.total_size))
    assert decoded(data, layout(said)) == {"a": data}
    assert coverage(layout(said)) == Coverage(named=0, opaque=len(data))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (field("struct", 2, struct=INNER), {"a": {"a": 1, "b": 2}}),
        (field("tmp", 2, elements=(INNER,)), {"a": {"a": 1, "b": 2}}),
        (field("vstruct", 2, elements=(INNER,)), {"a": {"a": 1, "b": 2}}),
        (field("struct", 2, struct=INNER, index=4), {"a[4]": {"a": 1, "b": 2}}),
        (field("struct", 2, struct=INNER, array_len=1), {"a": ({"a": 1, "b": 2},)}),
    ],
)
def test_nested_layouts(said: FieldDescription, value: Any) -> None:
    """A field with a layout of its own is a dict, an array of them a tuple."""
    assert decoded(b"\1\2", layout(said)) == value


def test_coverage_of_an_array() -> None:
    """Opaque bytes inside of an array's elements count for each of them."""
    inner = layout(field("virtio", 2), field("uint8", 1, name="b"))
    said = layout(field("struct", 3, struct=inner, array_len=4))
    assert coverage(said) == Coverage(named=4, opaque=8)


def test_arrays_of_what_differs() -> None:
    """Of an array that is described one by one, each element has a key of its own."""
    said = layout(field("nullptr", 1, index=0), field("uint32", 4, index=1))
    assert decoded(b"0\0\0\0\7", said) == {"a[0]": 0x30, "a[1]": 7}


def test_queue_by_repeated_layouts() -> None:
    """A queue's elements have keys of their own, and the marks around them are kept."""
    long = layout(field("buffer", 3), name="in")
    said = field("qtailq", 8, elements=(INNER, long))
    expected = {
        "a[0].mark": 1,
        "a[0]": {"a": 2, "b": 3},
        "a[1].mark": 0x7F,
        "a[1]": {"a": b"abc"},
        "a.end": 0,
    }
    assert decoded(b"\1\2\3\x7fabc\0", layout(said)) == expected
    assert coverage(layout(said)) == Coverage(8, 0)
    assert decoded(b"\0", layout(field("qlist", 1))) == {"a.end": 0}


def test_tree_by_repeated_layouts() -> None:
    """A tree's nodes have a key and a value each, by their layouts, or the key is a number."""
    direct = field("gtree", 4 + 1 + 8 + 2 + 1, elements=(INNER,))
    wire = b"\0\0\0\1" + b"\1" + bytes(7) + b"\5" + b"\2\3" + b"\0"
    expected = {"a.count": 1, "a[0].mark": 1, "a[0].key": 5, "a[0]": {"a": 2, "b": 3}, "a.end": 0}
    assert decoded(wire, layout(direct)) == expected
    keyed = field("gtree", 4 + 1 + 2 + 2 + 1, elements=(INNER, INNER))
    expected["a[0].key"] = {"a": 8, "b": 9}
    assert decoded(b"\0\0\0\1" + b"\1" + b"\10\11" + b"\2\3" + b"\0", layout(keyed)) == expected


def test_keys_that_are_taken_get_a_number() -> None:
    """Every field has a key of its own, whatever its name; brackets and dots are part of names."""
    names = ("a", "a", "a#2", "a", "env.gpr[0]", "env.gpr[0]", "subsections", "", '"\\')
    said = layout(*(field("uint8", 1, name=name) for name in names))
    keys = ("a", "a#2", "a#2#2", "a#3", "env.gpr[0]", "env.gpr[0]#2", "subsections#2", "", '"\\')
    assert decoded(bytes(range(9)), said) == dict(zip(keys, range(9), strict=True))


def test_subsections_by_their_layouts() -> None:
    """Subsections are found by the same rule as ever, and may be missing."""
    sub = LayoutDescription(vmsd_name="v/x", version=2, fields=(field("virtio", 1),))
    said = layout(field("uint8", 1), subsections=(sub,))
    wire = b"\7\5\3v/x\0\0\0\2z"
    assert decoded(wire, said) == {"a": 7, "subsections": [("v/x", 2, {"a": b"z"})]}
    assert decoded(b"\7", said) == {"a": 7}
    assert coverage(said) == Coverage(named=len(wire) - 1, opaque=1)


def test_section_of_the_old_style() -> None:
    """A section of the old style is its data, and no scan follows it."""
    said = LayoutDescription(vmsd_name="", version=0, fields=(field("buffer", 2, name="data"),))
    reader = Reader(b"ab\5\1x\0\0\0\1")
    decoder = compile_decoder(description_of(said), 4)
    assert decoder.load(reader, None) == {"data": b"ab"}
    assert reader.position == 2
