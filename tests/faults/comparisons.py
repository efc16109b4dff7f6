"""Faults in what a load compares: configuration that must agree, and parts that must be there."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import ClassVar

from reference.spapr.configuration import CONFIGURATION
from reference.spapr.configuration import Configuration as Received
from reference.spapr.connector import Connector
from reference.spapr.devices import COMPARED_WINDOWS
from reference.spapr.loading import Loading
from reference.spapr.machine import IommuTable, Machine
from reference.spapr.versions import stream_version
from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, Scalar, Structure, VMStateDescription
from reference.vmstate.records import Record
from reference.wire.errors import ConfigurationRejected
from reference.wire.frames import Section
from tests.faults.wrong import AmendedLoader, LoadsOtherwise


def uncompared(vmsd: VMStateDescription, names: Iterable[str]) -> VMStateDescription:
    """The description with fields that are taken as they come."""

    def taken(one: Field) -> Field:
        if one.name not in names or not isinstance(one.info, Scalar):
            return one
        return dataclasses.replace(one, info=dataclasses.replace(one.info, check=None))

    return dataclasses.replace(vmsd, fields=tuple(map(taken, vmsd.fields)))


class TakesAnyBridge(AmendedLoader):
    """The number of the host bridge is not compared: state of another one is loaded."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take it as it comes."""
        return uncompared(vmsd, {"buid"}) if vmsd.name == "spapr_pci" else vmsd


class TakesAnyInterrupts(AmendedLoader):
    """The interrupts of the host bridge are not compared: those of the stream go nowhere."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take them as they come."""

        def taken(one: Field) -> Field:
            if not isinstance(one.info, Structure) or one.info.vmsd.name != "spapr_pci/lsi":
                return one
            inner = uncompared(one.info.vmsd, {"irq"})
            return dataclasses.replace(one, info=dataclasses.replace(one.info, vmsd=inner))

        return dataclasses.replace(vmsd, fields=tuple(map(taken, vmsd.fields)))


class TakesWindowsElsewhere(AmendedLoader):
    """Programs up to 2.7 do not compare where the windows of the host bridge lie."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take them as they come."""
        return uncompared(vmsd, {one.name for one in COMPARED_WINDOWS})


class TakesTablesOfAnySize(AmendedLoader):
    """Programs up to 2.6 do not compare how large a DMA window is (a26fdf393404)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take the number as it comes."""
        return uncompared(vmsd, {"nb_table"})


class TakesWindowsOfOthers(AmendedLoader):
    """The number of a DMA window within its section is not compared with that of the window."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take it as it comes."""
        return uncompared(vmsd, {"liobn"})


class Comparing(Loading):
    """Compares the machine type in another way."""

    fits: Callable[[str, str], bool]
    """Whether the name received is one for the local type."""

    def configuration(self) -> None:
        """Reject what does not fit."""
        offset = self.reader.position
        received: Received = compile_plan(CONFIGURATION).load(self.reader, Received(name=b""))
        if not type(self).fits(received.name.decode("latin-1"), self.kind.name):
            raise ConfigurationRejected("another machine type", offset=offset)


class WithoutCase(Comparing):
    """Takes upper and lower case for the same."""

    @staticmethod
    def fits(received: str, local: str) -> bool:
        """Compare in lower case."""
        return local.lower().startswith(received.lower())


class ComparesWithoutCase(LoadsOtherwise):
    """Of the name of a machine type upper and lower case are the same."""

    loading = WithoutCase


class Within(Comparing):
    """Looks for the name anywhere in the local one."""

    @staticmethod
    def fits(received: str, local: str) -> bool:
        """Look for it."""
        return received in local


class ComparesAnyPart(LoadsOtherwise):
    """A part of the name of a machine type will do, not only its beginning: ``5.0``."""

    loading = Within


class Never(Comparing):
    """Compares nothing in programs before 10.0."""

    @staticmethod
    def fits(_received: str, _local: str) -> bool:
        """Whatever it is, it fits."""
        return True


class ComparesNoNameBefore(LoadsOtherwise):
    """Programs before 10.0 step over the configuration section, as 2.3 did (902c053d834e)."""

    loading = Loading

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load in the way of the program."""
        self.loading = Never if stream_version(version).release < (10, 0) else Loading
        return super().load(stream, version, onto)


class FirstLetters(Comparing):
    """Compares as many letters as the names of the first machine types have."""

    @staticmethod
    def fits(received: str, local: str) -> bool:
        """Compare eleven letters: ``pseries-2.1`` is like ``pseries-2.11``, too."""
        return local[:11].startswith(received[:11])


class ComparesElevenLetters(LoadsOtherwise):
    """Programs before 10.0 compare eleven letters of a machine type: 2.10 is the same as 2.11."""

    loading = Loading

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load in the way of the program."""
        early = stream_version(version).release < (10, 0)
        self.loading = FirstLetters if early else Loading
        return super().load(stream, version, onto)


class PassingOver(Loading):
    """Reads the state of a part that the machine lacks, and keeps nothing of it."""

    lacking: ClassVar[dict[str, Callable[[int], Record]]]
    """What makes a part of the kind to load onto, by the idstr of its section."""

    def state(self, section: Section) -> bool:
        """Pass over a part that is not there."""
        makes, plan = self.lacking.get(section.idstr), self.plans.get(section.idstr)
        if makes is None or plan is None or section.instance_id in self.parts[section.idstr]:
            return super().state(section)
        plan.load(self.reader, makes(section.instance_id))
        return True


class PassingOverConnectors(PassingOver):
    """Passes over connectors."""

    lacking: ClassVar = dict.fromkeys(("spapr_drc", "spapr_drc/physical"), Connector)


class PassesOverConnectors(LoadsOtherwise):
    """State of a connector that the destination lacks is ignored (46f7afa37096: dummy entries)."""

    loading = PassingOverConnectors


class PassingOverWindows(PassingOver):
    """Passes over windows."""

    lacking: ClassVar = {"spapr_iommu": IommuTable}


class PassesOverWindows(LoadsOtherwise):
    """State of a DMA window that the destination lacks is ignored (46f7afa37096: dummy entries)."""

    loading = PassingOverWindows
