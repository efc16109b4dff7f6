"""The reference, plugged in like any other implementation."""

from adapters.protocol import Ability, Implementation, LoadRejected, SaveRefused, Support
from reference.inspection.others import Others
from reference.spapr.actions import AnyAction, Reply
from reference.spapr.guest import act
from reference.spapr.loading import load_machine
from reference.spapr.machine import Machine
from reference.spapr.machine_types import UnknownMachineType
from reference.spapr.saving import save_machine
from reference.spapr.versions import STREAM_VERSIONS
from reference.vmstate.errors import SaveError
from reference.wire.errors import Cause, StreamError


class ReferenceAdapter:
    """The reference as an adapter. A wrong implementation is most easily made by subclassing it."""

    def describe(self) -> Implementation:
        """All stream versions, and all abilities: it can hold any machine."""
        return Implementation(
            name="reference",
            release="0.1.0",
            versions=dict.fromkeys(STREAM_VERSIONS, Support()),
            abilities=frozenset(Ability) - {Ability.FIT, Ability.WHOLE_MACHINES},
        )

    def save(self, machine: Machine, version: str) -> bytes:
        """As `reference.spapr.saving.save_machine`."""
        try:
            return save_machine(machine, version)
        except (SaveError, UnknownMachineType) as error:
            raise SaveRefused(str(error)) from error

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """As `reference.spapr.loading.load_machine`; what only whole machines have is ignored."""
        try:
            return load_machine(stream, version, onto, skip=Others(stream, onto.machine_type))
        except StreamError as error:
            raise LoadRejected(str(error), error.cause) from error
        except UnknownMachineType as error:
            raise LoadRejected(str(error), Cause.MACHINE_TYPE) from error

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """As `reference.spapr.guest.act`."""
        return act(machine, version, action)
