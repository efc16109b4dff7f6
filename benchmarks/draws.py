"""How the cost of a generated machine splits by parts: ``python -m benchmarks.draws``.

For each strategy: how many numbers Hypothesis draws for an example, and what an example costs, also
in terms of an empty test of one integer.
"""

from statistics import mean, median
from typing import Any

from hypothesis import strategies as st
from hypothesis.control import current_build_context

from benchmarks.timing import REPETITIONS, per_example
from reference.compatibility.expectation import common_machine_type
from strategies.pseries import (
    arbitrary_walks,
    connectors,
    event_logs,
    iommu_tables,
    machine_states,
    reachable_walks,
    unsigned_words,
)

EXAMPLES = 1000
INTEGER = st.integers(0, 2**32 - 1)
PARTS = {
    "one integer": INTEGER,
    "ten integers": st.tuples(*[INTEGER] * 10),
    "unsigned_words(bits=64)": unsigned_words(bits=64),
    "reachable_walks()": reachable_walks(),
    "arbitrary_walks()": arbitrary_walks(),
    "event_logs()": event_logs(),
    "connectors(...)": connectors(walks=True),
    "iommu_tables(...)": iommu_tables(dynamic=True),
} | {
    f"machine_states(version={version!r}, ...)": machine_states(
        version=version, machine_type=common_machine_type(version)
    )
    for version in ("1", "3", "3+ccs", "2.10", "10.0")
}


def draws(strategy: st.SearchStrategy[Any]) -> float:
    """How many numbers are drawn for an example, on average."""
    counts: list[int] = []

    def count(_value: object) -> None:
        counts.append(len(current_build_context().data.choices))

    per_example(strategy, count, examples=EXAMPLES)
    return mean(counts)


def main() -> None:
    """Measure all strategies in turn, some times, and print."""
    rounds = [
        {
            name: per_example(one, lambda _value: None, examples=EXAMPLES)
            for name, one in PARTS.items()
        }
        for _ in range(REPETITIONS)
    ]
    print(f"{'strategy':40} draws   an example   of one integer")
    for name, strategy in PARTS.items():
        cost = median(one[name] for one in rounds)
        ratio = median(one[name] / one["one integer"] for one in rounds)
        print(f"{name:40} {draws(strategy):5.1f} {cost * 1e3:9.2f} ms {ratio:15.1f}x")


if __name__ == "__main__":
    main()
