"""Raw bytes on the wire: buffers, unused bytes, bitmaps (facts 1.6)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import (
    bitmap,
    buffer,
    int32,
    uint8,
    uint16,
    uint32,
    unused,
)
from reference.vmstate.plan import Plan
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class State(msgspec.Struct, frozen=True):
    """A length that the state keeps, and something of that length."""

    value: Any = None
    length: int = 0


def plan_of(*fields: Field) -> Plan:
    """The plan of a description with these fields."""
    return compile_plan(VMStateDescription(name="test", fields=fields, record=State))


BUFFER = plan_of(buffer("value", size=4))


def test_buffer_is_raw_bytes() -> None:
    """A buffer of a fixed size is its bytes and nothing else."""
    assert BUFFER.save(State(b"\x00\x05\xff0")) == b"\x00\x05\xff0"
    assert BUFFER.load(Reader(b"\x00\x05\xff0"), None) == State(b"\x00\x05\xff0")


@pytest.mark.parametrize("value", [b"", b"abc", b"abcde"])
def test_buffer_of_another_length_is_not_saved(value: bytes) -> None:
    """A buffer is neither padded nor cut when it is saved."""
    with pytest.raises(DoesNotFit, match=f"a length of {len(value)}.* 4") as caught:
        BUFFER.save(State(value))
    assert caught.value.field == "value"


@pytest.mark.parametrize("size", range(4))
def test_cut_buffer_is_truncated(size: int) -> None:
    """A buffer of which the stream has only a part raises Truncated."""
    with pytest.raises(Truncated) as caught:
        BUFFER.load(Reader(bytes(size)), None)
    assert caught.value.field == "value"


UNUSED = plan_of(uint8("length"), unused(3), uint8("value"))


def test_unused_bytes_are_saved_as_zeros() -> None:
    """Unused bytes are saved as zeros."""
    assert UNUSED.save(State(value=2, length=1)).hex() == "01 000000 02".replace(" ", "")


@pytest.mark.parametrize("content", ["000000", "ffffff", "050005"])
def test_unused_bytes_may_hold_anything(content: str) -> None:
    """Unused bytes are skipped whatever they hold."""
    wire = bytes.fromhex(f"01{content}02")
    assert UNUSED.load(Reader(wire), None) == State(value=2, length=1)


def test_counted_unused_blocks() -> None:
    """An unused array is count times size zeros, its count being another field."""
    plan = plan_of(uint32("length"), unused(5, count="length"), uint8("value"))
    wire = bytes.fromhex("00000003" + "00" * 15 + "09")
    assert plan.save(State(value=9, length=3)) == wire
    assert plan.load(Reader(wire.replace(b"\0" * 15, b"x" * 15)), None) == State(9, 3)


COUNTED = plan_of(uint32("length", counts="value"), buffer("value", size="length"))


def test_counted_buffer_has_its_length_in_front() -> None:
    """A counted buffer is as long as its field says; saving derives that field from the buffer."""
    assert COUNTED.save(State(b"abc")).hex() == "00000003616263"
    assert COUNTED.load(Reader(b"\0\0\0\3abcd"), None) == State(b"abc")


def test_length_is_not_repeated_before_the_buffer() -> None:
    """What lies between a count and its buffer stays there."""
    plan = plan_of(uint16("length"), unused(1), buffer("value", size="length"))
    assert plan.save(State(b"ab", 2)).hex() == "0002006162"


def test_multiplied_length() -> None:
    """A length may be given in units of a constant (VMS_MULTIPLY)."""
    plan = plan_of(uint8("length", counts="value"), buffer("value", size="length", multiply=4))
    assert plan.save(State(b"abcdefgh")) == b"\x02abcdefgh"
    assert plan.load(Reader(b"\x02abcdefgh"), None) == State(b"abcdefgh")
    with pytest.raises(DoesNotFit, match="7 elements, where the description says 4") as caught:
        plan.save(State(b"abcdefg"))
    assert caught.value.field == "value"


def test_length_kept_by_the_state_must_be_that_of_the_buffer() -> None:
    """A state that keeps the length itself is not saved where the two disagree."""
    plan = plan_of(uint32("length"), buffer("value", size="length"))
    assert plan.save(State(b"abc", 3)) == b"\0\0\0\3abc"
    with pytest.raises(DoesNotFit, match="3 elements, where the description says 2") as caught:
        plan.save(State(b"abc", 2))
    assert caught.value.field == "value"


def test_too_long_for_its_count() -> None:
    """A buffer that its count cannot express is not saved, and the error names the count."""
    plan = plan_of(uint8("length", counts="value"), buffer("value", size="length"))
    with pytest.raises(DoesNotFit, match="256 is no uint8") as caught:
        plan.save(State(bytes(256)))
    assert caught.value.field == "length"


@pytest.mark.parametrize("length", [21, 0x7FFFFFF0, 0xFFFFFFF0, 0xFFFFFFFF])
def test_length_beyond_the_stream(length: int) -> None:
    """A length that the stream cannot hold raises Truncated at the buffer, and takes no memory."""
    with pytest.raises(Truncated) as caught:
        COUNTED.load(Reader(length.to_bytes(4, "big") + bytes(20)), None)
    assert (caught.value.field, caught.value.offset) == ("value", 4)


def test_negative_length() -> None:
    """A negative length is rejected at the buffer."""
    plan = plan_of(int32("length", counts="value"), buffer("value", size="length"))
    with pytest.raises(FieldRejected, match="length is -16") as caught:
        plan.load(Reader(bytes.fromhex("fffffff0") + bytes(20)), None)
    assert caught.value.field == "value"


BITMAPS = [
    (0, (), ""),
    (1, (0,), "0000000000000001"),
    (64, (), "0000000000000000"),
    (64, (0, 63), "8000000000000001"),
    (65, (8, 64), "0000000000000100 0000000000000001"),
    (128, (63, 64), "8000000000000000 0000000000000001"),
    (130, (127, 129), "0000000000000000 8000000000000000 0000000000000002"),
]


@pytest.mark.parametrize(("bits", "value", "wire"), BITMAPS)
def test_bitmap_words(bits: int, value: tuple[int, ...], wire: str) -> None:
    """Bit n of a bitmap is bit n % 64 of the big-endian word n // 64; the last word is whole."""
    plan = plan_of(bitmap("value", bits=bits))
    assert plan.save(State(value)) == bytes.fromhex(wire)
    assert plan.load(Reader(bytes.fromhex(wire)), None) == State(value)


def test_bits_behind_the_last_survive() -> None:
    """Bits of the last word that the bitmap does not count are kept."""
    plan = plan_of(bitmap("value", bits=4))
    loaded = plan.load(Reader(b"\x80" + bytes(7)), None)
    assert plan.save(loaded) == b"\x80" + bytes(7)


@pytest.mark.parametrize("bit", [-1, 64, 1000])
def test_bit_outside_the_bitmap(bit: int) -> None:
    """A bit that no word of the bitmap has is not saved."""
    with pytest.raises(DoesNotFit, match=f"bit {bit} of 60") as caught:
        plan_of(bitmap("value", bits=60)).save(State((1, bit)))
    assert caught.value.field == "value"


@pytest.mark.parametrize("size", [0, 7, 8, 15])
def test_cut_bitmap_is_truncated(size: int) -> None:
    """A bitmap of which the stream has only a part raises Truncated."""
    with pytest.raises(Truncated) as caught:
        plan_of(bitmap("value", bits=65)).load(Reader(bytes(size)), None)
    assert caught.value.field == "value"
