"""Known failures: read strictly, and held against every run."""

from pathlib import Path

import pytest

from adapters.protocol import Implementation, Support
from adapters.qemu.pseries.adapter import KNOWN_FAILURES
from suites.harness.known import (
    KnownFailure,
    KnownFailuresError,
    known_failures,
    read_known_failures,
)
from tests.conftest import Project

ENTRY = """
[[failure]]
reason = "Streams are never loaded."
source = "tiny.py"
witness = "any"
clauses = ["RT-1"]
kind = "rejected"
says = 'got +rejected: no'
tests = ["suites/test_fake.py::test_always*"]
sometimes = ["suites/test_fake.py::test_at_times"]
"""

SUITE = """
import pytest
from adapters.verdicts import Crashed, Rejected
from suites.harness.failures import fail

GOT = Rejected("no")

def test_always_one(): fail("RT-1", expected="accepted", got=GOT, road="3->3")

def test_always_two(): fail("RT-1", expected="accepted", got=GOT, road="3->3")

def test_at_times(): pass

def test_other(): pass
"""

BAD_FILES = {
    'reason = "x"': "Object contains unknown field `reason`",
    "[[failure]]\nreasons = 1": "Object contains unknown field `reasons`",
    "[[failure]": "is no TOML: Expected ']]' at the end of an array declaration (at line 1",
    ENTRY.replace("RT-1", "RT-l"): "docs/specification.md has no clause RT-l; did you mean RT-",
    ENTRY.replace('"rejected"', '"rejecte"'): "unknown kind 'rejecte' (did you mean 'rejected'?)",
    ENTRY.replace("got +", "got ("): "says is no regular expression",
    ENTRY.replace("suites/test_fake.py::test_at", "test_at"): "'test_at_times' is no id of pytest",
    ENTRY + 'until = "next"': "since and until are releases, such as 10.1.",
    ENTRY + 'since = "7.2"\nuntil = "7.1"': (
        "no release is since 7.2 and before 7.1, which is the first that does not do it any more; "
        "was since = '7.1', until = '7.2' meant?"
    ),
    ENTRY + 'since = "7.2"\nuntil = "7.2"': "leave until out for all since 7.2",
    ENTRY.replace('["suites/test_fake.py::test_always*"]', "[]"): "tests is empty; name one",
}


@pytest.mark.parametrize(("text", "problem"), BAD_FILES.items(), ids=range(len(BAD_FILES)))
def test_a_file_with_a_mistake_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    """Who misspells a known failure is told where and how."""
    path = tmp_path / "known.toml"
    path.write_text(text)
    with pytest.raises(KnownFailuresError) as caught:
        read_known_failures(path)
    assert problem in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_refused(project: Project) -> None:
    """A wrong path ends the run before any test, in one sentence."""
    result = project.run(SUITE, "--known-failures=nowhere.toml")
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert "nowhere.toml: No such file or directory." in result.stderr


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_fails_as_it_is_known_is_expected(project: Project, workers: str) -> None:
    """A run with known failures alone passes, and its report says what they are."""
    (project.path / "known.toml").write_text(ENTRY)
    result = project.run(SUITE, workers, "--known-failures=known.toml")
    assert result.returncode == pytest.ExitCode.OK, result.stdout
    assert "2 passed, 2 xfailed" in result.stdout
    assert "2 tests: Streams are never loaded." in result.stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("def test_always_two(): fail", "def test_always_two(): int", "This passes, but is a kno"),
        ("got=GOT, road", "got=Crashed('x'), road", "listed as RT-1 rejected; it failed as RT-1 c"),
        ('fail("RT-1"', 'fail("RT-2"', "it failed as RT-2 rejected"),
        (
            'GOT = Rejected("no")',
            'GOT = Rejected("yes")',
            "'got +rejected: no' is not found in its text, which ends with 'got       rejected: y",
        ),
        ("fail(", "open(", "it failed as error"),
        ("test_always", "test_never", "matches no test: suites/test_fake.py::test_always*"),
        ("test_at_times", "test_rarely", "matches no test: suites/test_fake.py::test_at_times"),
    ],
)
@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_what_is_otherwise_than_known_fails_the_run(
    old: str, new: str, said: str, workers: str, project: Project
) -> None:
    """A listed test that passes, fails in another way, or is not there, is no known failure."""
    suite = SUITE.replace(old, new)
    if new.endswith("int"):
        suite = suite.replace('int("RT-1", expected="accepted", got=GOT, road="3->3")', "pass")
    (project.path / "known.toml").write_text(ENTRY)
    result = project.run(suite, workers, "--known-failures=known.toml")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert said in result.stdout


def test_part_of_a_file_may_leave_entries_out(project: Project) -> None:
    """Who selects some tests is not told that the others are missing."""
    (project.path / "known.toml").write_text(ENTRY)
    result = project.run(SUITE, "--known-failures=known.toml", select="::test_other")
    assert result.returncode == pytest.ExitCode.OK
    assert "matches no test" not in result.stdout


@pytest.mark.parametrize(
    ("release", "concerned"), [("7.1.9", False), ("7.2", True), ("10.0.13", True), ("10.1", False)]
)
def test_an_entry_is_about_some_releases(release: str, concerned: bool) -> None:  # noqa: FBT001 -- a table
    """Before the first release that does it, and from that on which does not, it is not known."""
    entry = KnownFailure(
        reason="",
        source="",
        witness="",
        clauses=("RT-1",),
        kind="crashed",
        says="",
        tests=("a::b",),
        since="7.2",
        until="10.1",
    )
    assert entry.concerns(release) == concerned


@pytest.mark.parametrize("release", ["5.2.0", "7.2.22", "10.0.13", "11.1.3"])
def test_the_list_of_qemu_can_be_read(release: str) -> None:
    """What ships with the project is parsed as strictly as what users write."""
    qemu = Implementation("QEMU", release, {"7.1": Support()}, known_failures=str(KNOWN_FAILURES))
    assert known_failures([qemu], [])
