"""What strategies are worth: ``python -m benchmarks.naive``.

The same faults, tests and number of examples with three ways to make machines: ours; our strategies
without boundary values and without walks that a guest can reach; and `random` alone. How many
examples it takes until a test fails, the median of some seeds.
"""

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from statistics import median

from tests.faults.catalogue import BY_FAULT
from tests.faults.kills import Kills, read_kills
from tests.faults.running import outcomes

SEEDS = range(3)
WAYS = {
    "ours": (),
    "no boundaries": ("-p", "benchmarks.plain_strategies"),
    "random": ("-p", "benchmarks.plain_random"),
}
MISSED = 101
"""What a test that did not fail counts, after 100 examples."""
ROUND_TRIP = (
    "suites/pseries/test_round_trip.py::test_a_round_trip_loses_only_what_the_version_declares"
)
VALUES = ("VAL-1", "VAL-2", "VAL-3")
"""Clauses whose own tests draw nothing; here a round trip has to do, which does."""


def drawing(kills: Kills) -> dict[str, list[str]]:
    """By fault, the tests that draw machines and may notice it."""
    found = {}
    for fault, rows in BY_FAULT.items():
        took = {one.test: one.examples for one in kills.faults[fault].caught}
        tests = [test for test, _ in rows if max(it or MISSED for it in took[test]) > 1]
        tests += [f"{ROUND_TRIP}[{row.case}]" for _, row in rows if row.clause in VALUES]
        if tests:
            found[fault] = list(dict.fromkeys(tests))
    return found


def measured(fault: str, tests: list[str]) -> dict[str, list[list[int]]]:
    """For each test and each of the ways, how many examples it took with each seed."""
    ways = [
        [
            outcomes(
                f"tests.faults.{fault}",
                tests,
                profile="default-unshrunk",
                seed=seed,
                options=options,
            )
            for seed in SEEDS
        ]
        for options in WAYS.values()
    ]
    return {
        test: [
            [max(1, one[test].examples) if one[test].text else MISSED for one in way]
            for way in ways
        ]
        for test in tests
    }


def shown(examples: list[int]) -> str:
    """The median, or that most seeds missed it."""
    middle = median(examples)
    return "missed" if middle >= MISSED else f"{middle:.0f}"


def main() -> None:
    """Measure and print."""
    found = drawing(read_kills())
    with ThreadPoolExecutor(cpu_count()) as pool:
        tables = dict(zip(found, pool.map(measured, found, found.values()), strict=True))
    rows = [(fault, test, it) for fault, table in tables.items() for test, it in table.items()]
    print(f"{'fault':46}", f"{'test':78}", *(f"{one:>14}" for one in WAYS))
    for fault, test, ways in rows:
        figures = (f"{shown(one):>14}" for one in ways)
        print(f"{fault:46}", f"{test.partition('::')[2]:78}", *figures)
    for place, name in enumerate(WAYS):
        medians = [median(ways[place]) for _, _, ways in rows]
        missed = sum(one >= MISSED for one in medians)
        caught = median(one for one in medians if one < MISSED)
        print(
            f"{name}: {len(rows)} pairs of fault and test, {missed} missed by most seeds; "
            f"median of those caught {caught:.0f}"
        )


if __name__ == "__main__":
    main()
