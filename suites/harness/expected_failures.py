"""Holds the failures of a run against those that are known."""

import re
from collections.abc import Collection, Sequence
from typing import Any

import pytest
from hypothesis import Phase, settings

from suites.harness.failures import Violation
from suites.harness.known import KnownFailure, matches

KNOWN = pytest.StashKey[tuple[KnownFailure, ...]]()
"""The known failures of a test, in its stash."""
MET = "known failure"
"""The property of a report that has the reason of a known failure."""


def phases_of(item: pytest.Item) -> Collection[Phase]:
    """The phases of Hypothesis for a test: what is known is not shrunk again."""
    phases = settings().phases
    return (
        [one for one in phases if one is not Phase.shrink] if item.stash.get(KNOWN, ()) else phases
    )


def unlike(one: KnownFailure, clause: str, kind: str, text: str) -> str:
    """In what a failure is not the known one: clause or kind; or, where these agree, the text."""
    listed = f"{' or '.join(one.clauses)} {one.kind}"
    if clause in one.clauses and kind == one.kind:
        said = next((line for line in reversed(text.splitlines()) if line.strip()), "nothing")
        return (
            f"listed as {listed}, and it failed so, but not as listed: "
            f"{one.says!r} is not found in its text, which ends with {said.strip()!r}"
        )
    return f"listed as {listed}; it failed as {f'{clause} {kind}'.strip()}"


class KnownFailures:
    """A pytest plugin: failures are expected if they are known, and must come if they are."""

    def __init__(self, known: Sequence[KnownFailure]) -> None:
        self.known = known
        self.collected: set[str] = set()
        self.met: dict[str, int] = {}
        self.partial = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Tell each test what is known of it."""
        for item in items:
            item.stash[KNOWN] = tuple(one for one in self.known if one.possible(item.nodeid))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests where there are no workers."""
        self.collected.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note them where workers collect."""
        self.collected.update(ids)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        """Compare how a test went with what is known of it."""
        report = yield
        entries = item.stash.get(KNOWN, ())
        if not entries or report.when != "call" or report.skipped:
            return report
        if report.passed:
            if must := [one for one in entries if one.certain(item.nodeid)]:
                report.outcome = "failed"
                report.longrepr = (
                    f"This passes, but is a known failure: {must[0].reason}\n"
                    "Take the test off the list, or give the entry an until."
                )
            return report
        error = call.excinfo.value if call.excinfo else None
        came, text = ("", "error"), str(error)
        if isinstance(error, Violation):
            came, text = (error.clause, error.kind), str(error.msg)
        for one in entries:
            if came[0] in one.clauses and came[1] == one.kind and re.search(one.says, str(error)):
                report.outcome = "skipped"
                report.wasxfail = f"known failure: {one.reason}"
                item.user_properties.append((MET, one.reason))
                report.user_properties = [*report.user_properties, (MET, one.reason)]
                return report
        report.sections += [("Known failure", unlike(one, *came, text)) for one in entries]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what was met."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == MET:
                    self.met[str(value)] = self.met.get(str(value), 0) + 1

    @property
    def unmatched(self) -> list[str]:
        """The patterns that match nothing although all tests of their file were collected."""
        files = {one.partition("::")[0] for one in self.collected}
        patterns = [it for one in self.known for it in (*one.tests, *one.sometimes)]
        return [
            pattern
            for pattern in patterns
            if pattern.partition("::")[0] in files
            and not self.partial
            and not any(matches(pattern, nodeid) for nodeid in self.collected)
        ]

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run with entries that match nothing."""
        options = session.config.option
        selected = any("::" in str(one) for one in session.config.args)
        self.partial = bool(options.keyword or options.markexpr or selected)
        if self.unmatched and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """List what was met, and what matches nothing."""
        if not self.met and not self.unmatched:
            return
        terminalreporter.section("known failures")
        for one in self.known:
            if number := self.met.get(one.reason):
                tests = "test" if number == 1 else "tests"
                terminalreporter.line(f"{number} {tests}: {one.reason}")
                terminalreporter.line(f"    as {one.witness}")
                terminalreporter.line(f"    source: {one.source}")
        for pattern in self.unmatched:
            terminalreporter.line(f"matches no test: {pattern}; correct or remove it", red=True)
