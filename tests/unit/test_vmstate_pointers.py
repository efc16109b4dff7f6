"""Arrays of pointers, of which some are NULL (facts 1.6; QEMU tests/unit/test-vmstate.c)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Scalar, Structure, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import SCALARS, array_of_pointer, int32, uint8
from reference.vmstate.plan import Plan
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class Trivial(msgspec.Struct, frozen=True):
    """What a pointer leads to."""

    i: int = 0


class State(msgspec.Struct, frozen=True):
    """Pointers; None is NULL."""

    pointers: tuple[Any, ...] = ()


TRIVIAL = VMStateDescription(name="test/tst", fields=(int32("i"),), record=Trivial)


def plan_of(target: Scalar | Structure, *, count: int | str = 4) -> Plan:
    """The plan of an array of pointers."""
    fields = [array_of_pointer("pointers", target, count=count)]
    if isinstance(count, str):
        fields.insert(0, uint8(count, counts="pointers"))
    return compile_plan(VMStateDescription(name="test/arps", fields=tuple(fields), record=State))


KINDS = [(Structure(TRIVIAL), Trivial), (SCALARS["int32"], int)]
WITHOUT_NULL = bytes.fromhex("00000000 00000001 00000002 00000003")
WITH_NULL = bytes.fromhex("00000000 30 00000002 00000003")


@pytest.mark.parametrize(("target", "make"), KINDS)
def test_pointers_without_null(target: Any, make: Any) -> None:
    """What the pointers lead to lies back to back; the pointers themselves take no byte."""
    state = State(tuple(map(make, range(4))))
    assert plan_of(target).save(state) == WITHOUT_NULL
    assert plan_of(target).load(Reader(WITHOUT_NULL), state) == state
    assert plan_of(target).load(Reader(WITHOUT_NULL), None) == state


@pytest.mark.parametrize(("target", "make"), KINDS)
def test_null_is_a_marker(target: Any, make: Any) -> None:
    """A pointer that is NULL is the byte 0x30, and is NULL again after the load."""
    state = State((make(0), None, make(2), make(3)))
    assert plan_of(target).save(state) == WITH_NULL
    local = State((make(9), None, make(9), make(9)))
    assert plan_of(target).load(Reader(WITH_NULL), local) == state


@pytest.mark.parametrize(("target", "make"), KINDS)
def test_both_sides_must_agree(target: Any, make: Any) -> None:
    """Where the local pointer is NULL, any byte but the marker is rejected."""
    local = State((make(0), None, make(2), make(3)))
    with pytest.raises(FieldRejected, match=r"0x00 where .* 0x30") as caught:
        plan_of(target).load(Reader(WITHOUT_NULL), local)
    assert (caught.value.field, caught.value.offset) == ("pointers[1]", 4)


def test_counted_pointers() -> None:
    """The number of pointers may be another field."""
    plan = plan_of(SCALARS["int32"], count="n")
    assert plan.save(State((1, None))).hex() == "020000000130"
    assert plan.load(Reader(plan.save(State((1, None)))), State((7, None))) == State((1, None))


def test_more_pointers_than_there_are() -> None:
    """A count above the number of local pointers is rejected: nobody knows which are NULL."""
    plan = plan_of(SCALARS["int32"], count="n")
    with pytest.raises(FieldRejected, match="3 pointers, of which only 2 are known") as caught:
        plan.load(Reader(b"\3" + bytes(12)), State((0, 0)))
    assert caught.value.field == "pointers"


def test_huge_number_of_pointers() -> None:
    """A count that the stream cannot hold raises Truncated before anything is made of it."""
    plan = plan_of(SCALARS["int32"], count="n")
    with pytest.raises(Truncated) as caught:
        plan.load(Reader(b"\xff" + bytes(20)), None)
    assert caught.value.field == "pointers"


@pytest.mark.parametrize(("target", "make"), KINDS)
def test_cut_pointers_are_truncated(target: Any, make: Any) -> None:
    """A stream that ends inside of an array of pointers names the array, at every length."""
    local = State((make(0), None, make(2), make(3)))
    for size in range(len(WITH_NULL)):
        with pytest.raises(Truncated) as caught:
            plan_of(target).load(Reader(WITH_NULL[:size]), local)
        assert caught.value.path[0].startswith("pointers")


@pytest.mark.parametrize("pointers", [(), (1, 2, 3), (1, 2, 3, 4, 5)])
def test_other_number_of_pointers_is_not_saved(pointers: tuple[int, ...]) -> None:
    """An array of pointers is neither padded nor cut when it is saved."""
    with pytest.raises(DoesNotFit, match="4") as caught:
        plan_of(SCALARS["int32"]).save(State(pointers))
    assert caught.value.field == "pointers"


@pytest.mark.parametrize(
    ("target", "bad", "field"),
    [
        (SCALARS["int32"], 1 << 31, "pointers[3]"),
        (Structure(TRIVIAL), Trivial(1 << 31), "pointers[3].i"),
    ],
)
def test_target_that_does_not_fit(target: Any, bad: Any, field: str) -> None:
    """What cannot be saved behind a pointer is named with the index of the pointer."""
    with pytest.raises(DoesNotFit, match="2147483648 is no int32") as caught:
        plan_of(target).save(State((None, None, None, bad)))
    assert caught.value.field == field
