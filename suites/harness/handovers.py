"""The matrix of builds: who hands a running guest to whom, for each machine type of both."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, cast

import pytest

from adapters.verdicts import Equivalent, Lossy, Rejected, Verdict
from suites.harness.failures import Violation

HANDOVER = "handover"
"""The property of a report that holds a `Handover`."""
LETTERS: dict[type[Verdict], str] = {Equivalent: "=", Rejected: "x", Lossy: "L"}
FAILED, OTHER_MACHINE, NOT_TRIED = "!", "c", "."
LEGEND = (
    "= the guest arrived and goes on, x rejected as it must be, L declared loss, ! test failed, "
    "c rejected, and the CPUs are not the same, . not possible"
)
THERE, BACK = "from the row to the column", "from the row to the column and back to the row"
"""The ways of a guest, each with a matrix of its own."""


class Handover(NamedTuple):
    """A way of a guest: builds, machine type, situation, how it went, and why not well."""

    way: str
    source: str
    destination: str
    machine_type: str
    situation: str
    letter: str
    because: str


Key = tuple[str, str, str, str, str]
"""All but the last two of a `Handover`."""


class Named(Protocol):
    """What has a name and a release: an implementation of any kind."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def release(self) -> str:
        """Which of its releases it is."""


def build_names(implementations: Sequence[Named], named: Sequence[str]) -> list[str]:
    """What builds are called: by name and release; those that share these by what was named.

    ``named`` are the values of ``--adapter``, all of them different.
    """
    short = [f"{one.name} {one.release}" for one in implementations]
    words = [re.split(r"[\s,]+", name.partition(":")[2]) for name in named]
    alike = Counter(short)
    names = []
    for name, own in zip(short, words, strict=True):
        others = [it for one, it in zip(short, words, strict=True) if one == name and it is not own]
        apart = [word for word in own if not all(word in it for it in others)]
        names.append(" ".join((name, *apart)) if alike[name] > 1 else name)
    told_apart = len(set(names)) == len(names)
    return names if told_apart else list(named)


class Builds:
    """A pytest plugin: gathers how handovers went, and prints a matrix for each machine type.

    ``names`` are those of all builds, in the order they are shown.
    """

    def __init__(self, situations: Iterable[str], names: Iterable[str]) -> None:
        self.situations = tuple(situations)
        self.names = tuple(names)
        self.recorded: dict[Key, Handover] = {}
        self.found: dict[Key, Handover] = {}

    def record(
        self, *key: str, verdict: Verdict | None = None, letter: str = FAILED, because: str = ""
    ) -> None:
        """Note how a way went, ``key`` being that of a `Handover`: by a verdict, or by a letter.

        Without either it was begun: the test has failed on it, if nothing else is noted later.
        """
        way, source, destination, machine_type, situation = key
        if verdict is not None:
            letter = LETTERS[type(verdict)]
        self.recorded[way, source, destination, machine_type, situation] = Handover(
            way, source, destination, machine_type, situation, letter, because
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put how it went into the report of the test's call."""
        if call.when != "call":
            return
        error = call.excinfo.value if call.excinfo else None
        for one in self.recorded.values():
            if one.letter == FAILED and isinstance(error, Violation):
                one = one._replace(because=f"{error.kind}: {error.because or error.clause}")  # noqa: PLW2901
            item.user_properties.append((HANDOVER, tuple(one)))
        self.recorded.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter how it went."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == HANDOVER:
                    one = Handover(*cast("tuple[str, str, str, str, str, str, str]", value))
                    self.found[one[:5]] = one

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the matrices, and why a guest did not get through."""
        for way in (THERE, BACK):
            found = {key: one for key, one in self.found.items() if one.way == way}
            if found:
                terminalreporter.section(f"builds: {', '.join(self.situations)}")
                for line in (
                    f"A guest is handed {way}:",
                    *rendered(found, self.situations, self.names),
                ):
                    terminalreporter.line(line)


def by_number(name: str) -> list[tuple[int, str]]:
    """Sorts names with numbers in them: ``pseries-2.9`` comes before ``pseries-2.10``."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def rendered(
    found: Mapping[Key, Handover], situations: Sequence[str], names: Sequence[str]
) -> list[str]:
    """The matrices of one way as lines: rows with the same cells for several types are one."""
    sources = [one for one in names if any(it.source == one for it in found.values())]
    destinations = [one for one in names if any(it.destination == one for it in found.values())]
    known = {one.machine_type for one in found.values()}
    types = sorted(known, key=by_number)
    letters = {one[1:5]: one.letter for one in found.values()}
    label = max(map(len, [*sources, *types])) + 4
    width = max(map(len, destinations)) + 2
    tables: dict[tuple[str, ...], list[str]] = {}
    for type_name in types:
        rows = []
        for source in sources:
            cells = []
            for destination in destinations:
                keys = ((source, destination, type_name, one) for one in situations)
                cell = "".join(letters.get(key, NOT_TRIED) for key in keys)
                cells.append(cell.ljust(width))
            rows.append(f"  {source:{label}}{''.join(cells)}".rstrip())
        tables.setdefault(tuple(rows), []).append(type_name)
    head = "".join(one.ljust(width) for one in destinations).rstrip()
    lines = [f"  {'':{label}}{head}"]
    for cells_of_all, alike in tables.items():
        lines += [", ".join(alike), *cells_of_all]
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
