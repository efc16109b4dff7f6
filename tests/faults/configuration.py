"""Faults in configuration: a destination that follows the stream instead of its command line."""

from dataclasses import replace
from typing import Any

from msgspec import structs

from adapters.protocol import LoadRejected
from adapters.reference import ReferenceAdapter
from reference.spapr.capabilities import CAPABILITIES, capability
from reference.spapr.machine import Machine, OptionVector
from reference.vmstate.description import VMStateDescription
from tests.faults.wrong import AmendedLoader

CAPABILITY_NAMES = [one.name for one in CAPABILITIES]


class TakesTheCapabilities(AmendedLoader):
    """A capability that the stream has replaces that of the destination (1433e38cc840)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Put what was received into the configuration."""
        if vmsd.name != "spapr" or vmsd.post_load is None:
            return vmsd
        post_load = vmsd.post_load

        def take(sent: Any, version_id: int) -> Machine:
            machine: Machine = post_load(sent, version_id)
            received = {
                name: getattr(sent, f"mig_{name}")
                for name, value in machine.capabilities.items()
                if getattr(sent, f"mig_{name}") != value
            }
            if not received:
                return machine
            return structs.replace(machine, capabilities=machine.capabilities | received)

        return replace(vmsd, post_load=take)


class TakesTheCapabilitiesInPlace(AmendedLoader):
    """As `TakesTheCapabilities`, but the destination's own record is overwritten."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Write what was received into the dictionary that the caller has too."""
        if vmsd.name != "spapr" or vmsd.post_load is None:
            return vmsd
        post_load = vmsd.post_load

        def take(sent: Any, version_id: int) -> Machine:
            machine: Machine = post_load(sent, version_id)
            for name in machine.capabilities:
                machine.capabilities[name] = getattr(sent, f"mig_{name}")
            return machine

        return replace(vmsd, post_load=take)


class ComparesNoCapability(AmendedLoader):
    """A capability that the destination lacks is accepted (64d4a5343173: one was not compared)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Leave out the comparison of `spapr_caps_post_migration`."""
        if vmsd.name != "spapr" or vmsd.post_load is None:
            return vmsd
        post_load = vmsd.post_load

        def accept(sent: Any, version_id: int) -> Any:
            lowest = {
                f"mig_{name}": min(getattr(sent, f"mig_{name}"), capability(sent, name))
                for name in CAPABILITY_NAMES
            }
            return post_load(structs.replace(sent, **lowest), version_id)

        return replace(vmsd, post_load=accept)


class WantsEqualCapabilities(AmendedLoader):
    """A capability that is lower than the destination's is rejected too."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Make what is lower higher, so that it is rejected."""
        if vmsd.name != "spapr" or vmsd.post_load is None:
            return vmsd
        post_load = vmsd.post_load

        def compare(sent: Any, version_id: int) -> Any:
            lower = {
                f"mig_{name}": capability(sent, name) + 1
                for name in CAPABILITY_NAMES
                if getattr(sent, f"mig_{name}") < capability(sent, name)
            }
            return post_load(structs.replace(sent, **lower), version_id)

        return replace(vmsd, post_load=compare)


class TakesTheWindows(AmendedLoader):
    """The windows of the host bridge are taken from the stream (they were compared until 2.7)."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Put what should be ignored into the configuration."""
        if vmsd.name != "spapr_pci" or vmsd.post_load is None:
            return vmsd
        post_load = vmsd.post_load

        def take(sent: Any, version_id: int) -> Any:
            bridge = post_load(sent, version_id)
            return structs.replace(bridge, mem_win_addr=sent.mig_mem_win_addr)

        return replace(vmsd, post_load=take)


class ForgetsTheOptions(ReferenceAdapter):
    """What the guest negotiated is not loaded: the destination begins anew (62ef3760d4e4)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load all but the option vector."""
        return structs.replace(super().load(stream, version, onto), ov5_cas=OptionVector())


class WantsTheSameState(ReferenceAdapter):
    """The state of connectors is compared as configuration is: a guest that did something stays.

    Volatile bits were in an exact comparison before 625b370c45f4.
    """

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Reject a connector that is not as the destination has it."""
        machine = super().load(stream, version, onto)
        for one in machine.connectors:
            own = onto.connector(one.drc_index)
            if own is not None and one.dr_indicator != own.dr_indicator:
                raise LoadRejected(f"connector {one.drc_index:#x}: bad config data")
        return machine
