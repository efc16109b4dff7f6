"""The numbers of a section that a loader compares with its own, each of them another."""

from collections.abc import Iterator
from struct import calcsize
from typing import Any, NamedTuple

from reference.vmstate.description import Check, Field, Scalar, Structure, VMStateDescription

COUNTED_OTHERWISE = (-1, 1, 1 << 8, 1 << 16)
"""By how much a count is another: by one, and by what a count of fewer bits does not see."""


class Mismatch(NamedTuple):
    """A section of which one number differs: its name, by what it differs, and the whole state."""

    name: str
    by: int
    state: dict[str, Any]


def mismatches(
    vmsd: VMStateDescription, state: dict[str, Any], *, quick: bool
) -> Iterator[Mismatch]:
    """Each number that is compared, with each of its bits turned.

    ``quick``: with the lowest and the highest bit only. A number that counts something goes with
    as many elements.
    """
    for field in vmsd.fields:
        if field.attribute not in state:
            continue
        match field.info:
            case Scalar(check=Check.EQUAL) if field.counts:
                yield from counted(field, field.counts, state)
            case Scalar(check=Check.EQUAL, code=code):
                bits = range(8 * calcsize(f">{code}"))
                for bit in (bits[0], bits[-1]) if quick else bits:
                    value = state[field.attribute] ^ 1 << bit
                    yield Mismatch(field.name, 1 << bit, {**state, field.attribute: value})
            case Structure(vmsd=inner):
                yield from inside(field, inner, state, quick=quick)


def inside(
    field: Field, vmsd: VMStateDescription, state: dict[str, Any], *, quick: bool
) -> Iterator[Mismatch]:
    """The numbers inside of a struct, or of each in an array of them."""
    value = state[field.attribute]
    if field.count is None:
        for name, by, changed in mismatches(vmsd, value, quick=quick):
            yield Mismatch(f"{field.name}.{name}", by, {**state, field.attribute: changed})
        return
    for place, element in enumerate(value):
        for name, by, changed in mismatches(vmsd, element, quick=quick):
            others = (*value[:place], changed, *value[place + 1 :])
            path = f"{field.name}[{place}].{name}"
            yield Mismatch(path, by, {**state, field.attribute: others})


def counted(field: Field, counts: str, state: dict[str, Any]) -> Iterator[Mismatch]:
    """A number that counts elements, with fewer and more of them."""
    elements = state[counts]
    for by in COUNTED_OTHERWISE:
        others = (*elements, *elements[:1] * by) if by > 0 else elements[:by]
        yield Mismatch(field.name, by, {**state, field.attribute: len(others), counts: others})
