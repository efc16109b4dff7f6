"""A timer as the i8254, at port 0x40, with three channels that count once a microsecond.

======  ========  ==========================================================================
offset  register  what it does
======  ========  ==========================================================================
0 to 2  channel   the count, by its low byte, its high byte, or first one and then the other
3       control   0xc0 the channel, 0x30 how its count is read and written, 0x0e the mode;
                  0x30 clear latches the count, channel 3 is the command to read back
======  ========  ==========================================================================

Mode 0 counts down once, modes 2 and 3 again and again. At the end channel 0 raises its line for an
instant. Source: Intel 8254; QEMU hw/timer/i8254.c.
"""

from msgspec.structs import replace

from reference.devices.device import Bus, Device
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import bool_, int64, struct, timer, uint8, uint16, validate
from reference.vmstate.records import Record

LINE = 0
TICK = 1000
"""Nanoseconds."""
NEVER = -1
LOW, HIGH, BOTH = 1, 2, 3
AGAIN = (2, 3)
"""The modes that begin anew."""


class Channel(Record, frozen=True):
    """``start`` is the clock in ns when it began; ``latched`` what a read gives in its place.

    ``wrote_low`` and ``read_low``: the high byte is next.
    """

    count: int = 0
    mode: int = 0
    access: int = BOTH
    start: int = 0
    latched: int = 0
    is_latched: bool = False
    wrote_low: bool = False
    read_low: bool = False
    low: int = 0

    def left(self, now: int) -> int:
        """The count now."""
        whole = self.count or 0x10000
        gone = (now - self.start) // TICK
        return (whole - gone % whole if self.mode in AGAIN else whole - gone) & 0xFFFF


class TimerState(Record, frozen=True):
    """``due`` is the clock in ns at which channel 0 interrupts, -1 for never."""

    channels: tuple[Channel, ...] = (Channel(),) * 3
    due: int = NEVER
    remaining: int = NEVER
    """The same from the moment of saving on: what is in the stream."""


CHANNEL = VMStateDescription(
    name="timer channel",
    fields=(
        uint16("count"),
        uint8("mode"),
        uint8("access"),
        int64("start"),
        uint16("latched"),
        bool_("is_latched"),
        bool_("wrote_low"),
        bool_("read_low"),
        uint8("low"),
        validate("a way to read", lambda state, _: state.access in (LOW, HIGH, BOTH)),
    ),
    record=Channel,
)
TIMER = VMStateDescription(
    name="timer",
    fields=(struct("channels", CHANNEL, count=3), timer("remaining")),
    record=TimerState,
)


class Timer(Device):
    """The timer."""

    name, base, size = "timer", 0x40, 4
    vmsd = TIMER
    fresh = TimerState()

    def read(self, state: TimerState, offset: int, bus: Bus) -> tuple[int, TimerState]:
        """As `Device.read`."""
        if offset == 3:
            return 0, state
        one = state.channels[offset]
        count = one.latched if one.is_latched else one.left(bus.now)
        high = one.access == HIGH or (one.access == BOTH and one.read_low)
        done = one.access != BOTH or one.read_low
        after = replace(
            one,
            read_low=one.access == BOTH and not one.read_low,
            is_latched=one.is_latched and not done,
        )
        return count >> 8 * high & 0xFF, self.with_channel(state, offset, after)

    def write(self, state: TimerState, offset: int, value: int, bus: Bus) -> TimerState:
        """As `Device.write`."""
        if offset == 3:
            return self.controlled(state, value, bus)
        one = state.channels[offset]
        if one.access == BOTH and not one.wrote_low:
            return self.with_channel(state, offset, replace(one, wrote_low=True, low=value))
        count = {LOW: value, HIGH: value << 8, BOTH: value << 8 | one.low}[one.access]
        after = replace(one, count=count, wrote_low=False, start=bus.now)
        state = self.with_channel(state, offset, after)
        return replace(state, due=bus.now + TICK * (count or 0x10000)) if offset == 0 else state

    def controlled(self, state: TimerState, value: int, bus: Bus) -> TimerState:
        """The state after a control word."""
        number, access = value >> 6, value >> 4 & 3
        if number == 3:
            for named in (it for it in range(3) if value & 2 << it and not value & 0x20):
                state = self.with_latch(state, named, bus)
            return state
        if access == 0:
            return self.with_latch(state, number, bus)
        mode = value >> 1 & 7
        one = Channel(mode=mode & 3 if mode > 3 else mode, access=access, start=bus.now)
        state = self.with_channel(state, number, one)
        return replace(state, due=NEVER) if number == 0 else state

    def with_latch(self, state: TimerState, number: int, bus: Bus) -> TimerState:
        """The state once the count of a channel is latched; that stands until it is read."""
        one = state.channels[number]
        if one.is_latched:
            return state
        after = replace(one, is_latched=True, latched=one.left(bus.now))
        return self.with_channel(state, number, after)

    def with_channel(self, state: TimerState, number: int, one: Channel) -> TimerState:
        """The state with another channel."""
        channels = (*state.channels[:number], one, *state.channels[number + 1 :])
        return replace(state, channels=channels)

    def moment(self, state: TimerState, bus: Bus) -> TimerState:
        """Interrupt, if it is time."""
        if state.due == NEVER or bus.now < state.due:
            return state
        bus.set_line(LINE, level=True)
        bus.set_line(LINE, level=False)
        one = state.channels[0]
        if one.mode not in AGAIN:
            return replace(state, due=NEVER)
        period = TICK * (one.count or 0x10000)
        return replace(state, due=bus.now + period - (bus.now - state.due) % period)

    def saving(self, state: TimerState, bus: Bus) -> TimerState:
        """How long it is until then."""
        return replace(state, remaining=NEVER if state.due == NEVER else state.due - bus.now)

    def loaded(self, state: TimerState, bus: Bus) -> TimerState:
        """When that is, by a clock that was loaded before."""
        due = NEVER if state.remaining == NEVER else bus.now + state.remaining
        return replace(state, due=due, remaining=NEVER)
