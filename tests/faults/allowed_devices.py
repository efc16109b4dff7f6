"""Right machines that differ from the reference, or from themselves: nothing may fail for them."""

import itertools
import os
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reference.devices.device import Bus, Device
from reference.devices.disk import DiskState
from reference.devices.machine import DEVICES, Machine
from reference.devices.uart import UART, Uart
from reference.vmstate.description import VMStateDescription
from reference.vmstate.records import Record
from tests.faults.wrong_devices import ReferenceDevices, needed_if, with_device

COUNT = itertools.count()
"""Of all machines together: nobody saves it."""


class OneRegister(Record, frozen=True):
    """A register of one byte."""

    value: int = 0


class Special(Device):
    """A device of four registers that holds nothing worth saving."""

    name, base, size = "special", 0x300, 4
    vmsd = VMStateDescription(name="special", record=OneRegister)
    fresh = OneRegister()

    def write(self, state: Any, offset: int, value: int, bus: Bus) -> Any:  # noqa: ARG002
        """Nothing happens."""
        return state


class Counter(Special):
    """A counter that runs on whatever happens."""

    def read(self, state: Any, offset: int, bus: Bus) -> tuple[int, Any]:  # noqa: ARG002
        """The next number."""
        return next(COUNT) >> 2 * offset & 0xFF, state


class Chance(Special):
    """A generator of random numbers."""

    def read(self, state: Any, offset: int, bus: Bus) -> tuple[int, Any]:  # noqa: ARG002
        """Another number."""
        return os.urandom(1)[0], state


class Reserved(Special):
    """Registers that mean nothing, and happen to hold what is written until a migration."""

    def read(self, state: Any, offset: int, bus: Bus) -> tuple[int, Any]:  # noqa: ARG002
        """What was written last."""
        return state.value, state

    def write(self, state: Any, offset: int, value: int, bus: Bus) -> Any:  # noqa: ARG002
        """Hold it."""
        return replace(state, value=value)


class FreeRunningCounter(ReferenceDevices):
    """A register that counts by itself."""

    devices = (*DEVICES, Counter())


class RandomRegister(ReferenceDevices):
    """A register that holds another number whenever it is read."""

    devices = (*DEVICES, Chance())


class ReservedRegister(ReferenceDevices):
    """A register that is reserved: its data file says so."""

    devices = (*DEVICES, Reserved())
    data = str(Path(__file__).with_name("device_data"))


class FinishingMachine(Machine):
    """A machine whose disk does what is in flight before it is saved."""

    def save(self) -> bytes:
        """Do it."""
        disk, device = self.states["disk"], self.devices["disk"]
        assert isinstance(disk, DiskState)
        for _ in disk.requests:
            self.states["disk"] = device.moment(self.states["disk"], self)
        return super().save()


class FinishesWhileStopped(ReferenceDevices):
    """What is in flight is done when a machine is saved: no guest knows how fast a disk is."""

    machine = FinishingMachine


class UartThatAlwaysSends(Uart):
    """A UART that sends its queue when it is empty, too."""

    vmsd = needed_if(UART, "uart/received", lambda _: True)


class AlwaysSendsTheQueue(ReferenceDevices):
    """A subsection that need not be sent is sent."""

    devices = with_device(UartThatAlwaysSends())


class OtherOrder(ReferenceDevices):
    """The sections come in another order, which nothing depends on."""

    devices = DEVICES[::-1]
