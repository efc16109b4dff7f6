"""A 16550 UART at port 0x3f8, whose transmitter leads nowhere but back to itself.

======  =============================  ========================================================
offset  register                       what it does
======  =============================  ========================================================
0       RBR, THR; DLL with DLAB        receive, transmit; low byte of the divisor
1       IER; DLM with DLAB             interrupts: 1 data, 2 transmitter empty, 4 line, 8 modem
2       IIR, FCR                       the highest interrupt; 1 queue, 2 empty it, 0xc0 trigger
3       LCR                            0x80 is DLAB
4       MCR                            0x10 is loopback: what is sent is received
5       LSR                            1 data, 2 overrun (until it is read), 0x60 nothing to send
6       MSR                            the modem's lines, and which changed until it is read
7       SCR                            scratch
======  =============================  ========================================================

In loopback the modem's lines are those of MCR. Data below the trigger is announced after a moment.
Source: National Semiconductor PC16550D, 8; QEMU hw/char/serial.c.
"""

from msgspec.structs import replace

from reference.devices.device import Bus, Device
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import bool_, buffer, uint8, uint16, validate
from reference.vmstate.records import Record

LINE = 4
QUEUE = 16
TRIGGERS = (1, 4, 8, 14)
DLAB, LOOPBACK = 0x80, 0x10
DATA, OVERRUN, EMPTY = 0x01, 0x02, 0x60
RECEIVED, TRANSMITTED, LINE_STATUS, MODEM = 1, 2, 4, 8


class UartState(Record, frozen=True):
    """``received`` is what waits to be read. The others are registers, or bits of them."""

    divider: int = 12
    ier: int = 0
    fcr: int = 0
    lcr: int = 0
    mcr: int = 0
    msr: int = 0
    scr: int = 0
    overrun: bool = False
    transmitted: bool = False
    received: bytes = b""
    timed_out: bool = False


UART_RECEIVED = VMStateDescription(
    name="uart/received",
    needed=lambda state: bool(state.received) or state.timed_out,
    fields=(
        uint8("received_count", counts="received"),
        buffer("received", size="received_count"),
        bool_("timed_out"),
        validate("16 wait at most", lambda state, _: len(state.received) <= QUEUE),
    ),
)
UART = VMStateDescription(
    name="uart",
    fields=(
        uint16("divider"),
        uint8("ier"),
        uint8("fcr"),
        uint8("lcr"),
        uint8("mcr"),
        uint8("msr"),
        uint8("scr"),
        bool_("overrun"),
        bool_("transmitted"),
    ),
    subsections=(UART_RECEIVED,),
    record=UartState,
)


def modem_lines(mcr: int) -> int:
    """The modem's lines: those of the other side, or in loopback one's own, crossed."""
    if not mcr & LOOPBACK:
        return 0xB0
    return (mcr & 2) << 3 | (mcr & 1) << 5 | (mcr & 4) << 4 | (mcr & 8) << 4


class Uart(Device):
    """The UART."""

    name, base, size = "uart", 0x3F8, 8
    vmsd = UART
    fresh = UartState(msr=0xB0)

    def interrupt(self, state: UartState) -> int:
        """What IIR says of the highest interrupt; 1 for none."""
        trigger = TRIGGERS[state.fcr >> 6] if state.fcr & 1 else 1
        if state.ier & LINE_STATUS and state.overrun:
            return 6
        if state.ier & RECEIVED and state.timed_out:
            return 0xC
        if state.ier & RECEIVED and len(state.received) >= trigger:
            return 4
        if state.ier & TRANSMITTED and state.transmitted:
            return 2
        if state.ier & MODEM and state.msr & 0xF:
            return 0
        return 1

    def settled(self, state: UartState, bus: Bus) -> UartState:
        """The same state, with the line as it must be."""
        bus.set_line(LINE, level=self.interrupt(state) != 1)
        return state

    def read(self, state: UartState, offset: int, bus: Bus) -> tuple[int, UartState]:
        """As `Device.read`."""
        if offset < 2 and state.lcr & DLAB:
            return state.divider >> 8 * offset & 0xFF, state
        value, after = getattr(self, f"read_{offset}", self.read_plain)(state, offset)
        return value, after if after is state else self.settled(after, bus)

    def read_plain(self, state: UartState, offset: int) -> tuple[int, UartState]:
        """A register that changes nothing when it is read."""
        return (0, state.ier, 0, state.lcr, state.mcr, 0, 0, state.scr)[offset], state

    def read_0(self, state: UartState, _offset: int) -> tuple[int, UartState]:
        """RBR."""
        if not state.received:
            return 0, state
        rest = replace(state, received=state.received[1:], timed_out=False)
        return state.received[0], rest

    def read_2(self, state: UartState, _offset: int) -> tuple[int, UartState]:
        """IIR: whoever reads that the transmitter is empty knows it."""
        what = self.interrupt(state)
        queue = 0xC0 if state.fcr & 1 else 0
        return what | queue, replace(state, transmitted=False) if what == 2 else state

    def read_5(self, state: UartState, _offset: int) -> tuple[int, UartState]:
        """LSR."""
        value = EMPTY | DATA * bool(state.received) | OVERRUN * state.overrun
        return value, replace(state, overrun=False) if state.overrun else state

    def read_6(self, state: UartState, _offset: int) -> tuple[int, UartState]:
        """MSR."""
        return state.msr, replace(state, msr=state.msr & 0xF0) if state.msr & 0xF else state

    def write(self, state: UartState, offset: int, value: int, bus: Bus) -> UartState:
        """As `Device.write`."""
        if offset < 2 and state.lcr & DLAB:
            kept = state.divider & 0xFF00 >> 8 * offset
            return replace(state, divider=kept | value << 8 * offset)
        if offset == 0:
            return self.settled(self.sent(state, value), bus)
        if offset == 2:
            after = replace(state, fcr=value & 0xC1)
            if value & 2 or (value ^ state.fcr) & 1:
                after = replace(after, received=b"", timed_out=False)
            return self.settled(after, bus)
        if offset == 4:
            lines = modem_lines(value)
            changed = (lines ^ state.msr) >> 4 & 0xF
            msr = lines | state.msr & 0xF | changed
            return self.settled(replace(state, mcr=value & 0x1F, msr=msr), bus)
        if offset == 1:
            return self.settled(replace(state, ier=value & 0xF), bus)
        names = {3: "lcr", 7: "scr"}
        return replace(state, **{names[offset]: value}) if offset in names else state

    def sent(self, state: UartState, value: int) -> UartState:
        """The state once a byte was sent; it is received in loopback only."""
        state = replace(state, transmitted=True)
        if not state.mcr & LOOPBACK:
            return state
        room = QUEUE if state.fcr & 1 else 1
        if len(state.received) >= room:
            return replace(state, overrun=True)
        return replace(state, received=state.received + bytes((value,)))

    def moment(self, state: UartState, bus: Bus) -> UartState:
        """Announce what waits below the trigger."""
        if not state.received or not state.fcr & 1 or state.timed_out:
            return state
        return self.settled(replace(state, timed_out=True), bus)
