"""What the engine says of its bytes in a vmdescription (facts 1.8; texts from real streams)."""

from typing import Any

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.fields import (
    SCALARS,
    array_of_pointer,
    bitmap,
    bool_,
    buffer,
    gtree,
    int32,
    qtailq,
    struct,
    uint8,
    uint32,
    uint64,
    uint64_equal,
    unused,
    validate,
    with_tmp,
)


class State(msgspec.Struct, frozen=True, dict=True):
    """Whatever a description needs, all of it optional."""

    a: Any = ()
    b: Any = 0
    c: Any = 0
    d: Any = 0


def described(*fields: Field, state: State, **options: Any) -> tuple[str, int]:
    """The text without the version of the description around it; and the size."""
    vmsd = VMStateDescription(name="v", fields=fields, record=State, **options)
    plan = compile_plan(vmsd)
    text, size = plan.describe(state)
    assert size == len(plan.save(state))
    head = '"vmsd_name": "v", "version": 1, "fields": '
    assert text.startswith(head)
    return text.removeprefix(head), size


ONE = VMStateDescription(name="el", version_id=2, fields=(uint8("b"),), record=State)
EL = '"vmsd_name": "el", "version": 2, "fields": [{"name": "b", "type": "uint8", "size": 1}]'
NAMED = VMStateDescription(
    name="el", version_id=2, fields=(uint8("b", field_exists=lambda *_: True),), record=State
)
TMP = with_tmp(ONE, from_state=lambda _: State(), into_state=lambda *_: {})


ENTRIES = [
    (uint64_equal("b"), State(), '{"name": "b", "type": "int64 equal", "size": 8}'),
    (buffer("a", size=2), State(b"ab"), '{"name": "a", "type": "buffer", "size": 2}'),
    (bitmap("a", bits=3328), State(), '{"name": "a", "type": "bitmap", "size": 416}'),
    (
        uint64("a", count=2),
        State((1, 2)),
        '{"name": "a", "array_len": 2, "type": "uint64", "size": 8}',
    ),
    (uint64("a", count=1), State((1,)), '{"name": "a", "type": "uint64", "size": 8}'),
    (uint64("a", count=0), State(), ""),
    (
        bool_("a", count=2, field_exists=lambda *_: True),
        State((True, True)),
        (
            '{"name": "a", "index": 0, "type": "bool", "size": 1}, '
            '{"name": "a", "index": 1, "type": "bool", "size": 1}'
        ),
    ),
    (uint64("b", field_exists=lambda *_: False), State(), ""),
    (validate("fine", lambda *_: True), State(), ""),
    (
        struct("a", ONE),
        State(State()),
        f'{{"name": "a", "type": "struct", "struct": {{{EL}}}, "size": 1}}',
    ),
    (
        struct("a", ONE, count=2),
        State((State(), State())),
        f'{{"name": "a", "array_len": 2, "type": "struct", "struct": {{{EL}}}, "size": 1}}',
    ),
    (
        struct("a", NAMED, count=2),
        State((State(), State())),
        (
            f'{{"name": "a", "index": 0, "type": "struct", "struct": {{{EL}}}, "size": 1}}, '
            f'{{"name": "a", "index": 1, "type": "struct", "struct": {{{EL}}}, "size": 1}}'
        ),
    ),
    (
        qtailq("a", ONE),
        State((State(), State())),
        f'{{"name": "a", "type": "qtailq", {EL}, {EL}, "size": 5}}',
    ),
    (qtailq("a", ONE), State(), '{"name": "a", "type": "qtailq", "size": 1}'),
    (
        gtree("a", key=ONE, value=ONE),
        State(((State(), State()),)),
        f'{{"name": "a", "type": "gtree", {EL}, {EL}, "size": 8}}',
    ),
    (
        gtree("a", key=None, value=ONE),
        State(((7, State()),)),
        f'{{"name": "a", "type": "gtree", {EL}, "size": 15}}',
    ),
    (TMP, State(), f'{{"name": "tmp", "type": "tmp", {EL}, "size": 1}}'),
    (
        array_of_pointer("a", SCALARS["uint32"], count=2),
        State((None, 7)),
        (
            '{"name": "a", "index": 0, "type": "nullptr", "size": 1}, '
            '{"name": "a", "index": 1, "type": "uint32", "size": 4}'
        ),
    ),
]


