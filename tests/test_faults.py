"""Each fault is caught by the tests that should catch it, with a counterexample to understand."""

import subprocess
import sys
from pathlib import Path

import pytest

from suites.clauses import clauses
from tests.faults.catalogue import FAULTS, Fault

ROOT = Path(__file__).parents[1]
SEED = "--hypothesis-seed=0"
LONGEST_EXAMPLE = 500
"""How many characters a machine may take that a person is to understand at once."""

CAUGHT = [
    pytest.param(fault, clause, test, id=f"{fault.adapter.split(':')[1]}-{clause}")
    for fault in FAULTS
    for clause, test in fault.caught_by.items()
]


def run(test: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of one test of the suites."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", SEED, test, *options]
    return subprocess.run(  # noqa: S603 -- our own command
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("fault", "clause", "test"), CAUGHT)
def test_a_fault_is_caught_by_its_clause(fault: Fault, clause: str, test: str) -> None:
    """A fault fails the test that should catch it, for the reason that is its own."""
    result = run(test, f"--adapter={fault.adapter}")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED, result.stdout + result.stderr
    assert f"{clause}: {clauses()[clause].rule}" in result.stdout
    for words in fault.story:
        assert words in result.stdout
    example = result.stdout.split("Failing test case: example(")[1].split("\n)")[0]
    assert len(example) < LONGEST_EXAMPLE, example


@pytest.mark.parametrize(
    "test", sorted({test for fault in FAULTS for test in fault.caught_by.values()})
)
def test_what_catches_a_fault_passes_without_it(test: str) -> None:
    """A test that fails for a fault passes for the reference: it is the fault that it sees."""
    result = run(test)
    assert result.returncode == pytest.ExitCode.OK, result.stdout + result.stderr
