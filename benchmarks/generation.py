"""What an example of the pair suite costs: ``python -m benchmarks.generation``.

For each stream version: an empty test of one integer, an empty test of machine_states(), and the
pair suite from this version to all others. The last ratio must be at most 1.5.
"""

from collections.abc import Callable
from statistics import mean, median

from hypothesis import strategies as st

from adapters.reference import ReferenceAdapter
from benchmarks.timing import REPETITIONS, per_example
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from strategies.pseries import machine_states
from suites.harness.matrix import Matrix
from suites.pseries.oracle.needs import hops_of
from suites.pseries.oracle.parties import parties_of
from suites.pseries.oracle.roads import roads_of, travel
from suites.pseries.oracle.versions import versions

INTEGER = st.integers(0, 2**32 - 1)
ADAPTER = ReferenceAdapter()
ROADS = roads_of(parties_of([(ADAPTER, ADAPTER.describe())], ["reference"]))
MATRIX = Matrix(versions(), hops_of, "")


def nothing(_value: object) -> None:
    """The body of an empty test."""


def pair(source: str, destination: str) -> Callable[[Machine], None]:
    """The body of the test of a pair (suites/pseries/test_pairs.py)."""

    def body(machine: Machine) -> None:
        for road in ROADS:
            verdict, _ = travel(road, machine, source, destination, clause="PAIR-1", loss="PAIR-2")
            MATRIX.record(source, destination, verdict, machine)

    return body


def costs(source: str) -> tuple[float, float]:
    """Seconds an example, with all destinations in turn: of an empty test, and of the suite's."""
    empty, whole = [], []
    for destination in versions():
        machines = machine_states(
            version=source, machine_type=common_machine_type(source, destination)
        )
        empty.append(per_example(machines, nothing))
        whole.append(per_example(machines, pair(source, destination)))
    return mean(empty), mean(whole)


def main() -> None:
    """Measure and print."""
    integer = median(per_example(INTEGER, nothing, examples=1000) for _ in range(REPETITIONS))
    print(f"an empty test of one integer: {integer * 1e3:.2f} ms an example\n")
    print("version      empty test   of one integer   pair suite   of the empty test")
    ratios = []
    for version in versions():
        measured = [costs(version) for _ in range(REPETITIONS)]
        empty = median(bare for bare, _ in measured)
        ratio = median(whole / bare for bare, whole in measured)
        ratios.append(ratio)
        print(
            f"{version:12} {empty * 1e3:7.2f} ms {empty / integer:14.1f}x "
            f"{empty * ratio * 1e3:9.2f} ms {ratio:17.2f}x",
            flush=True,
        )
    print(f"\nmean of the last column: {mean(ratios):.2f}x; highest: {max(ratios):.2f}x")


if __name__ == "__main__":
    main()
