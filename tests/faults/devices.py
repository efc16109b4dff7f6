"""Faults of devices without a model: of what they save, and of what they make of it."""

from typing import Any

from msgspec.structs import replace

from adapters.answers import Died, SaveRefused
from reference.devices.device import Bus
from reference.devices.disk import DISK, Disk
from reference.devices.dma import DMA, Dma
from reference.devices.interrupts import INTERRUPTS, Interrupts
from reference.devices.machine import Machine
from reference.devices.timer import CHANNEL, NEVER, TICK, TIMER, Timer
from reference.devices.uart import UART, Uart
from reference.vmstate.fields import struct, timer
from reference.wire.errors import FieldRejected
from tests.faults.wrong_devices import ReferenceDevices, needed_if, with_device, without


class UartWithoutDivider(Uart):
    """A UART whose divisor is not in its description."""

    vmsd = without(UART, "divider")


class ForgetsTheDivider(ReferenceDevices):
    """A register that a guest wrote is not saved."""

    devices = with_device(UartWithoutDivider())


class UartThatDoesNotRestore(Uart):
    """A UART that loads its scratch register, and resets it then."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Reset the register."""
        return replace(super().loaded(state, bus), scr=0)


class SavesAndDoesNotRestore(ReferenceDevices):
    """A register is in the stream, and is not what it says after the load."""

    devices = with_device(UartThatDoesNotRestore())


class UartInReverse(Uart):
    """A UART whose queue is loaded from its end on."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Turn the queue around."""
        return replace(super().loaded(state, bus), received=state.received[::-1])


class ReversesTheReceived(ReferenceDevices):
    """What was received and not read yet comes in the opposite order."""

    devices = with_device(UartInReverse())


class UartThatSendsAFullQueue(Uart):
    """A UART that sends its queue when it is full."""

    vmsd = needed_if(UART, "uart/received", lambda state: len(state.received) > 15)


class NeedsTheQueueWhenItIsFull(ReferenceDevices):
    """A subsection is needed too seldom: what waits in the queue is lost, unless it is full."""

    devices = with_device(UartThatSendsAFullQueue())


class UartThatRejectsMany(Uart):
    """A UART that takes 12 bytes for the most that can wait."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Reject more."""
        if len(state.received) > 12:
            raise FieldRejected("uart/received: too many", offset=0)
        return super().loaded(state, bus)


class RejectsAFullQueue(ReferenceDevices):
    """A state that a guest can reach is not accepted."""

    devices = with_device(UartThatRejectsMany())


class UartWithoutDeltas(Uart):
    """A UART that loses which lines of the modem changed."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Forget them."""
        return replace(super().loaded(state, bus), msr=state.msr & 0xF0)


class LosesWhatChanged(ReferenceDevices):
    """What a register says until it is read is lost."""

    devices = with_device(UartWithoutDeltas())


class InterruptsWithoutLevels(Interrupts):
    """A controller that does not save the levels of its lines."""

    vmsd = without(INTERRUPTS, "levels")


class LosesTheLevels(ReferenceDevices):
    """A line that was high is taken for one that rises again: an interrupt too many."""

    devices = with_device(InterruptsWithoutLevels())


class InterruptsWithoutStep(Interrupts):
    """A controller that does not save where in its initialisation it is."""

    vmsd = without(INTERRUPTS, "step", "needs_icw4")


class LosesTheStepOfInitialisation(ReferenceDevices):
    """A guest in the middle of an initialisation writes its next word into another register."""

    devices = with_device(InterruptsWithoutStep())


class InterruptsInverted(Interrupts):
    """A controller whose mask is loaded inverted, where there is one."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Invert it."""
        mask = state.imr ^ 0xFF if state.imr else 0
        return replace(super().loaded(state, bus), imr=mask)


class InvertsTheMask(ReferenceDevices):
    """The interrupts that were masked are the only ones that are not."""

    devices = with_device(InterruptsInverted())


class InterruptsWithoutEnd(Interrupts):
    """A controller that loses whether interrupts end by themselves."""

    vmsd = without(INTERRUPTS, "automatic")


class LosesTheAutomaticEnd(ReferenceDevices):
    """A mode that was set long ago is lost: no interrupt comes after the next one."""

    devices = with_device(InterruptsWithoutEnd())


class TimerThatStops(Timer):
    """A timer that saves none that is due."""

    def saving(self, state: Any, bus: Bus) -> Any:
        """Save the rest."""
        return replace(super().saving(state, bus), remaining=NEVER)


class LosesTheTimer(ReferenceDevices):
    """An armed timer never goes off."""

    devices = with_device(TimerThatStops())


class TimerInTicks(Timer):
    """A timer that loads nanoseconds as ticks."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Take them for ticks."""
        if state.remaining == NEVER:
            return super().loaded(state, bus)
        return super().loaded(replace(state, remaining=state.remaining * TICK), bus)


class TakesNanosecondsForTicks(ReferenceDevices):
    """An armed timer goes off much too late."""

    devices = with_device(TimerInTicks())


def timer_without(*names: str) -> type[Timer]:
    """A timer whose channels do not save some fields."""
    channel = without(CHANNEL, *names)

    class TimerWithout(Timer):
        vmsd = without(TIMER, "channels", "remaining").__class__(
            name=TIMER.name,
            fields=(struct("channels", channel, count=3), timer("remaining")),
            record=TIMER.record,
        )

    return TimerWithout


