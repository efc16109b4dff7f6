"""Machines of which some parts are away from rest: few that have every combination of three."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations, count, islice, product
from math import comb

from msgspec.structs import replace

from reference.compatibility.expectation import Accepted, common_machine_type, expected, pair
from reference.spapr.capabilities import default_capabilities
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MACHINE_TYPES
from strategies.pseries.machines import held, settable
from suites.pseries.oracle.boundaries import boundary_machine, without

WHOLE_STEP = 1
"""A step at which every part of a boundary machine is away from rest."""
CAPABILITIES = "capabilities"
"""The part of a machine that is given on its command line."""

Row = tuple[bool, ...]
"""For each factor whether it is away from rest."""


def pairs_array(factors: int) -> list[Row]:
    """Rows in which any two factors are in all four combinations (Kleitman and Spencer, 1973).

    A factor is off in the first row, and on in a majority of the others, of which no two factors
    have the same.
    """
    rows = next(size for size in count(2) if comb(size - 1, (size + 1) // 2) >= factors)
    chosen = list(islice(combinations(range(1, rows), (rows + 1) // 2), factors))
    return [tuple(row in one for one in chosen) for row in range(rows)]


def triples_array(factors: int) -> list[Row]:
    """Rows in which any three factors are in all eight combinations (Roux, 1987).

    Made of one for half of the factors: once with each twice, and once more, of pairs, with each
    against its opposite.
    """
    if factors <= 4:
        # All of three; the fourth says whether their number is odd, and is independent of any two.
        words = product((False, True), repeat=3)
        return [(*word, sum(word) % 2 == 1)[:factors] for word in words]
    half = (factors + 1) // 2
    rows = [(*row, *row) for row in triples_array(half)]
    rows += [(*row, *(not one for one in row)) for row in pairs_array(half)]
    return [row[:factors] for row in rows]


ARRAYS = {2: pairs_array, 3: triples_array}
"""By strength: of how many factors all combinations are there."""


@cache
def whole_machine(version: str, type_name: str) -> Machine:
    """A machine of which every part is away from rest, capabilities too."""
    machine = boundary_machine(version=version, machine_type=type_name, step=WHOLE_STEP)
    defaults = default_capabilities(type_name)
    known = settable(version, type_name)
    start = MACHINE_TYPES.index(type_name) % len(known) if known else 0
    given = {
        # Who can hold one only takes the first: another for each type.
        one.name: one.values[-1 if one.values[0] == defaults[one.name] else 0]
        for one in (*known[start:], *known[:start])
    }
    return replace(machine, capabilities=given)


def parts_of(version: str, type_name: str) -> tuple[str, ...]:
    """The parts that such a machine has: its aspects, and what is given on its command line."""
    known = (CAPABILITIES,) if settable(version, type_name) else ()
    return (*sorted(held(version, type_name)), *known)


def with_parts(version: str, type_name: str, parts: frozenset[str]) -> Machine:
    """The machine of which ``parts`` alone are away from rest."""
    machine = without(whole_machine(version, type_name), set(held(version, type_name) - parts))
    return machine if CAPABILITIES in parts else replace(machine, capabilities={})


@cache
def combined(source: str, destination: str, strength: int) -> tuple[frozenset[str], ...]:
    """Which parts are away from rest of the machines that are taken from one version to another.

    Of those that arrive, any ``strength`` are in every combination, and all; with three all but
    one, too. Those for which a machine is rejected or refused come each alone, and with all that
    arrive: two of them would show no more. Where a version_id rose, everything is rejected.
    """
    type_name = common_machine_type(source, destination)
    parts = parts_of(source, type_name)
    every = frozenset(parts)
    if pair(source, destination, type_name).always_rejected:
        return (every, frozenset())
    passing = [
        one
        for one in parts
        if isinstance(
            expected(source, destination, with_parts(source, type_name, frozenset({one}))),
            Accepted,
        )
    ]
    rows = [frozenset(passing), frozenset[str]()]
    rows += [
        frozenset(one for one, away in zip(passing, row, strict=True) if away)
        for row in ARRAYS[strength](len(passing))
    ]
    if strength > 2:
        rows += [frozenset(passing) - {one} for one in passing]
    for one in sorted(every - set(passing)):
        rows += [frozenset({one}), frozenset({one, *passing})]
    return tuple(dict.fromkeys(rows))


def combined_machines(source: str, destination: str, strength: int) -> Iterator[Machine]:
    """The machines of `combined`."""
    type_name = common_machine_type(source, destination)
    for parts in combined(source, destination, strength):
        yield with_parts(source, type_name, parts)
