"""Faults in versions: which are accepted, and what the fields of older ones mean."""

from dataclasses import replace
from typing import Any

from msgspec import structs

from adapters.protocol import Cause, LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.clock import as_signed
from reference.spapr.machine import Machine
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import Rejected
from reference.vmstate.fields import uint32, with_tmp
from reference.vmstate.records import Record
from tests.faults.wrong import Amended, AmendedLoader

INT64_MAX = 2**63 - 1


class IgnoresTheVersion(AmendedLoader):
    """The version_id of a section is not compared with the highest that is known (13cde5088923)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Know all versions that there can be."""
        return replace(vmsd, version_id=0xFFFFFFFF)


class AcceptsTheNextVersion(AmendedLoader):
    """The host bridge of the next version is read as if it were of this one: off by one."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Know one version more in one section."""
        return replace(vmsd, version_id=vmsd.version_id + (vmsd.name == "spapr_pci"))


class ForgetsTheMinimumVersion(AmendedLoader):
    """The version_id of a section is not compared with the lowest that is known."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Have no minimum."""
        return replace(vmsd, minimum_version_id=0)


class LowersTheMinimumVersion(AmendedLoader):
    """The minimum is 1 where it should be 2: `spapr_iommu` and `spapr_pci` lost their oldest."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Accept version 1 of everything."""
        return replace(vmsd, minimum_version_id=1)


class RaisesTheMinimumVersion(Amended):
    """The minimum grew along with the version_id, without need (33a0c404fb90)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Accept the newest version only."""
        return replace(vmsd, minimum_version_id=vmsd.version_id)


class BumpsTheVersion(Amended):
    """A new program has a higher version_id without anything new in the section (33a0c404fb90)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Raise the version of `spapr` where it is 3 and knows all subsections."""
        newest = any(one.name == "spapr/cap/dawr1" for one in vmsd.subsections)
        return replace(vmsd, version_id=4) if newest else vmsd


class CountsFieldsForAVersion(Amended):
    """The version_id is initialised with a size: here, the number of fields (c1990468d5a1)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Have a version that changes with the fields."""
        if vmsd.name != "spapr":
            return vmsd
        return replace(vmsd, version_id=max(vmsd.version_id, len(vmsd.fields)))


class ForgetsTheVersionTest(Amended):
    """``rtc_offset`` lost its test: it is in version 3 too, as the writer and the reader agree."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take the tests of all fields of `spapr` away."""
        if vmsd.name != "spapr":
            return vmsd
        fields = tuple(replace(one, field_exists=None) for one in vmsd.fields)
        return replace(vmsd, fields=fields)


class NextIrq(Record, frozen=True):
    """What version 1 had in its first four bytes."""

    next_irq: int = 0


def must_be_zero(_machine: Machine, sent: NextIrq) -> dict[str, Any]:
    """A look at bytes that should not be looked at."""
    if sent.next_irq:
        raise Rejected(f"unused field holds {sent.next_irq:#x}")
    return {}


NEXT_IRQ = VMStateDescription(name="next_irq", fields=(uint32("next_irq"),), record=NextIrq)


class LooksAtUnusedFields(AmendedLoader):
    """A field that is no longer used has to be zero."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Compare the first field of `spapr`."""
        if vmsd.name != "spapr":
            return vmsd
        first = with_tmp(
            NEXT_IRQ,
            from_state=lambda _machine: NextIrq(),
            into_state=must_be_zero,
            field_exists=vmsd.fields[0].field_exists,
        )
        return replace(vmsd, fields=(first, *vmsd.fields[1:]))


def with_clock(vmsd: VMStateDescription, nanoseconds: Any) -> VMStateDescription:
    """`spapr` with another meaning of its seconds; ``nanoseconds`` makes the clock of them."""
    if vmsd.name != "spapr" or vmsd.post_load is None or vmsd.version_id < 3:
        return vmsd
    post_load = vmsd.post_load

    def import_rtc(sent: Any, version_id: int) -> Any:
        machine = post_load(sent, version_id)
        if version_id < 3:
            offset = nanoseconds(as_signed(sent.rtc_offset))
            machine = structs.replace(machine, rtc_ns_offset=offset)
        return machine

    return replace(vmsd, post_load=import_rtc)


class TakesSecondsForNanoseconds(AmendedLoader):
    """``rtc_offset`` of an old stream is taken over as it is."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Leave the number alone."""
        return with_clock(vmsd, lambda seconds: seconds)


class SaturatesTheClock(AmendedLoader):
    """``rtc_offset`` in nanoseconds is limited to 64 bits instead of reduced to them."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Stop at the ends of the range."""
        return with_clock(
            vmsd, lambda seconds: max(-INT64_MAX - 1, min(seconds * 10**9, INT64_MAX))
        )


class HalvesTheSeconds(AmendedLoader):
    """``rtc_offset`` of an old stream is taken for a number of 32 bits (c0a63857282a)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Lose the upper half of the number."""
        return with_clock(vmsd, lambda seconds: as_signed((seconds & 0xFFFFFFFF) * 10**9))


class BlamesTheVersion(ReferenceAdapter):
    """An unknown section is reported as one whose version is too new."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Give another reason."""
        try:
            return super().load(stream, version, onto)
        except LoadRejected as said:
            unknown = said.cause is Cause.UNKNOWN_PART
            raise LoadRejected(said.reason, Cause.TOO_NEW if unknown else said.cause) from said
