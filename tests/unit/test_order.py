"""In which order tests run."""

from tests.conftest import Project

SUITE = """
from suites.harness.clauses import clause

@clause("BAD-1")
def test_last():
    pass

@clause("LOAD-1", "BAD-1")
def test_second():
    pass

@clause("RT-1")
def test_first():
    pass
"""


def test_tests_run_in_the_order_of_the_specification(project: Project) -> None:
    """Round trips come first: who fails only at the first load is noticed."""
    said = project.run(SUITE, "--collect-only", "-q").stdout
    names = [line.partition("::")[2] for line in said.splitlines() if "::" in line]
    assert names == ["test_first", "test_second", "test_last"]
