"""The matrix of builds."""

import re

import pytest

from adapters.loading import DEFAULT_ADAPTER
from adapters.protocol import Implementation, Support
from suites.harness.handovers import LEGEND, THERE, Handover, build_names, rendered
from suites.pseries.oracle.handing_over import (
    handovers,
    known_types,
    newest_version,
    other_machine,
)
from tests.faults.running import run

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
    [(OLD, "2.7", 2), (LOADER, "", 0), (Implementation("r", "1", {"2": Support()}), "2", 2)],
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
        one[:5]: one
        for kind in ("pseries-2.7", "pseries-2.8")
        for one in (
            Handover(THERE, "A 1", "A 1", kind, "idle", "=", ""),
            Handover(THERE, "A 1", "B 2", kind, "idle", "x", "said: no; predicted: version 4"),
            Handover(THERE, "B 2", "A 1", kind, "idle", "!", "crashed: killed\nby SIGABRT"),
            Handover(THERE, "A 1", "A 1", kind, "mid-walk", "L", ""),
        )
    }
    assert rendered(found, ["idle", "mid-walk"], ["A 1", "B 2"]) == [
        "                 A 1  B 2",
        "pseries-2.7, pseries-2.8",
        "  A 1            =L   x.",
        "  B 2            !.   ..",
        "",
        LEGEND,
        "x A 1 -> B 2: said: no; predicted: version 4 (pseries-2.7 idle and 1 more)",
        "! B 2 -> A 1: crashed: killed (pseries-2.7 idle and 1 more)",
    ]


SAME, OTHER = (Implementation("Q", "7.2", {"2.7": Support()}) for _ in range(2))


@pytest.mark.parametrize(
    ("named", "names"),
    [
        (["q:a", "q:a,cpu=p8"], ["Q 7.2", "Q 7.2 cpu=p8"]),
        (["q:/opt/a,version=3", "q:b,version=3"], ["Q 7.2 /opt/a", "Q 7.2 b"]),
        (["q:chroot /x q", "q:chroot /y q"], ["Q 7.2 /x", "Q 7.2 /y"]),
        (["q:a b", "q:b a"], ["q:a b", "q:b a"]),
    ],
)
def test_builds_of_one_release_are_told_apart_by_what_was_named(
    named: list[str], names: list[str]
) -> None:
    """What differs in what the user named is in the name; all of it, where that is not enough."""
    assert build_names([SAME, OTHER], named) == names
    assert build_names([SAME, NEW], named) == ["Q 7.2", "new 2"]


def test_a_build_that_is_named_twice_is_refused() -> None:
    """Nobody could tell its rows apart."""
    result = run("suites/pseries/test_builds.py", *[f"--adapter={DEFAULT_ADAPTER}"] * 2)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"adapter '{DEFAULT_ADAPTER}' is named twice; name each build once" in result.stderr


def between(*faults: str, select: str) -> str:
    """What a run with several builds prints at its end."""
    adapters = [f"--adapter={one}" for one in faults]
    result = run("suites/pseries/test_builds.py", *adapters, "-k", select)
    assert result.returncode == pytest.ExitCode.TESTS_FAILED, result.stdout + result.stderr
    return result.stdout.partition("= builds: ")[2]


def test_a_cell_is_one_direction() -> None:
    """What fails on the way back does not fail on the way there; all that ran is counted."""
    end = between(DEFAULT_ADAPTER, "tests.faults.wholes:SendsNoRest", select="pseries-2.10-events")
    there, back = re.findall(r"pseries-2.10\n  reference 0.1.0 .*? +(\S+) +(\S+)\n", end)
    assert there == ("..=.", "..=.")
    assert back == ("..=.", "..!.")
    assert (
        "! reference 0.1.0 ReferenceAdapter -> reference 0.1.0 SendsNoRest: differs: BUILD-2" in end
    )
    assert "tests: 4 collected, 4 run, 0 not declared" in end


def test_a_loss_that_no_model_has_is_seen() -> None:
    """What a build does not send on as it was sent is lost, whatever part of a machine it is."""
    fault = "tests.faults.wholes:StopsTheTimer"
    end = between(DEFAULT_ADAPTER, fault, select="pseries-2.10-idle")
    assert "differs: BUILD-3 (pseries-2.10 idle)" in end


POWER8, POWER9 = (
    Implementation("Q", "1", {"2.7": Support()}, processors={"pseries-2.7": one})
    for one in ("power8", "power9")
)


def test_builds_with_other_cpus_have_other_machines() -> None:
    """Who rejects another CPU says nothing of migration; who has none is not asked."""
    assert "power8 here and power9 there" in other_machine(POWER8, POWER9, "pseries-2.7")
    assert "cpu=" in other_machine(POWER8, POWER9, "pseries-2.7")
    assert not other_machine(POWER8, POWER8, "pseries-2.7")
    assert not other_machine(POWER8, SAME, "pseries-2.7")
