"""Real QEMUs with a patch, where there are some: ``PATCHED_QEMUS`` is the folder of their binaries.

Each is QEMU 7.2 with a subsection `spapr_drc/ccs`: ``right``, and three that are nearly right;
``field`` and ``field-bump`` add fields that nobody has heard of (docs/testing-a-patch.md).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_declarations import MOOD, TUNE

ROOT = Path(__file__).parents[1]
FOLDER = os.environ.get("PATCHED_QEMUS", "")
NEEDS_PATCHED = pytest.mark.skipif(not FOLDER, reason="no patched QEMUs: set PATCHED_QEMUS")
NEEDS_QEMU = pytest.mark.skipif(
    shutil.which("qemu-system-ppc64") is None,
    reason="no qemu-system-ppc64: apt install qemu-system-ppc",
)
CHAPTERS = ("test_walks", "test_pairs", "test_subsections", "test_values", "test_backward")

WRONG = {
    # Binary: a test that must fail, and what it says.
    "wrong-reset": (
        "test_walks.py::test_a_walk_goes_on_after_each_of_its_calls[7.1+ccs->7.1+ccs]",
        "CONT-1: ",
        "got       2 next child 'legacy-device@2'",
    ),
    "wrong-needed": (
        "test_values.py::test_every_number_survives_at_its_boundaries[7.1+ccs]",
        "VAL-1: ",
        "ccs_depth",
    ),
    "wrong-isolate": (
        "test_walks.py::test_a_walk_does_not_survive_isolation[7.1+ccs->7.1]",
        "PAIR-1: ",
        "unknown subsection 'spapr_drc/ccs'",
    ),
}


def run(name: str, version: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the suites say of a QEMU at a version, or at the one that it has by its release."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "auto"]
    command += ["--hypothesis-profile=smoke", "--hypothesis-seed=1"]
    command += [f"--adapter=qemu:{name}{version and f',version={version}'}"]
    chapters = [f"suites/pseries/{one}.py" for one in CHAPTERS]
    return subprocess.run(  # noqa: S603 -- our own command
        [*command, *chapters, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@NEEDS_PATCHED
def test_the_right_fix_fails_nothing_that_is_not_known() -> None:
    """The walk turns from a loss to an equal, and backward it is rejected in its middle only."""
    said = run(f"{FOLDER}/right", "7.1+ccs")
    assert said.returncode == pytest.ExitCode.OK, said.stdout
    rows = {
        line.split()[0]: line for line in said.stdout.splitlines() if line.startswith("7.1+ccs")
    }
    assert " =x " in rows["7.1+ccs"]
    assert "L" not in rows["7.1+ccs"]


@NEEDS_PATCHED
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_fix_fails_for_its_own_reason(name: str) -> None:
    """Each is nearly right, and found by a smoke run."""
    test, clause, words = WRONG[name]
    said = run(f"{FOLDER}/{name}", "7.1+ccs")
    assert said.returncode == pytest.ExitCode.TESTS_FAILED
    assert f"FAILED suites/pseries/{test}" in said.stdout
    title = test.rpartition("::")[2]
    report = said.stdout.partition(f"_ {title} _")[2].partition("- Replay -")[0]
    assert clause in report
    assert words in report


@NEEDS_PATCHED
@pytest.mark.parametrize(
    ("name", "version", "text"),
    [("field", "7.1+ccs+mood", MOOD), ("field-bump", "7.1+tune", TUNE)],
    ids=["subsection", "bump"],
)
def test_a_field_that_nobody_has_heard_of_is_tested(
    name: str, version: str, text: str, tmp_path: Path
) -> None:
    """It arrives, is rejected by older programs when it must be, and is lost as its file says."""
    path = tmp_path / "my-patch.toml"
    path.write_text(text)
    said = run(f"{FOLDER}/{name}", version, f"--versions={path}")
    assert said.returncode == pytest.ExitCode.OK, said.stdout
    assert f"{version} " in said.stdout
    assert "L the " in said.stdout


@NEEDS_PATCHED
def test_a_version_that_rose_and_was_not_named_is_refused() -> None:
    """Nobody has to guess why each machine misses a section: one sentence says which it is."""
    said = run(f"{FOLDER}/field-bump", "")
    assert said.returncode == pytest.ExitCode.USAGE_ERROR
    assert "it writes spapr version 4, and 7.1 writes version 3; what a patch adds" in said.stderr


@NEEDS_QEMU
@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        ("7.1+ccs", "it does not accept what 7.1+ccs adds, spapr_drc/ccs"),
        ("2.12", "it writes spapr_iommu version 3, and 2.12 writes version 2"),
        (
            "7.1+css",
            "version= names none: '7.1+css': there is no feature 'css'; did you mean 'ccs'?",
        ),
    ],
)
def test_a_version_that_the_binary_contradicts_is_refused(version: str, sentence: str) -> None:
    """Before any test runs, in one sentence that says what the binary is without a patch."""
    said = run("qemu-system-ppc64", version)
    assert said.returncode == pytest.ExitCode.USAGE_ERROR
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr
