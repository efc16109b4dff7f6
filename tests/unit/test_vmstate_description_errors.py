"""Descriptions that contradict themselves, found when they are first used."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_decoder, compile_plan
from reference.vmstate.description import Field, Pointers, VMStateDescription
from reference.vmstate.errors import DescriptionError
from reference.vmstate.fields import (
    SCALARS,
    array_of_pointer,
    bitmap,
    buffer,
    gtree,
    qtailq,
    struct,
    uint8,
    unused,
    with_tmp,
)
from reference.wire.errors import FieldRejected
from reference.wire.reader import Reader


class Strict(msgspec.Struct, frozen=True):
    """A record without defaults."""

    a: int
    b: int


EMPTY = VMStateDescription(name="empty")
ONE = VMStateDescription(name="one", fields=(uint8("x"),))
LATER = (uint8("n", version_id=2), uint8("a", count="n"))

CONTRADICTIONS = [
    ((uint8("a", count="n"),), "test: a is counted by n, which is no field before it"),
    ((uint8("a", count="n"), uint8("n")), "test: a is counted by n"),
    ((buffer("a", size="a"),), "test: a is counted by a"),
    ((struct("a", ONE, count="n"),), "test: a is counted by n"),
    ((array_of_pointer("a", SCALARS["uint8"], count="n"),), "test: a is counted by n"),
    ((unused(4, count="n"),), "test: unused is counted by n"),
    (LATER, "test: a is counted by n, which is no field before it in version 1"),
    ((uint8("n"), struct("a", EMPTY, count="n")), "test: a is counted, and .* may take no byte"),
    ((qtailq("a", ONE, count=2),), "test: a cannot be an array"),
    ((gtree("a", key=None, value=ONE, count=2),), "test: a cannot be an array"),
    ((bitmap("a", bits=8, count=2),), "test: a cannot be an array"),
    ((buffer("a", size=8, count=2),), "test: a cannot be an array"),
    ((with_tmp(ONE, from_state=id, into_state=max, count=2),), "test: tmp cannot be an array"),
    ((Field(name="a", info=Pointers(SCALARS["uint8"])),), "test: a cannot be an array"),
]


@pytest.mark.parametrize(("fields", "problem"), CONTRADICTIONS)
@pytest.mark.parametrize("compiler", [compile_plan, compile_decoder])
def test_contradiction(fields: Any, problem: str, compiler: Any) -> None:
    """A description that contradicts itself is refused with its name and the field's."""
    vmsd = VMStateDescription(name="test", version_id=1, fields=fields)
    with pytest.raises(DescriptionError, match=problem):
        compiler(vmsd, 1)


def test_contradiction_of_one_version() -> None:
    """A version whose fields fit together can be used, whatever the others are like."""
    vmsd = VMStateDescription(name="test", version_id=2, fields=LATER)
    assert compile_decoder(vmsd, 2).load(Reader(b"\1\7"), None) == {"n": 1, "a": (7,)}


def test_record_of_another_kind() -> None:
    """A record that is no msgspec.Struct is refused with its name."""
    with pytest.raises(DescriptionError, match=r"test: the record dict is no msgspec\.Struct"):
        compile_plan(VMStateDescription(name="test", record=dict))


@pytest.mark.parametrize("fields", [(uint8("a"),), (uint8("a"), uint8("b"), uint8("c"))])
def test_record_that_cannot_be_made(fields: tuple[Field, ...]) -> None:
    """Fields that do not make the record are refused with its name."""
    vmsd = VMStateDescription(name="test", fields=fields, record=Strict)
    with pytest.raises(DescriptionError, match="Strict cannot be made"):
        compile_plan(vmsd).load(Reader(b"abc"), None)


def test_count_that_the_stream_leaves_out() -> None:
    """An array whose count was left out by its own test is rejected, and nothing is guessed."""
    fields = (uint8("n", field_exists=lambda *_: False), uint8("a", count="n"))
    vmsd = VMStateDescription(name="test", fields=fields, record=Counted)
    with pytest.raises(FieldRejected, match="n is not in the stream") as caught:
        compile_plan(vmsd).load(Reader(b"\1\7"), None)
    assert caught.value.field == "a"


class Counted(msgspec.Struct, frozen=True):
    """An array with its count."""

    n: int = 0
    a: tuple[int, ...] = ()
