"""Arrays on the wire: fixed, or counted by another field (facts 1.6, containers)."""

from time import process_time
from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import (
    bool_,
    int8,
    int32,
    struct,
    uint8,
    uint16,
    uint16_equal,
    uint32,
    uint32_equal,
    uint64,
)
from reference.vmstate.plan import Plan
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class State(msgspec.Struct, frozen=True):
    """An array, and numbers around it."""

    values: tuple[Any, ...] = ()
    before: int = 0
    after: int = 0


class Pair(msgspec.Struct, frozen=True):
    """An element."""

    low: int = 0


PAIR = VMStateDescription(name="pair", fields=(uint8("low"),), record=Pair)


def plan_of(*fields: Field) -> Plan:
    """The plan of a description with these fields."""
    return compile_plan(VMStateDescription(name="test", fields=fields, record=State))


def test_fixed_array_has_no_count() -> None:
    """The elements of a fixed array lie back to back, without a count."""
    plan = plan_of(uint8("before"), uint16("values", count=3), uint8("after"))
    state = State((0x42, 0x43, 0xFF44), 1, 2)
    assert plan.save(state).hex() == "01004200" + "43ff4402"
    assert plan.load(Reader(plan.save(state)), None) == state


@pytest.mark.parametrize("length", [0, 2, 4])
def test_fixed_array_of_another_length_is_not_saved(length: int) -> None:
    """A fixed array is neither padded nor cut when it is saved."""
    plan = plan_of(uint8("before"), uint16("values", count=3))
    with pytest.raises(DoesNotFit, match=f"a length of {length}.* 3") as caught:
        plan.save(State((0,) * length))
    assert caught.value.field == "values"


def test_element_out_of_range_is_not_saved() -> None:
    """An element that its type cannot hold is not saved, and the error names the array."""
    for fields in [
        (uint8("values", count=2),),
        (uint8("before", counts="values"), uint8("values", count="before")),
    ]:
        with pytest.raises(DoesNotFit, match="uint8") as caught:
            plan_of(*fields).save(State((1, 256)))
        assert caught.value.field == "values"


COUNTERS = [(int32, "00000002"), (uint32, "00000002"), (uint16, "0002"), (uint8, "02")]


@pytest.mark.parametrize(("counter", "count"), COUNTERS)
def test_counted_array(counter: Any, count: str) -> None:
    """A counted array has as many elements as a field before it says; saving derives that field."""
    plan = plan_of(counter("n", counts="values"), uint8("after"), uint32("values", count="n"))
    state = State((1, 0xFFFFFFFF), after=9)
    assert plan.save(state).hex() == count + "09" + "00000001ffffffff"
    assert plan.load(Reader(plan.save(state)), None) == state
    assert plan.load(Reader(plan.save(State())), state) == State()


@pytest.mark.parametrize(("counter", "count"), COUNTERS)
def test_multiplied_count(counter: Any, count: str) -> None:
    """A count may stand for a constant number of elements each (VMS_MULTIPLY_ELEMENTS)."""
    plan = plan_of(counter("n", counts="values"), uint8("values", count="n", multiply=3))
    state = State(tuple(range(6)))
    assert plan.save(state).hex() == count + "000102030405"
    assert plan.load(Reader(plan.save(state)), None) == state
    with pytest.raises(DoesNotFit, match="5 elements, where the description says 3") as caught:
        plan.save(State(tuple(range(5))))
    assert caught.value.field == "values"


def test_two_arrays_with_one_count() -> None:
    """Two arrays may have the same count; it is that of the array which ``counts`` names."""
    fields = (uint8("n", counts="values"), uint8("values", count="n"), bool_("flags", count="n"))
    vmsd = VMStateDescription(name="test", fields=fields, record=Flagged)
    assert compile_plan(vmsd).save(Flagged((7, 8), (True, False))).hex() == "0207080100"
    assert compile_plan(vmsd).load(Reader(b"\1\7\1"), None) == Flagged((7,), (True,))
    with pytest.raises(DoesNotFit, match="1 elements, where the description says 2") as caught:
        compile_plan(vmsd).save(Flagged((7, 8), (True,)))
    assert caught.value.field == "flags"


class Flagged(msgspec.Struct, frozen=True):
    """Two arrays of one length."""

    values: tuple[int, ...] = ()
    flags: tuple[bool, ...] = ()


ARRAYS = [
    lambda **count: uint64("values", **count),
    lambda **count: struct("values", PAIR, **count),
]


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize("count", [0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_huge_count_takes_neither_time_nor_memory(array: Any, count: int) -> None:
    """A count that the stream cannot hold raises Truncated at once."""
    plan = plan_of(uint32("n", counts="values"), array(count="n", multiply=1 << 40))
    started = process_time()
    with pytest.raises(Truncated) as caught:
        plan.load(Reader(count.to_bytes(4, "big") + bytes(20)), None)
    assert process_time() - started < 0.1
    assert caught.value.path[0].startswith("values")


@pytest.mark.parametrize("array", ARRAYS)
@pytest.mark.parametrize(("counter", "count"), [(int32, "80000000"), (int8, "ff")])
def test_negative_count(array: Any, counter: Any, count: str) -> None:
    """A negative count is rejected at the array; QEMU loads nothing or aborts."""
    plan = plan_of(counter("n", counts="values"), array(count="n"))
    with pytest.raises(FieldRejected, match="n is -") as caught:
        plan.load(Reader(bytes.fromhex(count) + bytes(20)), None)
    assert caught.value.field == "values"


def test_compared_count() -> None:
    """A count that is compared is compared with the number of local elements."""
    plan = plan_of(uint32_equal("n", counts="values"), uint8("values", count="n"))
    assert plan.load(Reader(b"\0\0\0\2ab"), State((0, 0))) == State((97, 98))
    with pytest.raises(FieldRejected, match="3 != 2") as caught:
        plan.load(Reader(b"\0\0\0\2ab"), State((0, 0, 0)))
    assert caught.value.field == "n"


@pytest.mark.parametrize("count", [3, "before"])
def test_compared_elements(count: int | str) -> None:
    """The elements of an array of compared numbers are compared one by one."""
    plan = plan_of(uint8("before"), uint16_equal("values", count=count))
    local = State((1, 2, 3), before=3)
    assert plan.load(Reader(plan.save(local)), local) == local
    with pytest.raises(FieldRejected, match="2 != 7") as caught:
        plan.load(Reader(b"\3\0\1\0\7\0\3"), local)
    assert caught.value.field == "values"
