"""An interrupt controller as the 8259, at port 0x20, with eight lines.

======  ===========  ==========================================================================
offset  register     what it does
======  ===========  ==========================================================================
0       command      reads IRR, or ISR once OCW3 asked for it; ICW1 (0x10), OCW2 (0x20 end of
                     interrupt, 0x60 of the one named), OCW3 (0x08)
1       data         IMR; behind ICW1: ICW2 (the vectors), ICW3, and ICW4 if ICW1 said so
2       ELCR         the lines that count as long as they are high, not once they rise
3       acknowledge  the vector of the highest interrupt, which is then in service; 0xff for none
======  ===========  ==========================================================================

Source: Intel 8259A; QEMU hw/intc/i8259.c. The acknowledge of a CPU is a register here.
"""

from msgspec.structs import replace

from reference.devices.device import Bus, Device
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import bool_, uint8, validate
from reference.vmstate.records import Record

NONE = 0xFF


class InterruptsState(Record, frozen=True):
    """``levels`` are the lines as they are now; ``step`` is what the data register waits for."""

    irr: int = 0
    imr: int = 0
    isr: int = 0
    elcr: int = 0
    levels: int = 0
    vectors: int = 0
    step: int = 0
    reads_isr: bool = False
    needs_icw4: bool = False
    automatic: bool = False


INTERRUPTS = VMStateDescription(
    name="interrupts",
    fields=(
        uint8("irr"),
        uint8("imr"),
        uint8("isr"),
        uint8("elcr"),
        uint8("levels"),
        uint8("vectors"),
        uint8("step"),
        bool_("reads_isr"),
        bool_("needs_icw4"),
        bool_("automatic"),
        validate("a step that there is", lambda state, _: state.step <= 3),
    ),
    record=InterruptsState,
)


def highest(bits: int) -> int:
    """The number of the lowest bit that is set, which is the highest interrupt; 8 for none."""
    return (bits & -bits).bit_length() - 1 if bits else 8


class Interrupts(Device):
    """The controller."""

    name, base, size = "interrupts", 0x20, 4
    vmsd = INTERRUPTS
    fresh = InterruptsState()

    def line(self, state: InterruptsState, number: int, *, level: bool) -> InterruptsState:
        """The state once a line is high or low."""
        bit = 1 << number
        irr = state.irr
        if state.elcr & bit:
            irr = irr | bit if level else irr & ~bit
        elif level and not state.levels & bit:
            irr |= bit
        levels = state.levels | bit if level else state.levels & ~bit
        return replace(state, irr=irr, levels=levels)

    def read(self, state: InterruptsState, offset: int, bus: Bus) -> tuple[int, InterruptsState]:  # noqa: ARG002
        """As `Device.read`."""
        if offset == 0:
            return state.isr if state.reads_isr else state.irr, state
        if offset < 3:
            return (state.imr, state.elcr)[offset - 1], state
        number = highest(state.irr & ~state.imr)
        if number >= highest(state.isr):
            return NONE, state
        bit = 1 << number
        irr = state.irr if state.elcr & bit else state.irr & ~bit
        isr = state.isr if state.automatic else state.isr | bit
        return state.vectors + number & 0xFF, replace(state, irr=irr, isr=isr)

    def write(self, state: InterruptsState, offset: int, value: int, bus: Bus) -> InterruptsState:  # noqa: ARG002
        """As `Device.write`."""
        if offset == 0:
            return self.commanded(state, value)
        if offset == 1:
            return self.told(state, value)
        return replace(state, elcr=value) if offset == 2 else state

    def commanded(self, state: InterruptsState, value: int) -> InterruptsState:
        """The state after ICW1, OCW2 or OCW3."""
        if value & 0x10:
            kept = state.irr & state.elcr
            icw4 = bool(value & 1)
            return InterruptsState(
                irr=kept, elcr=state.elcr, levels=state.levels, step=1, needs_icw4=icw4
            )
        if value & 0x08:
            return replace(state, reads_isr=bool(value & 1)) if value & 2 else state
        ended = {0x20: highest(state.isr), 0x60: value & 7}.get(value & 0xE0, 8)
        return replace(state, isr=state.isr & ~(1 << ended))

    def told(self, state: InterruptsState, value: int) -> InterruptsState:
        """The state after OCW1, ICW2, ICW3 or ICW4."""
        if state.step == 0:
            return replace(state, imr=value)
        if state.step == 1:
            return replace(state, vectors=value & 0xF8, step=2)
        if state.step == 2:
            return replace(state, step=3 if state.needs_icw4 else 0)
        return replace(state, automatic=bool(value & 2), step=0)
