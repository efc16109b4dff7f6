"""What the host does to a machine: plug, ask back, shut down, reset."""

from msgspec.structs import replace

from reference.spapr.actions import (
    DONE,
    IMPOSSIBLE,
    HotPlug,
    PowerDown,
    Reply,
    RequestUnplug,
    Reset,
)
from reference.spapr.connector import Connector, ConnectorType
from reference.spapr.device_tree import flatten
from reference.spapr.events import ADD, KEPT_ON_RESET, REMOVE, hot_plug, power_off, queued
from reference.spapr.flattened_tree import check
from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release


def plug(machine: Machine, _release: Release, action: HotPlug) -> tuple[Reply, Machine]:
    """Attach a device; the guest is told and finds it isolated (spapr_drc_attach).

    Raises `NotATree` for a device tree that is none.
    """
    connector = machine.connector(action.drc_index)
    if connector is None or connector.device:
        return IMPOSSIBLE, machine
    check(flatten(action.fdt))
    event = hot_plug(machine, action.drc_index, ADD, action.plid)
    return DONE, queued(machine.with_connector(connector.attached(action.fdt)), event)


def request_unplug(
    machine: Machine, _release: Release, action: RequestUnplug
) -> tuple[Reply, Machine]:
    """Ask for a device; one that the guest has not taken is gone at once (spapr_drc_detach).

    A CPU may be asked for again, the others not; and of a PCI device that is gone no guest is told
    (measured on 7.2).
    """
    connector = machine.connector(action.drc_index)
    if connector is None or not connector.device:
        return IMPOSSIBLE, machine
    if connector.unplug_requested and connector.kind != ConnectorType.CPU:
        return IMPOSSIBLE, machine
    taken = connector.state != connector.empty_state
    asked = replace(connector, unplug_requested=True) if taken else connector.released()
    machine = machine.with_connector(asked)
    if taken or not connector.physical:
        machine = queued(machine, hot_plug(machine, action.drc_index, REMOVE, action.plid))
    return DONE, machine


def power_down(machine: Machine, _release: Release, action: PowerDown) -> tuple[Reply, Machine]:
    """Ask the guest to shut down."""
    return DONE, queued(machine, power_off(action.plid))


def given_back_at_reset(connector: Connector) -> Connector:
    """A connector whose device goes with a reset.

    Its indicator is reset before that, and shows a device afterwards (drc_physical_reset; measured
    on 7.2).
    """
    shown = 1 if connector.physical else 0
    return replace(connector.released().fresh(), dr_indicator=shown)


def reset(machine: Machine, release: Release, _action: Reset) -> tuple[Reply, Machine]:
    """Start again: walks are dropped and devices that were asked for are gone.

    The clocks go on (hw/ppc/spapr.c, spapr_machine_reset; hw/ppc/spapr_drc.c, spapr_drc_reset).
    """
    connectors = tuple(
        given_back_at_reset(one) if one.unplug_requested else one.fresh()
        for one in machine.connectors
    )
    return DONE, replace(
        machine.fresh(),
        connectors=connectors,
        tb=machine.tb,
        rtc_ns_offset=machine.rtc_ns_offset,
        pending_events=machine.pending_events if release <= KEPT_ON_RESET else (),
    )
