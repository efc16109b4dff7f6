"""The records of guest memory."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.wire.errors import FieldRejected, NotSupported, StreamError, Truncated
from reference.wire.ram import check_capabilities, read_ram
from reference.wire.ram_records import (
    BlockList,
    MultifdFlush,
    Page,
    PageRun,
    RamBlock,
    RamFlag,
    RamRecord,
    write_ram,
)
from reference.wire.reader import Reader

EOS = bytes.fromhex("0000000000000010")
PAGE = bytes(range(256)) * 16
SMALL = bytes(1024)
"""A page of the smallest size that a target has."""


def zero(address: int, fill: int = 0) -> bytes:
    """The bytes of a ZERO record with CONTINUE."""
    return (address | 0x22).to_bytes(8, "big") + bytes((fill,))


def read(data: bytes, page_size: int = 4096) -> list[RamRecord]:
    """The records of ``data``, which has to be read to its end and written back the same."""
    reader = Reader(data)
    records = read_ram(reader, page_size=page_size)
    assert reader.remaining == 0
    assert write_ram(records) == data
    return records


def single(records: Iterable[RamRecord]) -> list[RamRecord]:
    """The records with all runs taken apart."""
    return [
        part
        for record in records
        for part in (record if isinstance(record, PageRun) else (record,))
    ]


def test_the_start_of_a_real_machine() -> None:
    """The START payload of 256 MiB, measured on QEMU 7.2, is one block."""
    data = bytes.fromhex("0000000010000004 0d") + b"ppc_spapr.ram"
    data += bytes.fromhex("0000000010000000") + EOS
    assert read(data) == [BlockList((RamBlock("ppc_spapr.ram", 0x10000000),))]


def test_with_ignore_shared_each_block_has_its_guest_address() -> None:
    """With x-ignore-shared, a be64 guest address follows the length; from a real capture."""
    data = bytes.fromhex("0000000010000004 02 7230 0000000010000000 0000000000000000") + EOS
    records = read_ram(Reader(data), ignore_shared=True)
    assert records == [BlockList((RamBlock("r0", 0x10000000, guest_address=0),))]
    assert write_ram(records) == data


def test_blocks_of_huge_pages_have_their_page_size() -> None:
    """With postcopy-ram, a be64 page size follows the length, in blocks of huge pages alone."""
    blocks = BlockList((RamBlock("huge", 0x200000, page_size=0x200000), RamBlock("rom", 0x1000)))
    data = bytes.fromhex("0000000000201004 04") + b"huge"
    data += bytes.fromhex("0000000000200000 0000000000200000 03") + b"rom"
    data += bytes.fromhex("0000000000001000") + EOS
    assert read_ram(Reader(data), huge_page_blocks={"huge"}) == [blocks]
    assert write_ram([blocks]) == data


def test_blocks_may_not_exceed_their_total() -> None:
    """A block that is longer than what is left of the total is refused."""
    data = bytes.fromhex("0000000000002004 01 61 0000000000001000 01 62 0000000000002000") + EOS
    with pytest.raises(FieldRejected, match="RAM block b has 0x2000 bytes, 0x1000 are left") as got:
        read_ram(Reader(data))
    assert got.value.offset == 18


@pytest.mark.parametrize(
    ("wire", "record"),
    [
        ("0000000000003002 01 61 00", Page(RamFlag.ZERO, 0x3000, "a", b"\0")),
        ("0000000000003002 01 61 07", Page(RamFlag.ZERO, 0x3000, "a", b"\7")),
        ("0000000000003022 07", Page(RamFlag.ZERO, 0x3000, None, b"\7")),
        ("0000000000003008 01 61" + PAGE.hex(), Page(RamFlag.PAGE, 0x3000, "a", PAGE)),
        ("0000000000003040 01 61 01 0002 abcd", Page(RamFlag.XBZRLE, 0x3000, "a", b"\xab\xcd")),
        ("0000000000003060 01 0000", Page(RamFlag.XBZRLE, 0x3000, None, b"")),
        (
            "0000000000003100 01 61 00000002 abcd",
            Page(RamFlag.COMPRESS_PAGE, 0x3000, "a", b"\xab\xcd"),
        ),
        ("0000000000003120 00000001 ab", Page(RamFlag.COMPRESS_PAGE, 0x3000, None, b"\xab")),
        ("0000000000000200", MultifdFlush()),
    ],
)
def test_every_record(wire: str, record: RamRecord) -> None:
    """Each record of the table is read and written back."""
    data = bytes.fromhex(wire) + EOS
    assert read(data) == [record]
    assert write_ram([record]) == data


def test_zero_pages_are_one_run() -> None:
    """Zero pages in a row are one record with their count, whatever their addresses."""
    addresses = [0, 0x1000, 0xFFFFFFFFFFFFF000, 0x2222000]
    (run,) = read(b"".join(map(zero, addresses)) + EOS)
    assert isinstance(run, PageRun)
    assert run.count == len(addresses)
    assert list(run) == [Page(RamFlag.ZERO, address, None, b"\0") for address in addresses]


@given(st.integers(0, 20000), st.integers(0, 20000), st.sampled_from((0, 1)))
def test_a_run_ends_where_something_else_starts(before: int, after: int, fill: int) -> None:
    """Of the zero pages around another record none is lost and none too many."""
    middle = zero(0x5000, 3) if fill else bytes.fromhex("0000000000000200")
    records = read(zero(0x1000) * before + middle + zero(0x2000) * after + EOS)
    counts = [record.count for record in records if isinstance(record, PageRun)]
    assert counts == [count for count in (before, after) if count]
    assert len(records) == len(counts) + 1


@pytest.mark.parametrize("page_size", [1024, 4096, 65536])
def test_full_pages_are_one_run_and_are_not_copied(page_size: int) -> None:
    """Full pages in a row are one record, a view of the stream, with pages of the given size."""
    addresses = [0, 5 * page_size, (1 << 64) - page_size]
    pages = [bytes((number,)) * page_size for number in range(3)]
    data = b"".join(
        (address | 0x28).to_bytes(8, "big") + page
        for address, page in zip(addresses, pages, strict=True)
    )
    data += EOS
    (run,) = read(data, page_size)
    assert isinstance(run, PageRun)
    assert run.data.obj is data
    assert list(run) == [
        Page(RamFlag.PAGE, address, None, page)
        for address, page in zip(addresses, pages, strict=True)
    ]


def test_an_address_below_the_page_size_is_a_flag() -> None:
    """A run ends at a record whose address has a bit below the page size."""
    with pytest.raises(FieldRejected, match="flags: 0x422"):
        read(zero(0x1000) + zero(0x2400) + EOS)
    assert single(read(zero(0x1000) + zero(0x2400) + EOS, 1024)) == [
        Page(RamFlag.ZERO, address, None, b"\0") for address in (0x1000, 0x2400)
    ]


@pytest.mark.parametrize("flags", [0x000, 0x020, 0x00A, 0x006, 0x030, 0x024, 0x042, 0x220, 0x400])
def test_flags_that_no_record_has_are_refused(flags: int) -> None:
    """A combination of flags that is none of the table is refused, in hex."""
    data = (0x7000 | flags).to_bytes(8, "big") + b"\x01a" + PAGE
    with pytest.raises(FieldRejected, match=f"flags: {flags:#x} .address 0x7000"):
        read_ram(Reader(data))


@pytest.mark.parametrize(("flags", "name"), [(0x080, "HOOK"), (0x0A8, "HOOK"), (0x001, "FULL")])
def test_records_of_rdma_and_of_old_are_refused_by_name(flags: int, name: str) -> None:
    """HOOK and FULL are known, and not supported."""
    with pytest.raises(NotSupported, match=name):
        read_ram(Reader(flags.to_bytes(8, "big") + EOS))


@pytest.mark.parametrize("marker", [0x1010, 0x1200])
def test_markers_have_no_address(marker: int) -> None:
    """EOS and MULTIFD_FLUSH with an address are refused."""
    with pytest.raises(FieldRejected):
        read_ram(Reader(marker.to_bytes(8, "big") + EOS))


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("0000000000001060 02 0001 ab", "encoding 0x2"),
        ("0000000000001060 01 1001", "XBZRLE page of 4097 bytes"),
        ("0000000000001120 0000100f", "COMPRESS_PAGE page of 4111 bytes, 4110 are possible"),
        ("0000000000001120 ffffffff", "COMPRESS_PAGE page of 4294967295 bytes"),
    ],
)
def test_packed_pages_have_bounds(wire: str, text: str) -> None:
    """A packed page of another encoding, or longer than packing can make it, is refused."""
    with pytest.raises(FieldRejected, match=text):
        read_ram(Reader(bytes.fromhex(wire) + bytes(5000)))


def test_mapped_ram_is_refused_by_name() -> None:
    """A stream with the capability mapped-ram is not supported, any other is."""
    check_capabilities(("x-ignore-shared",), offset=8)
    with pytest.raises(NotSupported, match="mapped-ram") as caught:
        check_capabilities(("x-ignore-shared", "mapped-ram"), offset=8)
    assert caught.value.offset == 8


NAMES = st.text(st.characters(max_codepoint=255), max_size=9)
PAGES = st.one_of(
    [
        st.builds(
            Page,
            flag=st.just(flag),
            address=st.integers(0, (1 << 54) - 1).map(lambda number: number << 10),
            block=st.none() | NAMES,
            data=data,
        )
        for flag, data in (
            (RamFlag.ZERO, st.sampled_from((b"\0", b"\0", b"\xff"))),
            (RamFlag.PAGE, st.sampled_from((SMALL, PAGE[:1024]))),
            (RamFlag.XBZRLE, st.binary(max_size=9)),
            (RamFlag.COMPRESS_PAGE, st.binary(max_size=9)),
        )
    ]
)
BLOCKS = st.lists(st.builds(RamBlock, NAMES, st.integers(1, 1 << 40).map(lambda n: n << 10)))
RECORDS = st.lists(PAGES | BLOCKS.map(lambda b: BlockList(tuple(b))) | st.just(MultifdFlush()))
WHOLE = write_ram(
    [
        BlockList((RamBlock("a", 0x800), RamBlock("b", 0x400))),
        Page(RamFlag.PAGE, 0, "a", SMALL),
        Page(RamFlag.PAGE, 0x400, None, SMALL),
        Page(RamFlag.ZERO, 0, "b", b"\0"),
        Page(RamFlag.ZERO, 0x400, None, b"\0"),
        Page(RamFlag.ZERO, 0x800, None, b"\0"),
        Page(RamFlag.XBZRLE, 0, None, b"abc"),
        Page(RamFlag.COMPRESS_PAGE, 0, "b", b"abc"),
        MultifdFlush(),
    ]
)


@given(RECORDS)
def test_written_records_are_read_back(records: list[RamRecord]) -> None:
    """Any records are read back as they were, once the runs are taken apart."""
    assert single(read(write_ram(records), 1024)) == records


def test_a_truncated_payload_is_refused_at_every_offset() -> None:
    """No proper prefix of a payload is a payload."""
    for size in range(len(WHOLE)):
        with pytest.raises(Truncated):
            read_ram(Reader(WHOLE[:size]), page_size=1024)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_corrupt_byte_raises_nothing_but_stream_errors(offset: int, flip: int) -> None:
    """Whatever byte is wrong, the payload is refused, or read and written back."""
    data = bytearray(WHOLE)
    data[offset] ^= flip
    reader = Reader(data)
    try:
        records = read_ram(reader, page_size=1024)
    except StreamError:
        return
    assert write_ram(records) == data[: reader.position]
