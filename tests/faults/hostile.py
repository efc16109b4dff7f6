"""Faults with bad input: what is cut, corrupted or not there."""

from typing import Any
from unittest.mock import patch

from adapters.protocol import LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.connector import ConnectorState
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine
from reference.vmstate.steps import Count, Values
from reference.wire.errors import StreamError, Truncated, UnknownSectionType
from reference.wire.frames import Section, SectionType
from reference.wire.reader import Reader
from tests.faults.wrong import LoadsOtherwise

ENOUGH = 1 << 20
"""How many elements can be asked for before memory is short."""


class Lenient(Loading):
    """Ends where the stream ends."""

    def machine(self) -> Machine:
        """Take what was loaded so far for the machine."""
        try:
            return super().machine()
        except Truncated:
            return self.loaded


class AcceptsTheBeginning(LoadsOtherwise):
    """A stream that was cut loads as far as it goes."""

    loading = Lenient


class TakesTheEndForAMarker(ReferenceAdapter):
    """Where the stream is over a 0 is read, which is the end marker (as qemu_get_byte does)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Read one more 0 where a stream ends too early."""
        try:
            return super().load(stream, version, onto)
        except LoadRejected:
            return super().load(stream + b"\0", version, onto)


class Undaunted(Loading):
    """Goes on with the section behind one that fails."""

    def section(self, section: Section) -> None:
        """Step over what is left of a section that cannot be loaded."""
        try:
            super().section(section)
        except StreamError:
            if section.idstr in {"ram", "spapr/htab"} or not self.kind.has("send-section-footer"):
                raise
            while not self.reader.next_is(SectionType.FOOTER):
                self.reader.take(1)


class GoesOnAfterAnError(LoadsOtherwise):
    """An error in a section does not end the load: it goes on with the next (cd4c0da6dbea)."""

    loading = Undaunted


class ByName(Loading):
    """Looks sections up in a dictionary."""

    def section(self, section: Section) -> None:
        """Expect that they are there."""
        if section.idstr not in {"ram", "spapr/htab"}:
            self.plans[section.idstr]
        super().section(section)


class LooksUpSections(LoadsOtherwise):
    """An unknown section is an error that nobody catches."""

    loading = ByName


class AssertsTheType(ReferenceAdapter):
    """An unknown type of section is an assertion that fails."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Abort on what should be rejected."""
        try:
            return super().load(stream, version, onto)
        except LoadRejected as error:
            if isinstance(error.__cause__, UnknownSectionType):
                raise AssertionError("can't happen") from error  # noqa: TRY004 -- the fault is an assertion
            raise


class IndexesByState(ReferenceAdapter):
    """The state of a connector is an index before it is checked (as in d8d0a0bc7e19)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Look the states up."""
        machine = super().load(stream, version, onto)
        for one in machine.connectors:
            list(ConnectorState)[one.state]
        return machine


class BelievesCounts(ReferenceAdapter):
    """Memory is asked for before the elements are read (71f7fe48e10a, d2ef4b61fe6d)."""

    counts: frozenset[str] | None = None
    """The fields that are believed, or all."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Allocate as many elements as a count says."""
        loaded = Count.loaded

        def believe(count: Count, reader: Reader, values: Values) -> int:
            number = loaded(count, reader, values)
            if number >= ENOUGH and (self.counts is None or count.count in self.counts):
                raise MemoryError(f"{number} elements")
            return number

        with patch.object(Count, "loaded", believe):
            return super().load(stream, version, onto)


class BelievesTheSizeOfAWindow(BelievesCounts):
    """The table of a DMA window is made as large as the stream says (a26fdf393404)."""

    counts = frozenset({"mig_nb_table"})


class BelievesTheNumberOfMsis(BelievesCounts):
    """The table of MSIs is made as large as the stream says."""

    counts = frozenset({"msi_devs_num"})


class BelievesTheSizeOfATree(BelievesCounts):
    """The device tree is made as large as the stream says (a890a2f9137a)."""

    counts = frozenset({"fdt_size"})


class BelievesTheSizeOfAnEvent(BelievesCounts):
    """The log of a pending event is made as large as the stream says (as in 98f93ddd8480)."""

    counts = frozenset({"extended_length"})


class TakesNegativeForNone(ReferenceAdapter):
    """A negative count is below the maximum, and no element is read (71f7fe48e10a)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Read no element where there are fewer."""

        def clamp(count: Count, _reader: Reader, values: dict[str, Any]) -> int:
            number = count.count if isinstance(count.count, int) else int(values[count.count])
            return max(0, number) * count.multiply

        with patch.object(Count, "loaded", clamp):
            return super().load(stream, version, onto)
