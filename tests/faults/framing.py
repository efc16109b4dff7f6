"""Faults in framing: header, configuration section, footers."""

from typing import ClassVar
from unittest.mock import patch

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from reference.wire import framing
from reference.wire.frames import STREAM_HEADER, Section, SectionType
from reference.wire.reader import Reader
from tests.faults.wrong import OtherTypes


class ConfiguresOldTypes(OtherTypes):
    """The configuration section is there for machine types before 2.4 too (09b5e30da5b1)."""

    since: ClassVar = {"send-configuration": (2, 1)}


class ConfiguresNoType(OtherTypes):
    """The configuration section is not there for any machine type."""

    since: ClassVar = {"send-configuration": (9999, 0)}


class FootersForOldTypes(OtherTypes):
    """Sections have footers for machine types before 2.4 too (ff14e817f6c5)."""

    since: ClassVar = {"send-section-footer": (2, 1)}


class NoFooters(OtherTypes):
    """Sections have no footers for any machine type."""

    since: ClassVar = {"send-section-footer": (9999, 0)}


class SkipsTheHeader(ReferenceAdapter):
    """The first eight bytes are stepped over."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Put the header there that should be."""
        return super().load(STREAM_HEADER + stream[len(STREAM_HEADER) :], version, onto)


class ReadsTheMagicOnly(ReferenceAdapter):
    """Streams of version 2 are read as if they were of version 3 (9366f4186025 changed it)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Put the version there that should be."""
        return super().load(stream[:4] + STREAM_HEADER[4:] + stream[8:], version, onto)


class SkipsFooters(ReferenceAdapter):
    """A footer is stepped over, whatever section_id it has (59f39a47411a was about that id)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Step over footers."""

        def skip(reader: Reader, _section: Section) -> None:
            if reader.next_is(SectionType.FOOTER):
                reader.take(5)

        with patch.object(framing, "_check_footer", skip):
            return super().load(stream, version, onto)


class SearchesForFooters(ReferenceAdapter):
    """A loader that misses a footer goes on to where the next one is."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Ignore what lies between a payload and its footer."""
        check = framing._check_footer  # noqa: SLF001 -- what the fault is about

        def search(reader: Reader, section: Section) -> None:
            while reader.remaining and not reader.next_is(SectionType.FOOTER):
                reader.take(1)
            check(reader, section)

        with patch.object(framing, "_check_footer", search):
            return super().load(stream, version, onto)
