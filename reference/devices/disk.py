"""A disk at 0x10001000, a PCI function with requests that take their time.

======  =========  ===========================================================================
offset  register   what it does
======  =========  ===========================================================================
0x00    sector     of the next request, of 16 that there are, of 64 bytes each
0x04    length     how many sectors, 1 to 4
0x08    address    in guest memory
0x0c    command    1 reads, 2 writes: a request more, if fewer than four are in flight
0x10    status     how many are in flight; 0x100 one was done, 0x200 one was refused, until 1 is
                   written to the bit
0x14    completed  how many were done; only read
0x18    enable     1 interrupt
0x1c    mode       0x80 reverse the order of requests in flight
======  =========  ===========================================================================

One request is done in each moment. Configuration space (64 bytes): vendor and device, command (2
registers answer, 4 requests are done), cache line, base address, interrupt line. Ours; the medium
is a byte for each sector, as if all of the 64 were alike, and goes along.
"""

from msgspec.structs import replace

from reference.devices.device import CONFIG, MEMORY, Bus, Device
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import bool_, buffer, struct, uint8, uint32, validate
from reference.vmstate.records import Record

LINE = 6
SECTORS, SECTOR = 16, 64
IN_FLIGHT = 4
DONE, REFUSED = 0x100, 0x200
DECODES, MASTERS = 2, 4
NOBODY = 0xFFFFFFFF
"""What is read where nobody answers."""
IDENTITY = bytes.fromhex("361b0d00")
"""Vendor and device, little-endian."""
CONFIG_SIZE = 64
WRITABLE = {0x04: 0x07, 0x0C: 0xFF, 0x0D: 0xFF, 0x3C: 0xFF}
"""The bytes of configuration space that can be written, and their bits."""


class Request(Record, frozen=True):
    """One in flight: ``writes`` to the medium, or reads from it."""

    sector: int
    length: int
    address: int
    writes: bool


class DiskState(Record, frozen=True):
    """Registers, requests in the order in which they came, the medium, configuration space."""

    sector: int = 0
    length: int = 1
    address: int = 0
    status: int = 0
    completed: int = 0
    enable: int = 0
    mode: int = 0
    requests: tuple[Request, ...] = ()
    medium: bytes = bytes(SECTORS)
    config: bytes = IDENTITY + bytes(CONFIG_SIZE - len(IDENTITY))


REQUEST = VMStateDescription(
    name="disk request",
    fields=(
        uint32("sector"),
        uint32("length"),
        uint32("address"),
        bool_("writes"),
        validate("four sectors at most", lambda request, _: request.length <= IN_FLIGHT),
    ),
    record=Request,
)
PCI = VMStateDescription(name="disk/pci", fields=(buffer("config", size=CONFIG_SIZE),))
DISK = VMStateDescription(
    name="disk",
    fields=(
        uint32("sector"),
        uint32("length"),
        uint32("address"),
        uint32("status"),
        uint32("completed"),
        uint8("enable"),
        uint8("mode"),
        uint8("in_flight", counts="requests"),
        struct("requests", REQUEST, count="in_flight"),
        buffer("medium", size=SECTORS),
        validate("four are in flight", lambda state, _: len(state.requests) <= IN_FLIGHT),
    ),
    subsections=(PCI,),
    record=DiskState,
)


class Disk(Device):
    """The disk's registers."""

    name, space, base, size, access = "disk", MEMORY, 0x10001000, 0x20, 4
    vmsd = DISK
    fresh = DiskState()

    def read(self, state: DiskState, offset: int, bus: Bus) -> tuple[int, DiskState]:  # noqa: ARG002
        """As `Device.read`."""
        if not state.config[4] & DECODES:
            return NOBODY, state
        status = state.status | len(state.requests)
        first = (state.sector, state.length, state.address, 0, status)
        return (*first, state.completed, state.enable, state.mode)[offset >> 2], state

    def write(self, state: DiskState, offset: int, value: int, bus: Bus) -> DiskState:
        """As `Device.write`."""
        if not state.config[4] & DECODES:
            return state
        if offset == 0x0C:
            return self.requested(state, value)
        changed: dict[int, dict[str, int]] = {
            0x00: {"sector": value % SECTORS},
            0x04: {"length": value % 4 or 4},
            0x08: {"address": value},
            0x10: {"status": state.status & ~value},
            0x18: {"enable": value & 1},
            0x1C: {"mode": value & 0xFF},
        }
        return self.settled(replace(state, **changed.get(offset, {})), bus)

    def requested(self, state: DiskState, value: int) -> DiskState:
        """The state with a request more."""
        if value not in (1, 2) or len(state.requests) >= IN_FLIGHT:
            return replace(state, status=state.status | REFUSED)
        one = Request(state.sector, state.length, state.address, value == 2)
        return replace(state, requests=(*state.requests, one))

    def settled(self, state: DiskState, bus: Bus) -> DiskState:
        """The same state, with the line as it must be."""
        bus.set_line(LINE, level=bool(state.enable and state.status & DONE))
        return state

    def moment(self, state: DiskState, bus: Bus) -> DiskState:
        """Do one request."""
        if not state.requests or not state.config[4] & MASTERS:
            return state
        place = -1 if state.mode & 0x80 else 0
        one = state.requests[place]
        rest = state.requests[:-1] if place else state.requests[1:]
        return self.completed(replace(state, requests=rest), one, bus)

    def completed(self, state: DiskState, one: Request, bus: Bus) -> DiskState:
        """The state once a request is done."""
        medium = bytearray(state.medium)
        for number in range(one.length):
            sector, at = (one.sector + number) % SECTORS, one.address + SECTOR * number
            if one.writes:
                (medium[sector],) = bus.read_memory(at, 1)
            else:
                bus.write_memory(at, bytes((medium[sector],)) * SECTOR)
        after = replace(
            state,
            medium=bytes(medium),
            status=state.status | DONE,
            completed=state.completed + 1 & 0xFFFFFFFF,
        )
        return self.settled(after, bus)


class DiskConfig(Device):
    """The disk's configuration space, of which it has the state."""

    name, space, base, size, access = "disk config", CONFIG, 0, CONFIG_SIZE, 4

    def read(self, state: DiskState, offset: int, bus: Bus) -> tuple[int, DiskState]:  # noqa: ARG002
        """As `Device.read`."""
        return int.from_bytes(state.config[offset : offset + 4], "little"), state

    def write(self, state: DiskState, offset: int, value: int, bus: Bus) -> DiskState:  # noqa: ARG002
        """As `Device.write`."""
        config = bytearray(state.config)
        for place, byte in enumerate(value.to_bytes(4, "little"), offset):
            if mask := WRITABLE.get(place):
                config[place] = byte & mask
        return replace(state, config=bytes(config))
