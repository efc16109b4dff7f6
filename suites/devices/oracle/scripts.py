"""What happens to a machine, in order: what its guest does, and when it is migrated or saved.

A script without its hops is what happens to the twin.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from adapters.driven import (
    Action,
    Fill,
    Look,
    Migration,
    Moment,
    Read,
    Region,
    Reset,
    Saving,
    Write,
)
from reference.vmstate.records import Record, literal


class Sweep(Record, frozen=True, tag=True):
    """The guest reads every register that it can reach."""


Hop = Migration | Saving
Step = Action | Hop | Sweep | Look
Script = tuple[Step, ...]

SETTLING = (Moment(),) * 4
"""What a machine has put off while it was stopped, it does then."""
MIGRATED: Script = (Migration(), *SETTLING)
SAVED: Script = (Saving(), *SETTLING)
EVERYTHING: Script = (Look(), Sweep())
"""All that a guest can see."""


def without_hops(script: Script) -> Script:
    """What happens to the twin."""
    return tuple(step for step in script if not isinstance(step, Hop))


WHOLE, PART = 256, 128
"""How many registers of a region are all read; of a larger one so many at its beginning, and as
many that are spread over it."""


def reads(regions: Sequence[Region], touched: Collection[str] = ()) -> list[Read]:
    """Every register, by the widest access that its region has; of large regions some.

    Those among ``touched`` (``uart+0x5``) are always read.
    """
    return [
        Read(region.name, at, region.access)
        for region in regions
        for at in offsets(region, touched)
    ]


def offsets(region: Region, touched: Collection[str]) -> Sequence[int]:
    """Where the registers of a region are that are read in a sweep."""
    every = range(0, region.size - region.access + 1, region.access)
    if len(every) <= WHOLE:
        return every
    parts = (one.rpartition("+") for one in touched)
    named = {int(at, 16) for name, _, at in parts if name == region.name}
    return sorted({*every[:PART], *every[:: len(every) // PART], *named})


def place(step: Read | Write) -> str:
    """A register, as it is written in data files and reports: ``uart+0x5``."""
    return f"{step.region}+{step.offset:#x}"


def counted(size: int) -> str:
    """A number of bytes in words."""
    return "1 byte" if size == 1 else f"{size} bytes"


def told(step: Step) -> str:
    """A step as a line of a story."""
    if isinstance(step, Write):
        return f"the guest writes {literal(step.value)} to {place(step)} ({counted(step.size)})"
    if isinstance(step, Read):
        return f"the guest reads {place(step)} ({counted(step.size)})"
    if isinstance(step, Fill):
        return f"the guest fills page {step.page} of its memory with {step.contents}"
    return {
        Reset: "the machine is reset",
        Moment: "a moment passes",
        Migration: "the machine is migrated",
        Saving: "the machine is saved, and goes on",
        Sweep: "the guest reads every register",
        Look: "the guest looks at its memory",
    }[type(step)]


def story(script: Script) -> Iterator[str]:
    """A script as the lines of a story, which begins on a machine that was just started."""
    for step, alike in groupby(script):
        times = len([*alike])
        again = f", {times} times" if times > 1 else ""
        yield f"{told(step)}{again}"
