"""What strategies are worth: ``python -m benchmarks.naive``.

The same faults, tests and number of examples with three ways to make machines: ours; our strategies
without boundary values and without walks that a guest can reach; and `random` alone. How many
examples it takes until a test fails, the median of some seeds. Ours are read from the kill matrix,
whose seeds include these.
"""

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from statistics import median

from tests.faults.catalogue import BY_FAULT
from tests.faults.kills import read_kills
from tests.faults.running import Outcome, outcomes

SEEDS = range(3)
WAYS = {"no boundaries": "benchmarks.plain_strategies", "random": "benchmarks.plain_random"}
MISSED = 101
"""What a test that did not fail counts, after 100 examples."""


def runs(fault: str, tests: list[str], plugin: str) -> list[dict[str, Outcome]]:
    """What became of the tests with another way to make machines."""
    return [
        outcomes(
            f"tests.faults.{fault}",
            tests,
            profile="default-unshrunk",
            seed=seed,
            options=("-p", plugin),
        )
        for seed in SEEDS
    ]


def shown(examples: list[int]) -> str:
    """The median, or that most seeds missed it."""
    middle = median(examples)
    return "missed" if middle >= MISSED else f"{middle:.0f}"


def main() -> None:
    """Measure and print."""
    kills = read_kills()
    drawing = {
        fault: {
            one.test: [it or MISSED for it in one.examples]
            for one in kill.caught
            if max(it or MISSED for it in one.examples) > 1
        }
        for fault, kill in kills.faults.items()
    }
    drawing = {fault: tests for fault, tests in drawing.items() if tests}
    rows: list[tuple[str, str, list[list[int]]]] = []

    def measure(fault: str) -> None:
        tests = list(drawing[fault])
        others = [runs(fault, tests, plugin) for plugin in WAYS.values()]
        for test in tests:
            counts = [
                [max(1, one[test].examples) if one[test].text else MISSED for one in way]
                for way in others
            ]
            rows.append((fault, test, [drawing[fault][test], *counts]))

    with ThreadPoolExecutor(cpu_count()) as pool:
        list(pool.map(measure, drawing))
    names = ["ours", *WAYS]
    print(f"{'fault':42}", f"{'test':72}", *(f"{one:>14}" for one in names))
    order = list(BY_FAULT)
    for fault, test, counts in sorted(rows, key=lambda row: (order.index(row[0]), row[1])):
        figures = (f"{shown(one):>14}" for one in counts)
        print(f"{fault:42}", f"{test.partition('::')[2]:72}", *figures)
    for place, name in enumerate(names):
        medians = [median(counts[place]) for _, _, counts in rows]
        missed = sum(one >= MISSED for one in medians)
        print(
            f"{name}: {len(rows)} pairs of fault and test, {missed} missed by most seeds; "
            f"median of those caught {median(one for one in medians if one < MISSED):.0f}, "
            f"sum of all {sum(medians):.0f} examples"
        )


if __name__ == "__main__":
    main()
