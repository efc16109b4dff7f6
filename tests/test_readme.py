"""The commands and snippets of README.md and the guides do what is said there.

A block marked ``python`` or ``toml`` is a file whose first line is its name as a comment, ``sh`` is
commands that succeed, and ``console`` is a command with its output, in which ``...`` stands for
lines left out. All are run as they stand, in order, in a copy of the checkout.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reference.compatibility.expectation import Rejected, common_machine_type, expected
from reference.spapr.machine import Machine
from reference.spapr.versions import STREAM_VERSIONS
from suites.harness.matrix import LEGEND

ROOT = Path(__file__).parents[1]
README, ADAPTERS, QEMU = "README.md", "docs/adapters.md", "docs/testing-qemu.md"
PATCH = "docs/testing-a-patch.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NARROWED = "-k 'test_round_trip.py or test_builds.py or test_reader.py or test_snapshots.py'"
"""What is left of the long runs: a chapter of the suites, a module of our own tests."""
NEEDS_QEMU = pytest.mark.skipif(
    shutil.which("qemu-system-ppc64") is None,
    reason="no qemu-system-ppc64: apt install qemu-system-ppc",
)
NOT_COPIED = shutil.ignore_patterns(".*cache", ".git", ".hypothesis", ".venv", "*.egg-info")


def blocks(document: str, kind: str = "python|toml|sh|console") -> list[tuple[str, str]]:
    """The blocks of a document: how each is marked, and what it holds."""
    found = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    return [(marked, text) for marked, text in found if re.fullmatch(kind, marked)]


def commands(document: str) -> list[str]:
    """The commands of a document that are shown without their output."""
    return [line for _, text in blocks(document, "sh") for line in text.splitlines()]


def without_seed(text: str) -> str:
    """A text in which all seeds are the same."""
    return re.sub(r"(?<=--hypothesis-seed=)\d+", "0", text)


def run(command: str, directory: Path, **environment: str) -> tuple[int, str]:
    """The exit status of a command and all that it prints."""
    # With CI set, pytest prints longer lines than a newcomer sees.
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "CI" and not name.startswith("PYTEST_")
    }
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(  # noqa: S602 -- a command of ours, as a person types it
        command,
        shell=True,
        cwd=directory,
        env=kept | {"PATH": tools} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout


@pytest.mark.parametrize(
    "document", [README, ADAPTERS, PATCH, pytest.param(QEMU, marks=NEEDS_QEMU)]
)
def test_every_block_of_a_document_works(document: str, tmp_path: Path) -> None:
    """Modules can be saved, commands succeed, and output is as it is shown."""
    checkout = shutil.copytree(ROOT, tmp_path / "checkout", ignore=NOT_COPIED)
    for kind, text in blocks(document):
        if kind in {"python", "toml"}:
            path = checkout / text.splitlines()[0].removeprefix("# ")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif kind == "sh":
            for command in text.splitlines():
                status, output = run(command, checkout, PYTEST_ADDOPTS=NARROWED)
                assert status == 0, f"{command}\n{output}"
        else:
            command, _, shown = text.removeprefix("$ ").partition("\n")
            status, output = run(command, checkout)
            assert status == ("FAILED" in shown), f"{command}\n{output}"
            position = 0
            for part in without_seed(shown).split("...\n"):
                position = without_seed(output).find(part, position)
                assert position >= 0, f"{command}\nprints no\n{part}\nbut\n{output}"


def test_the_matrix_of_the_readme_is_that_of_the_table() -> None:
    """For a machine at rest, the matrix in README.md shows what the compatibility table states."""
    ((_, text),) = blocks(README, "text")
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}
    assert LEGEND in text
    for source in STREAM_VERSIONS:
        for destination, cell in zip(STREAM_VERSIONS, rows[source], strict=True):
            resting = Machine(machine_type=common_machine_type(source, destination))
            rejected = isinstance(expected(source, destination, resting), Rejected)
            assert ("=" in cell) == (not rejected), f"{source}->{destination}"
            assert not rejected or "x" in cell, f"{source}->{destination}"


def test_the_checks_run_the_commands_of_the_readme() -> None:
    """What .ci/run runs are the very commands by which a newcomer sets up and tests."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    setups = [command for command in commands(README) if command.startswith("python3 -m venv")]
    assert len(setups) == 2
    assert set(setups) <= set(script)
