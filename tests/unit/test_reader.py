"""Taking bytes out of a buffer."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.wire.errors import Truncated
from reference.wire.reader import Buffer, Reader, counted_string

DATA = bytes(range(1, 16))
READS: list[tuple[Callable[[Reader], object], object, int]] = [
    (Reader.u8, 0x01, 1),
    (Reader.u16, 0x0102, 2),
    (Reader.u32, 0x01020304, 4),
    (Reader.u64, 0x0102030405060708, 8),
    (lambda reader: reader.take(3), b"\x01\x02\x03", 3),
    (Reader.counted_string, "\x02", 2),
]


@pytest.mark.parametrize(("read", "value", "size"), READS)
def test_reads_are_big_endian_and_move_by_their_size(
    read: Callable[[Reader], object], value: object, size: int
) -> None:
    """Each read returns the big-endian value and moves the position by exactly its size."""
    reader = Reader(DATA)
    assert read(reader) == value
    assert reader.position == size
    assert reader.remaining == len(DATA) - size


@pytest.mark.parametrize(("read", "value", "size"), READS)
def test_a_refused_read_leaves_the_position(
    read: Callable[[Reader], object], value: object, size: int
) -> None:
    """A read that needs more bytes than are left raises `Truncated` and does not move."""
    for length in range(size):
        reader = Reader(DATA[:length])
        with pytest.raises(Truncated):
            read(reader)
        assert reader.position == 0, value


def test_truncated_says_what_is_left_and_where() -> None:
    """The error of a short read counts what is there and what was asked for."""
    reader = Reader(b"abcde")
    reader.take(2)
    with pytest.raises(Truncated, match="after 3 of 4 bytes") as caught:
        reader.u32()
    assert caught.value.offset == 2


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview])
def test_take_does_not_copy(wrap: Callable[[bytes], Buffer]) -> None:
    """The bytes that `Reader.take` returns are a view of the buffer."""
    data = wrap(DATA)
    base = data.obj if isinstance(data, memoryview) else data
    assert Reader(data).take(4).obj is base


def test_peek_and_next_is_look_without_moving() -> None:
    """Looking ahead does not move, and finds nothing behind the end."""
    reader = Reader(b"abc")
    assert bytes(reader.peek(2, ahead=1) or b"") == b"bc"
    assert reader.peek(3, ahead=1) is None
    assert reader.next_is(ord("a"))
    assert not reader.next_is(ord("b"))
    assert reader.position == 0
    reader.take(3)
    assert not reader.next_is(0)


@given(st.binary(max_size=255))
def test_counted_strings_keep_every_byte(data: bytes) -> None:
    """A counted string of any bytes is written back as it was read."""
    wire = bytes((len(data),)) + data
    assert counted_string(Reader(wire).counted_string()) == wire
