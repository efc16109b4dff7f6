"""What the forms of a property cost, whose strategy has parameters: ``python -m benchmarks.forms``.

A test draws machines of a version that pytest chose. The strategy is made for each set of
parameters when the test is collected; or it is drawn from ``st.data()`` in the test; or a strategy
looks its parameters up when it draws. Each as a ratio to the first.
"""

from collections.abc import Callable
from statistics import median
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.timing import REPETITIONS, per_call, per_example
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from strategies.pseries import machine_states

PARAMETERS = {"version": "3.1"}


def machines(version: str) -> st.SearchStrategy[Machine]:
    """The machines of a version."""
    return machine_states(version=version, machine_type=common_machine_type(version))


@st.composite
def looked_up(draw: st.DrawFn, make: Callable[[str], st.SearchStrategy[Machine]]) -> Machine:
    """Machines, for parameters that are known when they are drawn."""
    return draw(make(PARAMETERS["version"]))


def nothing(_value: object) -> None:
    """The body of a test that is given its machine."""


def drawing(data: Any) -> None:
    """The body of a test that draws its machine."""
    data.draw(machines(PARAMETERS["version"]))


FORMS: dict[str, tuple[Callable[[], st.SearchStrategy[Any]], Callable[[Any], None]]] = {
    "an @given for each set, made at collection": (lambda: machines("3.1"), nothing),
    "st.data(), drawn in the test": (st.data, drawing),
    "a strategy that looks its parameters up": (lambda: looked_up(machines), nothing),
}


def main() -> None:
    """Measure and print."""
    made = per_call(lambda: given(value=machines("3.1"))(lambda value: None))  # noqa: ARG005
    print(f"making one @given: {made * 1e6:.0f} microseconds, once for each test\n")
    measured = {
        name: median(per_example(strategy(), body) for _ in range(REPETITIONS))
        for name, (strategy, body) in FORMS.items()
    }
    first = next(iter(measured.values()))
    for name, cost in measured.items():
        print(f"{name:45} {cost * 1e3:.2f} ms an example, {cost / first:.2f}x")


if __name__ == "__main__":
    main()
