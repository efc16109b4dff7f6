"""Decoding without a local machine: dicts that hold all that the stream says."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_decoder
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import DescriptionError, DoesNotFit, Rejected
from reference.vmstate.fields import (
    buffer,
    gtree,
    int32_positive_le,
    qtailq,
    struct,
    uint8,
    uint16,
    uint32_equal,
    unused,
    validate,
    with_tmp,
)
from reference.wire.errors import UnknownSubsection, VersionRejected
from reference.wire.reader import Reader


class Record(msgspec.Struct, frozen=True):
    """A record, which a decoder does not make."""


def never(*_: Any) -> Any:
    """A hook or a test that a decoder must not ask."""
    raise Rejected("asked")


HOOKS: dict[str, Any] = {
    "pre_load": never,
    "post_load": never,
    "pre_save": never,
    "post_save": never,
}
EL = VMStateDescription(name="el", fields=(uint8("x"),), record=Record, **HOOKS)


def decoded(wire: bytes, *fields: Field, **options: Any) -> Any:
    """What a decoder makes of ``wire``; the same bytes must come out of it again."""
    vmsd = VMStateDescription(name="v", fields=fields, record=Record, **HOOKS, **options)
    plan = compile_decoder(vmsd, vmsd.version_id)
    reader = Reader(wire)
    state = plan.load(reader, None)
    assert reader.remaining == 0
    assert plan.save(state) == wire
    assert plan.describe(state)[1] == len(wire)
    return state


def test_fields_by_name() -> None:
    """A decoded state is a dict by field name, without the unused bytes."""
    assert decoded(b"\1\0\0\0\2", uint8("a"), unused(2), uint16("b")) == {"a": 1, "b": 2}


def test_attribute_is_the_key() -> None:
    """A field with an attribute of its own is found under that."""
    assert decoded(b"\1", uint8("value.a", attribute="a")) == {"a": 1}


def test_repeated_fields_have_keys_of_their_own() -> None:
    """Fields with the same name, or the same attribute, are found under their numbered names."""
    tmp = with_tmp(EL, from_state=never, into_state=never)
    fields = (tmp, tmp, uint8("a"), uint8("b", attribute="a"))
    assert decoded(b"\1\2\3\4", *fields) == {
        "tmp[0]": {"x": 1},
        "tmp[1]": {"x": 2},
        "a": 3,
        "b": 4,
    }


def test_counts_are_kept() -> None:
    """A count is a value like any other, as the stream has it."""
    fields = (uint8("n", counts="data"), buffer("data", size="n"))
    assert decoded(b"\2ab", *fields) == {"n": 2, "data": b"ab"}
    plan = compile_decoder(VMStateDescription(name="v", fields=fields), 1)
    with pytest.raises(DoesNotFit) as caught:
        plan.save({"n": 3, "data": b"ab"})
    assert caught.value.field == "data"


def test_nothing_is_compared() -> None:
    """A decoder has nothing to compare numbers with, and takes them all."""
    fields = (uint32_equal("a"), int32_positive_le("b"), validate("fine", never))
    assert decoded(b"\0\0\0\7\xff\xff\xff\xff", *fields) == {"a": 7, "b": -1}


def test_nested_states_are_dicts() -> None:
    """Structs, arrays and lists hold dicts, however deep."""
    fields = (
        struct("one", EL),
        struct("two", EL, count=2),
        qtailq("queue", EL),
        gtree("tree", key=None, value=EL),
        with_tmp(EL, from_state=never, into_state=never),
    )
    wire = b"\1" + b"\2\3" + b"\1\4\0" + b"\0\0\0\1\1" + bytes(7) + b"\5\6\0" + b"\7"
    assert decoded(wire, *fields) == {
        "one": {"x": 1},
        "two": ({"x": 2}, {"x": 3}),
        "queue": ({"x": 4},),
        "tree": ((5, {"x": 6}),),
        "tmp": {"x": 7},
    }


SUBS = tuple(
    VMStateDescription(name=name, version_id=2, fields=(uint8("x", version_id=2),), needed=never)
    for name in ("v/a", "v/b")
)


def test_subsections_are_kept_as_they_came() -> None:
    """Subsections are a list of name, version and dict, in the order of the stream, repeated."""
    b2, a1, b1 = b"\5\3v/b\0\0\0\2\7", b"\5\3v/a\0\0\0\1", b"\5\3v/b\0\0\0\1"
    assert decoded(b2 + a1 + b1, subsections=SUBS) == {
        "subsections": [("v/b", 2, {"x": 7}), ("v/a", 1, {}), ("v/b", 1, {})]
    }


def test_subsections_of_nested_states() -> None:
    """Each dict has its own subsections."""
    sub = VMStateDescription(name="in/x", fields=(uint8("x"),))
    inner = VMStateDescription(name="in", subsections=(sub,))
    wire = b"\5\4in/x\0\0\0\1\7" + b"\5\3v/b\0\0\0\1"
    assert decoded(wire, struct("inner", inner), subsections=SUBS) == {
        "inner": {"subsections": [("in/x", 1, {"x": 7})]},
        "subsections": [("v/b", 1, {})],
    }


@pytest.mark.parametrize(
    ("wire", "error"),
    [(b"\5\3v/c\0\0\0\1", UnknownSubsection), (b"\5\3v/b\0\0\0\3", VersionRejected)],
)
def test_subsections_must_be_known(wire: bytes, error: type[Exception]) -> None:
    """A decoder knows no more subsections and versions than its description."""
    with pytest.raises(error):
        decoded(wire, subsections=SUBS)


def test_state_cannot_decide_what_is_there() -> None:
    """A field whose test asks the machine makes a description that cannot be decoded by."""
    with pytest.raises(DescriptionError, match="whether a is there depends on the machine"):
        decoded(b"\1", uint8("a", field_exists=never))
