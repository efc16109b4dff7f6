"""Arrays of structs on the wire (facts 1.6, containers)."""

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import struct, uint8, uint16
from reference.vmstate.plan import Plan
from reference.wire.errors import Truncated
from reference.wire.reader import Reader


class Pair(msgspec.Struct, frozen=True):
    """An element; ``local`` is not in the stream."""

    low: int = 0
    high: int = 0
    local: str = ""


PAIR = VMStateDescription(name="pair", fields=(uint8("low"), uint16("high")), record=Pair)


class State(msgspec.Struct, frozen=True):
    """An array of them."""

    values: tuple[Pair, ...] = ()


def plan_of(*fields: Field) -> Plan:
    """The plan of a description with these fields."""
    return compile_plan(VMStateDescription(name="test", fields=fields, record=State))


STRUCTS = plan_of(uint8("n", counts="values"), struct("values", PAIR, count="n"))


def test_structs_lie_back_to_back() -> None:
    """The elements of an array of structs lie back to back, without a header each."""
    state = State((Pair(1, 2), Pair(3, 0x405)))
    assert STRUCTS.save(state).hex() == "02" + "010002" + "030405"
    assert STRUCTS.load(Reader(STRUCTS.save(state)), None) == state


def test_hooks_of_each_element_run() -> None:
    """The hooks of an array's elements run for each of them."""
    hooked = VMStateDescription(
        name="pair",
        fields=PAIR.fields,
        record=Pair,
        pre_save=lambda pair: Pair(pair.low + 1, pair.high),
        post_load=lambda pair, version: Pair(pair.low, pair.high, f"at {version}"),
    )
    plan = plan_of(struct("values", hooked, count=2))
    assert plan.save(State((Pair(1), Pair(2)))).hex() == "020000030000"
    loaded = plan.load(Reader(plan.save(State((Pair(1), Pair(2))))), None)
    assert loaded == State((Pair(2, 0, "at 1"), Pair(3, 0, "at 1")))


@pytest.mark.parametrize("first", [1, 5])
def test_structs_are_loaded_onto_what_is_there(first: int) -> None:
    """What the stream does not say of an element stays as it was, whatever byte it begins with."""
    plan = plan_of(struct("values", PAIR, count=2))
    local = State((Pair(local="a"), Pair(local="b")))
    loaded = plan.load(Reader(bytes((9, 0, 1, first, 0, 2))), local)
    assert loaded == State((Pair(9, 1, "a"), Pair(first, 2, "b")))


def test_struct_that_does_not_fit_is_named_with_its_index() -> None:
    """An element that cannot be saved is named with its index and its field."""
    with pytest.raises(DoesNotFit, match="256 is no uint8") as caught:
        STRUCTS.save(State((Pair(), Pair(256))))
    assert caught.value.field == "values[1].low"


@pytest.mark.parametrize("size", range(7))
def test_cut_structs_name_the_element(size: int) -> None:
    """A stream that ends inside of an array of structs names the element and its field."""
    with pytest.raises(Truncated) as caught:
        STRUCTS.load(Reader(b"\2\1\0\2\3\4\5"[:size]), None)
    names = [
        "n",
        "values[0].low",
        *["values[0].high"] * 2,
        "values[1].low",
        *["values[1].high"] * 2,
    ]
    assert caught.value.field == names[size]
