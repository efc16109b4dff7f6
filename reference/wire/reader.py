"""The one way to take bytes out of a stream: bounds checked, big-endian, never copying."""

from mmap import mmap
from struct import Struct
from struct import error as StructError  # noqa: N812 -- it is an exception
from typing import Any

from reference.wire.errors import Truncated

Buffer = bytes | bytearray | memoryview | mmap
"""What a stream may lie in."""

_U16 = Struct(">H")
_U32 = Struct(">I")
_U64 = Struct(">Q")


class Reader:
    """A position in a buffer.

    Every reading method moves the position forward by exactly what it returns, or raises
    `Truncated` and leaves it where it was. Integers are big-endian, as all integers of the format
    are (QEMU migration/qemu-file.c, qemu_get_be16 and so on).
    """

    __slots__ = ("data", "position", "size")

    def __init__(self, data: Buffer) -> None:
        self.data = memoryview(data)
        self.position = 0
        self.size = len(self.data)

    @property
    def remaining(self) -> int:
        """Bytes between the position and the end of the buffer."""
        return self.size - self.position

    def need(self, size: int) -> None:
        """Raise `Truncated` unless ``size`` more bytes are there."""
        if size > self.size - self.position:
            raise Truncated(
                f"the stream ends after {self.remaining} of {size} bytes", offset=self.position
            )

    def take(self, size: int) -> memoryview:
        """The next ``size`` bytes, as a view of the buffer."""
        self.need(size)
        start = self.position
        self.position = start + size
        return self.data[start : self.position]

    def unpack(self, layout: Struct) -> tuple[Any, ...]:
        """The values of one ``layout``."""
        try:
            values = layout.unpack_from(self.data, self.position)
        except StructError:
            self.need(layout.size)
            raise
        self.position += layout.size
        return values

    def u8(self) -> int:
        """One byte."""
        position = self.position
        if position >= self.size:
            self.need(1)
        self.position = position + 1
        return self.data[position]

    def u16(self) -> int:
        """Two bytes."""
        return int(self.unpack(_U16)[0])

    def u32(self) -> int:
        """Four bytes."""
        return int(self.unpack(_U32)[0])

    def u64(self) -> int:
        """Eight bytes."""
        return int(self.unpack(_U64)[0])

    def peek(self, size: int, ahead: int = 0) -> memoryview | None:
        """``size`` bytes that start ``ahead`` bytes further on, or None where the stream ends."""
        start = self.position + ahead
        if start + size > self.size:
            return None
        return self.data[start : start + size]

    def next_is(self, value: int) -> bool:
        """Whether a next byte is there and has this value."""
        return self.position < self.size and self.data[self.position] == value

    def counted_string(self) -> str:
        """A length byte and that many bytes (QEMU migration/qemu-file.c, qemu_get_counted_string).

        Bytes outside of ASCII are kept, one character each, so that the string can be written
        back as it was.
        """
        start = self.position
        try:
            return bytes(self.take(self.u8())).decode("latin-1")
        except Truncated:
            self.position = start
            raise


def counted_string(text: str) -> bytes:
    """The wire form of ``text``: its length in one byte, then its bytes."""
    data = text.encode("latin-1")
    return bytes((len(data),)) + data
