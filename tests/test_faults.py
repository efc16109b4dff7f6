"""Each fault is caught by the tests that should catch it, with a counterexample to understand."""

import importlib
import pkgutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable
from inspect import isabstract
from pathlib import Path

import pytest

from adapters.loading import DEFAULT_ADAPTER
from adapters.reference import ReferenceAdapter
from suites.clauses import clauses
from tests import faults
from tests.faults.catalogue import CATALOGUE
from tests.faults.caught import Caught

ROOT = Path(__file__).parents[1]
EXAMPLE = "Failing test case: example("
LONGEST_EXAMPLE = 500
"""How many characters a machine may take that a person is to understand at once."""

ROWS = [
    (f"{test}[{row.case}]" if row.case else test, row)
    for test, rows in CATALOGUE.items()
    for row in rows
]
BY_FAULT: defaultdict[str, list[tuple[str, Caught]]] = defaultdict(list)
for test_id, caught in ROWS:
    BY_FAULT[caught.fault].append((test_id, caught))


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of tests of the suites."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(  # noqa: S603 -- our own command
        [*command, "--hypothesis-seed=0"], cwd=ROOT, capture_output=True, text=True, check=False
    )


def failures(adapter: str, tests: Iterable[str], report: Path) -> dict[str, str]:
    """By test, why it failed; empty where it passed. ``report`` is where pytest writes it."""
    result = run(*tests, f"--adapter={adapter}", f"--junitxml={report}")
    assert report.exists(), result.stdout + result.stderr
    said = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 -- pytest has just written it
        path = case.attrib["classname"].replace(".", "/")
        said[f"{path}.py::{case.attrib['name']}"] = "".join(
            outcome.text or "" for outcome in case if outcome.tag in {"failure", "error"}
        )
    return said


def adapters_in(module: str) -> list[str]:
    """The implementations that a module of `tests.faults` makes."""
    return [
        f"{module}:{name}"
        for name, value in vars(importlib.import_module(f"tests.faults.{module}")).items()
        if isinstance(value, type)
        and issubclass(value, ReferenceAdapter)
        and value.__module__ == f"tests.faults.{module}"
        and not isabstract(value)
    ]


@pytest.mark.parametrize("fault", BY_FAULT)
def test_a_fault_is_caught_by_its_clauses(fault: str, tmp_path: Path) -> None:
    """A fault fails the tests that should catch it, for the reason that is its own."""
    rows = BY_FAULT[fault]
    said = failures(f"tests.faults.{fault}", [test for test, _ in rows], tmp_path / "report.xml")
    for test, row in rows:
        text = said[test]
        assert text, f"{test} did not notice {fault}"
        assert text.startswith(f"{row.clause}: {clauses()[row.clause].rule}\n"), text
        assert row.story in text, text
        example = text.partition(EXAMPLE)[2].partition("\n)")[0]
        assert len(example) < LONGEST_EXAMPLE, text


def test_what_catches_a_fault_passes_without_it(tmp_path: Path) -> None:
    """A test that fails for a fault passes for the reference: it is the fault that it sees."""
    tests = dict.fromkeys(test for test, _ in ROWS)
    said = failures(DEFAULT_ADAPTER, tests, tmp_path / "report.xml")
    assert said == dict.fromkeys(tests, "")


@pytest.mark.parametrize("adapter", adapters_in("allowed"))
def test_what_is_allowed_fails_nothing(adapter: str) -> None:
    """An implementation that does otherwise what may be done otherwise passes every test."""
    result = run("suites", f"--adapter=tests.faults.{adapter}", "--hypothesis-profile=smoke")
    assert result.returncode == pytest.ExitCode.OK, result.stdout + result.stderr


def test_every_test_catches_a_fault() -> None:
    """A test that never failed is not known to work."""
    names = {
        f"suites/{path.name}::{name}"
        for path in (ROOT / "suites").glob("test_*.py")
        for name in vars(importlib.import_module(f"suites.{path.stem}"))
        if name.startswith("test_")
    }
    assert names == CATALOGUE.keys()


@pytest.mark.parametrize("clause", clauses())
def test_every_clause_has_a_fault(clause: str) -> None:
    """What no fault breaks is not known to be tested."""
    assert any(row.clause == clause for _, row in ROWS)


def test_every_fault_is_in_the_catalogue() -> None:
    """No fault lies about that nothing must catch."""
    modules = {one.name for one in pkgutil.iter_modules(faults.__path__)} - {"wrong", "allowed"}
    made = {fault for module in modules for fault in adapters_in(module)}
    assert made == BY_FAULT.keys()
