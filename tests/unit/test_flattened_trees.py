"""What is no flattened device tree is said to be none, whatever it is."""

import re
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.spapr.device_tree import Node, flatten
from reference.spapr.flattened_tree import END, NotATree, check, next_tag, start_offset
from tests.unit.damaged_trees import SMALL, TAGS, cuts, damaged_trees, flips, framed, with_header

SETTINGS = settings(max_examples=1000, derandomize=True, database=None, deadline=None)
BLOB = flatten(Node("device"))
BEGIN, CALLED, CLOSE, PROPERTY, _, NOP, STOP, NAMELESS, LONG, BACK, NO_TAG, CUT = TAGS
WRONG = {
    "short": (b"no tree", "7 bytes, and a header has 40"),
    "magic": (bytes(40), "it begins with 0x00000000, not 0xd00dfeed"),
    "old": (with_header(BLOB, version=16), "version 17, but of 16 to 16"),
    "new": (with_header(BLOB, version=18, last_compatible_version=18), "but of 18 to 18"),
    "cut": (BLOB[:-1], "96 bytes by its header, here are 95"),
    "small": (with_header(BLOB, total_size=39), "39 bytes by its header, here are 96"),
    "structure": (with_header(BLOB, structure=65), "structure block is at 65 to 97 of 96"),
    "names": (with_header(BLOB, names_size=1), "block of names is at 96 to 97 of 96"),
    "in header": (with_header(BLOB, names=39), "block of names is at 39 to 39 of 96"),
    "reservations": (with_header(BLOB, reservations=97), "reservation block is at 97 to 97"),
    "no last one": (with_header(BLOB, reservations=84), "has no last entry, of size 0"),
    "nothing": (framed(b""), "at 0 of its structure block is no tag, as it has 0 bytes"),
    "end of tags": (framed(BEGIN + CLOSE), "at 12 of its structure block is no tag"),
    "no end": (framed(BEGIN + STOP), "at 8 of its structure block is the end of all, and"),
    "no begin": (framed(CLOSE + STOP), "at 0 of its structure block is the end of a node that"),
    "two roots": (framed(BEGIN + CLOSE + BEGIN), "at 12 of its structure block is a tag behind"),
    "named": (framed(CALLED + CLOSE + STOP), "a root that is called b'seven'"),
    "no tag": (framed(BEGIN + NO_TAG), "at 8 of its structure block is 0x5, which is no tag"),
    "part of a tag": (framed(BEGIN + CUT), "at 8 of its structure block is no tag"),
    "endless name": (framed(BEGIN + pack(">I", 1) + b"abc"), "a node whose name does not end"),
    "short property": (framed(BEGIN + PROPERTY[:8]), "at 8 of its structure block is a property"),
    "long property": (framed(BEGIN + LONG), "a property of 1048576 bytes, which do not fit"),
    "length below 0": (framed(BEGIN + BACK), "a property of 4294967288 bytes, which do not fit"),
    "nameless": (framed(BEGIN + NAMELESS), "a property whose name, at 6, is none"),
    "name cut off": (framed(BEGIN + PROPERTY, b"reg"), "a property whose name, at 0, is none"),
}


@pytest.mark.parametrize(("blob", "says"), WRONG.values(), ids=WRONG)
def test_the_check_says_what_is_wrong(blob: bytes, says: str) -> None:
    """A message names what is wrong, and where."""
    with pytest.raises(NotATree, match=f"^no device tree.*{re.escape(says)}"):
        check(blob)


RESERVED = BLOB[:40] + pack(">4Q", 1, 2, 0, 0) + BLOB[64:]
TAKEN = {
    "more bytes": BLOB + b"more",
    "anything in a node": framed(NOP + BEGIN + CALLED + CLOSE + NOP + PROPERTY + CLOSE + STOP),
    "no root": framed(STOP),
    "a reservation": with_header(
        RESERVED, reservations=40, structure=72, names=104, total_size=104
    ),
    "a later version": with_header(BLOB, version=18),
}


@pytest.mark.parametrize("blob", TAKEN.values(), ids=TAKEN)
def test_the_check_takes_what_libfdt_takes(blob: bytes) -> None:
    """What libfdt does not look at is not looked at."""
    check(blob)


@pytest.mark.parametrize("node", SMALL, ids=repr)
def test_a_tree_that_is_cut_off_is_none(node: Node) -> None:
    """A beginning of a tree is no tree, and has no tags."""
    for blob in cuts(flatten(node)):
        with pytest.raises(NotATree):
            check(blob)
        assert next_tag(blob, start_offset(blob)).kind == END


def read(blob: bytes) -> None:
    """Check a tree and go over its tags; nothing but `NotATree` is raised, and there is an end."""
    try:
        check(blob)
    except NotATree:
        assert start_offset(blob) == 0
    offset = start_offset(blob)
    while (tag := next_tag(blob, offset)).kind != END:
        assert offset < tag.following <= len(blob)
        offset = tag.following


@pytest.mark.parametrize("node", SMALL, ids=repr)
def test_any_byte_of_a_tree_may_be_wrong(node: Node) -> None:
    """A tree with a wrong byte is one, or none."""
    for blob in flips(flatten(node)):
        read(blob)


@given(damaged_trees() | st.binary(max_size=200))
@SETTINGS
def test_any_bytes_are_a_tree_or_none(blob: bytes) -> None:
    """No bytes lead to another error, or to a walk without an end."""
    read(blob)
