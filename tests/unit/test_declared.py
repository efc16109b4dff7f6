"""What is not declared is listed, and nothing else goes untested."""

import pytest

from adapters.protocol import Ability, Implementation, Support
from reference.spapr.versions import UnknownStreamVersion
from suites.pseries.oracle.needs import Needs, needs
from tests.conftest import Project

IMPLEMENTATION = Implementation(
    name="tiny",
    release="1",
    versions={"3": Support(), "4": Support(saves=False)},
    abilities=frozenset({Ability.LOAD_ONTO, Ability.FIT}),
    machine_types=("pseries-2.1", "pseries-2.3", "pseries-2.6"),
)

SUITE = """
import pytest
from adapters.protocol import Ability
from suites.pseries.oracle.needs import needs

@needs(saves="version", loads="version")
@pytest.mark.parametrize("version", ["3", "3+ccs", "4", "10.0", "2.7"])
def test_version(version, adapter):
    assert adapter.describe().versions[version].saves

@needs(Ability.QEMU_WIRE_FORMAT)
def test_wire_format():
    raise NotImplementedError

@needs()
def test_always():
    pass
"""


@pytest.mark.parametrize(
    ("mark", "parameters", "expected"),
    [
        (needs(saves="version"), {"version": "3"}, []),
        (needs(saves="version", loads="version"), {"version": "4"}, ["saves 4"]),
        (needs(saves="source", loads="4"), {"source": "2.7"}, ["saves 2.7"]),
        (needs(Ability.LOAD_ONTO), {}, []),
        (needs(Ability.MACHINE_TYPES, saves="3"), {}, ["the ability machine-types"]),
        (needs(machine_type="kind"), {"kind": "pseries-2.6"}, []),
        (needs(machine_type="pseries-2.7"), {}, ["machine type pseries-2.7"]),
        (needs(loads="2.7", saves="3"), {}, ["loads 2.7"]),
        (needs(any_machine=True), {}, ["machines configured at will"]),
    ],
)
def test_a_mark_names_versions_by_parameter_or_by_id(
    mark: pytest.MarkDecorator, parameters: dict[str, object], expected: list[str]
) -> None:
    """What is missing is named as the adapter would declare it."""
    needed = Needs.of(mark.mark, parameters)
    assert list(needed.missing(IMPLEMENTATION, IMPLEMENTATION)) == expected


def test_a_misspelt_parameter_is_an_error() -> None:
    """A name that is neither a parameter nor a version never counts as not declared."""
    with pytest.raises(UnknownStreamVersion, match="'verison' is no stream version"):
        Needs.of(needs(saves="verison").mark, {"version": "3"})


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_run_lists_what_is_not_declared(project: Project, workers: str) -> None:
    """Each kind of thing has a line of its own, and the run passes, with workers and without."""
    result = project.run(SUITE, workers, "-rs")
    assert result.returncode == pytest.ExitCode.OK
    _, _, end = result.stdout.partition(" completeness ")
    assert end.splitlines()[1:5] == [
        "tests: 7 collected, 3 run, 4 not declared",
        "not declared: saves 4, 2.7, 10.0; tests skipped: 3",
        "not declared: loads 2.7, 10.0; tests skipped: 2",
        "not declared: the ability qemu-wire-format; tests skipped: 1",
    ]
    assert "not declared: saves 10.0, loads 10.0" in end


CLAUSES = """
import pytest
from suites.harness.clauses import clause
from suites.pseries.oracle.needs import needs

@clause("RT-1")
def test_runs(): pass

@clause("RT-1", "RT-2")
@needs(saves="10.0")
def test_needs_more(adapter): pass

@clause("RT-3")
@needs(saves="4")
def test_needs_another(adapter): pass
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_run_begins_with_the_clauses_of_which_no_test_ran(project: Project, workers: str) -> None:
    """One that another test checks is tested; with workers and without."""
    result = project.run(CLAUSES, workers)
    _, _, end = result.stdout.partition(" completeness ")
    assert end.splitlines()[1:4] == [
        "not tested at all: RT-2 (not declared: saves 10.0)",
        "not tested at all: RT-3 (not declared: saves 4)",
        "tests: 3 collected, 1 run, 2 not declared",
    ]


def test_a_test_that_skips_itself_fails_the_run(project: Project) -> None:
    """No test goes untested for a reason that is not a declaration."""
    skipping = (
        "import pytest\ndef test_one(): pytest.skip('not declared: today')\ndef test_two(): pass"
    )
    result = project.run(skipping)
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert (
        "incomplete: 1 of 2 tests were neither run nor skipped as not declared, "
        "among them suites/test_fake.py::test_one"
    ) in result.stdout


def test_a_run_that_ran_nothing_fails(project: Project) -> None:
    """An adapter that declares nothing of what was selected has passed nothing."""
    result = project.run(SUITE, "-k", "wire_format")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "incomplete: no test ran" in result.stdout


def test_collecting_is_no_run(project: Project) -> None:
    """Listing the tests is complete without running them."""
    result = project.run(SUITE, "--collect-only", "-q")
    assert result.returncode == pytest.ExitCode.OK
    assert "completeness" not in result.stdout


def test_an_overridden_adapter_is_checked_too(project: Project) -> None:
    """An adapter that a user's own fixture gives is refused in one sentence."""
    (project.path / "suites" / "conftest.py").write_text(
        "import pytest\n@pytest.fixture(scope='session')\ndef adapter(): return 3\n"
    )
    result = project.run(SUITE, "-k", "always")
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "adapter 'builtins:int': int has no method 'describe'" in result.stdout
