"""Queues, lists and trees on the wire (facts 1.6; vectors of QEMU tests/unit/test-vmstate.c)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import (
    bool_,
    gtree,
    int16,
    int32,
    qlist,
    qtailq,
    uint8,
    uint32,
    uint64,
)
from reference.vmstate.plan import Plan
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class Element(msgspec.Struct, frozen=True):
    """An element of a queue."""

    b: bool = False
    u8: int = 0


class Interval(msgspec.Struct, frozen=True):
    """A key."""

    low: int
    high: int


class Mapping(msgspec.Struct, frozen=True):
    """A value."""

    phys_addr: int
    flags: int


class State(msgspec.Struct, frozen=True):
    """A list between two numbers."""

    i16: int = 0
    values: tuple[Any, ...] = ()
    i32: int = 0


def plan_of(field: Field) -> Plan:
    """The plan of a list between two numbers."""
    fields = (int16("i16"), field, int32("i32"))
    return compile_plan(VMStateDescription(name="test/queue", fields=fields, record=State))


ELEMENT = VMStateDescription(
    name="test/queue-element", fields=(bool_("b"), uint8("u8")), record=Element
)
INTERVAL = VMStateDescription(
    name="interval", fields=(uint64("low"), uint64("high")), record=Interval
)
MAPPING = VMStateDescription(
    name="mapping", fields=(uint64("phys_addr"), uint32("flags")), record=Mapping
)

QUEUE = plan_of(qtailq("values", ELEMENT))
QUEUE_STATE = State(-512, (Element(b=True, u8=130), Element(b=False, u8=65)), 70000)
QUEUE_WIRE = bytes.fromhex("fe00 01 01 82 01 00 41 00 00011170")

TREE = plan_of(gtree("values", key=INTERVAL, value=MAPPING))
TREE_STATE = State(
    6,
    (
        (Interval(0x1000, 0x1FFF), Mapping(0xA000, 1)),
        (Interval(0x4000, 0x4FFF), Mapping(0xE0000, 2)),
    ),
)
TREE_WIRE = bytes.fromhex(
    "0006 00000002"
    "01 0000000000001000 0000000000001fff 000000000000a000 00000001"
    "01 0000000000004000 0000000000004fff 00000000000e0000 00000002"
    "00 00000000"
)

DIRECT = plan_of(gtree("values", key=None, value=ELEMENT))
DIRECT_STATE = State(7, ((5, Element(u8=1)), ((1 << 64) - 1, Element(u8=2))), -1)
DIRECT_WIRE = bytes.fromhex(
    "0007 00000002 01 0000000000000005 0001 01 ffffffffffffffff 0002 00 ffffffff"
)

LISTS = [
    (QUEUE, QUEUE_STATE, QUEUE_WIRE),
    (plan_of(qlist("values", ELEMENT)), QUEUE_STATE, QUEUE_WIRE),
    (TREE, TREE_STATE, TREE_WIRE),
    (DIRECT, DIRECT_STATE, DIRECT_WIRE),
    (QUEUE, State(), bytes(7)),
    (TREE, State(), bytes(11)),
]


@pytest.mark.parametrize(("plan", "state", "wire"), LISTS)
def test_list_is_marked_elements(plan: Plan, state: State, wire: bytes) -> None:
    """Each element has a mark before it, the list an end mark behind it, a tree also a count."""
    assert plan.save(state) == wire
    assert plan.load(Reader(wire), None) == state


@pytest.mark.parametrize(("plan", "state", "wire"), LISTS)
def test_loaded_list_replaces_the_local_one(plan: Plan, state: State, wire: bytes) -> None:
    """What was in a list before the load is gone after it."""
    local = TREE_STATE if plan is TREE else DIRECT_STATE if plan is DIRECT else QUEUE_STATE
    assert plan.load(Reader(wire), local) == state


@pytest.mark.parametrize(("plan", "state", "wire"), LISTS)
def test_cut_list_is_truncated(plan: Plan, state: State, wire: bytes) -> None:  # noqa: ARG001
    """A stream that ends inside of a list raises Truncated with a field, at every length."""
    for size in range(len(wire)):
        with pytest.raises(Truncated) as caught:
            plan.load(Reader(wire[:size]), None)
        name = "i16" if size < 2 else "i32" if size >= len(wire) - 4 else "values"
        assert caught.value.path[0].startswith(name)


@pytest.mark.parametrize("mark", [0x02, 0x05, 0x30, 0x7F, 0xFF])
def test_any_mark_but_zero_continues(mark: int) -> None:
    """A reader takes any byte but zero for a mark; a writer makes it 0x01."""
    for plan, wire, state in [
        (QUEUE, QUEUE_WIRE, QUEUE_STATE),
        (DIRECT, DIRECT_WIRE, DIRECT_STATE),
    ]:
        at = wire.index(b"\x01", 2)
        changed = wire[:at] + bytes((mark,)) + wire[at + 1 :]
        loaded = plan.load(Reader(changed), None)
        assert loaded == state
        assert plan.save(loaded) == wire


@pytest.mark.parametrize("announced", [0, 1, 3, 0x7FFFFFFF, 0xFFFFFFFF])
def test_tree_of_another_size(announced: int) -> None:
    """A tree whose nodes are not as many as announced is rejected at its count."""
    for plan, wire in [(TREE, TREE_WIRE), (DIRECT, DIRECT_WIRE)]:
        changed = wire[:2] + announced.to_bytes(4, "big") + wire[6:]
        with pytest.raises(FieldRejected, match=f"2 nodes, where {announced} were") as caught:
            plan.load(Reader(changed), None)
        assert (caught.value.field, caught.value.offset) == ("values", 2)


@pytest.mark.parametrize(
    ("plan", "values", "field"),
    [
        (QUEUE, (Element(), Element(u8=256)), "values[1].u8"),
        (TREE, ((Interval(0, 1 << 64), Mapping(0, 0)),), "values[0].high"),
        (TREE, ((Interval(0, 0), Mapping(0, -1)),), "values[0].flags"),
        (DIRECT, ((0, Element()), (1 << 64, Element())), "values[1]"),
        (DIRECT, ((-1, Element()),), "values[0]"),
    ],
)
def test_element_that_does_not_fit(plan: Plan, values: Any, field: str) -> None:
    """What cannot be saved in a list is named with its index."""
    with pytest.raises(DoesNotFit) as caught:
        plan.save(State(values=values))
    assert caught.value.field == field


def test_tree_inside_a_tree() -> None:
    """A tree's values may hold trees of their own."""
    domain = VMStateDescription(
        name="domain", fields=(gtree("values", key=None, value=ELEMENT),), record=State
    )
    plan = plan_of(gtree("values", key=None, value=domain))
    state = State(0, ((9, State(values=((3, Element(u8=4)),))),))
    inner = "00000001 01 0000000000000003 0004 00"
    wire = bytes.fromhex(f"0000 00000001 01 0000000000000009 {inner} 00 00000000")
    assert plan.save(state) == wire
    assert plan.load(Reader(wire), None) == state
