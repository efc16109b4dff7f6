"""The matrix of builds."""

import pytest

from adapters.protocol import Implementation, Support
from suites.harness.handovers import LEGEND, Handover, rendered
from suites.pseries.oracle.handing_over import handovers, known_types, newest_version

OLD = Implementation("old", "1", {"2.7": Support()}, machine_types=("pseries-2.6", "pseries-2.7"))
NEW = Implementation("new", "2", {"2.12": Support()}, machine_types=("pseries-2.7",))
LOADER = Implementation("loader", "3", {"3": Support(saves=False)})


def test_each_pair_has_the_machine_types_that_both_know() -> None:
    """A guest is handed over with no machine type that one of the builds lacks."""
    assert handovers([OLD, NEW]) == [
        (0, 0, "pseries-2.6"),
        (0, 0, "pseries-2.7"),
        (0, 1, "pseries-2.7"),
        (1, 0, "pseries-2.7"),
        (1, 1, "pseries-2.7"),
    ]


@pytest.mark.parametrize(
    ("one", "version", "types"),
    [(OLD, "2.7", 2), (LOADER, "", 0), (Implementation("r", "1", {"2": Support()}), "2", 1)],
)
def test_a_build_is_tested_at_its_newest_version(
    one: Implementation, version: str, types: int
) -> None:
    """Who cannot save and load at one version hands over nothing."""
    assert newest_version(one) == version
    assert len(known_types(one)) == types


def test_rows_that_are_alike_are_one() -> None:
    """Machine types with the same cells are listed together, and each reason once."""
    found = {
        one[:4]: one
        for kind in ("pseries-2.7", "pseries-2.8")
        for one in (
            Handover("A 1", "A 1", kind, "idle", "=", ""),
            Handover("A 1", "B 2", kind, "idle", "x", "spapr version 4, destination knows 3"),
            Handover("B 2", "A 1", kind, "idle", "!", "crashed: QEMU was killed\nby SIGABRT"),
            Handover("A 1", "A 1", kind, "mid-walk", "L", ""),
        )
    }
    assert rendered(found, ["idle", "mid-walk"]) == [
        "                 A 1  B 2",
        "pseries-2.7, pseries-2.8",
        "  A 1            =L   x.",
        "  B 2            !.   ..",
        "",
        LEGEND,
        "x A 1 -> B 2: spapr version 4, destination knows 3 (pseries-2.7 idle and 1 more)",
        "! B 2 -> A 1: crashed: QEMU was killed (pseries-2.7 idle and 1 more)",
    ]
