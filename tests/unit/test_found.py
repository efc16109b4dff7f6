"""The page of what was found is made from the lists of known failures."""

import shutil
import subprocess
from pathlib import Path

import pytest

from adapters.qemu.devices.adapter import QemuDevices
from adapters.qemu.devices.configuration import configuration
from suites.devices.oracle.known import Finding
from suites.found import PAGE, render, reproducer, reproducers


def test_the_page_of_what_was_found_is_in_step() -> None:
    """docs/found.md is what the lists make of it."""
    assert PAGE.read_text(encoding="utf-8") == render(), "run python -m suites.found"


@pytest.mark.parametrize(
    ("path", "finding"), [pytest.param(*one, id=one[0].stem) for one in reproducers().items()]
)
def test_a_reproducer_shows_what_was_found(path: Path, finding: Finding, tmp_path: Path) -> None:
    """It is what the list makes of it, and exits with 1, where there is a program that does it."""
    (command, *_) = configuration(finding.setup).command
    if shutil.which(command) is None:
        pytest.skip(f"no {command}")
    adapter = QemuDevices(finding.setup)
    concerned = finding.concerns(adapter.describe())
    adapter.close()
    if not concerned:
        pytest.skip(f"{command} is {adapter.release}, which does not do it")
    assert path.read_text(encoding="utf-8") == reproducer(finding)
    done = subprocess.run(  # noqa: S603 -- our own script
        ("/bin/bash", path), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout
    assert done.stdout.startswith("A guest that stays where it is (<)")
