"""Faults in subsections: when they are sent, what they are called, how they are found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.reference import ReferenceAdapter
from reference.compatibility.table import ITEMS
from reference.spapr.features import CCS_SUBSECTION
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import Rejected
from reference.vmstate.subsections import VERSION
from reference.wire.errors import UnknownSubsection
from reference.wire.frames import Section
from tests.faults.wrong import Amended, AmendedLoader, AmendedSaver, LoadsOtherwise


def amend_subsection(vmsd: VMStateDescription, idstr: str, **changes: Any) -> VMStateDescription:
    """The description with changes to the subsection ``idstr``, if it has that."""
    subsections = tuple(
        replace(one, **changes) if one.name == idstr else one for one in vmsd.subsections
    )
    return replace(vmsd, subsections=subsections)


class AlwaysSendsTheSubsection(Amended):
    """The subsection of walks in progress has no ``needed`` function: it is always sent."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take ``needed`` away."""
        return amend_subsection(vmsd, CCS_SUBSECTION, needed=None)


class SendsConnectorsAtRest(AmendedSaver):
    """A connector with a device is sent whatever its state, as before a32e900b8abf."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Ask for a device only."""
        if vmsd.name != "spapr_drc":
            return vmsd
        return replace(vmsd, needed=lambda connector: connector.device)


class SkipsLogicalConnectors(AmendedSaver):
    """The condition of ``spapr_drc`` looks at what is physical, much as before c618e300eb22."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Ask for more than there need be."""
        if vmsd.name != "spapr_drc":
            return vmsd
        needed = vmsd.needed or bool
        return replace(vmsd, needed=lambda one: one.physical and needed(one))


class ForgetsACapability(Amended):
    """A capability is in no stream and is not compared (1a7a31aec475, before it 64d4a5343173)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Leave the last one out."""
        kept = (one for one in vmsd.subsections if one.name != "spapr/cap/dawr1")
        return replace(vmsd, subsections=tuple(kept))


class CopiesAName(Amended):
    """A subsection has the name of another, as that of a TLB had before 203beb6f0474."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Call the process table what the events are called."""
        return amend_subsection(vmsd, "spapr_patb_entry", name="spapr_pending_events")


class SkipsUnknownSubsections(ReferenceAdapter):
    """A loader steps over the name and version of a subsection that it does not know."""

    @staticmethod
    def skips(_name: str) -> bool:
        """Whether it steps over a subsection of that name."""
        return True

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Cut what is not known out of the stream, and start again."""
        try:
            return super().load(stream, version, onto)
        except Exception as error:
            cause = error.__cause__
            if not isinstance(cause, UnknownSubsection):
                raise
            behind = cause.offset + 2 + stream[cause.offset + 1]
            if not self.skips(stream[cause.offset + 2 : behind].decode("latin-1")):
                raise
            behind += VERSION.size
            return self.load(stream[: cause.offset] + stream[behind:], version, onto)


class SkipsForeignSubsections(SkipsUnknownSubsections):
    """As `SkipsUnknownSubsections`, but only names that no version has."""

    @staticmethod
    def skips(name: str) -> bool:
        """Whether it is of another program."""
        return name not in {item.name.split(" ")[0] for item in ITEMS}


class LoadsSubsectionsInOrderOnly(AmendedLoader):
    """A loader goes through its own list of subsections once: one that comes late is too late."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Let each subsection compare its place with that of the last."""
        if vmsd.pre_load is None or vmsd.name != "spapr":
            return vmsd
        start = vmsd.pre_load
        places: list[int] = []

        def begin(machine: Machine) -> Any:
            places.clear()
            return start(machine)

        def check(place: int) -> Callable[[Any, int], Any]:
            def post_load(machine: Any, _version_id: int) -> Any:
                if places and place < places[-1]:
                    raise Rejected("a subsection comes late")
                places.append(place)
                return machine

            return post_load

        ordered = (
            replace(one, post_load=check(place)) for place, one in enumerate(vmsd.subsections)
        )
        return replace(vmsd, pre_load=begin, subsections=tuple(ordered))


class IgnoresTheVersionOfSubsections(AmendedLoader):
    """The version_id of a subsection is read, and not compared with anything."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Know all versions that the loader can read."""
        known = (replace(one, version_id=0xFF) for one in vmsd.subsections)
        return replace(vmsd, subsections=tuple(known))


class IgnoresTheVersionOfWindows(AmendedLoader):
    """As `IgnoresTheVersionOfSubsections`, but only in `spapr_iommu_ex`."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Know all versions of one subsection."""
        return amend_subsection(vmsd, "spapr_iommu_ex", version_id=0xFF)


class SkippingSections(Loading):
    """Steps over a section without fields that it does not know."""

    def section(self, section: Section) -> None:
        """Ignore connectors where they are not known."""
        if section.idstr.startswith("spapr_drc") and section.idstr not in self.plans:
            self.reader.take(4)
        else:
            super().section(section)


class SkipsUnknownSections(LoadsOtherwise):
    """A loader that has no connectors ignores their sections instead of rejecting the stream."""

    loading = SkippingSections


class AsksForAnotherPart(AmendedSaver):
    """The ``needed`` function of the process table asks whether options were negotiated."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Ask for two things where one is sent."""
        return amend_subsection(
            vmsd,
            "spapr_patb_entry",
            needed=lambda machine: machine.patb_entry and machine.ov5_cas.bitmap,
        )
