"""The specification and the suites name each other's parts completely."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suites.harness.clauses import SPECIFICATION, UnknownClause, clause, clauses, read_clauses

SUITES = sorted((Path(__file__).parents[2] / "suites").rglob("test_*.py"))


def found_in(holder: Any) -> Iterator[Any]:
    """The tests of a module or class, as pytest finds them by name."""
    for name, value in vars(holder).items():
        if name.startswith("Test"):
            yield from found_in(value)
        elif name.startswith("test_"):
            yield value


def checked_by(test: Any) -> list[str]:
    """The clauses that a test names, or some of its parameters do."""
    own = getattr(test, "pytestmark", [])
    sets = [one for mark in own if mark.name == "parametrize" for one in mark.args[1]]
    marks = [*own, *(mark for one in sets for mark in getattr(one, "marks", ()))]
    return [name for mark in marks if mark.name == "clause" for name in mark.args]


TESTS = [
    test
    for path in SUITES
    for test in found_in(importlib.import_module(f"suites.{path.parent.name}.{path.stem}"))
]


def test_a_clause_is_a_heading_a_rule_and_a_source() -> None:
    """Paragraphs may be broken into lines, and tables may follow."""
    text = "## Chapter\n\n### RT-1\n\nThe rule\nholds.\n\nSource: ours,\nsince 2013.\n\n| a |\n"
    (found,) = read_clauses(text).values()
    assert (found.id, found.rule, found.source) == ("RT-1", "The rule holds.", "ours, since 2013.")


def test_every_heading_of_the_specification_is_a_clause_of_its_own() -> None:
    """No clause is malformed, without a source, or there twice."""
    lines = SPECIFICATION.read_text(encoding="utf-8").splitlines()
    headings = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    words = ["Stream versions", "Verdicts"]
    assert headings == [*words, *clauses()]


def test_a_mark_names_only_clauses_that_exist() -> None:
    """A misspelt clause is an error when the test is imported."""
    assert clause("PAIR-1", "PAIR-2").mark.args == ("PAIR-1", "PAIR-2")
    with pytest.raises(UnknownClause, match=r"no clause RAOD-1; did you mean ROAD-1\?"):
        clause("RAOD-1")


@pytest.mark.parametrize("name", clauses())
def test_every_clause_has_a_test(name: str) -> None:
    """What the specification says is checked."""
    assert any(name in checked_by(test) for test in TESTS)


@pytest.mark.parametrize("test", [pytest.param(test, id=test.__name__) for test in TESTS])
def test_every_test_names_a_clause(test: Any) -> None:
    """What is checked is in the specification."""
    assert checked_by(test)
