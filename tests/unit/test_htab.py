"""The pieces of the hash page table."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.wire.errors import FieldRejected, StreamError, Truncated
from reference.wire.htab import HashChunk, HashChunks, HashTable, read_htab, write_htab
from reference.wire.reader import Reader

ENTRY = bytes(range(16))
WHOLE = bytes.fromhex("00000000 00000005 0002 0001") + 2 * ENTRY + bytes(8)
LAST_INDEX = (1 << 18) // 16 - 1


def chunks() -> Iterator[st.SearchStrategy[HashChunk]]:
    """Chunks that fit in the smallest table, none of them an end marker."""
    for index in (st.integers(0, 100), st.integers(LAST_INDEX - 9, LAST_INDEX - 6)):
        yield st.builds(
            HashChunk,
            index=index,
            valid=st.integers(0, 3).map(lambda count: count * ENTRY),
            n_invalid=st.integers(1, 4),
        )


@pytest.mark.parametrize(
    ("wire", "payload"),
    [
        ("00000015", HashTable(shift=21)),
        ("ffffffff", HashTable(shift=None)),
        ("00000000 00000000 0000 0000", HashChunks(chunks=())),
    ],
)
def test_payloads_of_real_machines(wire: str, payload: HashTable | HashChunks) -> None:
    """The payloads that every fresh machine sends are read and written back."""
    data = bytes.fromhex(wire)
    assert read_htab(Reader(data), shift=21) == payload
    assert write_htab(payload) == data


def test_a_chunk_has_valid_entries_and_a_count_of_invalid_ones() -> None:
    """A chunk has its index, the valid entries of 16 bytes, and how many invalid ones follow."""
    payload = read_htab(Reader(WHOLE), shift=18)
    assert payload == HashChunks((HashChunk(5, memoryview(2 * ENTRY), 1),))


@given(st.lists(st.one_of(*chunks())))
def test_written_chunks_are_read_back(written: list[HashChunk]) -> None:
    """Any chunks inside of the table are read back as they were, to the end of the payload."""
    data = write_htab(HashChunks(tuple(written)))
    reader = Reader(data)
    payload = read_htab(reader, shift=18)
    assert write_htab(payload) == data
    assert payload == HashChunks(tuple(written))
    assert reader.remaining == 0


@pytest.mark.parametrize(
    ("index", "n_valid", "n_invalid"),
    [(LAST_INDEX, 1, 1), (LAST_INDEX, 2, 0), (LAST_INDEX + 1, 0, 1), (0xFFFFFFFF, 0xFFFF, 0xFFFF)],
)
def test_a_chunk_outside_of_the_table_is_refused(index: int, n_valid: int, n_invalid: int) -> None:
    """A chunk that reaches over the end of the table is refused before its entries are read."""
    chunk = index.to_bytes(4, "big") + n_valid.to_bytes(2, "big") + n_invalid.to_bytes(2, "big")
    text = rf"bad index {index} \({n_valid}\+{n_invalid} entries\).*htab_shift=18"
    with pytest.raises(FieldRejected, match=text) as caught:
        read_htab(Reader(bytes(4) + chunk), shift=18)
    assert caught.value.offset == 4


def test_the_last_entry_of_the_table_can_be_set() -> None:
    """A chunk that ends with the table is accepted."""
    data = write_htab(HashChunks((HashChunk(LAST_INDEX, ENTRY, 0),)))
    assert write_htab(read_htab(Reader(data), shift=18)) == data


def test_without_a_table_there_are_no_chunks() -> None:
    """A chunk for a guest without hash table is refused."""
    with pytest.raises(FieldRejected, match="htab_shift=None"):
        read_htab(Reader(WHOLE), shift=None)


@pytest.mark.parametrize("shift", [1, 17, 47, 0x80000000, 0xFFFFFFFE])
def test_a_size_that_no_table_has_is_refused(shift: int) -> None:
    """A shift outside of 18 to 46 is refused."""
    with pytest.raises(FieldRejected, match=f"htab_shift is {shift}"):
        read_htab(Reader(shift.to_bytes(4, "big")), shift=None)


def test_a_truncated_payload_is_refused_at_every_offset() -> None:
    """No proper prefix of a payload is a payload."""
    for size in range(len(WHOLE)):
        with pytest.raises(Truncated):
            read_htab(Reader(WHOLE[:size]), shift=18)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_corrupt_byte_raises_nothing_but_stream_errors(offset: int, flip: int) -> None:
    """Whatever byte is wrong, the payload is refused, or read and written back."""
    data = bytearray(WHOLE)
    data[offset] ^= flip
    reader = Reader(data)
    try:
        payload = read_htab(reader, shift=18)
    except StreamError:
        return
    assert write_htab(payload) == data[: reader.position]
