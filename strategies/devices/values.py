"""What a guest writes: where registers break, and what DMA can follow."""

from functools import cache

from adapters.driven import PAGE_SIZE
from strategies.numbers import SPREAD, boundaries

NEAR = 8
"""How many pages of guest memory, from the first on, are pointed at."""
PLAIN = (0, 1, 2, 3, 4, 7, 8, 0xF)
"""What drivers write most; all bits are the ninth."""


@cache
def written(size: int, memory_base: int, pages: int) -> tuple[int, ...]:
    """Numbers of ``size`` bytes that are written, simplest first.

    They are boundaries, single bits, all bits but one, and addresses of pages of guest memory: in
    bytes, and in pages, as a virtio device of before 1.0 takes that of its ring.
    """
    bits = 8 * size
    limit = 1 << bits
    near = [memory_base + PAGE_SIZE * page for page in range(min(pages, NEAR))]
    candidates = [
        *PLAIN,
        limit - 1,
        *(1 << bit for bit in range(bits)),
        *near,
        *(address // PAGE_SIZE for address in near),
        *(address + offset for address in near[1:3] for offset in (1, 2, 4, 8, 0x10)),
        *boundaries(bits),
        *(limit - 1 - (1 << bit) for bit in range(bits)),
    ]
    return tuple(dict.fromkeys(one for one in candidates if 0 <= one < limit))


@cache
def values(size: int, memory_base: int, pages: int) -> tuple[int, ...]:
    """The same, as often as they are drawn: half of them plain, a fifth of any bits."""
    known = written(size, memory_base, pages)
    plain = known[: len(PLAIN) + 1] * (len(known) // len(PLAIN))
    wild = (number * SPREAD % (1 << 8 * size) for number in range(1, len(known) // 2))
    return (*known, *plain, *wild)
