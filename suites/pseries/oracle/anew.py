"""Whether an implementation that failed keeps something from one call to the next."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from adapters.asking import LOADS, load
from adapters.protocol import Adapter
from suites.harness.failures import Violation

KEEPS = (
    "The adapter was made anew, and asked for this one load alone: it answers otherwise. It keeps "
    "something from one call to the next, such as a cache."
)
"""What is said where that is so."""


class Anew:
    """A pytest plugin: repeats the last load of a test that failed on an adapter of its own.

    ``makers`` make those that are cheap to make, by the one that is under test.
    """

    def __init__(self, makers: Mapping[int, Callable[[], Adapter]]) -> None:
        self.makers = makers

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Any:
        """Say of a wrong answer that it is another one where nothing came before."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if report.failed and isinstance(error, Violation) and LOADS:
            last = LOADS[-1]
            make = self.makers.get(id(last.adapter))
            if make is not None and error.got == last.answer:
                again = load(make(), last.stream, last.version, last.onto)
                if again != last.answer:
                    report.sections.append(("Hint", KEEPS))
        return report
