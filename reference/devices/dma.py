"""A DMA engine at 0x10000000, with a ring of descriptors in guest memory.

======  ========  ============================================================================
offset  register  what it does
======  ========  ============================================================================
0x00    base      the address of the ring
0x04    size      how many descriptors it has, 1 to 64
0x08    head      the next one that the engine does; only read
0x0c    tail      the first that it must not do yet; writing it begins the next at once
0x10    control   1 run, 2 interrupt
0x14    status    1 something was done, until 1 is written; 2 in the middle of a descriptor
0x18    done      bytes done of the descriptor in progress; only read
0x1c    pattern   what memory is filled with
======  ========  ============================================================================

A descriptor has 16 bytes, little-endian: address (8), length (4), flags (2: 1 fill, else add one to
each byte), status (2), which the engine sets to 1. Of one that begins the first 16 bytes are done
at once, and the rest in the next moment. Ours; rings of this kind are in every network card.
"""

from struct import Struct

from msgspec.structs import replace

from reference.devices.device import MEMORY, Bus, Device
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import uint8, uint16, uint32, uint64, validate
from reference.vmstate.records import Record

LINE = 5
DESCRIPTOR = Struct("<QIHH")
STATUS = Struct("<H")
STATUS_AT = 14
LONGEST = 4096
"""Bytes of a descriptor that are done; a longer one ends there."""
LARGEST = 64
"""Descriptors of a ring."""
AT_ONCE = 16
RUN, INTERRUPT = 1, 2
DONE = 1
FILL = 1


class DmaState(Record, frozen=True):
    """``address``, ``length`` and ``flags`` are those of the descriptor in progress, if any."""

    ring: int = 0
    size: int = 16
    head: int = 0
    tail: int = 0
    control: int = 0
    status: int = 0
    pattern: int = 0
    address: int = 0
    length: int = 0
    flags: int = 0
    done: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether a descriptor is in progress."""
        return self.done < self.length


DMA_PROGRESS = VMStateDescription(
    name="dma/progress",
    needed=lambda state: state.is_busy,
    fields=(
        uint64("address"),
        uint32("length"),
        uint16("flags"),
        uint32("done"),
        validate("a page at most", lambda state, _: state.length <= LONGEST),
        validate("no more is done than there is", lambda state, _: state.done <= state.length),
    ),
)
DMA = VMStateDescription(
    name="dma",
    fields=(
        uint64("ring"),
        uint32("size"),
        uint32("head"),
        uint32("tail"),
        uint8("control"),
        uint8("status"),
        uint8("pattern"),
        validate("the ring has 1 to 64 descriptors", lambda state, _: 1 <= state.size <= LARGEST),
        validate("head is in the ring", lambda state, _: state.head < state.size),
        validate("tail is in the ring", lambda state, _: state.tail < state.size),
    ),
    subsections=(DMA_PROGRESS,),
    record=DmaState,
)


class Dma(Device):
    """The engine."""

    name, space, base, size, access = "dma", MEMORY, 0x10000000, 0x20, 4
    vmsd = DMA
    fresh = DmaState()

    def read(self, state: DmaState, offset: int, bus: Bus) -> tuple[int, DmaState]:  # noqa: ARG002
        """As `Device.read`."""
        busy = 2 * state.is_busy
        progress = state.done if state.is_busy else 0
        first = (state.ring & 0xFFFFFFFF, state.size, state.head, state.tail)
        return (*first, state.control, state.status | busy, progress, state.pattern)[
            offset >> 2
        ], state

    def write(self, state: DmaState, offset: int, value: int, bus: Bus) -> DmaState:
        """As `Device.write`."""
        changed: dict[int, dict[str, int]] = {
            0x00: {"ring": value},
            0x04: {"size": min(max(value, 1), LARGEST), "head": 0, "tail": 0},
            0x0C: {"tail": value % state.size},
            0x10: {"control": value & 3},
            0x14: {"status": state.status & ~value},
            0x1C: {"pattern": value & 0xFF},
        }
        state = self.settled(replace(state, **changed.get(offset, {})), bus)
        return self.begun(state, bus) if offset == 0x0C and state.control & RUN else state

    def settled(self, state: DmaState, bus: Bus) -> DmaState:
        """The same state, with the line as it must be."""
        bus.set_line(LINE, level=bool(state.control & INTERRUPT and state.status & DONE))
        return state

    def begun(self, state: DmaState, bus: Bus) -> DmaState:
        """The state in the middle of the next descriptor, if there is one and none is yet."""
        if state.is_busy or state.head == state.tail:
            return state
        at = state.ring + DESCRIPTOR.size * state.head
        address, length, flags, _ = DESCRIPTOR.unpack(bus.read_memory(at, DESCRIPTOR.size))
        length = min(length, LONGEST)
        state = replace(state, address=address, length=length, flags=flags, done=0)
        return self.advanced(state, AT_ONCE, bus)

    def advanced(self, state: DmaState, size: int, bus: Bus) -> DmaState:
        """The state once so many bytes more are done, or all."""
        size = min(size, state.length - state.done)
        at = state.address + state.done
        if state.flags & FILL:
            data = bytes((state.pattern,)) * size
        else:
            data = bytes(one + 1 & 0xFF for one in bus.read_memory(at, size))
        bus.write_memory(at, data)
        state = replace(state, done=state.done + size)
        return state if state.is_busy else self.finished(state, bus)

    def finished(self, state: DmaState, bus: Bus) -> DmaState:
        """The state once a descriptor is done: its status says so."""
        at = state.ring + DESCRIPTOR.size * state.head
        bus.write_memory(at + STATUS_AT, STATUS.pack(1))
        head = (state.head + 1) % state.size
        idle = replace(state, address=0, length=0, flags=0, done=0)
        return self.settled(replace(idle, head=head, status=state.status | DONE), bus)

    def moment(self, state: DmaState, bus: Bus) -> DmaState:
        """Do what is left of the descriptor in progress, or the next one."""
        if not state.control & RUN:
            return state
        state = self.begun(state, bus)
        return self.advanced(state, LONGEST, bus) if state.is_busy else state
