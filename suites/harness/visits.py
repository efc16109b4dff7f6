"""What a run visited: how many different positions, orders and roads, counted over all workers.

And what it met that is no failure, in words.
"""

from collections import defaultdict
from hashlib import blake2b
from typing import cast

import pytest

VISITED = "visited"
"""The property of a report that holds what was visited, and a hash of where."""
OTHERWISE = "behaves otherwise without any migration"
"""What is not counted, but shown: how an implementation differs from the model by itself."""


class Visits:
    """A pytest plugin: gathers what tests visited and prints how many different ones there were."""

    def __init__(self) -> None:
        self.recorded: set[tuple[str, object]] = set()
        self.visited: defaultdict[str, set[str]] = defaultdict(set)

    def record(self, what: str, where: object) -> None:
        """Note that a test was at ``where``, of the kind ``what``."""
        self.recorded.add((what, where))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put what the test visited into the report of its call."""
        if call.when == "call":
            item.user_properties += [
                (VISITED, (what, str(where) if what == OTHERWISE else digest(where)))
                for what, where in self.recorded
            ]
            self.recorded.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter what a test visited."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == VISITED:
                    what, where = cast("tuple[str, str]", value)
                    self.visited[what].add(where)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print how many there were of each kind, and what is shown."""
        if differences := self.visited.pop(OTHERWISE, None):
            terminalreporter.section(OTHERWISE)
            for one in sorted(differences):
                terminalreporter.line(one)
        if self.visited:
            counts = (f"{len(where)} {what}" for what, where in sorted(self.visited.items()))
            terminalreporter.section("visited")
            terminalreporter.line(f"different {', '.join(counts)}")


def digest(where: object) -> str:
    """A hash of a place, the same in all workers."""
    return blake2b(repr(where).encode(), digest_size=8).hexdigest()
