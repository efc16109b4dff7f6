"""The records of the section ``ram``, and their wire form.

Each record starts with a be64: an address, aligned to the page size, and flags in the bits below.

| flag | record | what follows the be64 |
|---|---|---|
| 0x002 ZERO | `Page` | block, one byte that fills the page |
| 0x004 MEM_SIZE | `BlockList` | blocks, until their lengths add up to the address part |
| 0x008 PAGE | `Page` | block, one page |
| 0x010 EOS | the end of the payload | nothing |
| 0x040 XBZRLE | `Page` | block, 0x01, be16 length, that many bytes |
| 0x100 COMPRESS_PAGE | `Page` | block, be32 length, that many bytes (removed in QEMU 9.1) |
| 0x200 MULTIFD_FLUSH | `MultifdFlush` | nothing (since QEMU 8.1) |

``block`` is an idstr. With 0x020 CONTINUE it is left out, and is that of the page before, which
may lie in an earlier section. 0x001 FULL is obsolete, 0x080 HOOK belongs to RDMA. Source:
QEMU migration/ram.c, ram_save_setup and save_page_header.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from struct import Struct as Layout

from msgspec import Struct

from reference.wire.reader import Buffer, counted_string

XBZRLE_ENCODING = 1
"""The byte in front of every XBZRLE page."""

XBZRLE_HEAD = Layout(">BH")
"""That byte, and the length of the page."""

_U32 = Layout(">I")
_U64 = Layout(">Q")


class RamFlag(IntEnum):
    """The flags of a record."""

    FULL = 0x001
    ZERO = 0x002
    MEM_SIZE = 0x004
    PAGE = 0x008
    EOS = 0x010
    CONTINUE = 0x020
    XBZRLE = 0x040
    HOOK = 0x080
    COMPRESS_PAGE = 0x100
    MULTIFD_FLUSH = 0x200


class RamBlock(Struct, frozen=True):
    """One block of guest memory and its length in bytes.

    On the wire: idstr, be64 ``used_length``, then be64 ``page_size`` (only with postcopy-ram, and
    only for a block of huge pages), then be64 ``guest_address`` (only with x-ignore-shared).
    """

    idstr: str
    used_length: int
    page_size: int | None = None
    guest_address: int | None = None


class BlockList(Struct, frozen=True):
    """The blocks of the machine; they come in the payload of START."""

    blocks: tuple[RamBlock, ...]


class Page(Struct, frozen=True):
    """One page of guest memory, under one of the four page flags.

    ``data`` is what comes last in the table: the fill byte, the page, or the packed bytes without
    their length. ``block`` is None with CONTINUE.
    """

    flag: RamFlag
    address: int
    block: str | None
    data: Buffer


class PageRun(Struct, frozen=True):
    """A run of `Page` records with CONTINUE, kept as the bytes of the stream.

    All of them have the same flag, PAGE or ZERO, and the same size on the wire; a ZERO page in a
    run is filled with 0. Iterating gives the single records.
    """

    flag: RamFlag
    data: memoryview
    record_size: int

    @property
    def count(self) -> int:
        """How many pages."""
        return len(self.data) // self.record_size

    def __iter__(self) -> Iterator[Page]:
        for start in range(0, len(self.data), self.record_size):
            (word,) = _U64.unpack_from(self.data, start)
            yield Page(
                flag=self.flag,
                address=word ^ (self.flag | RamFlag.CONTINUE),
                block=None,
                data=self.data[start + _U64.size : start + self.record_size],
            )


class MultifdFlush(Struct, frozen=True):
    """A point where the receiver waits for the other channels of multifd."""


RamRecord = BlockList | Page | PageRun | MultifdFlush


def write_ram(records: Iterable[RamRecord]) -> bytes:
    """The payload made of ``records`` and the end marker."""
    parts: list[Buffer] = []
    for record in records:
        match record:
            case PageRun(data=data):
                parts.append(data)
            case Page():
                parts += _page(record)
            case BlockList(blocks=blocks):
                total = sum(block.used_length for block in blocks)
                parts.append(_U64.pack(total | RamFlag.MEM_SIZE))
                parts += map(_block, blocks)
            case MultifdFlush():
                parts.append(_U64.pack(RamFlag.MULTIFD_FLUSH))
    parts.append(_U64.pack(RamFlag.EOS))
    return b"".join(parts)


def _page(page: Page) -> Iterator[Buffer]:
    """The parts of a page record."""
    word = page.address | page.flag
    if page.block is None:
        yield _U64.pack(word | RamFlag.CONTINUE)
    else:
        yield _U64.pack(word)
        yield counted_string(page.block)
    if page.flag == RamFlag.XBZRLE:
        yield XBZRLE_HEAD.pack(XBZRLE_ENCODING, len(page.data))
    elif page.flag == RamFlag.COMPRESS_PAGE:
        yield _U32.pack(len(page.data))
    yield page.data


def _block(block: RamBlock) -> bytes:
    """One entry of the block list."""
    numbers = (block.used_length, block.page_size, block.guest_address)
    return counted_string(block.idstr) + b"".join(
        _U64.pack(number) for number in numbers if number is not None
    )
