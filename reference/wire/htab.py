"""The payload of the section ``spapr/htab``: the guest's hash page table, in pieces.

    START      be32 shift of the size, or 0xffffffff: there is none (radix guest)
    PART, END  be32 0, chunks, an end marker of 8 zero bytes; or be32 0xffffffff as above
    chunk      be32 index, be16 n_valid, be16 n_invalid, n_valid entries of 16 bytes

The loader goes by the first be32 and not by the kind of section. Source: QEMU
hw/ppc/spapr.c, htab_save_chunk and htab_load.
"""

from struct import Struct as Layout

from msgspec import Struct

from reference.wire.errors import FieldRejected
from reference.wire.reader import Buffer, Reader

_NO_TABLE = 0xFFFFFFFF
_ENTRY_SIZE = 16
_SHIFTS = range(18, 47)
_WORD = Layout(">I")
_CHUNK = Layout(">IHH")
_END_MARKER = bytes(_CHUNK.size)


class HashTable(Struct, frozen=True):
    """The size of the table: 2 to the power ``shift`` bytes, or None where there is no table."""

    shift: int | None


class HashChunk(Struct, frozen=True):
    """Entries from ``index`` on: those of ``valid``, 16 bytes each, then ``n_invalid`` empty ones.

    At most 65535 of either. A chunk of 0, 0 and 0 cannot be written, it is the end marker.
    """

    index: int
    valid: Buffer
    n_invalid: int


class HashChunks(Struct, frozen=True):
    """The chunks of one PART or END."""

    chunks: tuple[HashChunk, ...]


def read_htab(reader: Reader, *, shift: int | None) -> HashTable | HashChunks:
    """One payload. ``shift`` is that of the `HashTable` read before; None if there was none.

    Raises `Truncated`, and `FieldRejected` for a chunk that does not fit in the table, or for a
    shift outside of 18 to 46, the sizes that PAPR has (QEMU hw/ppc/spapr.c,
    spapr_hpt_shift_for_ramsize).
    """
    offset = reader.position
    word = reader.u32()
    if word == _NO_TABLE:
        return HashTable(shift=None)
    if word:
        if word not in _SHIFTS:
            raise FieldRejected(f"htab_shift is {word}, expected 18 to 46", offset=offset)
        return HashTable(shift=word)
    entries = 0 if shift is None else (1 << shift) // _ENTRY_SIZE
    chunks: list[HashChunk] = []
    while True:
        offset = reader.position
        index, n_valid, n_invalid = reader.unpack(_CHUNK)
        if not (index or n_valid or n_invalid):
            return HashChunks(chunks=tuple(chunks))
        if index + n_valid + n_invalid > entries:
            raise FieldRejected(
                f"bad index {index} ({n_valid}+{n_invalid} entries) in htab stream "
                f"(htab_shift={shift})",
                offset=offset,
            )
        valid = reader.take(n_valid * _ENTRY_SIZE)
        chunks.append(HashChunk(index=index, valid=valid, n_invalid=n_invalid))


def write_htab(payload: HashTable | HashChunks) -> bytes:
    """The wire form of one payload."""
    if isinstance(payload, HashTable):
        return _WORD.pack(_NO_TABLE if payload.shift is None else payload.shift)
    parts: list[Buffer] = [_WORD.pack(0)]
    for chunk in payload.chunks:
        n_valid = len(chunk.valid) // _ENTRY_SIZE
        parts += (_CHUNK.pack(chunk.index, n_valid, chunk.n_invalid), chunk.valid)
    parts.append(_END_MARKER)
    return b"".join(parts)
