"""The device tree of a connector, as a guest reads it."""

from itertools import takewhile

from adapters.qemu.process import Process
from adapters.qemu.pseries.rtas import configure_connector, perform
from reference.spapr.actions import (
    UNISOLATED,
    USABLE,
    ConfigureConnectorStatus,
    Indicator,
    SetIndicator,
)
from reference.spapr.connector import PHYSICAL
from reference.spapr.device_tree import Node, Property
from reference.spapr.walks import WORK_AREA


def tree_of(process: Process, drc_index: int) -> Node:
    """The tree of a device that was just plugged; its connector is configured afterwards."""
    if drc_index >> 28 not in PHYSICAL:
        perform(process, SetIndicator(Indicator.ALLOCATION_STATE, drc_index, USABLE))
    perform(process, SetIndicator(Indicator.ISOLATION_STATE, drc_index, UNISOLATED))
    top = Node("")
    path = [top]
    replies = iter(lambda: configure_connector(process, drc_index), None)
    for reply in takewhile(lambda one: one.status > ConfigureConnectorStatus.COMPLETE, replies):
        area = reply.memory.ljust(WORK_AREA.size, b"\0")
        _, _, name_at, size, value_at = WORK_AREA.unpack_from(area)
        name = area[name_at:].split(b"\0")[0].decode("ascii")
        node = path[-1]
        match reply.status:
            case ConfigureConnectorStatus.NEXT_CHILD:
                path.append(Node(name))
            case ConfigureConnectorStatus.NEXT_PROPERTY:
                value = area[value_at : value_at + size].ljust(size, b"\0")
                one = Property(name, value)
                path[-1] = Node(node.name, (*node.properties, one), node.children)
            case ConfigureConnectorStatus.PREVIOUS_PARENT:
                path.pop()
                path[-1] = with_child(path[-1], node)
    return path[-1]


def with_child(parent: Node, child: Node) -> Node:
    """A node with one more below it."""
    return Node(parent.name, parent.properties, (*parent.children, child))
