"""Each fault is caught by the tests that should catch it, with a counterexample to understand."""

import importlib
import pkgutil

import pytest

from adapters.loading import DEFAULT_ADAPTERS
from suites.harness.clauses import clauses
from tests import faults
from tests.faults.catalogue import BY_FAULT, CATALOGUE, CHAPTERS, DEVICE_CHAPTERS, ROWS
from tests.faults.caught import Caught
from tests.faults.checking import CatalogueError, check_caught, check_clauses
from tests.faults.classes import CLASSES
from tests.faults.kills import read_kills
from tests.faults.report import PAGE, render
from tests.faults.running import (
    HANDED,
    REFERENCE_DEVICES,
    ROOT,
    adapters_in,
    outcomes,
    run,
)

NO_FAULTS = {"wrong", "allowed", "wrong_devices", "allowed_devices"}
"""The modules whose implementations are right, or are there to be derived from."""
PINNED = "suites/devices/test_known.py::test_what_is_known_is_lost_still"
"""It fails for a list that is wrong, not for a machine: tests/unit/test_devices_twins.py."""


@pytest.mark.parametrize("fault", BY_FAULT)
def test_a_fault_is_caught_by_its_clauses(fault: str) -> None:
    """A fault fails the tests that should catch it, for the reason that is its own."""
    rows = BY_FAULT[fault]
    check_clauses(fault, rows)
    check_caught(fault, rows, outcomes(f"tests.faults.{fault}", [test for test, _ in rows]))


def test_what_catches_a_fault_passes_without_it() -> None:
    """A test that fails for a fault passes for the reference: it is the fault that it sees."""
    for adapter in DEFAULT_ADAPTERS:
        folder = DEVICE_CHAPTERS if adapter == REFERENCE_DEVICES else CHAPTERS
        tests = dict.fromkeys(
            test for test, _ in ROWS if test.startswith(folder) and HANDED not in test
        )
        assert not any(one.text for one in outcomes(adapter, tests).values())


def test_a_fault_that_equals_the_reference_is_named() -> None:
    """What no test can tell from the reference is no fault."""
    rows = [
        (
            "suites/pseries/test_round_trip.py::test_a_round_trip_loses_only_what_the_version_declares[3]",
            Caught("RT-1", "3", "allowed:NoDescription", "anything"),
        )
    ]
    said = outcomes("tests.faults.allowed:NoDescription", [rows[0][0]])
    with pytest.raises(CatalogueError, match=r"^allowed:NoDescription equals the reference"):
        check_caught("allowed:NoDescription", rows, said)


def test_a_fault_with_an_unknown_clause_is_named() -> None:
    """A fault must be caught by a rule that is written down."""
    rows = [("any test", Caught("RT-9", "3", "lists:ReversesTheWalks", "anything"))]
    with pytest.raises(CatalogueError, match=r"^lists:ReversesTheWalks: .* no clause RT-9; did"):
        check_clauses("lists:ReversesTheWalks", rows)


@pytest.mark.parametrize("adapter", [*adapters_in("allowed"), *adapters_in("allowed_devices")])
def test_what_is_allowed_fails_nothing(adapter: str) -> None:
    """An implementation that does otherwise what may be done otherwise passes every test."""
    options = "--hypothesis-profile=smoke", "--hypothesis-seed=0"
    result = run("suites", f"--adapter=tests.faults.{adapter}", *options)
    assert result.returncode == pytest.ExitCode.OK, result.stdout + result.stderr


def test_every_test_catches_a_fault() -> None:
    """A test that never failed is not known to work."""
    names = {
        f"{folder}{path.name}::{name}"
        for folder in (CHAPTERS, DEVICE_CHAPTERS)
        for path in (ROOT / folder).glob("test_*.py")
        for name in vars(importlib.import_module(f"suites.{path.parent.name}.{path.stem}"))
        if name.startswith("test_")
    }
    assert names - {PINNED} == CATALOGUE.keys()


@pytest.mark.parametrize("clause", clauses())
def test_every_clause_has_a_fault(clause: str) -> None:
    """What no fault breaks is not known to be tested."""
    assert any(row.clause == clause for _, row in ROWS)


def test_every_fault_is_in_the_catalogue() -> None:
    """No fault lies about that nothing must catch."""
    modules = {one.name for one in pkgutil.iter_modules(faults.__path__)} - NO_FAULTS
    made = {fault for module in modules for fault in adapters_in(module)}
    assert made == BY_FAULT.keys()


def test_every_fault_has_a_class_and_a_precedent() -> None:
    """A fault is of a kind that really happened."""
    classed = [fault for one in CLASSES.values() for fault in one.faults]
    assert sorted(classed) == sorted(BY_FAULT)
    assert "".join(CLASSES) == "ABCDEFGHIJKL"
    assert all(precedent for one in CLASSES.values() for precedent in one.faults.values())


def test_the_page_of_faults_is_in_step() -> None:
    """docs/faults.md is what the catalogue and the kill matrix make of it."""
    assert PAGE.read_text(encoding="utf-8") == render(), "run python -m tests.faults.report"


def test_the_kill_matrix_is_of_this_catalogue() -> None:
    """What was measured is what is there: the same faults, tests, clauses; and all are caught."""
    kills = read_kills()
    measured = {
        (fault, one.test, one.clause) for fault, kill in kills.faults.items() for one in kill.caught
    }
    assert measured == {(row.fault, test, row.clause) for test, row in ROWS}
    assert kills.properties.keys() == CATALOGUE.keys()
    for fault, kill in kills.faults.items():
        for one in kill.caught:
            assert None not in one.examples, f"{fault} was missed by {one.test}"


def test_a_witness_says_what_is_wrong() -> None:
    """What the page shows of a fault has the words by which a reader knows it."""
    stories = {(row.fault, test): row.story for test, row in ROWS}
    for fault, kill in read_kills().faults.items():
        for one in kill.caught:
            assert stories[fault, one.test] in one.witness
