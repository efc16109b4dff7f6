"""What an adapter does not declare is not tested, and is listed. All else is tested.

A test says what it needs with `needs`. `Declared` skips it where the adapter does not declare
that. `Completeness` fails the run if a test was neither run nor skipped in this way.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple, NoReturn

import pytest

from adapters.protocol import Ability, Implementation
from reference.compatibility.expectation import common_machine_type
from reference.spapr.versions import STREAM_VERSIONS, stream_version
from suites.roads import Road

OWN_TESTS = "tests"
UNDECLARED = "undeclared"
"""The property of a report that names something its test needs and the adapter does not declare."""


def needs(
    *abilities: Ability,
    saves: str | None = None,
    loads: str | None = None,
    machine_type: str | None = None,
    any_machine: bool = False,
) -> pytest.MarkDecorator:
    """The mark of a test that runs only if what it needs is declared.

    ``saves`` and ``loads``: the name of the parameter that holds the stream version or a tuple of
    them, or the id of one. ``machine_type``: the same for a machine type; the newest that all these
    versions know, unless it is given. ``any_machine``: machines must be configured at will. A test
    of roads needs one that leads from a saver to a
    loader, one of which may be the reference.
    """
    named = {
        "saves": saves,
        "loads": loads,
        "machine_type": machine_type,
        "any_machine": any_machine,
    }
    return pytest.mark.needs(*abilities, **{verb: name for verb, name in named.items() if name})


class Needs(NamedTuple):
    """What a test needs, with the versions and machine types that its parameters stand for.

    Raises `UnknownStreamVersion` for a name that is neither a parameter nor a version.
    """

    abilities: tuple[Ability, ...]
    saves: tuple[str, ...]
    loads: tuple[str, ...]
    machine_type: str
    any_machine: bool

    @classmethod
    def of(cls, mark: pytest.Mark, parameters: Mapping[str, Any]) -> "Needs":
        """What the mark `needs` asks for."""

        def versions(verb: str) -> tuple[str, ...]:
            name = mark.kwargs.get(verb, ())
            wanted = parameters.get(name, name)
            wanted = (wanted,) if isinstance(wanted, str) else wanted
            return tuple(stream_version(one).id for one in wanted)

        saves, loads = versions("saves"), versions("loads")
        named = mark.kwargs.get("machine_type", "")
        newest = common_machine_type(*saves, *loads) if saves or loads else ""
        return cls(
            mark.args,
            saves,
            loads,
            parameters.get(named, named) or newest,
            bool(mark.kwargs.get("any_machine")),
        )

    def missing(self, saver: Implementation, loader: Implementation) -> Iterator[str]:
        """What is not declared of what it needs."""
        for ability in self.abilities:
            if ability not in saver.abilities & loader.abilities:
                yield f"the ability {ability}"
        if self.any_machine and Ability.FIT in saver.abilities | loader.abilities:
            yield "machines configured at will"
        for verb, versions, one in (("saves", self.saves, saver), ("loads", self.loads, loader)):
            for version in versions:
                support = one.versions.get(version)
                if support is None or not getattr(support, verb):
                    yield f"{verb} {version}"
        if self.machine_type and not (
            saver.has(self.machine_type) and loader.has(self.machine_type)
        ):
            yield f"machine type {self.machine_type}"


def needs_of(item: pytest.Item) -> list[Needs]:
    """What the marks of a test ask for."""
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params if callspec else {}
    return [Needs.of(mark, parameters) for mark in item.iter_markers("needs")]


def skip_undeclared(item: pytest.Item, lacking: Iterable[str]) -> NoReturn:
    """Skip a test that needs what is not declared."""
    lacking = list(dict.fromkeys(lacking))
    item.user_properties += [(UNDECLARED, what) for what in lacking]
    pytest.skip(f"not declared: {', '.join(lacking)}")


class Declared:
    """A pytest plugin: skips what is not declared, and leads tests over the roads that are."""

    @pytest.fixture
    def roads(
        self, request: pytest.FixtureRequest, all_roads: tuple[Road, ...]
    ) -> tuple[Road, ...]:
        """The roads on which all is declared that a test needs; it is skipped if there is none."""
        needed = needs_of(request.node)
        lacking = [list(self.missing(road, needed)) for road in all_roads]
        leading = tuple(road for road, what in zip(all_roads, lacking, strict=True) if not what)
        if not leading:
            skip_undeclared(request.node, lacking[0])
        return leading

    def missing(self, road: Road, needed: Iterable[Needs]) -> Iterator[str]:
        """What is not declared on a road."""
        for one in needed:
            yield from one.missing(road.source.implementation, road.destination.implementation)

    @pytest.fixture(autouse=True)
    def _declared(self, request: pytest.FixtureRequest) -> None:
        if "roads" in request.fixturenames:
            return
        if needed := needs_of(request.node):
            implementation = request.getfixturevalue("implementation")
            lacking = [what for one in needed for what in one.missing(*(implementation,) * 2)]
            if lacking:
                skip_undeclared(request.node, lacking)


class Completeness:
    """A pytest plugin: holds the tests of implementations that were collected against those run.

    The tests of this project, in a folder of their own, are none of them.
    """

    def __init__(self, implementations: Sequence[Implementation] = ()) -> None:
        self.implementations = implementations
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

    def listed(self) -> Iterator[tuple[str, int]]:
        """What is not declared, versions in a row, and how many tests were skipped for it."""
        for verb in ("saves", "loads"):
            known = {one: self.undeclared[f"{verb} {one}"] for one in STREAM_VERSIONS}
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
