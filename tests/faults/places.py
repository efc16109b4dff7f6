"""Faults in where the parts of a stream stand, how often, and for which instance."""

from dataclasses import replace as amended
from typing import Any

from msgspec.structs import replace

from reference.spapr.connector import Connector
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine, OptionVector
from reference.vmstate.description import VMStateDescription
from reference.wire.frames import Section
from tests.faults.wrong import AmendedLoader, LoadsOtherwise

OPTIONS = "spapr_option_vector_ov5_cas"


class AnyInstance(Loading):
    """Does not look at the instance_id of what there is one of."""

    def section(self, section: Section) -> None:
        """Take it for the first."""
        if section.idstr in {"spapr", "spapr_pci", "spapr/rtc"}:
            section = replace(section, instance_id=0)
        super().section(section)


class LoadsAnyInstance(LoadsOtherwise):
    """State of a second host bridge or clock is loaded into the only one (cc71c7760e26's like)."""

    loading = AnyInstance


class TheOnlyConnector(Loading):
    """Gives the state of any connector to the one there is."""

    def section(self, section: Section) -> None:
        """Take it for that."""
        if section.idstr.startswith("spapr_drc") and len(self.connectors) == 1:
            section = replace(section, instance_id=next(iter(self.connectors)))
        super().section(section)


class LoadsTheOnlyConnector(LoadsOtherwise):
    """A machine with one connector loads the state of another one into it.

    Where the instance_id is not there, the first of that name is taken (as for ca22a3a3758e).
    """

    loading = TheOnlyConnector


class Adding(Loading):
    """Adds the interrupts of a host bridge to those that it has."""

    def section(self, section: Section) -> None:
        """Keep what was loaded before."""
        before = self.bridge.msis
        super().section(section)
        if section.idstr == "spapr_pci":
            self.bridge = replace(self.bridge, msis=before + self.bridge.msis)


class AddsUpInterrupts(LoadsOtherwise):
    """The message interrupts of a section that is there twice are there twice (468ec9a0d)."""

    loading = Adding


class Finishing(Loading):
    """Attaches connectors where `spapr` is loaded, unless none was there before."""

    seen = False

    def section(self, section: Section) -> None:
        """Let nothing change a connector after that."""
        super().section(section)
        self.seen = self.seen or section.idstr.startswith("spapr_drc")
        if section.idstr == "spapr" and self.seen:
            self.connectors = dict(self.connectors)


class FinishesInTheMiddle(LoadsOtherwise):
    """Connectors before the section of the machine are loaded, or those behind it, but not both.

    Hot-plugged CPUs come behind it, others before (310cda5b5e9d).
    """

    loading = Finishing


class LooksForOptionsAtTheEnds(AmendedLoader):
    """The option vector is found where it is the first or the last subsection, and else lost."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Note what is loaded, and forget the options afterwards."""
        start, finish = vmsd.pre_load, vmsd.post_load
        if vmsd.name != "spapr" or start is None or finish is None:
            return vmsd
        names: list[str] = []

        def begin(machine: Machine) -> Any:
            names.clear()
            return start(machine)

        def note(one: VMStateDescription) -> VMStateDescription:
            def post_load(machine: Any, _version_id: int) -> Any:
                names.append(one.name)
                return machine

            return amended(one, post_load=post_load)

        def end(sent: Any, version_id: int) -> Machine:
            machine: Machine = finish(sent, version_id)
            if OPTIONS in names[1:-1]:
                return replace(machine, ov5_cas=OptionVector())
            return machine

        subsections = tuple(map(note, vmsd.subsections))
        return amended(vmsd, pre_load=begin, post_load=end, subsections=subsections)


class ForgetsAWalkBeforeARequest(AmendedLoader):
    """That a device is wanted back ends its walk, if it is read after that (454b580ae9ae)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """End the walk with the request."""

        def end(connector: Connector, _version_id: int) -> Connector:
            return replace(connector, ccs_offset=-1, ccs_depth=-1)

        def ending(one: VMStateDescription) -> VMStateDescription:
            return amended(one, post_load=end) if one.name == "spapr_drc/unplug_requested" else one

        return amended(vmsd, subsections=tuple(map(ending, vmsd.subsections)))
