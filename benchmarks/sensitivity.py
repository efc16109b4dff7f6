"""How often generated machines are where formats break: ``python -m benchmarks.sensitivity``.

For each stream version, of 100 machines as the default profile draws them, how many are in a state;
the mean of ten seeds. A figure with an asterisk is of a state that at least one seed did not show.
"""

from collections.abc import Callable, Iterator
from statistics import mean
from typing import Any

from msgspec import Struct

from benchmarks.timing import per_example
from reference.compatibility.expectation import common_machine_type, knows
from reference.compatibility.table import ITEMS
from reference.spapr.machine import Machine
from reference.spapr.versions import stream_version
from strategies.pseries import machine_states

VERSIONS = ("1", "3", "4", "3+ccs", "2.8", "2.10", "5.0", "7.1", "10.0", "10.0+ccs")
EXAMPLES = 100
SEEDS = range(10)
ENDS = frozenset(
    end
    for bits in (31, 32, 63, 64)
    for end in (1 << bits, (1 << bits) - 1, -(1 << bits))
    if end < 1 << 64
)
"""The ends of the ranges of signed and unsigned fields of 32 and 64 bits."""


def walks(machine: Machine) -> list[int]:
    """The depths of all walks in progress."""
    depths = [one.fdt_depth for one in machine.ccs_list]
    return depths + [one.ccs_depth for one in machine.connectors if one.ccs_depth > 0]


def numbers(value: Any) -> Iterator[int]:
    """All numbers in a record."""
    if isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from numbers(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from numbers(one)
    elif isinstance(value, int):
        yield value


def touched(machine: Machine) -> bool:
    """Whether a connector is away from rest."""
    return any(one != one.fresh() for one in machine.connectors)


STATES: dict[str, Callable[[Machine], bool]] = {
    "a walk in progress": lambda machine: len(walks(machine)) > 0,
    "two walks in progress": lambda machine: len(walks(machine)) > 1,
    "five walks or more": lambda machine: len(walks(machine)) > 4,
    "a walk at a depth over 1": lambda machine: max(walks(machine), default=0) > 1,
    "a walk and an event": lambda machine: bool(walks(machine) and machine.pending_events),
    "a connector away from rest": touched,
    "two of them": lambda machine: sum(one != one.fresh() for one in machine.connectors) > 1,
    "one of them and an event": lambda machine: touched(machine) and bool(machine.pending_events),
    "an unplug requested": lambda machine: any(one.unplug_requested for one in machine.connectors),
    "two events": lambda machine: len(machine.pending_events) > 1,
    "two equal events": lambda machine: (
        len(set(machine.pending_events)) < len(machine.pending_events)
    ),
    "a number at the end of its range": lambda machine: (
        not ENDS.isdisjoint(set(numbers(machine)) - set(numbers(machine.fresh())))
    ),
    "nothing at all": lambda machine: machine == machine.fresh(),
}
"""States of a machine by what a person calls them."""


def drawn(version: str, number: int) -> list[Machine]:
    """The machines that a property of one version sees in a default run."""
    machines: list[Machine] = []
    strategy = machine_states(version=version, machine_type=common_machine_type(version))
    per_example(strategy, machines.append, examples=EXAMPLES, number=number)
    return machines


def figure(runs: list[list[Machine]], state: Callable[[Machine], bool]) -> str:
    """How many of a hundred machines are in a state."""
    counts = [sum(map(state, machines)) for machines in runs]
    if not any(counts):
        return "-"
    return f"{mean(counts):.0f}{'' if all(counts) else '*'}"


def needed(version: str) -> dict[str, Callable[[Machine], bool]]:
    """For each optional part that a version knows, whether a machine needs it."""
    known: dict[str, Callable[[Machine], bool]] = {}
    for item in ITEMS:
        if knows(stream_version(version), item):
            known[f"{item.name}: {item.condition}"] = item.needed
    return known


def main() -> None:
    """Draw, count, and print."""
    pool = {version: [drawn(version, one) for one in SEEDS] for version in VERSIONS}
    items = dict.fromkeys(name for version in VERSIONS for name in needed(version))
    print(f"{'of 100 machines of the stream version':78}", *(f"{one:>8}" for one in VERSIONS))
    for name, state in STATES.items():
        print(f"{name:78}", *(f"{figure(pool[one], state):>8}" for one in VERSIONS))
    print("needed")
    for name in items:
        figures = [
            figure(pool[one], needed(one)[name]) if name in needed(one) else "" for one in VERSIONS
        ]
        print(f"{name:78}", *(f"{one:>8}" for one in figures))


if __name__ == "__main__":
    main()
