"""What an adapter does not declare is not tested, and is listed. All else is tested.

A suite skips what is not declared with `skip_undeclared`. `Completeness` fails the run if a test
was neither run nor skipped in this way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NoReturn

import pytest

from adapters.implementation import Implementation
from suites.harness.clauses import clauses
from suites.harness.order import CHECKS

OWN_TESTS = "tests"
UNDECLARED = "undeclared"
"""The property of a report that names something its test needs and the adapter does not declare."""


def skip_undeclared(item: pytest.Item, lacking: Iterable[str]) -> NoReturn:
    """Skip a test that needs what is not declared."""
    lacking = list(dict.fromkeys(lacking))
    item.user_properties += [(UNDECLARED, what) for what in lacking]
    pytest.skip(f"not declared: {', '.join(lacking)}")


class Completeness:
    """A pytest plugin: holds the tests of implementations that were collected against those run.

    The tests of this project, in a folder of their own, are none of them. ``versions`` are all that
    implementations can have, in the order they are shown.
    """

    def __init__(
        self, implementations: Sequence[Implementation] = (), versions: Iterable[str] = ()
    ) -> None:
        self.implementations = implementations
        self.versions = tuple(versions)
        self.collected: set[str] = set()
        self.run: set[str] = set()
        self.skipped: set[str] = set()
        self.undeclared: Counter[str] = Counter()
        self.tested: set[str] = set()
        self.lacking: dict[str, set[str]] = {}
        """By clause, what tests of it needed that is not declared."""

    def collect(self, ids: Sequence[str]) -> None:
        """Note the tests that are to run."""
        self.collected.update(
            name for name in ids if PurePosixPath(name.split("::")[0]).parts[0] != OWN_TESTS
        )

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note them where there are no workers."""
        if not session.config.option.collectonly:
            self.collect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note them where workers collect."""
        self.collect(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what became of a test."""
        told = [(name, str(what)) for name, what in report.user_properties]
        checks = [what for name, what in told if name == CHECKS]
        if report.skipped and not hasattr(report, "wasxfail"):
            if undeclared := [what for name, what in told if name == UNDECLARED]:
                self.skipped.add(report.nodeid)
                self.undeclared.update(undeclared)
                for one in checks:
                    self.lacking.setdefault(one, set()).update(undeclared)
        elif report.when == "call" or report.failed:
            self.run.add(report.nodeid)
            self.tested.update(checks)

    @property
    def untested(self) -> list[str]:
        """The clauses of which no test ran, in the order of the specification, and what for."""
        return [
            f"{one} (not declared: {', '.join(sorted(self.lacking[one]))})"
            for one in clauses()
            if one in self.lacking and one not in self.tested
        ]

    def listed(self) -> Iterator[tuple[str, int]]:
        """What is not declared, versions in a row, and how many tests were skipped for it."""
        for verb in ("saves", "loads"):
            known = {one: self.undeclared[f"{verb} {one}"] for one in self.versions}
            if versions := [one for one, number in known.items() if number]:
                yield f"{verb} {', '.join(versions)}", sum(known.values())
        for what in sorted(self.undeclared):
            if not what.startswith(("saves ", "loads ")):
                yield what, self.undeclared[what]

    @property
    def problem(self) -> str:
        """Why the run proves nothing; empty where it is complete."""
        lost = self.collected - self.run - self.skipped
        if lost:
            return (
                f"{len(lost)} of {len(self.collected)} tests were neither run nor skipped as not "
                f"declared, among them {min(lost)}"
            )
        if self.collected and not self.run & self.collected:
            return "no test ran: the adapter declares nothing of what was selected"
        return ""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail an incomplete run."""
        if self.problem and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, exitstatus: int
    ) -> None:
        """List what is not declared, and what is wrong with the run as a whole."""
        if not self.collected or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        terminalreporter.section("completeness")
        for clause in self.untested:
            terminalreporter.line(f"not tested at all: {clause}")
        run, skipped = len(self.run & self.collected), len(self.skipped)
        terminalreporter.line(
            f"tests: {len(self.collected)} collected, {run} run, {skipped} not declared"
        )
        for what, number in self.listed():
            terminalreporter.line(f"not declared: {what}; tests skipped: {number}")
        for one in self.implementations:
            reasons: dict[str, list[str]] = {}
            for name, reason in (*one.excluded.items(), *one.unobserved.items()):
                reasons.setdefault(reason, []).append(name)
            for reason, names in reasons.items():
                what = f"{one.name} {one.release}: {', '.join(names)}: {reason}"
                terminalreporter.line(f"not tested of {what}")
        if self.problem:
            terminalreporter.line(f"incomplete: {self.problem}", red=True)
