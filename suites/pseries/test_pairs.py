"""PAIR: what must happen between any two stream versions."""

import pytest
from hypothesis.strategies import SearchStrategy

from reference.compatibility.expectation import common_machine_type, pair
from reference.spapr.machine import Machine
from strategies.pseries import machine_states
from suites.harness.clauses import clause
from suites.harness.profiles import is_quick
from suites.harness.properties import property_of
from suites.pseries.oracle.boundaries import check_whole
from suites.pseries.oracle.combinations import combined_machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Record, Road, travel
from suites.pseries.oracle.versions import versions

PAIRS = [(source, destination) for source in versions() for destination in versions()]


def is_closed(source: str, destination: str) -> bool:
    """Whether a version_id rose between the two, so that no machine gets through."""
    return bool(pair(source, destination, common_machine_type(source, destination)).always_rejected)


def between(pairs: list[tuple[str, str]]) -> pytest.MarkDecorator:
    """A test for each of ``pairs``."""
    return pytest.mark.parametrize(
        ("source", "destination"),
        [pytest.param(*versions, id="->".join(versions)) for versions in pairs],
    )


def machines(source: str, destination: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that both programs know."""
    return machine_states(version=source, machine_type=common_machine_type(source, destination))


@clause("PAIR-1", "PAIR-2", "PAIR-3")
@needs(saves="source", loads="destination")
@between([versions for versions in PAIRS if not is_closed(*versions)])
@property_of(part=3, machine=machines)
def test_every_pair_does_what_the_table_states(
    source: str,
    destination: str,
    roads: tuple[Road, ...],
    record_verdict: Record,
    machine: Machine,
) -> None:
    """A machine arrives whole, or less a declared loss, or a saver or loader says no."""
    for road in roads:
        verdict, _ = travel(road, machine, source, destination, clause="PAIR-1", loss="PAIR-2")
        record_verdict(source, destination, verdict, machine)


@clause("PAIR-1", "PAIR-3")
@needs(saves="source", loads="destination")
@between([versions for versions in PAIRS if is_closed(*versions)])
@property_of(part=4, machine=machines)
def test_a_pair_closed_by_a_version_bump_lets_nothing_through(
    source: str,
    destination: str,
    roads: tuple[Road, ...],
    record_verdict: Record,
    machine: Machine,
) -> None:
    """Whatever the machine, an older program rejects a section of a later version."""
    for road in roads:
        verdict, _ = travel(road, machine, source, destination, clause="PAIR-1")
        record_verdict(source, destination, verdict, machine)


@clause("PAIR-4")
@needs(saves="source", loads="destination")
@between(PAIRS)
def test_whether_a_part_arrives_depends_on_no_other(
    source: str, destination: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """Any three parts of a machine, at rest or away from it, travel as each of them does alone."""
    for machine in combined_machines(source, destination, 2 if is_quick() else 3):
        for road in roads:

            def arrives(one: Machine, road: Road = road) -> None:
                travel(road, one, source, destination, clause="PAIR-4")

            check_whole(machine, arrives, fit)
