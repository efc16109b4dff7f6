"""What guest memory is filled with, so that DMA can make something of it: the same in every run."""

from random import Random
from struct import Struct

from adapters.driven import PAGE_SIZE, Contents

ADDRESS = Struct("<Q")
RECORD = Struct("<QIHH")


def page_of(contents: Contents, page: int, *, pages: int, base: int) -> bytes:
    """The bytes of page number ``page``, of a memory of ``pages`` pages from ``base`` on."""
    chosen = Random(page)  # noqa: S311 -- not a secret
    if contents is Contents.ZEROS:
        return bytes(PAGE_SIZE)
    if contents is Contents.ONES:
        return b"\xff" * PAGE_SIZE
    if contents is Contents.NOISE:
        return chosen.randbytes(PAGE_SIZE)
    if contents is Contents.POINTERS:
        addresses = (base + PAGE_SIZE * ((page + number) % pages) for number in range(512))
        return b"".join(map(ADDRESS.pack, addresses))
    return b"".join(
        RECORD.pack(
            base + PAGE_SIZE * ((page + 1 + number) % pages),
            chosen.choice((0, 1, 16, 512, PAGE_SIZE)),
            chosen.choice((0, 1, 2, 3)),
            (number + 1) % 16,
        )
        for number in range(PAGE_SIZE // RECORD.size)
    )
