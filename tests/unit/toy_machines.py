"""A machine of eight bytes of registers, for tests of the oracle of devices."""

from collections.abc import Sequence

from adapters.answers import Died, LoadRejected, SaveRefused, Unsupported
from adapters.driven import (
    PAGE_SIZE,
    Action,
    DrivenMachine,
    Fill,
    Handed,
    Moment,
    Plugged,
    Read,
    Region,
    Reset,
    Space,
    Write,
)

PAGES = 2


class ToyMachine:
    """Eight registers of one byte each; the last counts the moments. Faults override a method."""

    regions: tuple[Region, ...] = (Region("toy", Space.MEMORY, 0x1000, 8, "toy", 1),)
    pages, memory_base = PAGES, 0

    def __init__(self) -> None:
        self.registers = bytearray(8)
        self.content = bytearray(PAGES * PAGE_SIZE)
        self.closed = False

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """As `DrivenMachine.perform`."""
        answers = []
        for one in actions:
            if isinstance(one, Read):
                answers.append(self.read(one.offset))
            elif isinstance(one, Write):
                self.registers[one.offset] = one.value & 0xFF
            elif isinstance(one, Reset):
                self.registers[:] = bytes(8)
            elif isinstance(one, Moment):
                self.registers[7] = min(self.registers[7] + 1, 255)
            elif isinstance(one, Fill):
                self.content[one.page * PAGE_SIZE] = len(one.contents)
        return answers

    def read(self, offset: int) -> int:
        """What a register holds."""
        return self.registers[offset]

    def memory(self) -> bytes:
        """As `DrivenMachine.memory`."""
        return bytes(self.content)

    def save(self) -> Handed:
        """As `DrivenMachine.save`."""
        return Handed(bytes(self.registers), self.memory())

    def migrate(self) -> Handed:
        """As `DrivenMachine.migrate`."""
        return self.save()

    def resume(self, handed: Handed) -> None:
        """As `DrivenMachine.resume`."""
        self.registers[:] = handed.stream
        self.content[:] = handed.memory

    def close(self) -> None:
        """As `DrivenMachine.close`."""
        self.closed = True


class Toys:
    """The adapter of toy machines."""

    machine: type[ToyMachine] = ToyMachine
    reuses = True

    def describe(self) -> Plugged:
        """As `DrivenAdapter.describe`."""
        return Plugged("toys", "1.0", "toy board", ("toy",), reuses=self.reuses)

    def start(self) -> DrivenMachine:
        """As `DrivenAdapter.start`."""
        return self.machine()

    def load(self, handed: Handed) -> DrivenMachine:
        """As `DrivenAdapter.load`."""
        machine = self.machine()
        machine.resume(handed)
        return machine


class Forgetful(ToyMachine):
    """Register 3 is not in its stream."""

    def resume(self, handed: Handed) -> None:
        """See the class."""
        super().resume(handed)
        self.registers[3] = 0


class Lasting(ToyMachine):
    """Register 3 is not in its stream, and no reset clears it."""

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """See the class."""
        answers = []
        for one in actions:
            kept = self.registers[3]
            answers += super().perform([one])
            if isinstance(one, Reset):
                self.registers[3] = kept
        return answers

    def resume(self, handed: Handed) -> None:
        """See the class."""
        kept = self.registers[3]
        super().resume(handed)
        self.registers[3] = kept


class Counting(ToyMachine):
    """Register 2 counts how often it was read on all machines."""

    count = 0

    def read(self, offset: int) -> int:
        """See the class."""
        if offset == 2:
            Counting.count += 1
            return Counting.count % 251
        return super().read(offset)


class Sticky(ToyMachine):
    """Becoming another machine, which fresh ones need not, it forgets register 3."""

    def resume(self, handed: Handed) -> None:
        """See the class."""
        super().resume(handed)
        if self.registers[7]:
            self.registers[3] = 0


class Picky(ToyMachine):
    """It does not load a register 1 above 0x7f."""

    def resume(self, handed: Handed) -> None:
        """See the class."""
        if handed.stream[1] > 0x7F:
            raise LoadRejected("register 1 is too large")
        super().resume(handed)


class Fragile(ToyMachine):
    """A guest that writes 0xff into register 0 ends it."""

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """See the class."""
        answers = super().perform(actions)
        if self.registers[0] == 0xFF:
            raise Died("assertion failed: registers[0] != 0xff")
        return answers


class Eager(ToyMachine):
    """What a moment would do, it does when it is saved: nobody can tell."""

    def perform(self, actions: Sequence[Action]) -> list[int]:
        """See the class."""
        answers = super().perform(actions)
        self.registers[7] = 1 if any(isinstance(one, Moment) for one in actions) else 0
        return answers

    def save(self) -> Handed:
        """See the class."""
        self.registers[7] = 1
        return super().save()


class Stuck(ToyMachine):
    """It cannot be saved at all."""

    def save(self) -> Handed:
        """See the class."""
        raise SaveRefused("toy migration is not supported")


class Forgetting(Toys):
    """Whose machines lose a register."""

    machine = Forgetful


class Absent(Toys):
    """Whose machines do not start."""

    def start(self) -> DrivenMachine:
        """See the class."""
        raise Unsupported("'toy' is not a valid device model name")


class Blocked(Toys):
    """Whose machines cannot be migrated."""

    machine = Stuck
