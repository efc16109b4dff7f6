"""No false alarm, many times: ``python -m benchmarks.soak 100``.

Runs the suites with as many seeds against the reference and each implementation of
`tests.faults.allowed`, with few examples; not the walks, which draw nothing. Prints what failed,
and how many runs passed.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from adapters.loading import DEFAULT_ADAPTER
from tests.faults.running import adapters_in, outcomes

ADAPTERS = (DEFAULT_ADAPTER, *(f"tests.faults.{one}" for one in adapters_in("allowed")))


def failed(seed: int, adapter: str) -> list[str]:
    """The tests that fail for one seed."""
    said = outcomes(
        adapter,
        ["suites"],
        profile="smoke-fresh",
        seed=seed,
        options=["--ignore=suites/pseries/test_walks.py"],
    )
    return [f"{adapter} seed {seed}: {test}\n{one.text}" for test, one in said.items() if one.text]


def main(seeds: int) -> None:
    """Run all, as many at once as there are cores."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(failed, *one) for one in product(range(1, seeds + 1), ADAPTERS)]
        failures = [run.result() for run in runs]
    for failure in failures:
        print(*failure, sep="\n", end="\n" if failure else "")
    print(f"{failures.count([])} of {len(failures)} runs passed")


if __name__ == "__main__":
    main(int(sys.argv[1]))
