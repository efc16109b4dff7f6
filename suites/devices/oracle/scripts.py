"""What happens to a machine, in order: what its guest does, and when it is migrated or saved.

A script without its hops is what happens to the twin.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from adapters.driven import Action, Fill, Moment, Read, Region, Reset, Write
from reference.vmstate.records import Record, literal


class Migration(Record, frozen=True, tag=True):
    """The machine is saved, and loaded where there was none."""


class Saving(Record, frozen=True, tag=True):
    """The machine is saved, and goes on where it was."""


class Sweep(Record, frozen=True, tag=True):
    """The guest reads every register that it can reach."""


class Look(Record, frozen=True, tag=True):
    """All of the guest's memory is looked at."""


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
        one
        for region in regions
        for number, one in enumerate(registers(region))
        if is_read(number, region.size // region.access) or place(one) in touched
    ]


def registers(region: Region) -> list[Read]:
    """What reads each register of a region."""
    last = region.size - region.access
    return [Read(region.name, at, region.access) for at in range(0, last + 1, region.access)]


def is_read(number: int, among: int) -> bool:
    """Whether a register is read in every sweep."""
    return among <= WHOLE or number < PART or number % (among // PART) == 0


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
