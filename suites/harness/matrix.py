"""The matrix of verdicts at the end of a run: source by destination."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import cast

import pytest

from adapters.verdicts import (
    Crashed,
    Equivalent,
    Lossy,
    Refused,
    Rejected,
    TimedOut,
    Unsupported,
    Verdict,
)
from suites.harness.declared import UNDECLARED
from suites.harness.expected_failures import MET

Pair = tuple[str, str]
"""The ids of two stream versions: source and destination."""
Entry = tuple[str, str, str, str, str]
"""One verdict on its way to the matrix: the pair, a letter, and of a loss its name and witness."""

About = Callable[[pytest.Item, BaseException | None], Iterable[Pair]]
"""Which pairs a test is about, and, where it drew them, how it failed."""

VERDICT, ABOUT = "verdict", "about"
"""The properties of a report that hold an `Entry`, and a `Pair` that the test is about."""
FAILED, KNOWN, NOT_DECLARED = "!", "k", "?"
LETTERS: dict[type[Verdict], str] = {
    Equivalent: "=",
    Rejected: "x",
    Refused: "-",
    Lossy: "L",
    Crashed: FAILED,
    TimedOut: FAILED,
    Unsupported: NOT_DECLARED,
}
WITNESSES = 8
"""How many machines that lost something are looked at in each test."""
WIDTH = 110
"""Columns of the terminal that the matrix keeps to where it can."""
ORDER = "=x-L!k?"
"""Letters stand in this order where the verdict depends on the machine."""
LEGEND = (
    "= equivalent, x rejected, - refused, L declared loss, ! test failed, k known failure, "
    "? not declared, . not run"
)


def render(cells: Mapping[Pair, AbstractSet[str]], versions: Iterable[str]) -> list[str]:
    """The matrix as lines: a row for each source, a column for each destination.

    ``cells`` holds the letters of each pair; ``versions`` are all ids in the order they are shown,
    of which those are left out of which no pair is declared. One pair at least is there.
    """
    mentioned = {
        version for pair, letters in cells.items() if letters != {NOT_DECLARED} for version in pair
    }
    shown = [version for version in versions if version in mentioned]
    heads = {version: re.findall(r"[+-]?[^+-]+", version) for version in shown}
    height = max(map(len, heads.values()))
    columns = []
    for destination in shown:
        head = heads[destination]
        pairs = (cells.get((source, destination), set()) for source in shown)
        texts = ("".join(sorted(letters, key=ORDER.index)) or "." for letters in pairs)
        columns.append([*[""] * (height - len(head)), *head, *texts])
    columns.insert(0, [*[""] * height, *shown])
    widths = [max(map(len, column)) for column in columns]
    gap = "  " if sum(widths) + 2 * len(shown) <= WIDTH else " "
    label, *cell_widths = widths
    return [
        gap.join([name.ljust(label), *map(str.rjust, texts, cell_widths)]).rstrip()
        for name, *texts in zip(*columns, strict=True)
    ]


def telling(witness: str) -> tuple[bool, int]:
    """Sorts witnesses: those with a story come first, and the short before the long."""
    return "\n" not in witness, len(witness)


class Matrix:
    """A pytest plugin: gathers the verdicts of all workers and prints the matrix.

    ``versions`` are the ids of all stream versions, in the order they are shown; ``about`` says
    which pairs a test is about: whatever fails there shows there. ``subject`` is what the matrix
    says of a machine, and what not; it stands above it.
    """

    def __init__(self, versions: Iterable[str], about: About, subject: str) -> None:
        self.versions = versions
        self.about = about
        self.subject = subject
        self.recorded: dict[tuple[str, str, str, str], str] = {}
        self.seen: Counter[tuple[str, str, str, str]] = Counter()
        self.cells: defaultdict[Pair, set[str]] = defaultdict(set)
        self.losses: defaultdict[str, dict[Pair, str]] = defaultdict(dict)

    def record(self, source: str, destination: str, verdict: Verdict, witness: object = "") -> None:
        """Note the verdict of one machine on the road from ``source`` to ``destination``.

        ``witness`` is the machine, or a line and behind it the lines of a story. Of the first
        `WITNESSES` in each test that lost something the shortest text is kept; the text of others
        is not even made, as that takes time.
        """
        letter = LETTERS[type(verdict)]
        for loss in verdict.losses if isinstance(verdict, Lossy) else ("",):
            key = (source, destination, letter, loss)
            self.seen[key] += 1
            if self.seen[key] == 1 or (loss and self.seen[key] <= WITNESSES):
                text = str(witness) if loss else ""
                self.recorded[key] = min(self.recorded.get(key, text), text, key=len)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Put what the test recorded into its report, and what it is about."""
        error = call.excinfo.value if call.excinfo else None
        if error is not None:
            item.user_properties += [(ABOUT, pair) for pair in self.about(item, error)]
        item.user_properties += [
            (VERDICT, (*key, witness)) for key, witness in self.recorded.items()
        ]
        self.recorded.clear()
        self.seen.clear()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Enter the verdicts of a test, and how it ended; all its reports repeat them."""
        told = defaultdict[str, list[object]](list)
        for name, value in report.user_properties:
            told[name].append(value)
        for source, destination, letter, loss, witness in cast("list[Entry]", told[VERDICT]):
            self.cells[source, destination].add(letter)
            if loss:
                known = self.losses[loss].get((source, destination), witness)
                self.losses[loss][source, destination] = min(known, witness, key=telling)
        for source, destination in cast("list[Pair]", told[ABOUT]):
            if report.failed:
                self.cells[source, destination].add(FAILED)
            elif told[MET]:
                self.cells[source, destination].add(KNOWN)
            elif {f"saves {source}", f"loads {destination}"} & {*told[UNDECLARED]}:
                self.cells[source, destination].add(NOT_DECLARED)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the matrix, its legend, and a line for each declared loss."""
        if all(letters == {NOT_DECLARED} for letters in self.cells.values()):
            return
        terminalreporter.section("verdicts, source by destination")
        terminalreporter.line(self.subject)
        terminalreporter.line("")
        for line in render(self.cells, self.versions):
            terminalreporter.line(line)
        terminalreporter.line("")
        terminalreporter.line(LEGEND)
        for loss, pairs in sorted(self.losses.items()):
            (source, destination), witness = min(pairs.items(), key=lambda pair: telling(pair[1]))
            summary, *story = witness.split("\n")
            example = f"{source}->{destination}{': ' if summary else ''}{summary}"
            terminalreporter.line(f"L {loss}: lost on {len(pairs)} pairs, as {example}")
            for line in story:
                terminalreporter.line(f"    {line}")
