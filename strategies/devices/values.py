"""What a guest writes: where registers break, and what DMA can follow."""

from functools import cache

from adapters.driven import PAGE_SIZE
from strategies.numbers import SPREAD, boundaries

NEAR = 8
"""How many pages of guest memory, from the first on, are pointed at."""
WILD = 3
"""For each value of the list, how many others can be drawn: of any bits."""


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
        *range(4),
        *(1 << bit for bit in range(bits)),
        limit - 1,
        *near,
        *(address // PAGE_SIZE for address in near),
        *(address + offset for address in near[1:3] for offset in (1, 2, 4, 8, 0x10)),
        *boundaries(bits),
        *(limit - 1 - (1 << bit) for bit in range(bits)),
    ]
    return tuple(dict.fromkeys(one for one in candidates if 0 <= one < limit))


def value_of(number: int, size: int, memory_base: int, pages: int) -> int:
    """What ``number`` stands for: a value of the list, and behind its end any other."""
    known = written(size, memory_base, pages)
    return known[number] if number < len(known) else number * SPREAD % (1 << 8 * size)


def numbers(size: int, memory_base: int, pages: int) -> int:
    """How many numbers stand for a value."""
    return len(written(size, memory_base, pages)) * (1 + WILD)
