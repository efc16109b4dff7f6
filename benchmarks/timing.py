"""How time is taken: processor time, as the machines that run this are shared, and medians."""

import gc
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

REPETITIONS = 5
SHORTEST = 0.1
"""Seconds that one measurement of `per_call` takes at least."""


def per_example(
    strategy: SearchStrategy[Any],
    body: Callable[[Any], None],
    *,
    examples: int = 100,
    number: int = 0,
) -> float:
    """Seconds of the processor that one example of a test takes.

    The test draws from ``strategy`` and calls ``body``, with the seed ``number``, so that two
    bodies see the same examples. What Hypothesis does once for a test is in it.
    """

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def test(value: Any) -> None:
        body(value)

    start = process_time()
    test()
    return (process_time() - start) / examples


def per_call(function: Callable[[], object], *, clock: Callable[[], float] = process_time) -> float:
    """Seconds that one call of ``function`` takes: the median of some measurements.

    ``clock`` is `time.perf_counter` where the kernel does the work, such as handing out memory.
    """
    calls = 1
    while (seconds := timed(function, calls, clock)) < SHORTEST:
        calls = max(calls * 2, int(calls * SHORTEST / max(seconds, 1e-6)))
    return median(timed(function, calls, clock) for _ in range(REPETITIONS)) / calls


def timed(function: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    """Seconds that ``calls`` calls take, without the collector of garbage, as timeit does it."""
    gc.disable()
    try:
        start = clock()
        for _ in range(calls):
            function()
        return clock() - start
    finally:
        gc.enable()
