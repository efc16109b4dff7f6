"""Runs the tests that step through what is derived, and reads what they reached."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.coverage.recording import FILE, Reached

ROOT = Path(__file__).parents[2]
STEPPING = (
    "test_values.py",
    "test_lists.py::test_every_list_survives_at_every_length",
    "test_subsections.py::test_a_capability_is_sent_if_and_only_if_it_was_changed",
    "test_load.py::test_what_a_load_compares_must_be_the_same",
    "test_pairs.py::test_whether_a_part_arrives_depends_on_no_other",
    "test_parts.py",
)
"""The tests that draw nothing: what they reach, they always do."""


def measured() -> Reached:
    """What the tests reach, in a process of its own."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "reached.json"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-p", "tests.coverage.recording", "--hypothesis-profile=default"]
        command += ["--adapter=tests.coverage.recording:Recording"]
        result = subprocess.run(  # noqa: S603 -- our own command
            [*command, *(f"suites/pseries/{one}" for one in STEPPING)],
            cwd=ROOT,
            env={**os.environ, FILE: str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert path.exists(), result.stdout + result.stderr
        return msgspec.json.decode(path.read_bytes(), type=Reached)
