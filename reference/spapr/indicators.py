"""set-indicator and get-sensor-state: a connector on its way from empty to configured and back.

The rows are those of QEMU's hw/ppc/spapr_drc.c, drc_isolate_physical to drc_set_unusable; measured
on 7.2 (tests/captures/transcripts). Before 2.10 the state was made of several variables
(hw/ppc/spapr_drc.c of 2.6, set_isolation_state and set_allocation_state), of which a guest that
isolates could see a little more; the rows that differ are marked. An allocation state that is
changed while the connector is not isolated is as since 2.10.
"""

from msgspec.structs import replace

from reference.spapr.actions import (
    ENTITY_SENSE,
    ISOLATED,
    UNISOLATED,
    UNUSABLE,
    USABLE,
    GetSensorState,
    Indicator,
    Reply,
    SetIndicator,
    Status,
)
from reference.spapr.connector import Connector, ConnectorState, ConnectorType
from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release
from reference.spapr.walks import GUEST_REFUSES, WALKS_IN_CONNECTORS, drop_walk

POWERON = ConnectorState.PHYSICAL_POWERON
PHYSICAL_UNISOLATE = ConnectorState.PHYSICAL_UNISOLATE
PHYSICAL_CONFIGURED = ConnectorState.PHYSICAL_CONFIGURED
LOGICAL_UNUSABLE = ConnectorState.LOGICAL_UNUSABLE
AVAILABLE = ConnectorState.LOGICAL_AVAILABLE
LOGICAL_UNISOLATE = ConnectorState.LOGICAL_UNISOLATE
LOGICAL_CONFIGURED = ConnectorState.LOGICAL_CONFIGURED

ISOLATION, ALLOCATION = Indicator.ISOLATION_STATE, Indicator.ALLOCATION_STATE

TRANSITIONS: dict[tuple[bool, int, int], dict[int, ConnectorState]] = {
    # Physical, indicator, value: from which state to which. From others it is not allowed.
    (True, ISOLATION, ISOLATED): {POWERON: POWERON, PHYSICAL_CONFIGURED: POWERON},
    (True, ISOLATION, UNISOLATED): {
        POWERON: PHYSICAL_UNISOLATE,
        PHYSICAL_UNISOLATE: PHYSICAL_UNISOLATE,
        PHYSICAL_CONFIGURED: PHYSICAL_CONFIGURED,
    },
    (False, ISOLATION, ISOLATED): {
        LOGICAL_UNUSABLE: LOGICAL_UNUSABLE,
        AVAILABLE: AVAILABLE,
        LOGICAL_CONFIGURED: AVAILABLE,
    },
    (False, ISOLATION, UNISOLATED): {
        AVAILABLE: LOGICAL_UNISOLATE,
        LOGICAL_UNISOLATE: LOGICAL_UNISOLATE,
        LOGICAL_CONFIGURED: LOGICAL_CONFIGURED,
    },
    (False, ALLOCATION, USABLE): {
        LOGICAL_UNUSABLE: AVAILABLE,
        AVAILABLE: AVAILABLE,
        LOGICAL_UNISOLATE: LOGICAL_UNISOLATE,
        LOGICAL_CONFIGURED: LOGICAL_CONFIGURED,
    },
    (False, ALLOCATION, UNUSABLE): {
        LOGICAL_UNUSABLE: LOGICAL_UNUSABLE,
        AVAILABLE: LOGICAL_UNUSABLE,
    },
}
ISOLATED_BEFORE_2_10 = {PHYSICAL_UNISOLATE: POWERON, LOGICAL_UNISOLATE: AVAILABLE}
"""Before 2.10 a guest could isolate a connector again that it had not configured."""
REFUSED_BY_UNISOLATING = frozenset({LOGICAL_UNISOLATE, LOGICAL_CONFIGURED})
"""Where a guest that unisolates again says that it keeps the device (drc_unisolate_logical)."""
LMB_NEEDS_REQUEST: Release = (2, 8)
"""Since when memory is only isolated when the host asked for it (cf632463fa)."""
HIGHEST_DR_INDICATOR = 3
"""Inactive, active, identify, action."""


def set_indicator(machine: Machine, release: Release, call: SetIndicator) -> tuple[Reply, Machine]:
    """Isolate, allocate, or show on the indicator."""
    connector = machine.connector(call.drc_index)
    if connector is None:
        return Reply(Status.PARAMETER_ERROR), machine
    if call.indicator == Indicator.DR_INDICATOR:
        if not connector.physical or not 0 <= call.state <= HIGHEST_DR_INDICATOR:
            return Reply(Status.PARAMETER_ERROR), machine
        shown = replace(connector, dr_indicator=call.state)
        return Reply(Status.SUCCESS), machine.with_connector(shown)
    isolates = (call.indicator, call.state) == (ISOLATION, ISOLATED)
    if isolates and release < WALKS_IN_CONNECTORS:
        machine = drop_walk(machine, call.drc_index)  # whatever comes of the rest
    status, connector = change(connector, release, call)
    return Reply(status), machine.with_connector(connector)


def change(connector: Connector, release: Release, call: SetIndicator) -> tuple[Status, Connector]:
    """The connector after a change of its isolation or allocation state."""
    rows = TRANSITIONS.get((connector.physical, call.indicator, call.state), {})
    isolates = (call.indicator, call.state) == (ISOLATION, ISOLATED)
    if isolates and release < WALKS_IN_CONNECTORS:
        rows = rows | ISOLATED_BEFORE_2_10
    before, after = connector.state, rows.get(connector.state)
    if after is None:
        return Status.PARAMETER_ERROR, connector
    if after == before:
        refuses = before in REFUSED_BY_UNISOLATING and call.indicator == ISOLATION
        if refuses and release >= GUEST_REFUSES:
            connector = replace(connector, unplug_requested=False)
        return Status.SUCCESS, connector
    if not connector.device or (after == AVAILABLE and not isolates and connector.unplug_requested):
        return Status.PARAMETER_ERROR, connector
    memory = connector.kind == ConnectorType.LMB and release >= LMB_NEEDS_REQUEST
    if isolates and memory and not connector.unplug_requested:
        return Status.HARDWARE_ERROR, connector
    changed = replace(connector, state=after, ccs_offset=-1, ccs_depth=-1)
    if connector.unplug_requested and gives_back(release, before, after):
        changed = changed.released()
    return Status.SUCCESS, changed


def gives_back(release: Release, before: int, after: ConnectorState) -> bool:
    """Whether a device that the host wants is released with this change."""
    if after in {POWERON, LOGICAL_UNUSABLE}:
        return release >= WALKS_IN_CONNECTORS or before != PHYSICAL_UNISOLATE
    return release < WALKS_IN_CONNECTORS and before == LOGICAL_CONFIGURED


def get_sensor_state(
    machine: Machine, _release: Release, call: GetSensorState
) -> tuple[Reply, Machine]:
    """Whether there is a device: 0 empty, 1 present, 2 present but not usable."""
    connector = machine.connector(call.drc_index)
    if call.sensor != ENTITY_SENSE or connector is None:
        return Reply(Status.PARAMETER_ERROR, (0,)), machine
    if connector.physical:
        sense = int(connector.device)
    else:
        sense = 2 if connector.state == LOGICAL_UNUSABLE else 1
    return Reply(Status.SUCCESS, (sense,)), machine
