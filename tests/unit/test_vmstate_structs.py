"""Descriptions inside descriptions: struct, vstruct, scratch values (facts 1.4)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import DoesNotFit, Rejected
from reference.vmstate.fields import int64, struct, uint8, uint16, uint32, uint64, vstruct, with_tmp
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader


class Inner(msgspec.Struct, frozen=True):
    """A nested state; ``local`` is not in the stream."""

    old: int = 0
    new: int = 0
    local: str = ""


class Outer(msgspec.Struct, frozen=True):
    """A state with another inside."""

    inner: Inner = Inner()
    after: int = 0


INNER = VMStateDescription(
    name="inner", version_id=3, fields=(uint8("old"), uint16("new", version_id=3)), record=Inner
)
OUTER = VMStateDescription(
    name="outer",
    version_id=2,
    fields=(struct("inner", INNER, version_id=1), uint8("after")),
    record=Outer,
)
WIRE = bytes.fromhex("01 0203 04")
STATE = Outer(Inner(1, 0x203), 4)


def test_struct_has_no_header() -> None:
    """A nested struct is its fields, without a name, a version or a length."""
    plan = compile_plan(OUTER)
    assert plan.save(STATE) == WIRE
    assert plan.load(Reader(WIRE), None) == STATE


def test_struct_is_loaded_onto_what_is_there() -> None:
    """What the stream does not say of a nested struct stays as it was."""
    loaded = compile_plan(OUTER).load(Reader(WIRE), Outer(Inner(9, 9, "here"), 9))
    assert loaded == Outer(Inner(1, 0x203, "here"), 4)


def test_struct_has_the_version_of_its_own_description() -> None:
    """A nested struct has its description's version, neither the field's nor the stream's."""
    assert compile_plan(OUTER, 1).load(Reader(WIRE), None) == STATE


@pytest.mark.parametrize(
    ("version", "wire", "state"),
    [
        (1, "01 04", Outer(Inner(1), 4)),
        (2, "01 04", Outer(Inner(1), 4)),
        (3, "01 0203 04", STATE),
    ],
)
def test_vstruct_has_the_version_of_the_field(version: int, wire: str, state: Outer) -> None:
    """A vstruct is saved and loaded at the version that the field says."""
    fields = (vstruct("inner", INNER, struct_version_id=version), uint8("after"))
    plan = compile_plan(VMStateDescription(name="outer", fields=fields, record=Outer))
    assert plan.save(STATE) == bytes.fromhex(wire)
    assert plan.load(Reader(bytes.fromhex(wire)), None) == state


@pytest.mark.parametrize(
    ("size", "field", "offset"),
    [(0, "inner.old", 0), (1, "inner.new", 1), (2, "inner.new", 1), (3, "after", 3)],
)
def test_cut_struct_names_the_path(size: int, field: str, offset: int) -> None:
    """A stream that ends inside of a nested struct names the path to the field."""
    with pytest.raises(Truncated) as caught:
        compile_plan(OUTER).load(Reader(WIRE[:size]), None)
    assert (caught.value.field, caught.value.offset) == (field, offset)


def test_struct_that_does_not_fit_names_the_path() -> None:
    """A value of a nested struct that cannot be saved is named with its path."""
    with pytest.raises(DoesNotFit) as caught:
        compile_plan(OUTER).save(Outer(Inner(new=-1)))
    assert caught.value.field == "inner.new"


class Sum(msgspec.Struct, frozen=True):
    """The state of QEMU's test of scratch values."""

    a: int = 0
    b: int = 0
    d: int = 0
    f: int = 0


class Difference(msgspec.Struct, frozen=True):
    """Its scratch value; ``f`` is the parent's."""

    diff: int = 0
    f: int = 0


def from_state(state: Sum) -> Difference:
    """What is sent in place of ``b``."""
    return Difference(state.b - state.a, state.f)


def into_state(state: Sum, scratch: Difference) -> dict[str, Any]:
    """What was sent, taken apart again."""
    if scratch.diff == 99:
        raise Rejected("a difference of 99")
    return {"b": state.a + scratch.diff, "f": scratch.f}


WITH_TMP = VMStateDescription(
    name="test/with_tmp",
    fields=(
        uint32("a"),
        uint64("d"),
        with_tmp(
            VMStateDescription(
                name="test/tmp_child", fields=(int64("diff"), uint64("f")), record=Difference
            ),
            from_state=from_state,
            into_state=into_state,
        ),
    ),
    record=Sum,
)
TMP_WIRE = bytes.fromhex("00000002 0000000000000001 0000000000000002 0000000000000008")


def test_scratch_value_is_made_and_taken_apart() -> None:
    """A scratch value takes the bytes of its description; load sees the fields before it."""
    plan = compile_plan(WITH_TMP)
    assert plan.save(Sum(a=2, b=4, d=1, f=8)) == TMP_WIRE
    assert plan.load(Reader(TMP_WIRE), None) == Sum(a=2, b=4, d=1, f=8)
    assert plan.load(Reader(TMP_WIRE), Sum(9, 9, 9, 9)) == Sum(a=2, b=4, d=1, f=8)


def test_cut_scratch_value_is_truncated() -> None:
    """A stream that ends inside of a scratch value names the path."""
    with pytest.raises(Truncated) as caught:
        compile_plan(WITH_TMP).load(Reader(TMP_WIRE[:-1]), None)
    assert caught.value.field == "tmp.f"


def test_scratch_value_can_be_rejected() -> None:
    """What takes a scratch value apart may reject it, and the error says where."""
    wire = TMP_WIRE.replace(b"\2" + bytes(7), b"\x63" + bytes(7))
    with pytest.raises(FieldRejected, match="a difference of 99") as caught:
        compile_plan(WITH_TMP).load(Reader(wire), None)
    assert (caught.value.field, caught.value.offset) == ("tmp", len(wire))


def test_scratch_value_that_does_not_fit() -> None:
    """A scratch value that cannot be saved is named with its path."""
    with pytest.raises(DoesNotFit) as caught:
        compile_plan(WITH_TMP).save(Sum(f=-1))
    assert caught.value.field == "tmp.f"
