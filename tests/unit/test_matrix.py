"""The matrix of verdicts at the end of a run."""

import re

import pytest

from reference.spapr.versions import STREAM_VERSIONS
from suites.harness.matrix import LEGEND, WIDTH, render
from suites.pseries.fixtures import SUBJECT
from tests.conftest import Project

SUITE = """
import pytest
from adapters.verdicts import Equivalent, Lossy, Rejected
from suites.pseries.oracle.needs import needs

PAIRS = [(a, b) for a in ("3", "4", "3+ccs") for b in ("3", "4", "3+ccs")]

@needs(saves="source", loads="destination")
@pytest.mark.parametrize(("source", "destination"), PAIRS)
def test_pair(source, destination, record_verdict):
    record_verdict(source, destination, Equivalent())
    if destination == "3":
        record_verdict(source, destination, Lossy(("ccs_list", "tb")), f"machine at {source}")
    elif source == "3":
        record_verdict(source, destination, Rejected("unknown subsection"))
    assert (source, destination) != ("3+ccs", "4")
"""

MATRIX = """
              3
       3  4 +ccs
3     =L =x   =x
4      ?  ?    ?
3+ccs =L =!    =
"""


def test_letters_stand_in_one_order() -> None:
    """A cell holds every verdict that was seen; a pair that did not run is a dot."""
    cells = {("3", "4"): {"L", "=", "x"}, ("4", "4"): {"="}}
    assert render(cells, STREAM_VERSIONS) == ["   3    4", "3  .  =xL", "4  .    ="]


def test_versions_that_no_pair_mentions_are_left_out() -> None:
    """The order is that of the table, whatever ran first."""
    lines = render({("10.0", "2.7"): {"x"}, ("1", "1"): {"="}}, STREAM_VERSIONS)
    assert [line.split()[0] for line in lines] == ["1", "1", "2.7", "10.0"]


def test_the_matrix_of_all_versions_fits_a_terminal() -> None:
    """All versions that are tested by default, with three verdicts each, stay within the width."""
    cells = {(one, other): {"=", "x", "L"} for one in STREAM_VERSIONS for other in STREAM_VERSIONS}
    lines = render(cells, STREAM_VERSIONS)
    assert len(lines) == 3 + len(STREAM_VERSIONS)
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_run_ends_with_the_matrix(project: Project, workers: str) -> None:
    """Failures, what is not declared, and losses are in it, with workers and without."""
    result = project.run(SUITE, workers)
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    _, _, end = result.stdout.partition(f"{SUBJECT}\n\n")
    matrix, legend, losses = end.partition("\n\n" + LEGEND + "\n")
    expected = [line.split() for line in MATRIX.strip().splitlines()]
    assert [line.split() for line in matrix.splitlines()] == expected
    assert legend
    assert losses.splitlines()[:2] == [
        "L ccs_list: lost on 2 pairs, as 3->3: machine at 3",
        "L tb: lost on 2 pairs, as 3->3: machine at 3",
    ]


def test_a_run_of_some_pairs_shows_those(project: Project) -> None:
    """The matrix has the rows and columns of what ran."""
    result = project.run(SUITE, select="::test_pair[3-4]")
    assert result.returncode == pytest.ExitCode.OK
    assert re.search(r"^ +3 +4\n3 +\. +=x\n4 +\. +\.$", result.stdout, re.MULTILINE)


OTHERS = """
import pytest
from adapters.implementation import Ability
from suites.pseries.oracle.needs import needs
from suites.harness.failures import fail

@needs(saves="version")
@pytest.mark.parametrize("version", ["3", "3+ccs", "4"])
def test_of_one_version(version):
    assert version != "3"

@needs(travels="versions")
@pytest.mark.parametrize("versions", [("3", "3+ccs", "3")], ids=["road"])
def test_of_a_road(versions):
    fail("ROAD-1", expected="a", got="b", road="here")

@needs(Ability.CALL, saves="version", loads="version")
@pytest.mark.parametrize("version", ["3+ccs"])
def test_that_needs_an_ability(version):
    pass

@pytest.mark.parametrize(("source", "destination"), [(0, 1), ("build 1", "build 2")])
def test_of_builds(source, destination):
    assert source == destination
"""
KNOWN = """
[[failure]]
reason = "It is wrong."
source = "nowhere"
witness = "any"
clauses = ["ROAD-1"]
kind = "differs"
says = "here"
tests = ["suites/test_fake.py::test_of_a_road*"]
"""


def test_what_fails_under_a_version_or_on_a_road_shows_there(project: Project) -> None:
    """Each cell that a failure is about has its mark; what is about no version has none."""
    known = project.path / "known.toml"
    known.write_text(KNOWN)
    result = project.run(OTHERS, f"--known-failures={known}")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    _, _, end = result.stdout.partition(f"{SUBJECT}\n\n")
    rows = [line.split() for line in end.partition("\n\n")[0].splitlines()[1:]]
    assert rows == [["3", "+ccs"], ["3", "!", "k"], ["3+ccs", "k", "."]]
    assert "tests: 7 collected, 5 run, 2 not declared" in result.stdout
