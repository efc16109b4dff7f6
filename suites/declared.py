"""What an adapter does not declare is not tested, and is listed. All else is tested.

A test says what it needs with `needs`. `Declared` skips it where the adapter does not declare
that. `Completeness` fails the run if a test was neither run nor skipped in this way.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pytest

from adapters.protocol import Ability, Implementation
from reference.spapr.versions import STREAM_VERSIONS, stream_version

OWN_TESTS = "tests"
UNDECLARED = "undeclared"
"""The property of a report that names something its test needs and the adapter does not declare."""


def needs(
    *abilities: Ability, saves: str | None = None, loads: str | None = None
) -> pytest.MarkDecorator:
    """The mark of a test that runs only if the adapter declares what it needs.

    ``saves`` and ``loads``: the name of the parameter that holds the stream version or a tuple of
    them, or the id of one.
    """
    versions = {"saves": saves, "loads": loads}
    return pytest.mark.needs(*abilities, **{verb: name for verb, name in versions.items() if name})


def missing(
    mark: pytest.Mark, parameters: Mapping[str, Any], implementation: Implementation
) -> Iterator[str]:
    """What the mark `needs` asks for and the implementation does not declare.

    Raises `UnknownStreamVersion` for a name that is neither a parameter nor a version.
    """
    for ability in mark.args:
        if ability not in implementation.abilities:
            yield f"the ability {ability}"
    for verb, name in mark.kwargs.items():
        wanted = parameters.get(name, name)
        for version in (wanted,) if isinstance(wanted, str) else wanted:
            support = implementation.versions.get(stream_version(version).id)
            if support is None or not getattr(support, verb):
                yield f"{verb} {version}"


class Declared:
    """A pytest plugin: skips what is not declared."""

    @pytest.fixture(autouse=True)
    def _declared(self, request: pytest.FixtureRequest) -> None:
        marks = list(request.node.iter_markers("needs"))
        if not marks:
            return
        implementation = request.getfixturevalue("implementation")
        callspec = getattr(request.node, "callspec", None)
        parameters = callspec.params if callspec else {}
        lacking = [what for mark in marks for what in missing(mark, parameters, implementation)]
        if lacking:
            request.node.user_properties += [(UNDECLARED, what) for what in lacking]
            pytest.skip(f"not declared: {', '.join(lacking)}")


class Completeness:
    """A pytest plugin: holds the tests of implementations that were collected against those run.

    The tests of this project, in a folder of their own, are none of them.
    """

    def __init__(self) -> None:
        self.collected: set[str] = set()
        self.run: set[str] = set()
        self.skipped: set[str] = set()
        self.undeclared: Counter[str] = Counter()

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
        if report.skipped and not hasattr(report, "wasxfail"):
            undeclared = [what for name, what in report.user_properties if name == UNDECLARED]
            if undeclared:
                self.skipped.add(report.nodeid)
                self.undeclared.update(map(str, undeclared))
        elif report.when == "call" or report.failed:
            self.run.add(report.nodeid)

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
        run, skipped = len(self.run & self.collected), len(self.skipped)
        terminalreporter.line(
            f"tests: {len(self.collected)} collected, {run} run, {skipped} not declared"
        )
        order = {version: place for place, version in enumerate(STREAM_VERSIONS)}
        for what in sorted(
            self.undeclared, key=lambda what: (order.get(what.split()[-1], -1), what)
        ):
            terminalreporter.line(f"not declared: {what}; tests skipped: {self.undeclared[what]}")
        if self.problem:
            terminalreporter.line(f"incomplete: {self.problem}", red=True)
