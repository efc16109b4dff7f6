"""The second kind of testee: a machine of which nothing is known but what a guest can reach.

A `DrivenAdapter` starts machines of one configuration. A machine tells its regions of registers,
performs what a guest does and answers, and is handed over: its state as a stream, and its memory
beside it. Nobody models it; two machines that did the same are held against each other.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable

from reference.vmstate.records import Record

PAGE_SIZE = 4096
"""Bytes of a page of guest memory, on every architecture: what `Fill` fills."""


class Space(StrEnum):
    """Where a region lies."""

    MEMORY = "memory"
    PORTS = "ports"
    CONFIG = "config"
    """The configuration space of one PCI function; bases are 0."""


class Region(Record, frozen=True):
    """Registers of one owner, one after the other.

    ``name`` is unique in its machine and the same in every machine of the configuration:
    ``uart``, ``virtio-pci-common-virtio-blk``, ``e1000e config``. ``base`` is an address in
    ``space``, ``size`` in bytes. ``owner`` is the device that it belongs to, by the name by which
    it was plugged (``e1000e``), or ``board``. ``access`` is the widest access in bytes that a guest
    makes: 1, 2, 4 or 8. ``fixed``: from the first to before the second offset nobody writes, but
    only reads: base addresses, which a guest could lay one above the other.
    """

    name: str
    space: Space
    base: int
    size: int
    owner: str = "board"
    access: int = 4
    fixed: tuple[int, int] = (0, 0)


class Read(Record, frozen=True, tag=True):
    """The guest reads ``size`` bytes (1, 2, 4 or 8) at ``offset`` in a region: a number."""

    region: str
    offset: int
    size: int = 4


class Write(Record, frozen=True, tag=True):
    """The guest writes the number ``value`` of ``size`` bytes at ``offset`` in a region."""

    region: str
    offset: int
    value: int
    size: int = 4


class Contents(StrEnum):
    """What DMA finds in a page of guest memory."""

    ZEROS = "zeros"
    ONES = "ones"
    NOISE = "noise"
    POINTERS = "pointers"
    """64-bit little-endian addresses of pages of guest memory."""
    RECORDS = "records"
    """Descriptors as rings have them: address (8 bytes), length (4), flags and next (2 each)."""


class Fill(Record, frozen=True, tag=True):
    """The guest fills page number ``page`` of its memory; see `adapters.contents`."""

    page: int
    contents: Contents


class Reset(Record, frozen=True, tag=True):
    """The machine is reset, and set up again as it was after its start."""


class Moment(Record, frozen=True, tag=True):
    """Time passes for a moment: what was put off is done."""


Action = Read | Write | Fill | Reset | Moment
"""What a guest does, or what happens to it."""


class Migration(Record, frozen=True, tag=True):
    """The machine is saved, and loaded where there was none."""


class Saving(Record, frozen=True, tag=True):
    """The machine is saved, and goes on where it was."""


class Look(Record, frozen=True, tag=True):
    """All of the guest's memory is looked at."""


Step = Action | Migration | Saving | Look
"""What happens to a machine, one after the other."""


class Handed(Record, frozen=True):
    """A machine on its way: ``stream`` is QEMU's format, ``memory`` all of guest memory."""

    stream: bytes
    memory: bytes


class Plugged(Record, frozen=True):
    """What `DrivenAdapter.describe` returns.

    ``name`` is the program's, ``release`` its version, ``machine`` the machine type, ``devices``
    what is plugged, by name. ``known_failures`` is the path of a file of what it is known to lose
    (`suites.devices.oracle.known`), ``data`` that of a folder with a file for each device
    (`suites.devices.oracle.noise`).
    ``reuses``: its machines have `DrivenMachine.resume`, which is faster than a fresh one.
    """

    name: str
    release: str
    machine: str
    devices: tuple[str, ...]
    known_failures: str = ""
    data: str = ""
    reuses: bool = False


class DrivenMachine(Protocol):
    """A machine that runs no program: it does what it is told.

    All methods raise `Died` and `Hung`.
    """

    @property
    def regions(self) -> tuple[Region, ...]:
        """What a guest can reach: in the same order in all machines of a configuration."""

    @property
    def pages(self) -> int:
        """How many pages of memory DMA may be aimed at, from address `memory_base` on."""

    @property
    def memory_base(self) -> int:
        """The guest's address of page 0."""

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """What each `Read` answers, in order. All actions are done, one after the other."""

    def memory(self) -> bytes:
        """All of the guest's memory, from page 0 on."""

    def save(self) -> Handed:
        """Save it; it goes on as if nothing had happened. Raises `SaveRefused`."""

    def migrate(self) -> Handed:
        """Migrate it away: this is asked of a machine once, after it `save` no more.

        Raises `SaveRefused`.
        """

    def resume(self, handed: Handed) -> None:
        """Become the machine that was handed over, whatever it was; raises `LoadRejected`."""

    def close(self) -> None:
        """End it."""


class DrivenAdapter(Protocol):
    """What stands between the suite of devices and one program in one configuration."""

    def describe(self) -> Plugged:
        """What is tested."""

    def start(self) -> DrivenMachine:
        """A machine after its reset, with all that is plugged set up so that a guest reaches it.

        Raises `Unsupported` where it does not start, with the program's own words.
        """

    def load(self, handed: Handed) -> DrivenMachine:
        """A fresh machine that got what was handed over; raises `LoadRejected`, `Died`, `Hung`."""


@runtime_checkable
class Reproducing(DrivenAdapter, Protocol):
    """An adapter that can say how something is seen without it."""

    def reproducer(self, steps: Sequence[Step], destination: DrivenAdapter) -> str:
        """A program that goes through the steps twice, the second time without the hops in them.

        Every other hop is to ``destination``, which may be the adapter itself. It prints what the
        two answer differently, and then exits with 1.
        """
