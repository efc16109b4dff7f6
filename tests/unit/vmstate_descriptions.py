"""Strategies for small descriptions and their states, made of the short forms of fields."""

from functools import partial
from operator import attrgetter
from typing import Any

import msgspec
from hypothesis import strategies as st

from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.fields import (
    SCALARS,
    array_of_pointer,
    bitmap,
    buffer,
    gtree,
    qlist,
    qtailq,
    struct,
    uint8,
    uint16,
    unused,
    with_tmp,
)

NAMES = "abcd"
Kind = tuple[tuple[Field, ...], st.SearchStrategy[Any]]
"""The fields that one attribute needs, and its values."""


class State(msgspec.Struct, frozen=True):
    """The attributes that a description may use; None is absent."""

    a: Any = None
    b: Any = None
    c: Any = None
    d: Any = None


def numbers(type_name: str) -> st.SearchStrategy[Any]:
    """The values that a number may have."""
    code = SCALARS[type_name].code
    if code == "?":
        return st.booleans()
    bits = {"b": 8, "h": 16, "i": 32, "q": 64}[code.lower()]
    low = 0 if code.isupper() else -1 << bits - 1
    return st.integers(low, low + (1 << bits) - 1)


def tuples(values: st.SearchStrategy[Any], least: int = 0, most: int = 3) -> st.SearchStrategy[Any]:
    """Tuples of values."""
    return st.lists(values, min_size=least, max_size=most).map(tuple)


@st.composite
def simple_kinds(draw: st.DrawFn, name: str) -> Kind:
    """A field of numbers or bytes."""
    count = f"count_{name}"
    counter = draw(st.sampled_from((uint8, uint16)))(count, counts=name)
    type_name = draw(st.sampled_from([one for one in SCALARS if one != "nullptr"]))
    number, values = SCALARS[type_name], numbers(type_name)
    one = Field(name=name, info=number)
    some = Field(name=name, info=number, count=count)
    pairs = Field(name=name, info=number, count=count, multiply=2)
    bits = st.frozensets(st.integers(0, 65)).map(lambda some: tuple(sorted(some)))
    kinds: list[Kind] = [
        ((one,), values),
        ((unused(3), one), values),
        ((buffer(name, size=3),), st.binary(min_size=3, max_size=3)),
        ((bitmap(name, bits=66),), bits),
        ((counter, buffer(name, size=count)), st.binary(max_size=9)),
        ((Field(name=name, info=number, count=3),), tuples(values, 3)),
        ((counter, some), tuples(values)),
        ((counter, pairs), tuples(values).map(lambda half: half * 2)),
        ((array_of_pointer(name, number, count=2),), tuples(values, 2, 2)),
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def nested_kinds(draw: st.DrawFn, name: str, depth: int, *, subsections: bool) -> Kind:
    """A field of structs."""
    vmsd, states = draw(descriptions(depth, subsections=subsections))
    tmp = with_tmp(vmsd, from_state=attrgetter(name), into_state=lambda _, tmp: {name: tmp})
    kinds: list[Kind] = [
        ((struct(name, vmsd),), states),
        ((struct(name, vmsd, count=2),), tuples(states, 2, 2)),
        ((qtailq(name, vmsd),), tuples(states)),
        ((qlist(name, vmsd),), tuples(states)),
        ((gtree(name, key=None, value=vmsd),), tuples(st.tuples(numbers("uint64"), states))),
        ((gtree(name, key=vmsd, value=vmsd),), tuples(st.tuples(states, states))),
        ((tmp,), states),
    ]
    return draw(st.sampled_from(kinds))


def is_there(name: str, state: State) -> bool:
    """Whether the attribute ``name`` has a value."""
    return getattr(state, name) is not None


@st.composite
def descriptions(
    draw: st.DrawFn, depth: int = 2, *, subsections: bool = True
) -> tuple[VMStateDescription, st.SearchStrategy[State]]:
    """A description of some attributes, of which subsections describe some; and its states."""
    kinds: dict[str, Kind] = {}
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        nested = nested_kinds(name, depth - 1, subsections=subsections) if depth else st.nothing()
        kinds[name] = draw(simple_kinds(name) | nested)
    own = draw(st.integers(1, len(kinds))) if subsections else len(kinds)
    vmsd = VMStateDescription(
        name=f"level {depth}",
        fields=tuple(field for name in NAMES[:own] for field in kinds[name][0]),
        subsections=tuple(
            VMStateDescription(
                name=f"level {depth}/{name}",
                fields=kinds[name][0],
                needed=partial(is_there, name),
            )
            for name in tuple(kinds)[own:]
        ),
        record=State,
    )
    values = {name: kinds[name][1] for name in NAMES[:own]}
    absent = {name: st.none() | kinds[name][1] for name in tuple(kinds)[own:]}
    return vmsd, st.builds(State, **values, **absent)


def with_state(
    described: tuple[VMStateDescription, st.SearchStrategy[State]],
) -> st.SearchStrategy[tuple[VMStateDescription, State]]:
    """A description with one of its states."""
    return st.tuples(st.just(described[0]), described[1])
