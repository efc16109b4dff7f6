"""FWD: from an older version to a newer one."""

import pytest

from reference.compatibility.expectation import Accepted, common_machine_type, expected, pair
from reference.spapr.machine import Machine
from strategies import machine_states, signed_words
from suites.clauses import clause
from suites.declared import needs
from suites.failures import fail
from suites.properties import property_of
from suites.roads import VERSIONS, Road, accepted, travel

NEWEST = VERSIONS[-1]
RELEASED = [
    version
    for version in VERSIONS
    if not pair(version, NEWEST, common_machine_type(version)).always_rejected
]
"""The versions from which there is a road to the newest; 4 was a dead end."""


@clause("FWD-1")
@needs(saves="source", loads="destination")
@pytest.mark.parametrize(
    ("source", "destination"),
    [pytest.param(version, NEWEST, id=f"{version}->{NEWEST}") for version in RELEASED],
)
@property_of(
    machine=lambda source: machine_states(version=source, machine_type=common_machine_type(source))
)
def test_the_newest_version_understands_every_older_one(
    source: str, destination: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """What an older program wrote means the same to the newest."""
    must = expected(source, destination, machine)
    if isinstance(must, Accepted):
        for road in roads:
            travel(road, machine, source, destination, clause="FWD-1")


@clause("FWD-2", "FWD-3")
@needs(saves="source", loads="destination")
@pytest.mark.parametrize("source", ["1", "2"])
@pytest.mark.parametrize("destination", ["3", "2.7", "10.0"])
@property_of(seconds=lambda: signed_words(bits=64))
def test_seconds_become_nanoseconds_modulo_two_to_the_64(
    source: str, destination: str, roads: tuple[Road, ...], seconds: int
) -> None:
    """The clock's offset in seconds becomes the lowest 64 bits of it in nanoseconds."""
    machine = Machine(machine_type="pseries-2.1", rtc_ns_offset=seconds * 10**9)
    low = seconds * 10**9 % 2**64
    nanoseconds = low - 2**64 if low >= 2**63 else low
    for road in roads:
        arrived = accepted(road, machine, source, destination, clause="FWD-2")
        if arrived.rtc_ns_offset != nanoseconds:
            fail(
                "FWD-3",
                expected=f"{nanoseconds} ns",
                got=f"{arrived.rtc_ns_offset} ns",
                road=road.say(source, destination),
            )
