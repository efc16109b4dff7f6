"""ibm,configure-connector: the guest reads a device tree, one tag a call.

Until QEMU 2.9 the walk is an entry of ``ccs_list``, which the first call makes; since 2.10 it is in
the connector (hw/ppc/spapr_rtas.c and later hw/ppc/spapr_drc.c, rtas_ibm_configure_connector).
"""

from struct import Struct
from typing import NamedTuple

from msgspec.structs import replace

from reference.spapr import flattened_tree
from reference.spapr.actions import ConfigureConnector, ConfigureConnectorStatus, Reply, Status
from reference.spapr.connector import Connector, ConnectorState, ConnectorType
from reference.spapr.device_tree import flatten
from reference.spapr.flattened_tree import next_tag, start_offset
from reference.spapr.machine import ConfigureConnectorState, Machine
from reference.spapr.machine_types import Release

WALKS_IN_CONNECTORS: Release = (2, 10)
"""The release that moved the walk into the connector (b8fdd530be, 4445b1d27e)."""
GUEST_REFUSES: Release = (6, 0)
"""Since when a guest that unisolates a logical connector again, or reads the tree of memory
again, refuses to give it back (measured on 7.2; hw/ppc/spapr_drc.c, drc_unisolate_logical)."""
WORK_AREA_SIZE = 4096
WORK_AREA = Struct(">5I")
"""drc_index; 0; where the name is; the length of the value; where the value is."""
UNISOLATED_STATES = {
    # Where a tree can be read since 2.10, and what the end of a walk leads to.
    ConnectorState.LOGICAL_UNISOLATE: ConnectorState.LOGICAL_CONFIGURED,
    ConnectorState.LOGICAL_CONFIGURED: ConnectorState.LOGICAL_CONFIGURED,
    ConnectorState.PHYSICAL_UNISOLATE: ConnectorState.PHYSICAL_CONFIGURED,
    ConnectorState.PHYSICAL_CONFIGURED: ConnectorState.PHYSICAL_CONFIGURED,
}


class Step(NamedTuple):
    """One call: what it answers, the next offset, and how many nodes are open then."""

    status: ConfigureConnectorStatus
    offset: int
    depth: int
    name: bytes = b""
    value: bytes = b""


def step(blob: bytes, offset: int, depth: int) -> Step:
    """Go over tags from ``offset`` on, to the first that has an answer."""
    tag = next_tag(blob, offset)
    while tag.kind == flattened_tree.NOP:
        tag = next_tag(blob, tag.following)
    following = tag.following
    if tag.kind == flattened_tree.BEGIN_NODE:
        return Step(ConfigureConnectorStatus.NEXT_CHILD, following, depth + 1, tag.name)
    if tag.kind == flattened_tree.PROP:
        return Step(ConfigureConnectorStatus.NEXT_PROPERTY, following, depth, tag.name, tag.value)
    if tag.kind == flattened_tree.END_NODE:
        status = (
            ConfigureConnectorStatus.COMPLETE
            if depth == 1
            else ConfigureConnectorStatus.PREVIOUS_PARENT
        )
        return Step(status, following, depth - 1)
    return Step(ConfigureConnectorStatus.ERROR, following, depth)


def work_area(drc_index: int, one: Step) -> bytes:
    """What the guest finds: the index, and of a node or a property what there is room for."""
    data = WORK_AREA.size
    if one.status == ConfigureConnectorStatus.NEXT_CHILD:
        head, content = WORK_AREA.pack(drc_index, 0, data, 0, 0), one.name
    elif one.status == ConfigureConnectorStatus.NEXT_PROPERTY:
        value = data + len(one.name) + 1
        head = WORK_AREA.pack(drc_index, 0, data, len(one.value), value)
        content = one.name + b"\0" + one.value
    else:
        head, content = WORK_AREA.pack(drc_index, 0, 0, 0, 0), b""
    return (head + content)[:WORK_AREA_SIZE].rstrip(b"\0")


def configure_connector(
    machine: Machine, release: Release, call: ConfigureConnector
) -> tuple[Reply, Machine]:
    """Answer with the next node or property of the connector's tree."""
    connector = machine.connector(call.drc_index)
    nothing = WORK_AREA.pack(call.drc_index, 0, 0, 0, 0).rstrip(b"\0")
    if connector is None:
        return Reply(Status.PARAMETER_ERROR, memory=nothing), machine
    blob = flatten(connector.fdt)
    isolated = release >= WALKS_IN_CONNECTORS and connector.state not in UNISOLATED_STATES
    if isolated or not blob:
        status = ConfigureConnectorStatus.NOT_CONFIGURABLE
        return Reply(status, memory=nothing), machine
    if connector.kind == ConnectorType.LMB and release >= GUEST_REFUSES:
        connector = replace(connector, unplug_requested=False)
        machine = machine.with_connector(connector)
    advance = advance_connector if release >= WALKS_IN_CONNECTORS else advance_list
    one, machine = advance(machine, connector, blob)
    return Reply(one.status, memory=work_area(call.drc_index, one)), machine


def configured(connector: Connector) -> Connector:
    """The connector once its tree was read: configured, unless it is isolated."""
    state = UNISOLATED_STATES.get(ConnectorState(connector.state), connector.state)
    return replace(connector, state=state, ccs_offset=-1, ccs_depth=-1)


def advance_connector(machine: Machine, connector: Connector, blob: bytes) -> tuple[Step, Machine]:
    """The walk that is in the connector."""
    begun = connector.ccs_depth > 0
    offset = connector.ccs_offset if begun else start_offset(blob)
    one = step(blob, offset, connector.ccs_depth if begun else 0)
    if one.status == ConfigureConnectorStatus.COMPLETE:
        return one, machine.with_connector(configured(connector))
    if one.depth < 1:  # no node was found: so it will be when the guest starts again
        return one, machine
    moved = replace(connector, ccs_offset=one.offset, ccs_depth=one.depth)
    return one, machine.with_connector(moved)


def advance_list(machine: Machine, connector: Connector, blob: bytes) -> tuple[Step, Machine]:
    """The walk that is in the list; a new one comes first."""
    index = connector.drc_index
    fresh = ConfigureConnectorState(index, start_offset(blob), 0)
    walk = next((one for one in machine.ccs_list if one.drc_index == index), fresh)
    one = step(blob, walk.fdt_offset, walk.fdt_depth)
    if one.status == ConfigureConnectorStatus.COMPLETE:
        return one, drop_walk(machine.with_connector(configured(connector)), index)
    moved = replace(walk, fdt_offset=one.offset, fdt_depth=one.depth)
    walks = machine.ccs_list if walk is not fresh else (fresh, *machine.ccs_list)
    return one, replace(machine, ccs_list=tuple(moved if it is walk else it for it in walks))


def drop_walk(machine: Machine, drc_index: int) -> Machine:
    """The machine without the walk of a connector, in the list (spapr_ccs_remove)."""
    walks = tuple(one for one in machine.ccs_list if one.drc_index != drc_index)
    return replace(machine, ccs_list=walks)
