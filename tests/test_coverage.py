"""What the tests reach is what is asked of them, and the page says it."""

from copy import deepcopy

import pytest

from tests.coverage.asked import Kind
from tests.coverage.holes import HoleError, read_holes
from tests.coverage.measuring import measured
from tests.coverage.recording import Reached
from tests.coverage.report import PAGE, CoverageError, render


@pytest.fixture(scope="module")
def reached() -> Reached:
    """What the tests reach."""
    return measured()


KNOWN = [(Kind.VALUE, "spapr_drc state"), (Kind.LENGTH, "spapr_dtb fdt_blob")]


def test_the_page_of_coverage_is_in_step(reached: Reached) -> None:
    """docs/coverage.md is what the tests reach now, and nothing is missed without a reason."""
    text = PAGE.read_text(encoding="utf-8")
    assert text == render(reached), "run python -m tests.coverage.report"


def test_a_value_that_is_not_reached_is_named(reached: Reached) -> None:
    """A field whose highest bit no test sets any more is an error."""
    lacking = deepcopy(reached)
    lacking.numbers["values"]["spapr_iommu_ex bus_offset"]["7.1"].remove(f"{1 << 63:x}")
    with pytest.raises(CoverageError, match=r"'spapr_iommu_ex bus_offset' of values: 77 of 78"):
        render(lacking)


def test_a_bit_that_is_never_set_is_named(reached: Reached) -> None:
    """A bitmap of which one bit stays clear is an error."""
    lacking = deepcopy(reached)
    states = lacking.numbers["bitmaps"]["spapr_irq_map irq_map"]["5.0"]
    cleared = {f"{int(one, 16) & ~(1 << 184):x}" for one in states}
    lacking.numbers["bitmaps"]["spapr_irq_map irq_map"]["5.0"] = cleared
    with pytest.raises(CoverageError, match=r"'spapr_irq_map irq_map' of bitmaps: 3327 of 3328"):
        render(lacking)


def test_a_combination_that_does_not_travel_is_named(reached: Reached) -> None:
    """Three parts that are never away from rest together on some road are an error."""
    lacking = deepcopy(reached)
    lacking.combinations["5.0->7.1"] = {one for one in lacking.combinations["5.0->7.1"] if not one}
    with pytest.raises(CoverageError, match=r"from 5\.0: \d+ of \d+ combinations"):
        render(lacking)


def test_a_part_that_is_never_missing_is_named(reached: Reached) -> None:
    """A section or subsection that is always there is an error."""
    lacking = deepcopy(reached)
    lacking.changes["missing spapr_fwnmi"].remove("10.0")
    with pytest.raises(CoverageError, match=r"spapr_fwnmi is nowhere missing at 10\.0"):
        render(lacking)


def test_a_reason_for_what_is_reached_is_named(reached: Reached) -> None:
    """A hole that was filled does not stay in the list."""
    filled = deepcopy(reached)
    for numbers in filled.numbers["values"]["spapr_patb_entry patb_entry"].values():
        numbers.add("0")
    with pytest.raises(CoverageError, match="'spapr_patb_entry patb_entry' of values is reached"):
        render(filled)


def hole(line: str, kind: str = "values") -> str:
    """A file with one hole."""
    return f'[[hole]]\nkind = "{kind}"\nline = "{line}"\nreason = "none"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (hole("spapr_drc stat"), r"no line 'spapr_drc stat' of values; did you mean 'spapr_drc st"),
        (hole("spapr_dtb fdt_blob"), r"did you mean 'spapr_dtb fdt_blob' of lists and buffers\?"),
        (hole("nothing of the kind"), r"docs/coverage\.md has them"),
        (hole("spapr_drc state", "value"), r"holes\.toml: Invalid enum value 'value'"),
        (hole("spapr_drc state") * 2, r"'spapr_drc state' is there twice; leave one out"),
        (hole("spapr_drc state") + "since = 1", r"holes\.toml: .*unknown field `since`"),
    ],
)
def test_a_line_that_there_is_not_is_named(text: str, says: str) -> None:
    """A hole is of a line that the descriptions have; else the error says which is meant."""
    with pytest.raises(HoleError, match=says):
        read_holes(text, KNOWN)
