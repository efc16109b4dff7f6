"""Faults that a guest notices only when it goes on."""

import dataclasses

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.spapr.actions import (
    ISOLATED,
    AnyAction,
    ConfigureConnector,
    ConfigureConnectorStatus,
    Indicator,
    Reply,
    SetIndicator,
)
from reference.spapr.device_tree import flatten
from reference.spapr.flattened_tree import check
from reference.spapr.machine import Machine
from reference.spapr.walks import WORK_AREA_SIZE
from reference.vmstate.description import VMStateDescription
from tests.faults.wrong import AmendedLoader


class DeepensByOne(ReferenceAdapter):
    """After a load one more node is open than before: the walk does not find its end."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Count a node twice."""
        machine = super().load(stream, version, onto)
        walks = tuple(replace(one, fdt_depth=one.fdt_depth + 1) for one in machine.ccs_list)
        connectors = tuple(
            replace(one, ccs_depth=one.ccs_depth + (one.ccs_depth > 0))
            for one in machine.connectors
        )
        return replace(machine, ccs_list=walks, connectors=connectors)


class ForgetsTheDepth(ReferenceAdapter):
    """The offset of a walk arrives, its depth is 0."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Keep the offsets only."""
        machine = super().load(stream, version, onto)
        walks = tuple(replace(one, fdt_depth=0) for one in machine.ccs_list)
        return replace(machine, ccs_list=walks)


class KeepsAWalkAfterIsolation(ReferenceAdapter):
    """Isolating a connector does not drop its walk (QEMU 2.6 does it in rtas_set_indicator)."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Let isolation change no walk."""
        reply, after = super().call(machine, version, action)
        isolates = isinstance(action, SetIndicator) and (action.indicator, action.state) == (
            Indicator.ISOLATION_STATE,
            ISOLATED,
        )
        return reply, replace(after, ccs_list=machine.ccs_list) if isolates else after


class LoadsAWalkTwice(ReferenceAdapter):
    """A walk is in the list twice after a load: when it is finished, the other one is found."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Append the walks once more."""
        machine = super().load(stream, version, onto)
        return replace(machine, ccs_list=machine.ccs_list * 2)

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Drop but one of them at the end of a walk."""
        reply, after = super().call(machine, version, action)
        walks = machine.ccs_list
        indices = [one.drc_index for one in walks]
        if isinstance(action, ConfigureConnector) and indices.count(action.drc_index) > 1:
            place = indices.index(action.drc_index)
            first = next((it for it in after.ccs_list if it.drc_index == action.drc_index), None)
            kept = walks[:place] + ((first,) if first else ()) + walks[place + 1 :]
            after = replace(after, ccs_list=kept)
        return reply, after


class DeliversAnEventTwice(ReferenceAdapter):
    """The first event is in the queue twice after a load."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Queue it again."""
        machine = super().load(stream, version, onto)
        events = machine.pending_events
        return replace(machine, pending_events=events[:1] + events)


class TakesNanosecondsForSeconds(ReferenceAdapter):
    """The offset of the clock is taken for another unit than it has."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Divide it."""
        machine = super().load(stream, version, onto)
        return replace(machine, rtc_ns_offset=machine.rtc_ns_offset // 10**9)


class DropsTheUnplugRequest(ReferenceAdapter):
    """A device that the host asked for is not wanted any more after a load (ab8584349c)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Forget the request."""
        machine = super().load(stream, version, onto)
        connectors = tuple(replace(one, unplug_requested=False) for one in machine.connectors)
        return replace(machine, connectors=connectors)


class GuessesTheUnplugRequest(ReferenceAdapter):
    """Whether a device is wanted back is guessed from what the guest can set (16ee99805e06)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Take an indicator that asks for action for a request."""
        machine = super().load(stream, version, onto)
        connectors = tuple(
            replace(one, unplug_requested=one.unplug_requested or one.dr_indicator == 3)
            for one in machine.connectors
        )
        return replace(machine, connectors=connectors)


class BuildsTheTreeTooLate(ReferenceAdapter):
    """The destination starts a walk over when it builds the tree, though one was loaded.

    As QEMU 7.2 would, were the subsection all that is added.
    """

    def __init__(self) -> None:
        self.built: set[int] = set()

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load, without a tree."""
        self.built = set()
        return super().load(stream, version, onto)

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Build the tree at the first call that wants it, and begin at its start."""
        if isinstance(action, ConfigureConnector) and action.drc_index not in self.built:
            self.built.add(action.drc_index)
            connector = machine.connector(action.drc_index)
            if connector is not None:
                fresh = replace(connector, ccs_offset=-1, ccs_depth=-1)
                machine = machine.with_connector(fresh)
        return super().call(machine, version, action)


class BelievesInTheTree(ReferenceAdapter):
    """A tree that is none is a fatal error when the guest reads it."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Check the tree, and let the guest have the trouble."""
        if isinstance(action, ConfigureConnector):
            connector = machine.connector(action.drc_index)
            if connector is not None and connector.fdt:
                check(flatten(connector.fdt))
        return super().call(machine, version, action)


class TakesTheEndForSuccess(ReferenceAdapter):
    """A walk that runs out of its tree is called complete."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Answer 0 in place of -1."""
        reply, after = super().call(machine, version, action)
        if isinstance(action, ConfigureConnector) and (
            reply.status == ConfigureConnectorStatus.ERROR
        ):
            reply = replace(reply, status=0)
        return reply, after


class TakesAnyWalk(AmendedLoader):
    """A walk is not looked at when it is loaded."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Leave the check out."""
        parts = tuple(
            dataclasses.replace(one, post_load=None) if one.name == "spapr_drc/ccs" else one
            for one in vmsd.subsections
        )
        return dataclasses.replace(vmsd, subsections=parts)


class TakesTwoWalks(AmendedLoader):
    """Two walks of one connector are both taken, as by the patch of April 2016."""

    @staticmethod
    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        """Check the machine without its walks."""
        check_machine = vmsd.post_load
        if vmsd.name != "spapr" or check_machine is None:
            return vmsd

        def post_load(sent: Machine, version_id: int) -> Machine:
            machine: Machine = check_machine(replace(sent, ccs_list=()), version_id)
            return replace(machine, ccs_list=sent.ccs_list)

        return dataclasses.replace(vmsd, post_load=post_load)


class ReadsAPageOfTheTree(ReferenceAdapter):
    """A tree is copied into a page for the guest: what is beyond that is not there."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Answer with an error once the walk is beyond the page."""
        reply, after = super().call(machine, version, action)
        if isinstance(action, ConfigureConnector):
            walks = {one.drc_index: one.fdt_offset for one in machine.ccs_list}
            connector = machine.connector(action.drc_index)
            offset = connector.ccs_offset if connector else 0
            if walks.get(action.drc_index, offset) >= WORK_AREA_SIZE:
                return replace(reply, status=ConfigureConnectorStatus.ERROR), machine
        return reply, after
