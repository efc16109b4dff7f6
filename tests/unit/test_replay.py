"""The same seed gives the same machines, and a failure says how to run it again."""

import re
import shlex
from pathlib import Path

import pytest

from suites.harness.profiles import PROFILES
from tests.conftest import Project

SUITE = """
import pytest
from hypothesis import given, strategies
from suites.harness.failures import fail

def note(name, number):
    with open(name, "a") as file:
        print(number, file=file)

@pytest.mark.parametrize("version", ["3", "4"])
@given(number=strategies.integers(0, 2**64))
def test_version(version, number):
    note(version, number)

@given(number=strategies.integers(0, 2**64))
def test_failing(number):
    if number >= 1000:
        fail("RT-1", expected="a stream", got=b"QEVM", road="3->3")
"""


def drawn(path: Path) -> dict[str, list[str]]:
    """The numbers that each test drew, which are then forgotten."""
    files = [path / name for name in ("3", "4") if (path / name).exists()]
    numbers = {file.name: file.read_text().split() for file in files}
    for file in files:
        file.unlink()
    return numbers


def test_a_seed_gives_every_test_its_own_numbers_again(project: Project) -> None:
    """They are the same without workers, with workers, and alone; and another test's differ."""
    options = ("-k", "version", "--hypothesis-seed=7", "--hypothesis-profile=smoke")
    project.run(SUITE, *options)
    numbers = drawn(project.path)
    assert {name: len(list_) for name, list_ in numbers.items()} == dict.fromkeys("34", 10)
    assert numbers["3"] != numbers["4"]
    project.run(SUITE, "-n2", *options)
    assert drawn(project.path) == numbers
    project.run(SUITE, *options, select="::test_version[4]")
    assert drawn(project.path) == {"4": numbers["4"]}


def test_a_drawn_seed_is_told_and_repeats_the_run(project: Project) -> None:
    """The header has the command, also for workers, and running that gives the same numbers."""
    result = project.run(SUITE, "-k", "version", "--hypothesis-profile=smoke", "-n2")
    numbers = drawn(project.path)
    (command,) = re.findall(r"^seed: \d+; repeat this run with: (.*)$", result.stdout, re.MULTILINE)
    words = shlex.split(command)
    assert words[:3] == ["pytest", "suites/test_fake.py", "--adapter=tiny:Tiny"]
    project.run(SUITE, *words[3:])
    assert drawn(project.path) == numbers


def test_a_failure_shows_the_clause_the_example_and_the_command(project: Project) -> None:
    """In this order, without a traceback through the suites."""
    options = ("-k", "failing", "--hypothesis-profile=smoke", "--hypothesis-seed=7")
    result = project.run(SUITE, *options)
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    _, _, failure = result.stdout.partition(" test_failing ")
    lines = failure.splitlines()
    assert lines[1].startswith("RT-1: After saving a machine")
    expected = [
        "expected  a stream",
        "got       5145564d (4 bytes)",
        "    number=1000,",
        f"pytest suites/test_fake.py::test_failing --adapter=tiny:Tiny {' '.join(options[2:])}",
    ]
    assert [line for line in lines if line in expected] == expected
    assert "Traceback" not in failure
    assert "FAILED suites/test_fake.py::test_failing - Violation: RT-1: After" in failure


def test_an_unknown_profile_is_refused_in_one_sentence(project: Project) -> None:
    """The profiles that there are, are named."""
    result = project.run(SUITE, "--hypothesis-profile=smoky")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"no --hypothesis-profile 'smoky'; use one of {', '.join(PROFILES)}." in result.stderr
