"""What a device is: registers, a state that is a value, and a description of it."""

from typing import Any, ClassVar, Protocol

from reference.vmstate.description import VMStateDescription
from reference.vmstate.records import Record

PORTS, MEMORY, CONFIG = "ports", "memory", "config"
"""The spaces of registers."""


class Bus(Protocol):
    """What a device can do to the rest of its machine."""

    now: int
    """The virtual clock in ns: it passes in moments only."""

    def set_line(self, line: int, *, level: bool) -> None:
        """Raise or lower an interrupt line."""

    def read_memory(self, address: int, size: int) -> bytes:
        """Guest memory; zeros where there is none."""

    def write_memory(self, address: int, data: bytes) -> None:
        """Write guest memory; nothing happens where there is none."""


class Device:
    """One device: its methods take its state and return the one that follows.

    ``name`` is that of its section and of its registers, which are ``size`` bytes in ``space`` from
    ``base`` on, each ``access`` bytes wide. ``fresh`` is its state after a reset.
    """

    name: ClassVar[str]
    space: ClassVar[str] = PORTS
    base: ClassVar[int]
    size: ClassVar[int]
    access: ClassVar[int] = 1
    vmsd: ClassVar[VMStateDescription]
    fresh: ClassVar[Record]

    def read(self, state: Any, offset: int, bus: Bus) -> tuple[int, Any]:
        """What the register at an offset holds, and the state once it was read."""
        raise NotImplementedError

    def write(self, state: Any, offset: int, value: int, bus: Bus) -> Any:
        """The state once a register was written."""
        raise NotImplementedError

    def moment(self, state: Any, bus: Bus) -> Any:  # noqa: ARG002 -- most have nothing to do
        """The state after a moment, in which the device does what it has put off."""
        return state

    def loaded(self, state: Any, bus: Bus) -> Any:  # noqa: ARG002 -- as above
        """The state once it was loaded, in a machine of which what comes first is there already."""
        return state

    def saving(self, state: Any, bus: Bus) -> Any:  # noqa: ARG002 -- as above
        """The state that is saved in place of that which goes on."""
        return state
