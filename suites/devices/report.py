"""The line of each device at the end of a run: what was tried, reached and found."""

from collections import Counter, defaultdict
from typing import cast

import pytest

from suites.devices.benches import BENCHES
from suites.devices.oracle.twins import Twins
from suites.harness.failures import Violation

TALLY, REACHED, AGAIN = "device tally", "device registers", "device known"
"""The properties of a report that hold what a test counted, the registers that it reached, and what
is known that it saw again."""
FOUND = "found"
COUNTED = ("examples", "accesses")
"""What is shown of every device; of all else only what there was."""


class Devices:
    """A pytest plugin: adds up what the tests of all workers saw of each device."""

    def __init__(self) -> None:
        self.tallies: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.reached: defaultdict[str, set[str]] = defaultdict(set)
        self.known: defaultdict[str, set[str]] = defaultdict(set)
        self.all: dict[str, int] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put what the test counted into the report of its call."""
        if call.when != "call":
            return
        failed = call.excinfo is not None and isinstance(call.excinfo.value, Violation)
        for one in item.config.stash.get(BENCHES, {}).values():
            if isinstance(one, Twins) and one.tally:
                one.tally.update({FOUND: 1} if failed else {})
                item.user_properties += [
                    (TALLY, (one.label, dict(one.tally))),
                    (REACHED, (one.label, one.registers, sorted(one.reached))),
                    (AGAIN, (one.label, sorted(one.met))),
                ]
                one.met.clear()
                one.tally.clear()
                one.reached.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter it."""
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == TALLY:
                label, tally = cast("tuple[str, dict[str, int]]", value)
                self.tallies[label].update(tally)
            elif name == REACHED:
                label, registers, reached = cast("tuple[str, int, list[str]]", value)
                self.all[label] = registers
                self.reached[label].update(reached)
            elif name == AGAIN:
                label, met = cast("tuple[str, list[str]]", value)
                self.known[label].update(met)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a line for each device."""
        if not self.tallies:
            return
        terminalreporter.section("devices")
        for label, tally in sorted(self.tallies.items()):
            counts = [f"{tally[one]} {one}" for one in COUNTED]
            counts.append(f"{len(self.reached[label])} of {self.all[label]} registers")
            counts += [f"{number} {what}" for what, number in tally.items() if what not in COUNTED]
            if known := len(self.known[label]):
                counts.append(f"{known} known")
            terminalreporter.line(f"{label}: {', '.join(counts)}")

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """End what benches run."""
        for one in config.stash.get(BENCHES, {}).values():
            if isinstance(one, Twins):
                one.bench.close()
