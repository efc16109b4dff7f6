"""Faults in counts and lengths at the stream versions where nobody looks at them.

A count near the end of its type wraps when something is added to it, and too little memory is
asked for: the program writes behind it, which is an exception here.
"""

from abc import ABC, abstractmethod
from unittest.mock import patch

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from reference.vmstate.steps import Count, Values
from reference.wire.reader import Reader

HEADER = 8
"""How much is added to a number before memory is asked for."""
UNSIGNED, SIGNED = 1 << 32, 1 << 31
"""Where a number wraps."""


class Wraps(ReferenceAdapter, ABC):
    """A count or length wraps when a header is added (98f93ddd8480: asked for n, more read)."""

    @staticmethod
    @abstractmethod
    def wraps(version: str) -> tuple[str, int]:
        """Of a version, the field and where it wraps; no field, where that is looked at."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Ask for memory for the field."""
        field, end = self.wraps(version)
        loaded = Count.loaded

        def ask(count: Count, reader: Reader, values: Values) -> int:
            number = loaded(count, reader, values)
            if count.count == field and number + HEADER >= end:
                raise MemoryError(f"{number} of {field}")
            return number

        with patch.object(Count, "loaded", ask):
            return super().load(stream, version, onto)


class WrapsTheSizeOfATree(Wraps):
    """The length of a device tree wraps at 5.0 and 7.1; a real QEMU dies of it, from 4.0 on."""

    @staticmethod
    def wraps(version: str) -> tuple[str, int]:
        """Not at 4.0, where it was looked for."""
        return ("fdt_size" if version in {"5.0", "7.1"} else "", UNSIGNED)


class WrapsTheNumberOfMsis(Wraps):
    """The number of devices with message interrupts wraps at 2.7 to 5.0 (cc45995294b9)."""

    @staticmethod
    def wraps(version: str) -> tuple[str, int]:
        """Not at the first and the last versions."""
        middle = {"2.7", "2.8", "2.9", "2.10", "2.12", "3.1", "4.0", "5.0"}
        return ("msi_devs_num" if version in middle else "", SIGNED)


class WrapsTheNumberOfWalks(Wraps):
    """The number of walks wraps in the series of 2016, which has it as the first patches had."""

    @staticmethod
    def wraps(version: str) -> tuple[str, int]:
        """Only there."""
        return ("ccs_list_num" if version == "3+series" else "", SIGNED)


class WrapsTheSizeOfAnEvent(Wraps):
    """The length of an event's log wraps at 2.12 to 5.0 and in the series of 2016."""

    @staticmethod
    def wraps(version: str) -> tuple[str, int]:
        """Not at 2.10, where it came from."""
        versions = {"3+series", "2.12", "3.1", "4.0", "5.0"}
        return ("extended_length" if version in versions else "", UNSIGNED)


class WrapsTheSizeOfAWindow(Wraps):
    """The size of a DMA window wraps at 2.8 to 5.0 (5f691ff91d32)."""

    @staticmethod
    def wraps(version: str) -> tuple[str, int]:
        """Neither at 2.7, where it came from, nor where the section changed."""
        versions = {"2.8", "2.9", "2.10", "2.12", "3.1", "4.0", "5.0"}
        return ("mig_nb_table" if version in versions else "", UNSIGNED)
