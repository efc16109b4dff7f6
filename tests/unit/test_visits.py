"""What a run visited is counted over all workers."""

import pytest

from tests.conftest import Project

SUITE = '''
"""Tests that visit places."""

import pytest


@pytest.mark.parametrize("place", [1, 2, 2, 3])
def test_visit(place, record_visit):
    """Go there, and to where the others were."""
    record_visit("places", place)
    record_visit("places", 0)
    record_visit("inns", "the same")
'''


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_each_place_counts_once(options: tuple[str, ...], project: Project) -> None:
    """A place is counted once, whoever was there, and each kind of place for itself."""
    assert "different 1 inns, 4 places\n" in project.run(SUITE, *options).stdout


def test_nothing_is_said_of_a_run_that_went_nowhere(project: Project) -> None:
    """A run that visited nothing has no line about it."""
    quiet = '"""No visits."""\n\n\ndef test_nothing():\n    """Stay."""\n'
    result = project.run(quiet)
    assert result.returncode == 0
    assert "visited" not in result.stdout
