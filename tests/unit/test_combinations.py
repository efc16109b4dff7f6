"""Machines with every combination of parts, and bitmaps with every bit."""

from itertools import combinations, product

import pytest

from reference.compatibility.expectation import common_machine_type
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from suites.pseries.oracle.boundaries import STEPS, bits
from suites.pseries.oracle.combinations import ARRAYS, combined, parts_of, with_parts
from suites.pseries.oracle.versions import versions


@pytest.mark.parametrize("factors", range(1, 25))
@pytest.mark.parametrize("strength", ARRAYS)
def test_an_array_has_every_combination(strength: int, factors: int) -> None:
    """Whichever factors are chosen, each of their combinations is in some row."""
    rows = ARRAYS[strength](factors)
    chosen = min(strength, factors)
    for places in combinations(range(factors), chosen):
        states = {tuple(row[place] for place in places) for row in rows}
        assert states == set(product((False, True), repeat=chosen))


@pytest.mark.parametrize("version", versions())
def test_a_part_is_away_from_rest_where_it_is_named(version: str) -> None:
    """What is combined are machines that differ in just the parts that are named."""
    type_name = common_machine_type(version)
    resting = with_parts(version, type_name, frozenset())
    assert resting == resting.fresh()
    for part in parts_of(version, type_name):
        assert with_parts(version, type_name, frozenset({part})) != resting


def test_all_parts_travel_together() -> None:
    """Where every part arrives, the machine that has all is among those that are combined."""
    parts = frozenset(parts_of("10.0", "pseries-10.0"))
    assert parts in combined("10.0", "10.0", 3)
    assert all(parts - {one} in combined("10.0", "10.0", 3) for one in parts)


@pytest.mark.parametrize("size", [BITS_OF_OV5, BITS_OF_IRQ_MAP])
def test_every_bit_of_a_bitmap_is_told_from_every_other(size: int) -> None:
    """No two bits are set at the same steps, and none at no step."""
    maps = [frozenset(bits(step, size)) for step in range(STEPS)]
    seen = {tuple(bit in one for one in maps) for bit in range(size)}
    assert len(seen) == size
    assert all(map(any, seen))
