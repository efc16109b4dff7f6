"""Faults in descriptions: needed functions and version tests."""

from abc import ABC, abstractmethod
from dataclasses import replace

from adapters.protocol import LoadRejected, SaveRefused
from adapters.reference import ReferenceAdapter
from reference.spapr.loading import load_machine
from reference.spapr.machine import Machine
from reference.spapr.saving import save_machine
from reference.spapr.spapr import CCS_SUBSECTION
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import SaveError
from reference.wire.errors import StreamError


class Amended(ReferenceAdapter, ABC):
    """The reference with other descriptions."""

    @staticmethod
    @abstractmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """The description that this implementation has in place of ``vmsd``."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save by the other descriptions."""
        try:
            return save_machine(machine, version, amend=self.amend)
        except SaveError as error:
            raise SaveRefused(str(error)) from error

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load by the other descriptions."""
        try:
            return load_machine(stream, version, onto, amend=self.amend)
        except StreamError as error:
            raise LoadRejected(str(error)) from error


class AlwaysSendsTheSubsection(Amended):
    """The subsection of walks in progress has no ``needed`` function: it is always sent."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take ``needed`` away."""
        subsections = tuple(
            replace(one, needed=None) if one.name == CCS_SUBSECTION else one
            for one in vmsd.subsections
        )
        return replace(vmsd, subsections=subsections)


class ForgetsTheVersionTest(Amended):
    """``rtc_offset`` lost its test: it is in version 3 too, as the writer and the reader agree."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Take the tests of all fields of `spapr` away."""
        if vmsd.name != "spapr":
            return vmsd
        fields = tuple(replace(one, field_exists=None) for one in vmsd.fields)
        return replace(vmsd, fields=fields)
