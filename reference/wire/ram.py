"""The payload of the section ``ram``, read without copying a page.

Memory is nearly all of a stream, and nearly all of it comes in runs of records of one size: pages,
or pages of zeros. A run is measured by looking only at the bytes of its flags, thousands at a
time, and becomes one `PageRun`. The records and their layout are in `reference.wire.ram_records`.
Source: QEMU migration/ram.c, ram_load_precopy.
"""

from collections.abc import Collection

from reference.wire.errors import FieldRejected, NotSupported
from reference.wire.ram_records import (
    XBZRLE_ENCODING,
    XBZRLE_HEAD,
    BlockList,
    MultifdFlush,
    Page,
    PageRun,
    RamBlock,
    RamFlag,
    RamRecord,
)
from reference.wire.reader import Reader

_ADDRESS_SIZE = 8
_ZERO_RUN = RamFlag.ZERO | RamFlag.CONTINUE
_PAGE_RUN = RamFlag.PAGE | RamFlag.CONTINUE
_RUNS = (_ZERO_RUN, _PAGE_RUN)
_PAGE_FLAGS = (RamFlag.ZERO, RamFlag.PAGE, RamFlag.XBZRLE, RamFlag.COMPRESS_PAGE)
_LONGEST_LOOK = 1 << 16


def check_capabilities(capabilities: Collection[str], *, offset: int) -> None:
    """Refuse a stream whose configuration section, at ``offset``, names the capability mapped-ram.

    With it pages lie at fixed places of a file and not in the section.
    Raises `NotSupported`.
    """
    if "mapped-ram" in capabilities:
        raise NotSupported("capability mapped-ram: pages are not in the stream", offset=offset)


def read_ram(
    reader: Reader,
    *,
    page_size: int = 4096,
    ignore_shared: bool = False,
    huge_page_blocks: Collection[str] = (),
) -> list[RamRecord]:
    """The records of one START, PART or END payload, without the end marker.

    ``page_size`` is that of the target: a power of two from 1024 to 65536, as the description has
    it. ``ignore_shared``: the capability x-ignore-shared is on. ``huge_page_blocks``: with
    postcopy-ram, the blocks whose page size is on the wire.

    Whether CONTINUE follows a block that was named, and whether an address lies in its block, is
    for the caller to check. Raises `Truncated`, `FieldRejected` and `NotSupported`.
    """
    records: list[RamRecord] = []
    while True:
        offset = reader.position
        word = reader.u64()
        flags = word & (page_size - 1)
        if word == RamFlag.EOS:
            return records
        if word == RamFlag.MULTIFD_FLUSH:
            records.append(MultifdFlush())
        elif flags == RamFlag.MEM_SIZE:
            records.append(
                _read_blocks(
                    reader,
                    word ^ flags,
                    ignore_shared=ignore_shared,
                    huge_page_blocks=huge_page_blocks,
                )
            )
        elif flags in _RUNS and (run := _read_run(reader, flags, page_size)):
            records.append(run)
        else:
            records.append(_read_page(reader, word ^ flags, flags, page_size, offset))


def _read_blocks(
    reader: Reader, total: int, *, ignore_shared: bool, huge_page_blocks: Collection[str]
) -> BlockList:
    """The blocks that add up to ``total`` bytes."""
    blocks = []
    while total:
        offset = reader.position
        idstr = reader.counted_string()
        used_length = reader.u64()
        if used_length > total:
            raise FieldRejected(
                f"RAM block {idstr} has {used_length:#x} bytes, {total:#x} are left of the total",
                offset=offset,
            )
        total -= used_length
        blocks.append(
            RamBlock(
                idstr=idstr,
                used_length=used_length,
                page_size=reader.u64() if idstr in huge_page_blocks else None,
                guest_address=reader.u64() if ignore_shared else None,
            )
        )
    return BlockList(blocks=tuple(blocks))


def _read_run(reader: Reader, flags: int, page_size: int) -> PageRun | None:
    """The run that starts with the address just read, or None for ZERO and another fill byte."""
    start = reader.position - _ADDRESS_SIZE
    record_size = _ADDRESS_SIZE + (1 if flags == _ZERO_RUN else page_size)
    # What the bytes 6 and 7 of each record may be, and the fill byte: addresses may differ.
    columns = [(6, bytes(range(0, 256, page_size >> 8))), (7, bytes((flags,)))]
    if flags == _ZERO_RUN:
        columns.append((8, b"\x00"))
    count = 0
    available = (reader.size - start) // record_size
    while count < available:
        # Looking ahead no further than in proportion to the run keeps short runs cheap.
        ahead = min(16 + 2 * count, _LONGEST_LOOK, available - count)
        first = start + count * record_size
        look = reader.data[first : first + ahead * record_size]
        same = min(_leading(look[byte::record_size], allowed) for byte, allowed in columns)
        count += same
        if same < ahead:
            break
    if not count:
        return None
    reader.position = start
    return PageRun(
        flag=RamFlag(flags ^ RamFlag.CONTINUE),
        data=reader.take(count * record_size),
        record_size=record_size,
    )


def _leading(column: memoryview, allowed: bytes) -> int:
    """How many bytes at the start of ``column`` are among ``allowed``."""
    data = bytes(column)
    return len(data) - len(data.lstrip(allowed))


def _read_page(reader: Reader, address: int, flags: int, page_size: int, offset: int) -> Page:
    """The rest of one page record."""
    if flags & RamFlag.HOOK:
        raise NotSupported(f"RAM record with HOOK, flags {flags:#x}: RDMA", offset=offset)
    if flags == RamFlag.FULL:
        raise NotSupported("RAM record with FULL, which is obsolete", offset=offset)
    if flags & ~RamFlag.CONTINUE not in _PAGE_FLAGS:
        raise FieldRejected(
            f"Unknown combination of migration flags: {flags:#x} (address {address:#x})",
            offset=offset,
        )
    flag = RamFlag(flags & ~RamFlag.CONTINUE)
    block = None if flags & RamFlag.CONTINUE else reader.counted_string()
    size = _data_size(reader, flag, page_size)
    return Page(flag=flag, address=address, block=block, data=reader.take(size))


def _data_size(reader: Reader, flag: RamFlag, page_size: int) -> int:
    """How many bytes the data of a page has; a packed page says it here."""
    if flag == RamFlag.ZERO:
        return 1
    if flag == RamFlag.PAGE:
        return page_size
    offset = reader.position
    if flag == RamFlag.XBZRLE:
        encoding, size = reader.unpack(XBZRLE_HEAD)
        if encoding != XBZRLE_ENCODING:
            raise FieldRejected(f"XBZRLE page with the encoding {encoding:#x}", offset=offset)
        longest = page_size
    else:
        size = reader.u32()
        # What zlib's compressBound allows.
        longest = page_size + (page_size >> 12) + (page_size >> 14) + 13
    if size > longest:
        raise FieldRejected(
            f"{flag.name} page of {size} bytes, {longest} are possible", offset=offset
        )
    return int(size)
