"""Every register is written once, a few in a row: what is stepped through is not left to chance."""

from collections.abc import Iterator
from itertools import islice

from adapters.driven import Region, Write
from strategies.devices.actions import Reach, Register, sizes

ROW = 4
"""How many registers are written one after the other."""
VALUES = (-1, 0, 1)
"""What is written: all bits, none, and the lowest."""


def stepped_lists(*, reach: Reach, number: int) -> Iterator[tuple[Write, ...]]:
    """The first ``number`` lists of writes, or all there are.

    The beginning of every region comes first, with each value and each width, then what is behind.
    """
    return islice(turns([rows(one) for one in reach.regions]), number)


def rows(region: Region) -> Iterator[tuple[Write, ...]]:
    """The registers of a region, a row at a time."""
    for first in range(0, region.size // min(sizes(region)), ROW):
        for value in VALUES:
            for size in sizes(region):
                places = (Register(region, at * size, size) for at in range(first, first + ROW))
                written = tuple(
                    Write(region.name, one.offset, value % (1 << 8 * size), size)
                    for one in places
                    if one.is_writable
                )
                if written:
                    yield written


def turns(lists: list[Iterator[tuple[Write, ...]]]) -> Iterator[tuple[Write, ...]]:
    """The next of each in turn, until none has any."""
    while nexts := [one for each in lists if (one := next(each, None)) is not None]:
        yield from nexts
