"""Whatever an implementation writes, what is said of it is a clause and what came, no traceback."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from suites.harness.clauses import clauses

ROOT = Path(__file__).parents[2]
REPORT = re.compile(r"^_+ (?P<test>test_\S+) _+\n(?P<first>.*)$", re.MULTILINE)


class Cut(ReferenceAdapter):
    """Leaves out the end of each stream, more of it or less."""

    def save(self, machine: Machine, version: str) -> bytes:
        """A part of the right stream."""
        stream = super().save(machine, version)
        return stream[: sum(stream) % len(stream)]


class Flipped(ReferenceAdapter):
    """Writes one bit wrongly, anywhere."""

    def save(self, machine: Machine, version: str) -> bytes:
        """The right stream but for a bit."""
        stream = bytearray(super().save(machine, version))
        place = sum(stream)
        stream[place % len(stream)] ^= 1 << place % 8
        return bytes(stream)


class Described(ReferenceAdapter):
    """Describes fields as longer than they are."""

    def save(self, machine: Machine, version: str) -> bytes:
        """The right stream with a wrong vmdescription."""
        return super().save(machine, version).replace(b'"size": 8', b'"size": 9')


class Renamed(ReferenceAdapter):
    """Writes a section under another name."""

    def save(self, machine: Machine, version: str) -> bytes:
        """The right stream but for a letter."""
        return super().save(machine, version).replace(b"spapr_pci", b"spapr_pcj")


class NoBytes(ReferenceAdapter):
    """Answers with something else."""

    def save(self, machine: Machine, version: str) -> bytes:  # noqa: ARG002 -- as the protocol
        """A text."""
        return "a stream"  # type: ignore[return-value] # what a stream is not


@pytest.mark.parametrize("kind", [Cut, Flipped, Described, Renamed, NoBytes])
def test_each_chapter_names_the_clause_that_a_mangled_stream_breaks(kind: type) -> None:
    """No chapter ends in an error of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-k", "7.1"]
    command += [f"--adapter={__name__}:{kind.__name__}"]
    command += ["--hypothesis-profile=smoke", "--hypothesis-seed=1", "suites/pseries"]
    result = subprocess.run(  # noqa: S603 -- our own command
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    reports = [(one["test"], one["first"]) for one in REPORT.finditer(result.stdout)]
    assert reports
    assert [one for one in reports if one[1].partition(":")[0] not in clauses()] == []
