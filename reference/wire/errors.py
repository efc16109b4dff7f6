"""What can be wrong with a stream.

A stream is read front to back, and each step has its own error: the eight bytes of the header
(`NotAMigrationStream`), the configuration section (`ConfigurationRejected`), the type byte of a
section (`UnknownSectionType`), its name (`UnknownSection`), its version (`VersionRejected`), its
fields (`Truncated`, `FieldRejected`), its subsections (`UnknownSubsection`), its footer
(`FooterRejected`), a command (`UnknownCommand`), and what follows the end
(`DescriptionRejected`). A legal stream that uses something this project does not read is
`NotSupported`. All of them are a `StreamError`.
"""

from enum import StrEnum
from typing import ClassVar, Self


class Cause(StrEnum):
    """Why a stream was rejected, where that is known."""

    TOO_NEW = "too new"
    """A section or subsection has a version above the one that is known."""
    TOO_OLD = "too old"
    """Or one below the minimum."""
    UNKNOWN_PART = "unknown part"
    """A section or subsection is unknown."""
    CAPABILITY = "capability"
    """The source is capable of more than the destination."""
    MACHINE_TYPE = "machine type"
    """The stream is of a machine of another type."""
    VALUE = "value"
    """A field holds what it must not hold."""
    FRAMING = "framing"
    """The bytes are no stream, or sections end elsewhere than they should."""


class StreamError(Exception):
    """A stream that cannot be loaded: what is wrong, where, and what to do.

    ``offset`` counts bytes from the start of the stream. ``section`` is the name of the section
    as the stream spells it, with its instance (``spapr_iommu/0x80000000``). ``path`` leads from
    the section to the field, outermost first.
    """

    advice: ClassVar[str] = "Compare the bytes there with the layout in docs/specification.md."
    cause: ClassVar[Cause | None] = None

    def __init__(
        self, problem: str, *, offset: int, section: str = "", path: tuple[str, ...] = ()
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.offset = offset
        self.section = section
        self.path = path

    @property
    def field(self) -> str:
        """The path as one word: ``tb.guest_timebase``; empty outside any field."""
        return ".".join(self.path)

    def inside(self, name: str) -> Self:
        """Say that the error happened inside the field or subsection ``name``."""
        self.path = (name, *self.path)
        return self

    def in_section(self, name: str) -> Self:
        """Say which section the error happened in."""
        self.section = self.section or name
        return self

    @property
    def located(self) -> str:
        """What is wrong and where; what a loader's user is to do is not in it."""
        where = [f"byte {self.offset:#x}"]
        if self.section:
            where.append(f"section {self.section}")
        if self.path:
            where.append(f"field {self.field}")
        return f"{self.problem} ({', '.join(where)})"

    def __str__(self) -> str:
        return f"{self.located}. {self.advice}"


class NotAMigrationStream(StreamError):
    """The first eight bytes are not those of a version 3 stream."""

    advice = "A stream starts with 'QEVM' and the version 3; unpack it first if it is compressed."
    cause = Cause.FRAMING


class Truncated(StreamError):
    """The stream ends before what it announced."""

    advice = "Check that the stream was copied whole; else a length before this byte is wrong."
    cause = Cause.FRAMING


class ConfigurationRejected(StreamError):
    """The configuration section does not fit the machine that should load it."""

    advice = "Start the destination with the machine type and capabilities of the source."
    cause = Cause.MACHINE_TYPE


class UnknownSectionType(StreamError):
    """A byte that should start a section is none of the known types."""

    advice = (
        "The payload before it was probably longer or shorter than its description says; "
        "compare versions and subsections of that section."
    )
    cause = Cause.FRAMING


class UnknownSection(StreamError):
    """No state is registered under this name and instance."""

    advice = "Give the destination the devices of the source, hot-plugged ones included."
    cause = Cause.UNKNOWN_PART


class UnknownCommand(StreamError):
    """A command that means nothing."""

    advice = "Load it with a newer program, or migrate without what the command is for."
    cause = Cause.UNKNOWN_PART


class VersionRejected(StreamError):
    """A version_id outside of what the loader accepts."""

    advice = "Load it with a newer program, or save it with an older one."
    cause = Cause.TOO_NEW


class VersionTooOld(VersionRejected):
    """A version_id below the minimum."""

    cause = Cause.TOO_OLD


class UnknownSubsection(StreamError):
    """A subsection of a known section that the loader has never heard of."""

    advice = (
        "The source needed it to express its state: wait until it no longer does, "
        "or load it with a program that knows it."
    )
    cause = Cause.UNKNOWN_PART


class FieldRejected(StreamError):
    """A value that was read whole and cannot be accepted."""

    advice = "Compare source and destination configuration, or look for corruption."


class FooterRejected(StreamError):
    """A section that does not end where its description says it should."""

    advice = (
        "The two programs disagree about the layout of this section; compare field by field, "
        "starting with the conditions of optional fields and subsections."
    )
    cause = Cause.FRAMING


class DescriptionRejected(StreamError):
    """The vmdescription behind the stream is not what the format allows."""

    advice = "A load does not need the vmdescription; cut it off, or save the stream again."


class NotSupported(StreamError):
    """A legal stream that this project does not read."""

    advice = "Save it again without that capability."
