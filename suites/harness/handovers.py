"""The matrix of builds: who hands a running guest to whom, for each machine type of both."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import pytest

from adapters.implementation import Implementation
from adapters.verdicts import Equivalent, Lossy, Rejected, Verdict
from suites.harness.failures import Violation

HANDOVER = "handover"
"""The property of a report that holds a `Handover`."""
LETTERS: dict[type[Verdict], str] = {Equivalent: "=", Rejected: "x", Lossy: "L"}
FAILED, NOT_TRIED = "!", "."
LEGEND = (
    "= there and back, x rejected as it must be, L declared loss, ! test failed, . not possible"
)


class Handover(NamedTuple):
    """One test: the builds, the machine type, the situation, how it went, and why not well."""

    source: str
    destination: str
    machine_type: str
    situation: str
    letter: str
    because: str


def build_name(implementation: Implementation) -> str:
    """What a build is called in the matrix."""
    return f"{implementation.name} {implementation.release}"


class Builds:
    """A pytest plugin: gathers how handovers went, and prints a matrix for each machine type."""

    def __init__(self, situations: Iterable[str]) -> None:
        self.situations = tuple(situations)
        self.recorded: Handover | None = None
        self.found: dict[tuple[str, str, str, str], Handover] = {}

    def record(
        self,
        source: str,
        destination: str,
        machine_type: str,
        situation: str,
        verdict: Verdict | None,
    ) -> None:
        """Note how a handover went; that it was begun, where there is no verdict yet."""
        letter = LETTERS[type(verdict)] if verdict else FAILED
        because = verdict.reason if isinstance(verdict, Rejected) else ""
        self.recorded = Handover(source, destination, machine_type, situation, letter, because)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put how it went into the report of the test's call."""
        if call.when != "call" or self.recorded is None:
            return
        if call.excinfo and isinstance(error := call.excinfo.value, Violation):
            because = f"{error.kind}: {error.because or error.clause}"
            self.recorded = self.recorded._replace(letter=FAILED, because=because)
        item.user_properties.append((HANDOVER, tuple(self.recorded)))
        self.recorded = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter how it went."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == HANDOVER:
                    one = Handover(*cast("tuple[str, str, str, str, str, str]", value))
                    self.found[one[:4]] = one

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the matrices, and why a handover did not go through."""
        if not self.found:
            return
        terminalreporter.section(f"builds, source by destination: {', '.join(self.situations)}")
        for line in rendered(self.found, self.situations):
            terminalreporter.line(line)


def by_number(name: str) -> list[tuple[int, str]]:
    """Sorts names with numbers in them: ``pseries-2.9`` comes before ``pseries-2.10``."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def rendered(
    found: Mapping[tuple[str, str, str, str], Handover], situations: Sequence[str]
) -> list[str]:
    """The matrices as lines: rows with the same cells for several machine types are one."""
    sources = list(dict.fromkeys(one.source for one in found.values()))
    destinations = list(dict.fromkeys(one.destination for one in found.values()))
    known = {one.machine_type for one in found.values()}
    types = sorted(known, key=by_number)
    label = max(map(len, [*sources, *types])) + 4
    width = max(map(len, destinations)) + 2
    tables: dict[tuple[str, ...], list[str]] = {}
    for type_name in types:
        rows = []
        for source in sources:
            cells = []
            for destination in destinations:
                keys = ((source, destination, type_name, one) for one in situations)
                letters = (found[key].letter if key in found else NOT_TRIED for key in keys)
                cells.append("".join(letters).ljust(width))
            rows.append(f"  {source:{label}}{''.join(cells)}".rstrip())
        tables.setdefault(tuple(rows), []).append(type_name)
    head = "".join(one.ljust(width) for one in destinations).rstrip()
    lines = [f"  {'':{label}}{head}"]
    for cells_of_all, names in tables.items():
        lines += [", ".join(names), *cells_of_all]
    lines += ["", LEGEND]
    reasons: dict[str, list[str]] = {}
    for one in found.values():
        if one.because:
            what = f"{one.letter} {one.source} -> {one.destination}: {one.because.splitlines()[0]}"
            reasons.setdefault(what, []).append(f"{one.machine_type} {one.situation}")
    for what, where in reasons.items():
        more = f" and {len(where) - 1} more" if len(where) > 1 else ""
        lines.append(f"{what} ({where[0]}{more})")
    return lines
