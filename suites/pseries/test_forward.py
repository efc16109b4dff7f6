"""FWD: from an older version to a newer one."""

from itertools import pairwise, product

import pytest

from adapters.asking import load
from adapters.protocol import Ability, Adapter
from adapters.reference import ReferenceAdapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type, has_whole_seconds
from reference.spapr.machine import Machine
from reference.spapr.versions import STREAM_VERSIONS
from strategies.pseries import machine_states, signed_words, unsigned_words
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.dissection import dissect, with_version_ids
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, accepted
from suites.pseries.oracle.versions import releases, versions

NEWEST = ("10.0", "10.2")
"""The newest versions that were released; the last leaves out what it need not send."""


def upgrades() -> list[tuple[str, str]]:
    """From each release to the next, and to the newest; and to what adds features to a release."""
    order = list(STREAM_VERSIONS)
    newer = [*pairwise(releases()), *product(releases(), NEWEST)]
    features = [
        (version.base, one) for one, version in STREAM_VERSIONS.items() if version.base != one
    ]
    return [
        hop
        for hop in dict.fromkeys((*newer, *features))
        if order.index(hop[0]) < order.index(hop[1])
    ]


@clause("FWD-1")
@needs(saves="source", loads="destination")
@pytest.mark.parametrize(
    ("source", "destination"),
    [
        pytest.param(source, destination, id=f"{source}->{destination}")
        for source, destination in upgrades()
    ],
)
@property_of(
    part=3,
    machine=lambda source: machine_states(version=source, machine_type=common_machine_type(source)),
)
def test_the_newest_version_understands_every_older_one(
    source: str, destination: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """What an older program wrote means the same to the newest."""
    for road in roads:
        accepted(road, machine, source, destination, clause="FWD-1")


@clause("FWD-2", "FWD-3")
@needs(saves="source", loads="destination", machine_type="pseries-2.1")
@pytest.mark.parametrize("source", ["1", "2"])
@pytest.mark.parametrize("destination", [one for one in versions() if not has_whole_seconds(one)])
@property_of(part=3, seconds=lambda: signed_words(bits=64))
def test_seconds_become_nanoseconds_modulo_two_to_the_64(
    source: str, destination: str, roads: tuple[Road, ...], fit: Fit, seconds: int
) -> None:
    """The clock's offset in seconds becomes the lowest 64 bits of it in nanoseconds."""
    machine = fit(Machine(machine_type="pseries-2.1", rtc_ns_offset=seconds * 10**9))
    fits = -(2**63) <= machine.rtc_ns_offset < 2**63
    for road in roads:
        accepted(road, machine, source, destination, clause="FWD-2" if fits else "FWD-3")


@clause("FWD-4")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
@pytest.mark.parametrize("version", versions())
def test_a_section_below_the_minimum_version_is_rejected(
    version: str, adapter: Adapter, fit: Fit
) -> None:
    """No section is loaded by a layout that was given up, or never was."""
    for section, arrived in with_version_ids(
        adapter, version, lambda vmsd: range(vmsd.minimum_version_id), fit=fit, clause="FWD-4"
    ):
        if not isinstance(arrived, Rejected):
            road = f"load {section.name} version {section.version_id} at {version}"
            fail("FWD-4", expected="rejected", got=arrived, road=road)


@clause("FWD-5")
@needs(Ability.QEMU_WIRE_FORMAT, loads="destination", machine_type="pseries-2.1")
@pytest.mark.parametrize("source", ["1", "2"])
@pytest.mark.parametrize("destination", [one for one in versions() if one != "1"])
@property_of(part=3, next_irq=lambda: unsigned_words(bits=32))
def test_what_an_unused_field_holds_is_ignored(
    source: str, destination: str, adapter: Adapter, fit: Fit, next_irq: int
) -> None:
    """Whatever lies where version 1 had next_irq, the machine is the same."""
    machine = fit(Machine(machine_type="pseries-2.1", rtc_ns_offset=3600 * 10**9))
    dissected = dissect(
        ReferenceAdapter().save(machine, source), source, machine.machine_type, clause="FWD-5"
    )
    payload = next_irq.to_bytes(4, "big") + dissected.part("spapr").payload[4:]
    arrived = load(adapter, dissected.assembled(spapr=payload), destination, machine.fresh())
    if arrived != machine:
        road = f"{source}->{destination} with next_irq {next_irq:#x}"
        fail("FWD-5", expected=machine, got=arrived, road=road)