@pytest.mark.parametrize(("field", "state", "text"), ENTRIES)
def test_entries_of_a_field(field: Field, state: State, text: str) -> None:
    """Each kind of field is described as QEMU's writer does, with the size of one element."""
    assert described(field, state=state)[0] == f"[{text}]"


COUNT = '{"name": "c", "type": "int32", "size": 4}'
COUNTED = [
    (
        uint32("a", count="c"),
        (1, 2, 3),
        '{"name": "a", "array_len": 3, "type": "uint32", "size": 4}',
    ),
    (buffer("a", size="c"), b"abc", '{"name": "a", "type": "buffer", "size": 3}'),
    (
        struct("a", ONE, count="c"),
        (State(), State(), State()),
        f'{{"name": "a", "array_len": 3, "type": "struct", "struct": {{{EL}}}, "size": 1}}',
    ),
    (
        unused(8, count="c"),
        (0, 0, 0),
        '{"name": "unused", "array_len": 3, "type": "unused_buffer", "size": 8}',
    ),
]


@pytest.mark.parametrize(("field", "value", "text"), COUNTED)
def test_entries_of_a_counted_field(field: Field, value: Any, text: str) -> None:
    """A counted field is described with the number that the state gives it, behind its count."""
    assert described(int32("c", counts="a"), field, state=State(value))[0] == f"[{COUNT}, {text}]"


def test_repeated_names_are_numbered() -> None:
    """Fields of the same name are told apart by a number in brackets."""
    text, _ = described(unused(8), uint8("b"), unused(4), state=State())
    assert text == (
        '[{"name": "unused[0]", "type": "unused_buffer", "size": 8}, '
        '{"name": "b", "type": "uint8", "size": 1}, '
        '{"name": "unused[1]", "type": "unused_buffer", "size": 4}]'
    )


def test_subsections_are_listed_behind_the_fields() -> None:
    """Subsections that are saved are described in a list of their own, and so are theirs."""
    deep = VMStateDescription(name="v/b/c", fields=(uint8("c"),))
    sub = VMStateDescription(name="v/b", version_id=2, subsections=(deep,))
    absent = VMStateDescription(name="v/d", needed=lambda _: False)
    text, size = described(uint8("b"), state=State(), subsections=(absent, sub))
    assert text == (
        '[{"name": "b", "type": "uint8", "size": 1}], "subsections": [{'
        '"vmsd_name": "v/b", "version": 2, "fields": [], "subsections": [{'
        '"vmsd_name": "v/b/c", "version": 1, "fields": [{"name": "c", "type": "uint8", "size": 1}]'
        "}]}]"
    )
    assert size == 1 + (2 + 3 + 4) + (2 + 5 + 4 + 1)


def test_array_of_structs_of_several_sizes_is_not_compressed() -> None:
    """Elements that hold lists of several lengths are described one by one, so sizes add up."""
    element = VMStateDescription(name="el", fields=(qtailq("a", ONE),), record=State)
    same, _ = described(struct("a", element, count=2), state=State((State(), State())))
    text, _ = described(struct("a", element, count=2), state=State((State(), State((State(),)))))
    assert '"array_len": 2, ' in same
    assert '"index": 1, ' in text


def test_array_of_structs_with_subsections_is_not_compressed() -> None:
    """Elements that may have subsections are described one by one."""
    sub = VMStateDescription(name="el/c", fields=(uint8("c"),), needed=lambda one: one.c)
    element = VMStateDescription(name="el", subsections=(sub,), fields=(uint8("b"),), record=State)
    text, size = described(struct("a", element, count=2), state=State((State(), State(c=1))))
    assert '"index": 0, ' in text
    assert text.count("subsections") == 1
    assert size == 2 + 2 + 4 + 4 + 1
