"""What wrong implementations are made of: other descriptions, or another way of loading."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar
from unittest.mock import patch

from adapters.protocol import LoadRejected, SaveRefused
from adapters.reference import ReferenceAdapter
from reference.spapr.loading import Loading, load_machine
from reference.spapr.machine import Machine
from reference.spapr.machine_types import SINCE, Release, UnknownMachineType
from reference.spapr.saving import beginning, save_machine
from reference.spapr.sections import plans
from reference.spapr.versions import known_machine_type, stream_version
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import SaveError
from reference.wire.errors import StreamError


class AmendedSaver(ReferenceAdapter, ABC):
    """The reference with other descriptions to save by."""

    @staticmethod
    @abstractmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """The description that this implementation has in place of ``vmsd``."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save by the other descriptions."""
        try:
            return save_machine(machine, version, amend=self.amend)
        except (SaveError, UnknownMachineType) as error:
            raise SaveRefused(str(error)) from error


class AmendedLoader(ReferenceAdapter, ABC):
    """The reference with other descriptions to load by."""

    @staticmethod
    @abstractmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """The description that this implementation has in place of ``vmsd``."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load by the other descriptions."""
        try:
            return load_machine(stream, version, onto, amend=self.amend)
        except (StreamError, UnknownMachineType) as error:
            raise LoadRejected(str(error)) from error


class Amended(AmendedSaver, AmendedLoader, ABC):
    """The reference with other descriptions to save and to load by."""


class LoadsOtherwise(ReferenceAdapter):
    """The reference with another `Loading`."""

    loading: type[Loading]

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load in the other way."""
        try:
            kind = known_machine_type(onto.machine_type, stream_version(version))
            known = plans(stream_version(version), kind.name)
            return self.loading(stream, kind, known, onto, None).machine()
        except (StreamError, UnknownMachineType) as error:
            raise LoadRejected(str(error)) from error


class OtherTypes(ReferenceAdapter):
    """The reference with properties that hold from another machine type on."""

    since: ClassVar[dict[str, Release]]

    @contextmanager
    def other_types(self) -> Iterator[None]:
        """Let the properties hold as this implementation has them."""
        beginning.cache_clear()
        with patch.dict(SINCE, self.since):
            yield
        beginning.cache_clear()

    def save(self, machine: Machine, version: str) -> bytes:
        """Save for the other types."""
        with self.other_types():
            return super().save(machine, version)

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load for the other types."""
        with self.other_types():
            return super().load(stream, version, onto)
