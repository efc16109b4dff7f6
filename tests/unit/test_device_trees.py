"""Device trees: flattened, checked, read tag by tag."""

import pytest
from hypothesis import Phase, find, given, settings

from reference.spapr.actions import ConfigureConnector
from reference.spapr.connector import Connector
from reference.spapr.device_tree import Node, Property, flatten
from reference.spapr.flattened_tree import (
    BEGIN_NODE,
    END,
    NOP,
    PROP,
    check,
    next_tag,
    start_offset,
)
from reference.spapr.guest import act
from reference.spapr.machine import Machine
from strategies.pseries import connectors_in_progress, device_trees

SETTINGS = settings(max_examples=300, derandomize=True, database=None, deadline=None)


def names(node: Node) -> list[bytes]:
    """The names of a node, of its properties and of all below it, as they are read."""
    own = [one.name.encode() for one in node.properties if not one.nop]
    below = [name for child in node.children for name in names(child)]
    return [node.name.encode(), *own, *below]


@given(device_trees())
@SETTINGS
def test_a_tree_is_read_as_it_was_built(node: Node) -> None:
    """The check accepts what was flattened, and its tags have the names in order."""
    blob = flatten(node)
    check(blob)
    found = []
    tag = next_tag(blob, start_offset(blob))
    while tag.kind != END:
        if tag.kind in {BEGIN_NODE, PROP}:
            found.append(tag.name)
        tag = next_tag(blob, tag.following)
    assert found == names(node)


@given(device_trees())
@SETTINGS
def test_a_tree_knows_how_long_it_takes(node: Node) -> None:
    """As many calls read a tree as it says."""
    machine = Machine("pseries-2.6", connectors=(Connector(1, fdt=node).fresh(),))
    status, calls = 1, 0
    while status:
        reply, machine = act(machine, "3+ccs", ConfigureConnector(1))
        status, calls = reply.status, calls + 1
    assert calls == node.calls


@pytest.mark.parametrize("offset", [-4, 2, 0x10000, 1 << 31])
def test_nothing_follows_the_end(offset: int) -> None:
    """Where there is no tag there is the end, which the next step finds again."""
    tag = next_tag(flatten(Node("device")), offset)
    assert (tag.kind, tag.following) == (END, offset)


@pytest.mark.parametrize("blob", [b"", b"no tree", bytes(40), b"\xd0\x0d\xfe\xed" + bytes(36)])
def test_what_is_no_tree_has_no_tags(blob: bytes) -> None:
    """Bytes without the header of a tree end where they begin."""
    assert next_tag(blob, start_offset(blob)).kind == END


def test_a_property_is_left_out_by_nop_tags() -> None:
    """A property that was taken out of a tree leaves NOP tags and moves no offset."""
    kept, left = (flatten(Node("device", (Property("reg", b"x", nop=it),))) for it in (False, True))
    assert len(kept) == len(left)
    first = next_tag(left, start_offset(left))
    assert next_tag(left, first.following).kind == NOP


EXTREMES = {
    "deep": lambda node: any(child.children for child in node.children),
    "wide": lambda node: len(node.children) > 1,
    "too long": lambda node: any(len(one.value) > 4096 for one in node.properties),
    "without a value": lambda node: any(not one.value for one in node.properties),
    "NOP": lambda node: any(one.nop for one in node.properties),
    "long name": lambda node: any(len(one.name) > 30 for one in node.properties),
}


@pytest.mark.parametrize("holds", EXTREMES.values(), ids=EXTREMES)
def test_extreme_trees_occur(holds: object) -> None:
    """A run of examples has trees of every kind."""
    assert find(device_trees(), holds, settings=SETTINGS)  # type: ignore[arg-type] # as in EXTREMES


def test_the_simplest_tree_is_a_node() -> None:
    """What does not matter for a counterexample is not in it."""
    assert repr(find(device_trees(), lambda _: True, settings=SETTINGS)) == "Node(name='device')"


@pytest.mark.parametrize(
    ("version", "machine_type"), [("3+ccs", "pseries-2.6"), ("10.0+ccs", "pseries-10.0")]
)
def test_guests_are_in_the_middle_of_several_trees(version: str, machine_type: str) -> None:
    """Walks that guests have really begun are deep at times, and several at once."""
    found: list[list[int]] = []

    @settings(SETTINGS, max_examples=100, phases=[Phase.generate])
    @given(connectors_in_progress(version=version, machine_type=machine_type))
    def look(machine: Machine) -> None:
        depths = [one.fdt_depth for one in machine.ccs_list]
        found.append(depths + [one.ccs_depth for one in machine.connectors if one.ccs_depth > 0])

    look()
    assert any(len(depths) > 1 for depths in found)
    assert any(depth > 1 for depths in found for depth in depths)
