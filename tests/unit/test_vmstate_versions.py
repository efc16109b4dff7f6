"""Which versions are accepted, and which fields a version has (facts 1.4)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VersionBefore, VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import buffer, uint8, uint32, uint64, unused, validate
from reference.vmstate.plan import check_version
from reference.wire.errors import FieldRejected, VersionRejected
from reference.wire.reader import Reader


class State(msgspec.Struct, frozen=True):
    """The state of QEMU's tests of versions and of field tests."""

    a: int = 0
    b: int = 200
    c: int = 300
    d: int = 0
    e: int = 500
    f: int = 600
    skip_c_e: bool = False


@pytest.mark.parametrize("version", [3, 4, 7])
def test_versions_from_minimum_to_own_are_accepted(version: int) -> None:
    """A version is accepted from the minimum version to the description's own, both included."""
    vmsd = VMStateDescription(name="test", version_id=7, minimum_version_id=3)
    check_version(vmsd, version, 0)


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (8, "test: incoming version_id 8 is too new for local version_id 7"),
        (0xFFFFFFFF, "version_id 4294967295 is too new"),
        (2, "test: incoming version_id 2 is too old for local minimum version_id 3"),
        (0, "version_id 0 is too old"),
    ],
)
def test_other_versions_are_rejected(version: int, problem: str) -> None:
    """A version outside is rejected with both numbers and the offset."""
    vmsd = VMStateDescription(name="test", version_id=7, minimum_version_id=3)
    with pytest.raises(VersionRejected, match=problem) as caught:
        check_version(vmsd, version, 0x123)
    assert caught.value.offset == 0x123


VERSIONED = VMStateDescription(
    name="test/versioned",
    version_id=2,
    fields=(
        uint32("a"),
        uint32("b", version_id=2),
        uint32("c"),
        uint64("d"),
        uint32("e", version_id=2),
        uint64("f", version_id=2),
    ),
    record=State,
)
WIRE_1 = bytes.fromhex("0000000a 0000001e 0000000000000028")
WIRE_2 = bytes.fromhex("0000000a 00000014 0000001e 0000000000000028 00000032 000000000000003c")


def test_field_of_a_later_version_is_absent() -> None:
    """A field whose version is above that of the stream is absent, and keeps the local value."""
    loaded = compile_plan(VERSIONED, 1).load(Reader(WIRE_1), State())
    assert loaded == State(a=10, b=200, c=30, d=40, e=500, f=600)


def test_field_of_the_version_is_there() -> None:
    """A field whose version is that of the stream is there."""
    loaded = compile_plan(VERSIONED, 2).load(Reader(WIRE_2), State())
    assert loaded == State(a=10, b=20, c=30, d=40, e=50, f=60)


def test_save_writes_the_own_version() -> None:
    """A description saves the fields of its own version, unless another one is asked for."""
    state = State(a=10, b=20, c=30, d=40, e=50, f=60)
    assert compile_plan(VERSIONED).save(state) == WIRE_2
    assert compile_plan(VERSIONED, 1).save(state) == WIRE_1


def kept(state: State, version_id: int) -> bool:  # noqa: ARG001 -- a FieldTest
    """Whether the fields ``c`` and ``e`` are in the stream."""
    return not state.skip_c_e


SKIPPING = VMStateDescription(
    name="test/skip",
    version_id=2,
    fields=(
        uint32("a"),
        uint32("b"),
        uint32("c", field_exists=kept),
        uint64("d"),
        uint32("e", field_exists=kept),
        uint64("f", version_id=2),
    ),
    record=State,
)


@pytest.mark.parametrize(
    ("state", "wire"),
    [
        (State(1, 2, 3, 4, 5, 6), WIRE_2),
        (State(1, 2, 300, 4, 500, 6, skip_c_e=True), WIRE_2[:8] + WIRE_2[12:20] + WIRE_2[24:]),
    ],
)
def test_state_decides_about_a_field(state: State, wire: bytes) -> None:
    """A field with a test is there where the test holds for the state; else it stays as it was."""
    wire = bytes(byte // 10 for byte in wire)
    assert compile_plan(SKIPPING).save(state) == wire
    local = State(skip_c_e=state.skip_c_e)
    assert compile_plan(SKIPPING).load(Reader(wire), local) == state


def test_test_sees_what_was_loaded_before() -> None:
    """The test of a field gets the fields before it as loaded, the others as they were."""
    seen: list[tuple[State, int]] = []

    def record(state: State, version_id: int) -> bool:
        seen.append((state, version_id))
        return True

    fields = (uint8("n", counts="e"), uint8("a"), uint8("b", field_exists=record), uint8("c"))
    vmsd = VMStateDescription(name="test", version_id=4, fields=fields, record=State)
    compile_plan(vmsd, 3).load(Reader(b"\0\1\2\3"), State(a=9, b=9, c=9))
    assert seen == [(State(a=1, b=9, c=9), 3)]


@pytest.mark.parametrize(
    ("field", "version", "there"),
    [
        (uint8("a", field_exists=VersionBefore(3)), 2, True),
        (uint8("a", field_exists=VersionBefore(3)), 3, False),
        (uint8("a", field_exists=VersionBefore(3), version_id=9), 2, True),
        (uint8("a", field_exists=lambda _state, version: version < 3, version_id=9), 2, True),
        (uint8("a", field_exists=lambda _state, version: version < 3), 3, False),
        (buffer("a", size=1, field_exists=VersionBefore(3)), 2, True),
        (unused(1, field_exists=VersionBefore(3)), 3, False),
        (unused(1, version_id=3), 3, True),
        (unused(1, version_id=3), 2, False),
    ],
)
def test_test_replaces_the_version_of_the_field(field: Field, version: int, *, there: bool) -> None:
    """A field with a test is there where the test holds, whatever the field's own version."""
    vmsd = VMStateDescription(name="test", version_id=3, fields=(field,), record=State)
    reader = Reader(b"\7")
    compile_plan(vmsd, version).load(reader, State())
    assert reader.position == there


def valid(state: Any, version_id: int) -> bool:  # noqa: ARG001 -- a FieldTest
    """Whether ``a`` does not exceed ``c``."""
    return bool(state.a <= state.c)


VALIDATED = VMStateDescription(
    name="test",
    fields=(uint8("a"), validate("a is small", valid), uint8("b")),
    record=State,
)


def test_validation_has_no_bytes() -> None:
    """VMSTATE_VALIDATE takes no byte of the stream, where it holds."""
    assert compile_plan(VALIDATED).save(State(a=7, b=1, c=7)) == b"\7\1"
    assert compile_plan(VALIDATED).load(Reader(b"\7\1"), State(c=7)) == State(a=7, b=1, c=7)


def test_validation_rejects_at_once() -> None:
    """A failed validation rejects the load before the fields behind it are read."""
    with pytest.raises(FieldRejected, match="Input validation failed") as caught:
        compile_plan(VALIDATED).load(Reader(b"\7"), State(c=6))
    assert (caught.value.field, caught.value.offset) == ("a is small", 1)


def test_validation_refuses_to_save() -> None:
    """A state that fails its validation is not saved."""
    with pytest.raises(DoesNotFit, match="Input validation failed") as caught:
        compile_plan(VALIDATED).save(State(a=7, c=6))
    assert caught.value.field == "a is small"
