"""One number on the wire: its bytes, its range, and what it is compared with (facts 1.6)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import (
    SCALARS,
    bool_,
    cpudouble,
    float64,
    int8,
    int16,
    int32,
    int32_equal,
    int32_positive_le,
    int64,
    timer,
    uint8,
    uint8_equal,
    uint16,
    uint16_equal,
    uint32,
    uint32_equal,
    uint64,
    uint64_equal,
)
from reference.vmstate.plan import Plan
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class State(msgspec.Struct, frozen=True):
    """One attribute."""

    value: Any


def plan_of(field: Field) -> Plan:
    """The plan of a description with one field."""
    return compile_plan(VMStateDescription(name="test", fields=(field,), record=State))


ENCODINGS = [
    (bool_, False, "00"),
    (bool_, True, "01"),
    (int8, -128, "80"),
    (int8, 127, "7f"),
    (uint8, 0, "00"),
    (uint8, 0xFE, "fe"),
    (int16, -2, "fffe"),
    (int16, 0x7FFE, "7ffe"),
    (uint16, 0xBEEF, "beef"),
    (int32, -2, "fffffffe"),
    (int32, 0x01020304, "01020304"),
    (uint32, 0xDEADBEEF, "deadbeef"),
    (int64, -2, "fffffffffffffffe"),
    (int64, 0x0102030405060708, "0102030405060708"),
    (uint64, 0xFEDCBA9876543210, "fedcba9876543210"),
    (uint8_equal, 0x81, "81"),
    (uint16_equal, 0x8182, "8182"),
    (uint32_equal, 0x81828384, "81828384"),
    (uint64_equal, 0x8182838485868788, "8182838485868788"),
    (int32_equal, -3, "fffffffd"),
    (int32_positive_le, 3, "00000003"),
    (cpudouble, 0x3FF0000000000000, "3ff0000000000000"),
    (float64, 0x7FF0000000000001, "7ff0000000000001"),
    (timer, 1_000_000_000, "000000003b9aca00"),
    (timer, -1, "ffffffffffffffff"),
]


@pytest.mark.parametrize(("field", "value", "wire"), ENCODINGS)
def test_number_is_saved_as(field: Any, value: int, wire: str) -> None:
    """A number is saved in the bytes of its type, most significant first."""
    assert plan_of(field("value")).save(State(value)).hex() == wire


@pytest.mark.parametrize(("field", "value", "wire"), ENCODINGS)
def test_number_is_loaded_from(field: Any, value: int, wire: str) -> None:
    """A number is loaded from exactly the bytes of its type."""
    reader = Reader(bytes.fromhex(wire) + b"next")
    loaded = plan_of(field("value")).load(reader, State(value))
    assert loaded == State(value)
    assert type(loaded.value) is type(value)
    assert reader.remaining == len(b"next")


@pytest.mark.parametrize("byte", [1, 2, 0x80, 0xFF])
def test_any_byte_but_zero_is_true(byte: int) -> None:
    """A bool is loaded as true from any byte that is not zero."""
    assert plan_of(bool_("value")).load(Reader(bytes((byte,))), None) == State(value=True)


OUT_OF_RANGE = [
    (int8, -129),
    (int8, 128),
    (uint8, -1),
    (uint8, 256),
    (int16, 0x8000),
    (uint16, 0x10000),
    (int32, 0x80000000),
    (uint32, 1 << 32),
    (int64, 1 << 63),
    (uint64, 1 << 64),
    (uint64, -1),
    (timer, 1 << 63),
    (cpudouble, 1.0),
    (uint32, "1"),
    (uint32, None),
]


@pytest.mark.parametrize(("field", "value"), OUT_OF_RANGE)
def test_value_out_of_range_is_not_saved(field: Any, value: Any) -> None:
    """A value that its type cannot hold is not saved, and the error names field and value."""
    with pytest.raises(DoesNotFit) as caught:
        plan_of(field("value")).save(State(value))
    assert caught.value.field == "value"
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("field", "local", "wire", "problem"),
    [
        (uint8_equal, 0x12, "13", "12 != 13"),
        (uint16_equal, 0x12, "0013", "12 != 13"),
        (uint32_equal, 0x81828384, "81828385", "81828384 != 81828385"),
        (uint64_equal, 0xF000000000000000, "0000000000000000", "f000000000000000 != 0"),
        (int32_equal, 1, "00000000", "1 != 0"),
    ],
)
def test_equal_rejects_another_value(field: Any, local: int, wire: str, problem: str) -> None:
    """A compared number must be the local one; the error shows both in hex, the local one first."""
    with pytest.raises(FieldRejected, match=problem) as caught:
        plan_of(field("value")).load(Reader(bytes.fromhex(wire)), State(local))
    assert caught.value.field == "value"


@pytest.mark.parametrize("received", [0, 1, 6, 7])
def test_le_accepts_up_to_the_local_value(received: int) -> None:
    """An "int32 le" is accepted from 0 to the local value, which it replaces."""
    wire = received.to_bytes(4, "big")
    loaded = plan_of(int32_positive_le("value")).load(Reader(wire), State(7))
    assert loaded == State(received)


@pytest.mark.parametrize("wire", ["00000008", "7fffffff", "ffffffff", "80000000"])
def test_le_rejects_what_lies_outside(wire: str) -> None:
    """An "int32 le" that is negative or above the local value is rejected."""
    with pytest.raises(FieldRejected, match="expecting positive value <= 7") as caught:
        plan_of(int32_positive_le("value")).load(Reader(bytes.fromhex(wire)), State(7))
    assert caught.value.field == "value"


@pytest.mark.parametrize("field", [uint32_equal, int32_positive_le])
def test_nothing_is_compared_without_a_local_machine(field: Any) -> None:
    """A compared number is loaded as it is where there is nothing to compare it with."""
    assert plan_of(field("value")).load(Reader(b"\0\0\0\7"), None) == State(7)


def test_error_names_the_byte_of_the_compared_field() -> None:
    """The offset of a rejected number is that of its own first byte, not of its neighbours."""
    fields = (Field(name="before", info=SCALARS["uint64"]), uint16_equal("value"))
    vmsd = VMStateDescription(name="test", fields=fields)
    reader = Reader(bytes(13))
    reader.take(3)
    with pytest.raises(FieldRejected) as caught:
        compile_plan(vmsd).load(reader, {"before": 0, "value": 1})
    assert (caught.value.offset, caught.value.field) == (11, "value")


@pytest.mark.parametrize("name", SCALARS)
def test_cut_number_is_truncated(name: str) -> None:
    """A number of which the stream has only a part raises Truncated with the name of the field."""
    plan = plan_of(Field(name="value", info=SCALARS[name]))
    for size in range(plan.minimum_size):
        with pytest.raises(Truncated) as caught:
            plan.load(Reader(bytes(size)), None)
        assert (caught.value.field, caught.value.offset) == ("value", 0)
