"""PAIR: what must happen between any two stream versions."""

import pytest

from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from strategies import machine_states
from suites.clauses import clause
from suites.declared import needs
from suites.properties import property_of
from suites.roads import VERSIONS, Record, Road, travel

PAIRS = [
    pytest.param(source, destination, id=f"{source}->{destination}")
    for source in VERSIONS
    for destination in VERSIONS
]


@clause("PAIR-1", "PAIR-2")
@needs(saves="source", loads="destination")
@pytest.mark.parametrize(("source", "destination"), PAIRS)
@property_of(
    machine=lambda source, destination: machine_states(
        version=source, machine_type=common_machine_type(source, destination)
    )
)
def test_every_pair_does_what_the_table_states(
    source: str,
    destination: str,
    roads: tuple[Road, ...],
    record_verdict: Record,
    machine: Machine,
) -> None:
    """A machine arrives whole, or less a declared loss, or a saver or loader says no."""
    for road in roads:
        verdict, _ = travel(road, machine, source, destination, clause="PAIR-1")
        record_verdict(source, destination, verdict, machine)
