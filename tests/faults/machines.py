"""Faults of whole machines without a model: resets, further migrations, and streams of others."""

from msgspec.structs import replace

from adapters.answers import Died
from adapters.driven import Plugged
from reference.devices.disk import DiskState
from reference.devices.machine import Machine
from reference.devices.timer import NEVER, TimerState
from reference.devices.uart import UartState
from reference.wire.errors import FieldRejected, StreamError
from tests.faults.wrong_devices import ReferenceDevices


class Migrated(Machine):
    """A machine that knows whether it was loaded."""

    was_loaded = False
    was_bad = False

    @property
    def uart(self) -> UartState:
        """The state of the UART."""
        state = self.states["uart"]
        assert isinstance(state, UartState)
        return state

    @property
    def disk(self) -> DiskState:
        """The state of the disk."""
        state = self.states["disk"]
        assert isinstance(state, DiskState)
        return state

    def load(self, stream: bytes) -> None:
        """Load it, and know that."""
        self.was_loaded = False
        super().load(stream)
        self.was_loaded = True


class AbortingMachine(Migrated):
    """A machine with an assertion in its reset."""

    def reset(self) -> None:
        """Assert that no line is high."""
        if self.was_loaded and self.uart.received:
            raise Died("assertion failed: bus->irq_count[i] == 0")
        super().reset()


class AbortsOnReset(ReferenceDevices):
    """A reset after a migration brings the machine down."""

    machine = AbortingMachine


class KeepingMachine(Migrated):
    """A machine whose reset leaves a register, if it was loaded."""

    def reset(self) -> None:
        """Leave it."""
        kept = self.uart.scr if self.was_loaded else 0
        super().reset()
        if kept:
            self.states["uart"] = replace(self.uart, scr=kept)


class KeepsARegisterOverAReset(ReferenceDevices):
    """What was loaded comes back after a reset."""

    machine = KeepingMachine


class OtherwiseResetMachine(Migrated):
    """A machine whose reset forgets the modem, if it was loaded."""

    def reset(self) -> None:
        """Forget it."""
        super().reset()
        if self.was_loaded:
            self.states["uart"] = replace(self.uart, msr=0)


class IsResetOtherwise(ReferenceDevices):
    """A register is not what it is after a reset, where there was a migration before."""

    machine = OtherwiseResetMachine


class HangingUpMachine(Migrated):
    """A machine whose modem hangs up when it is saved."""

    def save(self) -> bytes:
        """Hang up."""
        stream = super().save()
        self.states["uart"] = replace(self.uart, msr=0)
        return stream


class SavingHangsUp(ReferenceDevices):
    """A save that led nowhere changes a register."""

    machine = HangingUpMachine


class AssertingMachine(Migrated):
    """A machine that asserts what it should reject, and that no bit is set that it lacks."""

    def load(self, stream: bytes) -> None:
        """Assert that it is good."""
        try:
            super().load(stream)
        except StreamError as error:
            raise Died(f"assertion failed: {error}") from error
        uart, disk = self.uart, self.disk
        bits = (uart.ier & ~0xF, uart.fcr & ~0xC1, uart.mcr & ~0x1F, disk.status & ~0x300)
        if any(bits) or disk.sector > 15 or disk.enable > 1 or uart.msr != 0xB0:
            raise Died("assertion failed: !(value & ~mask)")


class AssertsInsteadOfRejecting(ReferenceDevices):
    """What is no good stream brings the machine down."""

    machine = AssertingMachine


class ForgettingMachine(Migrated):
    """A machine that sends requests in flight only from where they began."""

    def save(self) -> bytes:
        """Leave them out, where it was loaded."""
        if not self.was_loaded:
            return super().save()
        disk = self.disk
        self.states["disk"] = replace(disk, completed=0)
        stream = super().save()
        self.states["disk"] = disk
        return stream


class LosesOnTheSecondMigration(ReferenceDevices):
    """What arrived is not sent on."""

    machine = ForgettingMachine


class ClearingMachine(Migrated):
    """A machine that reads its registers when it saves them."""

    def save(self) -> bytes:
        """Read what has side effects."""
        stream = super().save()
        self.states["uart"] = replace(self.uart, overrun=False)
        return stream


class SavingReadsRegisters(ReferenceDevices):
    """Saving a machine clears what reading it clears."""

    machine = ClearingMachine


class StoppingMachine(Migrated):
    """A machine whose timers stop when it is saved."""

    def save(self) -> bytes:
        """Stop them."""
        stream = super().save()
        timers = self.states["timer"]
        assert isinstance(timers, TimerState)
        self.states["timer"] = replace(timers, due=NEVER)
        return stream


class SavingStopsTheTimer(ReferenceDevices):
    """After a save that led nowhere no timer goes off."""

    machine = StoppingMachine


class TrustingMachine(Migrated):
    """A machine that has a table of six for the modes of its timer."""

    def load(self, stream: bytes) -> None:
        """Load it, and look them up."""
        super().load(stream)
        timers = self.states["timer"]
        assert isinstance(timers, TimerState)
        if any(one.mode > 5 for one in timers.channels):
            raise Died("Segmentation fault")


class BelievesInEveryNumber(ReferenceDevices):
    """A number in a stream is used without a look at what it may be."""

    machine = TrustingMachine


class GrudgingMachine(Migrated):
    """A machine that rejects everything once it has rejected something."""

    def load(self, stream: bytes) -> None:
        """Load it, unless there was a bad one."""
        if self.was_bad:
            raise FieldRejected("incoming migration was aborted", offset=0)
        try:
            super().load(stream)
        except StreamError:
            self.was_bad = True
            raise


class NeverLoadsAgain(ReferenceDevices):
    """A machine that has rejected a stream cannot load its own good one."""

    machine = GrudgingMachine


class NewerMachine(Migrated):
    """A machine of another release, whose modem has no lines."""

    def load(self, stream: bytes) -> None:
        """Load it without them."""
        super().load(stream)
        self.states["uart"] = replace(self.uart, msr=0)


class OtherRelease(ReferenceDevices):
    """Another release of the same machine loses what the first one sends."""

    machine = NewerMachine

    def describe(self) -> Plugged:
        """The same machine, of another release."""
        return replace(super().describe(), release="0.2.0")
