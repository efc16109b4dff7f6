"""Our device trees held against libfdt, the library that QEMU makes and reads them with."""

from typing import Any

import pytest
from hypothesis import given, settings

from reference.spapr.device_tree import Node, Property, flatten
from reference.spapr.flattened_tree import (
    VERSION,
    NotATree,
    check,
    start_offset,
)
from strategies.pseries import device_trees
from tests.unit.damaged_trees import SMALL, cuts, damaged_trees, flips
from tests.unit.test_flattened_trees import TAKEN, WRONG

libfdt: Any = pytest.importorskip(
    "libfdt", reason="no libfdt: pip install --group libfdt, which needs a C compiler"
)
SETTINGS = settings(max_examples=300, derandomize=True, database=None, deadline=None)
ROOM = 1 << 20
"""Bytes for a tree that is being written; it is cut to its size."""


def written(node: Node) -> bytes:
    """The tree as libfdt writes it, one tag after another, and puts NOP tags into it."""
    tree = libfdt.FdtSw(ROOM)
    tree.finish_reservemap()
    tree.begin_node("")
    begin(tree, node)
    tree.end_node()
    whole = tree.as_fdt()
    blob = whole.as_bytearray()[: whole.totalsize()]
    leave_out(blob, node, libfdt.fdt_first_subnode(blob, 0))
    return bytes(blob)


def begin(tree: Any, node: Node) -> None:
    """Write a node and what is below it."""
    tree.begin_node(node.name)
    for one in node.properties:
        tree.property(one.name, one.value)
    for child in node.children:
        begin(tree, child)
    tree.end_node()


def leave_out(blob: bytearray, node: Node, offset: int) -> None:
    """Put NOP tags in the place of properties of the node at ``offset`` and of those below it."""
    below = libfdt.fdt_first_subnode(blob, offset)
    for child in node.children:
        leave_out(blob, child, below)
        below = libfdt.fdt_next_subnode(blob, below)
    for one in node.properties:
        if one.nop:
            libfdt.fdt_nop_property(blob, offset, one.name)


@given(device_trees())
@SETTINGS
def test_a_tree_has_the_bytes_that_libfdt_writes(node: Node) -> None:
    """Header, tags and names are the same."""
    assert flatten(node) == written(node)


def test_a_name_that_another_ends_with_is_found_where_libfdt_finds_it() -> None:
    """A name is looked for among those that came earlier, the last of them first."""
    names = ("vendor-id", "subsystem-vendor-id", "id", "vendor-id2", "d")
    below = Node("below", tuple(Property(name) for name in names))
    node = Node("device", tuple(Property(name, name.encode()) for name in names), (below,))
    assert flatten(node) == written(node)


def wrong_with(blob: bytes) -> str:
    """What our check says of a tree; nothing where it takes it."""
    try:
        check(blob)
    except NotATree as wrong:
        return str(wrong)
    return ""


def agree(blob: bytes) -> None:
    """Fail unless our check and libfdt's say the same, and a walk begins at the same node.

    Ours is stricter with the versions 2 to 16, which no QEMU writes: their headers do not say how
    long the structure block is. It is laxer nowhere.
    """
    error = libfdt.fdt_check_full(bytearray(blob), len(blob))
    wrong = wrong_with(blob)
    if not error and int.from_bytes(blob[20:24]) < VERSION:
        assert f"no device tree of version {VERSION}" in wrong
        return
    assert bool(wrong) == bool(error), f"we say {wrong!r}, libfdt {libfdt.strerror(error)}"
    if not error:
        assert start_offset(blob) == max(0, libfdt.fdt_first_subnode(bytearray(blob), 0))


@pytest.mark.parametrize("blob", [blob for blob, _ in WRONG.values()], ids=WRONG)
def test_what_is_no_tree_is_none_for_libfdt(blob: bytes) -> None:
    """What the check rejects is rejected by libfdt."""
    agree(blob)


@pytest.mark.parametrize("blob", TAKEN.values(), ids=TAKEN)
def test_what_is_a_tree_is_one_for_libfdt(blob: bytes) -> None:
    """What the check takes is taken by libfdt."""
    agree(blob)


@pytest.mark.parametrize("node", SMALL, ids=repr)
def test_libfdt_agrees_on_every_cut_and_every_byte(node: Node) -> None:
    """A tree that is cut off, or has one other byte, is taken by both or by none."""
    blob = flatten(node)
    for damaged in (blob, *cuts(blob), *flips(blob)):
        agree(damaged)


@given(damaged_trees())
@settings(SETTINGS, max_examples=1000)
def test_libfdt_agrees_on_damaged_trees(blob: bytes) -> None:
    """Any damage is seen by both or by none."""
    agree(blob)
