"""Hooks: what they get, and what they can change or stop (facts 1.4)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import Refused, Rejected
from reference.vmstate.fields import qtailq, uint8
from reference.wire.errors import FieldRejected
from reference.wire.reader import Reader


class State(msgspec.Struct, frozen=True):
    """A state; ``note`` is not in the stream."""

    a: int = 0
    b: int = 0
    c: int = 0
    note: str = ""


def described(**hooks: Any) -> VMStateDescription:
    """A description of one field with these hooks."""
    return VMStateDescription(name="test", fields=(uint8("a"),), record=State, **hooks)


def test_pre_load_sets_defaults() -> None:
    """What pre_load returns is what the load goes on with."""
    vmsd = described(pre_load=lambda state: msgspec.structs.replace(state, a=9, b=9))
    assert compile_plan(vmsd).load(Reader(b"\1"), State(b=7, c=7)) == State(1, b=9, c=7)


def test_post_load_sees_the_loaded_state() -> None:
    """What post_load returns is the loaded state, subsections taken into account."""
    sub = VMStateDescription(name="test/b", fields=(uint8("b"),))
    vmsd = described(
        subsections=(sub,),
        post_load=lambda state, version: msgspec.structs.replace(
            state, note=f"{state.a} {state.b} at {version}"
        ),
    )
    loaded = compile_plan(vmsd).load(Reader(b"\1\5\6test/b\0\0\0\1\2"), State())
    assert loaded.note == "1 2 at 1"


def test_pre_save_does_not_change_the_state() -> None:
    """What pre_save returns is saved and is what post_save gets; the state stays as it was."""
    seen: list[State] = []
    vmsd = described(
        pre_save=lambda state: msgspec.structs.replace(state, a=state.a + 1), post_save=seen.append
    )
    state = State(7)
    assert compile_plan(vmsd).save(state) == b"\x08"
    assert (state, seen) == (State(7), [State(8)])


def test_needed_is_asked_after_pre_save() -> None:
    """A needed function of a subsection gets the state that pre_save made."""
    sub = VMStateDescription(name="test/b", needed=lambda state: state.b == 9)
    vmsd = described(pre_save=lambda state: msgspec.structs.replace(state, b=9), subsections=(sub,))
    assert compile_plan(vmsd).save(State()) == b"\0" + b"\5\6test/b\0\0\0\1"


def reject(*_: Any) -> Any:
    """A hook that accepts nothing."""
    raise Rejected("not today")


@pytest.mark.parametrize(("hook", "offset"), [("pre_load", 0), ("post_load", 1)])
def test_hook_stops_a_load(hook: str, offset: int) -> None:
    """A hook that rejects stops the load with its words; the error says where it stood."""
    with pytest.raises(FieldRejected, match="not today") as caught:
        compile_plan(described(**{hook: reject})).load(Reader(b"\1"), State())
    assert (caught.value.offset, caught.value.path) == (offset, ())


def test_nested_hook_stops_a_load() -> None:
    """The rejection of a nested hook names the way to it."""
    element = VMStateDescription(name="el", fields=(uint8("b"),), record=State, post_load=reject)
    vmsd = VMStateDescription(name="test", fields=(qtailq("a", element),), record=State)
    with pytest.raises(FieldRejected, match="not today") as caught:
        compile_plan(vmsd).load(Reader(b"\1\2\0"), None)
    assert (caught.value.field, caught.value.offset) == ("a[0]", 2)


def test_hook_refuses_a_save() -> None:
    """A pre_save hook may refuse; then nothing is saved, and post_save does not run."""
    seen: list[State] = []

    def refuse(_: State) -> State:
        raise Refused("in the middle of something")

    sub = VMStateDescription(name="test/b", pre_save=refuse, post_save=seen.append)
    with pytest.raises(Refused, match="in the middle of something") as caught:
        compile_plan(described(subsections=(sub,))).save(State())
    assert caught.value.field == "test/b"
    assert seen == []
