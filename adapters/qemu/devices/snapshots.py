"""A qcow2 image that holds one snapshot, made and read without QEMU: its stream is what matters.

All numbers are big-endian (docs/interop/qcow2.txt). Clusters have 64 KiB, the disk has one, so that
the stream lies behind the one L2 table that covers it: from entry 1 of the L1 table on
(block/qcow2.h, qcow2_vm_state_offset).

    cluster 0       header
    cluster 1       refcount table
    clusters 2...   refcount blocks
    then            L1 table of the disk; snapshot table, and its L1 table; L2 tables; stream
"""

from struct import Struct

CLUSTER = 1 << 16
CLUSTER_BITS = 16
ENTRY = Struct(">Q")
ENTRIES = CLUSTER // ENTRY.size
"""Of an L1, L2 or refcount table of one cluster."""
REFCOUNTS = CLUSTER // 2
"""In a refcount block, of 16 bits each."""
OFFSET_MASK = 0x00FFFFFFFFFFFE00
HEADER = Struct(">4sIQIIQIIQQIIQQQQII")
"""Magic, version, backing file (2), cluster bits, size, encryption, L1 size and offset, refcount
table and its clusters, snapshots and their offset, features (3), refcount order, header length."""
SNAPSHOT = Struct(">QIHHIIQIIQQ")
"""L1 offset and size, lengths of id and name, date (2), clock, size of 32 bits, length of what is
extra: size of the stream, of the disk."""
MAGIC, VERSION = b"QFI\xfb", 3
REFCOUNT_ORDER = 4
DISK = CLUSTER
FIRST = 1
"""The entry of the L1 table with which the stream begins."""
EXTRA = 16
NAME = "s"
"""What the snapshot is called."""
SNAPSHOTS_AT = 60
"""Where the header has how many snapshots there are, and where."""


def clusters_of(size: int) -> int:
    """How many clusters hold ``size`` bytes."""
    return -(-size // CLUSTER)


def image(stream: bytes | None = None) -> bytes:
    """An image with the snapshot `NAME` of a stream, or with none."""
    data = clusters_of(len(stream or b""))
    tables = -(-data // ENTRIES)
    fixed = 2 if stream is None else 4
    blocks = -(-(fixed + 1 + tables + data + 1) // REFCOUNTS)
    l1 = 2 + blocks
    snapshot, snapshot_l1 = l1 + 1, l1 + 2
    l2 = l1 + (1 if stream is None else 3)
    first = l2 + tables
    total = first + data
    content = bytearray(total * CLUSTER)
    HEADER.pack_into(
        *(content, 0, MAGIC, VERSION, 0, 0, CLUSTER_BITS, DISK, 0, FIRST, l1 * CLUSTER),
        *(CLUSTER, 1, int(stream is not None), 0 if stream is None else snapshot * CLUSTER),
        *(0, 0, 0, REFCOUNT_ORDER, HEADER.size),
    )
    for block in range(blocks):
        ENTRY.pack_into(content, CLUSTER + block * ENTRY.size, (2 + block) * CLUSTER)
    content[2 * CLUSTER : 2 * CLUSTER + 2 * total] = b"\0\1" * total
    if stream is None:
        return bytes(content)
    SNAPSHOT.pack_into(
        *(content, snapshot * CLUSTER, snapshot_l1 * CLUSTER, FIRST + tables, 1, len(NAME)),
        *(0, 0, 0, 0, EXTRA, len(stream), DISK),
    )
    names = f"1{NAME}".encode()
    start = snapshot * CLUSTER + SNAPSHOT.size
    content[start : start + len(names)] = names
    for table in range(tables):
        at = snapshot_l1 * CLUSTER + (FIRST + table) * ENTRY.size
        ENTRY.pack_into(content, at, (l2 + table) * CLUSTER)
    for number in range(data):
        ENTRY.pack_into(content, l2 * CLUSTER + number * ENTRY.size, (first + number) * CLUSTER)
    content[first * CLUSTER : first * CLUSTER + len(stream)] = stream
    return bytes(content)


def stream_in(content: bytes) -> bytes:
    """The stream of the only snapshot of an image that QEMU wrote."""
    number, at = Struct(">IQ").unpack_from(content, SNAPSHOTS_AT)
    assert number == 1, number
    l1, entries, *_, size, _ = SNAPSHOT.unpack_from(content, at)
    parts: list[bytes] = []
    for entry in range(FIRST, entries):
        (l2,) = ENTRY.unpack_from(content, l1 + entry * ENTRY.size)
        for number in range(ENTRIES if l2 & OFFSET_MASK else 0):
            (cluster,) = ENTRY.unpack_from(content, (l2 & OFFSET_MASK) + number * ENTRY.size)
            if len(parts) * CLUSTER >= size:
                break
            start = cluster & OFFSET_MASK
            parts.append(content[start : start + CLUSTER] if start else bytes(CLUSTER))
    return b"".join(parts)[:size]