class LosesTheLatch(ReferenceDevices):
    """A count that was latched and not read yet is lost."""

    devices = with_device(timer_without("is_latched", "latched")())


class LosesTheFlipFlop(ReferenceDevices):
    """A guest that has written the low byte of a count writes another low byte then."""

    devices = with_device(timer_without("wrote_low")())


class LosesTheReadFlipFlop(ReferenceDevices):
    """A guest that has read the low byte of a count reads another low byte then."""

    devices = with_device(timer_without("read_low")())


class MachineWithTheClockLast(Machine):
    """A machine that loads its clock when all devices are there."""

    def load(self, stream: bytes) -> None:
        """Keep the clock from them."""
        super().load(stream)
        timer_of = self.states["timer"]
        due = getattr(timer_of, "due", NEVER)
        if due != NEVER:
            self.states["timer"] = replace(timer_of, due=due - self.now)


class LoadsTheClockLast(ReferenceDevices):
    """A device is restored before what it depends on: a timer is due by a clock of before."""

    machine = MachineWithTheClockLast


class DmaOffByOne(Dma):
    """An engine whose ring goes on behind the next descriptor."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Skip one, if the guest has given any."""
        state = super().loaded(state, bus)
        step = 1 if state.head != state.tail else 0
        return replace(state, head=(state.head + step) % state.size)


class SkipsADescriptor(ReferenceDevices):
    """The index of a ring is one too high."""

    devices = with_device(DmaOffByOne())


class DmaThatDrops(Dma):
    """An engine that takes a descriptor in progress for done."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Drop what is left of it."""
        state = super().loaded(state, bus)
        if not state.is_busy:
            return state
        return replace(state, done=0, length=0, head=(state.head + 1) % state.size)


class DropsHalfARequest(ReferenceDevices):
    """What was half done when the machine was saved is never finished."""

    devices = with_device(DmaThatDrops())


class DmaThatBeginsAgain(Dma):
    """An engine that begins a descriptor in progress anew."""

    vmsd = needed_if(DMA, "dma/progress", None)


class DoesHalfARequestTwice(ReferenceDevices):
    """What was half done when the machine was saved is done from its beginning."""

    devices = with_device(DmaThatBeginsAgain())


class DmaThatGoesAstray(Dma):
    """An engine that has counted what it has done already when it goes on."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Count it twice."""
        state = super().loaded(state, bus)
        return replace(state, address=state.address + state.done)


class WritesElsewhere(ReferenceDevices):
    """The rest of what a device writes into memory is written behind where it belongs."""

    devices = with_device(DmaThatGoesAstray())


class DmaWithSevenBits(Dma):
    """An engine that loads seven bits of its pattern."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Mask it."""
        return replace(super().loaded(state, bus), pattern=state.pattern & 0x7F)


class MasksABit(ReferenceDevices):
    """One bit of a register is lost."""

    devices = with_device(DmaWithSevenBits())


class DiskWithoutConfiguration(Disk):
    """A disk whose configuration space is not in its description."""

    vmsd = needed_if(DISK, "disk/pci", None)


class ForgetsTheConfigurationSpace(ReferenceDevices):
    """The configuration space is not saved: no register of the function answers any more."""

    devices = with_device(DiskWithoutConfiguration())


class DiskInReverse(Disk):
    """A disk that loads its requests in the opposite order."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Turn them around."""
        return replace(super().loaded(state, bus), requests=state.requests[::-1])


class ReversesTheRequests(ReferenceDevices):
    """What is in flight is done in another order."""

    devices = with_device(DiskInReverse())


class DiskThatLosesOne(Disk):
    """A disk that loses the last of several requests."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Lose it."""
        many = len(state.requests) > 1
        kept = state.requests[:-1] if many else state.requests
        return replace(super().loaded(state, bus), requests=kept)


class LosesTheLastRequest(ReferenceDevices):
    """Of several requests in flight the last is lost."""

    devices = with_device(DiskThatLosesOne())


class DiskThatReads(Disk):
    """A disk that takes all requests in flight for reads."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Turn writes into reads."""
        reads = tuple(replace(one, writes=False) for one in state.requests)
        return replace(super().loaded(state, bus), requests=reads)


class ReadsInsteadOfWriting(ReferenceDevices):
    """A write in flight becomes a read: it overwrites what was to be written."""

    devices = with_device(DiskThatReads())


class DiskThatRefuses(Disk):
    """A disk that is not saved with requests in flight."""

    def saving(self, state: Any, bus: Bus) -> Any:
        """Refuse it."""
        if len(state.requests) > 1:
            raise SaveRefused("requests are in flight")
        return super().saving(state, bus)


class RefusesToSave(ReferenceDevices):
    """A state that a guest can reach ends every migration."""

    devices = with_device(DiskThatRefuses())


class DiskThatCrashes(Disk):
    """A disk with an assertion too many."""

    def loaded(self, state: Any, bus: Bus) -> Any:
        """Assert it."""
        if state.mode & 0x80 and state.requests:
            raise Died("assertion failed: !(s->mode & 0x80)")
        return super().loaded(state, bus)


class CrashesOnALegalState(ReferenceDevices):
    """A state that a guest can reach brings the destination down."""

    devices = with_device(DiskThatCrashes())
