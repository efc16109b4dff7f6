"""State of declared patches, which the model does not know."""

from typing import Any

from hypothesis import strategies as st

from reference.compatibility.declarations import Declaration, DeclaredField, condition
from reference.compatibility.declaring import DECLARED, with_values
from reference.spapr.further import away_from_rest
from reference.spapr.machine import Machine
from strategies.numbers import boundaries, signed, steps, unsigned

PRESENT = st.integers(0, 1)
BYTE = st.integers(0, 255)


def bits_of(field: DeclaredField) -> int:
    """How many bits a number has; of a truth one."""
    return int(field.type.lstrip("uint")) if field.type != "bool" else 1


def value(draw: st.DrawFn, field: DeclaredField) -> Any:
    """A value of a field."""
    if field.type == "buffer":
        return bytes((draw(BYTE),)) * field.size
    if field.type == "bool":
        return bool(draw(PRESENT))
    bits = bits_of(field)
    wide = max(bits, 32)
    if field.type.startswith("u"):
        return unsigned(draw, wide) % (1 << bits)
    half = 1 << (bits - 1)
    return (signed(draw, wide) + half) % (1 << bits) - half


def needed_values(one: Declaration, values: dict[str, Any]) -> dict[str, Any]:
    """The values, changed as little as may be so that the feature is sent; at rest if none are."""
    if not one.needed or condition(one)(values.__getitem__):
        return away_from_rest(values, one.resting)
    for field in one.fields:
        if field.type != "buffer":
            for other in boundaries(bits_of(field)) if field.type != "bool" else (True, False):
                changed = values | {field.name: other}
                if condition(one)(changed.__getitem__):
                    return away_from_rest(changed, one.resting)
    return {}


def with_declared(draw: st.DrawFn, machine: Machine, held: frozenset[str]) -> Machine:
    """The machine with values of declared features, where its program has them."""
    for one in DECLARED:
        if not one.carries and one.aspect in held and draw(PRESENT):
            values = {field.name: value(draw, field) for field in one.fields}
            machine = with_values(machine, one, needed_values(one, values))
    return machine


def at_boundaries(machine: Machine, held: frozenset[str], step: int) -> Machine:
    """The machine with values of declared features that are at the boundaries of their fields."""
    for one in DECLARED:
        if not one.carries and one.aspect in held:
            values = {
                field.name: at_boundary(field, step + place)
                for place, field in enumerate(one.fields)
            }
            machine = with_values(machine, one, needed_values(one, values))
    return machine


def at_boundary(field: DeclaredField, step: int) -> Any:
    """One of the boundaries of a field."""
    if field.type == "buffer":
        return bytes((place + step + 1) % 256 for place in range(field.size))
    if field.type == "bool":
        return bool(step % 2)
    bits = bits_of(field)
    known = steps(bits)
    number = known[step % len(known)]
    return number - (1 << bits) if field.type[0] == "i" and number >> (bits - 1) else number
