"""Properties are ordinary Hypothesis tests, to every tool that knows those."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from suites.harness.properties import DRAWN

ROOT = Path(__file__).parents[2]
BUILDS = "test_handed_over"
"""The chapter that is collected where several builds are under test."""
CHAPTERS = sorted(
    path
    for folder in ("pseries", "devices")
    for path in (ROOT / "suites" / folder).glob("test_*.py")
    if path.stem != BUILDS
)
DRAWING = {
    name
    for path in CHAPTERS
    for name, test in vars(
        importlib.import_module(f"suites.{path.parent.name}.{path.stem}")
    ).items()
    if hasattr(test, DRAWN)
}
"""The tests that draw."""
PAIR = "suites/pseries/test_pairs.py::test_every_pair_does_what_the_table_states[3->3]"


def pytest_says(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What pytest prints in the checkout, with ``more`` in its environment."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_pytest_selects_them_by_their_mark() -> None:
    """``-m hypothesis`` has every test that draws, and no other."""
    said = pytest_says("--collect-only", "-m", "hypothesis", "suites")
    ids = [line for line in said.stdout.splitlines() if "::" in line]
    assert {one.split("::")[1].split("[")[0] for one in ids} == DRAWING


def test_hypothesis_has_statistics_of_them() -> None:
    """As of any test under ``@given``."""
    said = pytest_says(PAIR, "--hypothesis-show-statistics", "--hypothesis-profile=smoke")
    assert f"{PAIR}:" in said.stdout
    # A third of the ten examples of the profile.
    assert "3 passing, 0 failing, and 0 invalid" in said.stdout


def test_a_failure_that_is_known_to_the_database_comes_first(tmp_path: Path) -> None:
    """Each test has examples of its own, which the next run tries at once."""
    fault = "--adapter=tests.faults.behaviour:DropsTheUnplugRequest"
    test = PAIR.replace("3->3", "5.0->5.0")
    for examples in ("generate phase", "reuse phase"):
        said = pytest_says(
            test,
            fault,
            "--hypothesis-show-statistics",
            HYPOTHESIS_STORAGE_DIRECTORY=str(tmp_path),
        )
        assert said.returncode == pytest.ExitCode.TESTS_FAILED
        assert f"during {examples}" in said.stdout


def test_a_fuzzer_collects_them() -> None:
    """HypoFuzz, where it is installed, finds as many targets as pytest selects."""
    pytest.importorskip("hypofuzz", reason="no hypofuzz: pip install hypofuzz")
    program = (
        "from hypofuzz.collection import collect_tests\n"
        "found = collect_tests(['suites', '-p', 'no:cacheprovider'])\n"
        "print(len({one.nodeid.split('[')[0] for one in found.fuzz_targets}))\n"
        "print(len(found.not_collected))\n"
    )
    said = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.stdout.splitlines()[-2:] == [str(len(DRAWING)), "0"], said.stderr
