"""Machines as a QEMU can hold them."""

from msgspec.structs import replace

from reference.compatibility.declaring import sent_by
from reference.compatibility.expectation import carries
from reference.compatibility.table import ASPECTS, WALKS
from reference.spapr.actions import ConfigureConnector
from reference.spapr.connector import Connector, ConnectorType
from reference.spapr.device_tree import Node
from reference.spapr.guest import act
from reference.spapr.machine import IommuTable, Machine, Timebase
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import stream_version

WALKING = "10.0"
"""A stream version whose programs keep the walk in the connector, as all do that are tested."""

MANY = 64
"""Entries of an empty window; that of a QEMU that was just started has 262144."""


def put_by(version: str, machine: Machine) -> Machine:
    """The machine with what no stream of a version carries as after a reset, but for its walks.

    A QEMU is put into a state by a stream, and into a walk by the calls of its guest.
    """
    known, kind = stream_version(version), machine_type(machine.machine_type)
    for aspect in ASPECTS:
        if aspect.name not in WALKS and not carries(known, aspect, kind):
            machine = aspect.without(machine)
    return sent_by(version, machine)


def fitted(machine: Machine, started: Machine, devices: dict[int, Node]) -> Machine:
    """The machine with the parts of a QEMU; one that fits stays as it is.

    What no stream shows of a QEMU is as after a reset: the clock. ``started`` is the machine of the
    type that QEMU starts, ``devices`` what it can plug.
    """
    there = {one.liobn: one for one in machine.iommu_tables}
    windows = (there.get(one.liobn, one.fresh()) for one in started.iommu_tables)
    return replace(
        machine,
        tb=Timebase(),
        host_bridge=replace(
            started.host_bridge,
            msis=machine.host_bridge.msis,
            further=machine.host_bridge.further,
        ),
        iommu_tables=tuple(map(window, windows)),
        connectors=connectors(machine, devices),
    )


def window(table: IommuTable) -> IommuTable:
    """A DMA window; a default one without entries would be none (spapr_tce_table_disable)."""
    if not table.default_window:
        return table
    size = len(table.table) if any(table.table) else min(len(table.table), MANY)
    return replace(table, table=table.table[:size] or (0,))


def connectors(machine: Machine, devices: dict[int, Node]) -> tuple[Connector, ...]:
    """The connectors, each in the place of one of its kind that the QEMU has."""
    known = {one.drc_index for one in machine.connectors} & devices.keys()
    free = [index for index in devices if index not in known]
    found = []
    for one in machine.connectors:
        places = [index for index in free if Connector(index).physical == one.physical]
        if one.drc_index not in known and not places:
            continue
        index = one.drc_index if one.drc_index in known else places[0]
        free = [other for other in free if other != index]
        tree = devices[index] if one.device else b""
        found.append(walking(replace(one, drc_index=index, fdt=tree), machine))
    return tuple(found)


def walking(connector: Connector, machine: Machine) -> Connector:
    """The connector with its walk at a place in its tree where a guest can be."""
    walk = connector.ccs_offset, connector.ccs_depth
    begun = replace(connector, ccs_offset=-1, ccs_depth=-1)
    # Who reads the tree of memory that was asked for refuses to give it back (drc_unisolate_...).
    refused = connector.unplug_requested and connector.kind == ConnectorType.LMB
    if walk[1] <= 0 or refused or not isinstance(connector.fdt, Node):
        return begun
    place = replace(machine, connectors=(begun,))
    calls = 1 + walk[0] // 4 % (connector.fdt.calls - 1)
    reached = begun
    for _ in range(connector.fdt.calls - 1):
        _, place = act(place, WALKING, ConfigureConnector(connector.drc_index))
        (now,) = place.connectors
        if (now.ccs_offset, now.ccs_depth) == walk:
            return connector
        if calls == 1:
            reached = now
        calls -= 1
    return replace(begun, ccs_offset=reached.ccs_offset, ccs_depth=reached.ccs_depth)
