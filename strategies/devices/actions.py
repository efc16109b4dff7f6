"""Lists of what a guest does, over regions that are known only when the machine is there."""

from functools import cache

from hypothesis import strategies as st
from msgspec.structs import astuple

from adapters.driven import Action, Contents, Fill, Moment, Read, Region, Reset, Write
from reference.vmstate.records import Record
from strategies.devices.values import numbers, value_of

LONGEST = 40
"""Actions in a list."""
HOT = 4
"""How many registers a list comes back to again and again, at most."""
PAGES = 8
"""How many pages of memory are filled: those that are pointed at."""

WRITE, READ, FILL, MOMENT, RESET = range(5)
KINDS = (WRITE,) * 24 + (READ,) * 8 + (FILL,) * 3 + (MOMENT,) * 4 + (RESET,)
"""What is done, as often as it is here; the simplest first."""
FILLINGS = (Contents.RECORDS, Contents.POINTERS, Contents.NOISE, Contents.ONES)


class Reach(Record, frozen=True):
    """What a guest can reach of a machine: see `adapters.driven.DrivenMachine`."""

    regions: tuple[Region, ...]
    pages: int
    memory_base: int


class Register(Record, frozen=True):
    """A place in a region where an access of ``size`` bytes may begin."""

    region: str
    offset: int
    size: int


@cache
def sizes(region: Region) -> tuple[int, ...]:
    """The widths of accesses to a region, its own first."""
    narrower = (size for size in (4, 2, 1) if size < region.access)
    return tuple(size for size in (region.access, *narrower) if size <= region.size)


@st.composite
def registers(draw: st.DrawFn, reach: Reach) -> Register:
    """A register: all regions are as likely, however large they are."""
    region = reach.regions[draw(st.integers(0, len(reach.regions) - 1))]
    widths = sizes(region)
    size = widths[max(0, draw(st.integers(-3, len(widths) - 1)))]
    number = draw(st.integers(0, region.size // size - 1))
    return Register(region.name, number * size, size)


@st.composite
def actions(draw: st.DrawFn, reach: Reach, hot: list[Register]) -> Action:
    """One thing that a guest does; every other access is to a hot register."""
    kind = KINDS[draw(st.integers(0, len(KINDS) - 1))]
    if kind == FILL:
        page = draw(st.integers(0, min(PAGES, reach.pages) - 1))
        return Fill(page, FILLINGS[draw(st.integers(0, len(FILLINGS) - 1))])
    if kind == MOMENT:
        return Moment()
    if kind == RESET:
        return Reset()
    place = draw(st.integers(0, 2 * len(hot) - 1))
    region, offset, size = astuple(hot[place] if place < len(hot) else draw(registers(reach)))
    if kind == READ:
        return Read(region, offset, size)
    number = draw(st.integers(0, numbers(size, reach.memory_base, reach.pages) - 1))
    return Write(region, offset, value_of(number, size, reach.memory_base, reach.pages), size)


@st.composite
def action_lists(draw: st.DrawFn, *, reach: Reach, longest: int = LONGEST) -> tuple[Action, ...]:
    """What a guest does: at most ``longest`` actions, many of them to a few hot registers."""
    hot = draw(st.lists(registers(reach), min_size=1, max_size=HOT))
    return tuple(draw(st.lists(actions(reach, hot), max_size=longest)))
