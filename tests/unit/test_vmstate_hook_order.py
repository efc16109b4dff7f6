"""Hooks: in which order they run, and which of them after a failure (facts 1.4)."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import struct, uint8
from reference.wire.errors import Truncated, UnknownSubsection
from reference.wire.reader import Reader


class Inner(msgspec.Struct, frozen=True):
    """A nested state."""

    x: int = 0


class State(msgspec.Struct, frozen=True):
    """A state with another inside."""

    a: int = 0
    inner: Inner = Inner()
    z: int = 0
    b: int = 0
    c: int = 0


@pytest.fixture
def calls() -> list[str]:
    """What was called, in order."""
    return []


@pytest.fixture
def observed(calls: list[str]) -> VMStateDescription:
    """A description with a nested one and two subsections, whose hooks all note their call."""

    def hook(what: str, result: Any = None) -> Callable[..., Any]:
        def note(state: Any, *version: int) -> Any:
            calls.append(" ".join((what, *map(str, version))))
            return state if result is None else result

        return note

    def hooks(name: str) -> dict[str, Any]:
        kinds = ("pre_load", "post_load", "pre_save", "post_save")
        return {kind: hook(f"{name} {kind}") for kind in kinds}

    def field(name: str) -> Any:
        return uint8(name, field_exists=hook(f"field {name}", result=True))

    def sub(name: str) -> VMStateDescription:
        needed = hook(f"{name} needed", result=True)
        return VMStateDescription(
            name=f"test/{name}", fields=(field(name),), needed=needed, **hooks(name)
        )

    inner = VMStateDescription(
        name="in", version_id=4, fields=(field("x"),), record=Inner, **hooks("inner")
    )
    return VMStateDescription(
        name="test",
        version_id=3,
        fields=(field("a"), struct("inner", inner), field("z")),
        subsections=(sub("b"), sub("c")),
        record=State,
        **hooks("test"),
    )


WIRE = b"\1\2\3" + b"\5\6test/b\0\0\0\1\4" + b"\5\6test/c\0\0\0\1\5"
STATE = State(1, Inner(2), 3, 4, 5)


def test_order_of_a_load(calls: list[str], observed: VMStateDescription) -> None:
    """A load runs pre_load, the fields, the subsections, post_load; needed is not asked."""
    assert compile_plan(observed, 2).load(Reader(WIRE), State()) == STATE
    assert calls == [
        *("test pre_load", "field a 2"),
        *("inner pre_load", "field x 4", "inner post_load 4"),
        "field z 2",
        *("b pre_load", "field b 1", "b post_load 1"),
        *("c pre_load", "field c 1", "c post_load 1"),
        "test post_load 2",
    ]


def test_order_of_a_save(calls: list[str], observed: VMStateDescription) -> None:
    """A save runs pre_save, the fields, each needed subsection, post_save."""
    assert compile_plan(observed).save(STATE) == WIRE
    assert calls == [
        *("test pre_save", "field a 3"),
        *("inner pre_save", "field x 4", "inner post_save"),
        "field z 3",
        *("b needed", "b pre_save", "field b 1", "b post_save"),
        *("c needed", "c pre_save", "field c 1", "c post_save"),
        "test post_save",
    ]


@pytest.mark.parametrize(
    ("bad", "field", "last"),
    [
        (State(a=256), "a", ["test post_save"]),
        (State(inner=Inner(256)), "inner.x", ["inner post_save", "test post_save"]),
        (State(b=256), "test/b.b", ["b post_save", "test post_save"]),
    ],
)
def test_post_save_after_a_failure(
    calls: list[str], observed: VMStateDescription, bad: State, field: str, last: list[str]
) -> None:
    """A post_save hook also runs where a field or a subsection could not be saved."""
    with pytest.raises(DoesNotFit) as caught:
        compile_plan(observed).save(bad)
    assert caught.value.field == field
    assert [call for call in calls if "post_save" in call][-len(last) :] == last


@pytest.mark.parametrize("wire", [b"\1\2", WIRE[:-1], b"\1\2\3\5\6test/x\0\0\0\1"])
def test_no_post_load_after_a_failure(
    calls: list[str], observed: VMStateDescription, wire: bytes
) -> None:
    """A post_load hook does not run where a field or a subsection could not be loaded."""
    with pytest.raises((Truncated, UnknownSubsection)):
        compile_plan(observed).load(Reader(wire), State())
    assert "test post_load 3" not in calls
