"""Lists of what a guest does, over regions that are known only when the machine is there."""

from hypothesis import strategies as st

from adapters.driven import Action, Contents, Fill, Moment, Read, Region, Reset, Write
from reference.vmstate.records import Record
from strategies.devices.values import values

LONGEST = 40
"""Actions in a list."""
ROW = 16
"""How many registers in a row are written, at most."""
FOCUS = (0, 1, 1, 1)
"""How many regions a list is about; all, where it is none."""
HOT = 4
"""How many registers a list comes back to again and again, at most."""
PAGES = 8
"""How many pages of memory are filled: those that are pointed at."""

NEAR, FAR = 16, 64
"""How many registers at the beginning of a region are likely, and how many less so."""

WRITE, READ, FILL, MOMENT, RESET = range(5)
KINDS = (WRITE,) * 36 + (READ,) * 12 + (FILL,) * 4 + (MOMENT,) * 4 + (RESET,)
"""What is done, as often as it is here; the simplest first."""
FILLINGS = (Contents.RECORDS, Contents.POINTERS, Contents.NOISE, Contents.ONES)


class Reach(Record, frozen=True):
    """What a guest can reach of a machine: see `adapters.driven.DrivenMachine`.

    ``programs`` are lists of actions with which drivers begin.
    """

    regions: tuple[Region, ...]
    pages: int
    memory_base: int
    programs: tuple[tuple[Action, ...], ...] = ()


class Register(Record, frozen=True):
    """A place in a region where an access of ``size`` bytes may begin."""

    region: Region
    offset: int
    size: int

    @property
    def is_fixed(self) -> bool:
        """Whether nobody writes it."""
        first, end = self.region.fixed
        return self.offset < end and first < self.offset + self.size

    @property
    def is_writable(self) -> bool:
        """Whether it is there, and can be written."""
        return self.offset + self.size <= self.region.size and not self.is_fixed


def sizes(region: Region) -> tuple[int, ...]:
    """The widths of accesses to a region, its own first."""
    narrower = (size for size in (4, 2, 1) if size < region.access)
    return tuple(size for size in (region.access, *narrower) if size <= region.size)


@st.composite
def registers(draw: st.DrawFn, regions: tuple[Region, ...]) -> Register:
    """A register: all regions are as likely, and of each its beginning is more so than its end."""
    region = regions[draw(st.integers(0, len(regions) - 1))]
    widths = sizes(region)
    size = widths[max(0, draw(st.integers(-2, len(widths) - 1)))]
    last = region.size // size - 1
    far = (NEAR, NEAR, FAR, last)[draw(st.integers(0, 3))]
    return Register(region, draw(st.integers(0, min(far, last))) * size, size)


@st.composite
def actions(
    draw: st.DrawFn, reach: Reach, regions: tuple[Region, ...], hot: list[Register]
) -> tuple[Action, ...]:
    """What a guest does next; every other access is to a hot register.

    An eighth of what is written is written to several registers in a row, as drivers begin with, so
    that few lists reach many of them; another eighth to one register again and again, counting up,
    as queues are filled.
    """
    kind = KINDS[draw(st.integers(0, len(KINDS) - 1))]
    if kind == FILL and reach.pages:
        page = draw(st.integers(0, min(PAGES, reach.pages) - 1))
        return (Fill(page, FILLINGS[draw(st.integers(0, len(FILLINGS) - 1))]),)
    if kind == MOMENT:
        return (Moment(),)
    if kind == RESET:
        return (Reset(),)
    place = draw(st.integers(0, 2 * len(hot) - 1))
    register = hot[place] if place < len(hot) else draw(registers(regions))
    region, offset, size = register.region, register.offset, register.size
    if kind == READ or register.is_fixed:
        return (Read(region.name, offset, size),)
    possible = values(size, reach.memory_base, reach.pages)
    value = possible[draw(st.integers(0, len(possible) - 1))]
    times = draw(st.integers(0, 8 * ROW - 1))
    row = range(max(1, times - 6 * ROW)) if times < 7 * ROW else range(1)
    again = range(times - 7 * ROW + 1 if times >= 7 * ROW else 1)
    places = (Register(region, offset + size * number, size) for number in row)
    limit = 1 << 8 * size
    return tuple(
        Write(region.name, one.offset, (value + number) % limit, size)
        for one in places
        for number in again
        if one.is_writable
    )


@st.composite
def action_lists(draw: st.DrawFn, *, reach: Reach, longest: int = LONGEST) -> tuple[Action, ...]:
    """What a guest does: at most ``longest`` actions, many of them to a few hot registers.

    Mostly it has to do with one or two regions, so that more of what belongs together is done; or
    it begins as a driver does, and goes on with the same registers. All lengths are as likely,
    which is not so of lists of Hypothesis' own.
    """
    length = draw(st.integers(0, longest))
    last = len(reach.regions) - 1
    program = draw(st.integers(0, 2 * len(reach.programs)))
    if length and program > len(reach.programs):
        done = list(reach.programs[program - len(reach.programs) - 1])
        accesses = [one for one in done if isinstance(one, Read | Write)]
        touched = {one.region for one in accesses}
        regions = tuple(one for one in reach.regions if one.name in touched)
        length += len(done)
    else:
        done = []
        chosen = {draw(st.integers(0, last)) for _ in range(FOCUS[draw(st.integers(0, 3))])}
        regions = tuple(reach.regions[one] for one in sorted(chosen)) or reach.regions
    hot = [draw(registers(regions)) for _ in range(draw(st.integers(1, HOT)))]
    while len(done) < length:
        done += draw(actions(reach, regions, hot))
    return tuple(done[:length])


class Interrupted(Record, frozen=True):
    """What a guest does: before something happens to its machine, and then."""

    before: tuple[Action, ...] = ()
    then: tuple[Action, ...] = ()


@st.composite
def interrupted_lists(draw: st.DrawFn, *, reach: Reach, longest: int = LONGEST) -> Interrupted:
    """Lists of `action_lists` that are cut in two, anywhere."""
    done = draw(action_lists(reach=reach, longest=longest))
    cut = len(done) - draw(st.integers(0, len(done)))
    return Interrupted(done[:cut], done[cut:])
