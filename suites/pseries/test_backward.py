"""BWD: from a newer version to an older one."""

from itertools import pairwise

import pytest

from adapters.protocol import Ability, Adapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type, pair, without_walks
from reference.spapr.machine import Machine
from reference.spapr.versions import STREAM_VERSIONS
from strategies.pseries import machine_states
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.dissection import with_version_ids
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, accepted, is_accepted, travel
from suites.pseries.oracle.versions import carrying, releases, versions

STEPS_BACK = [
    *((newer, older) for older, newer in pairwise(releases())),
    *((version.id, version.base) for version in STREAM_VERSIONS.values() if version.features),
]
"""From each release to the one before, and from what adds features to its base."""
BUMPS = [
    (source, destination)
    for source in versions()
    for destination in versions()
    if pair(source, destination, common_machine_type(source, destination)).always_rejected
]
"""Pairs between which the version_id of a section grew."""
SENDING_WALKS = ("ccs-array", "ccs-queue", "ccs-connector")
"""The features that send walks in a subsection."""


def without_the_feature() -> list[tuple[str, str]]:
    """From each version that has one of them, and no more, to those of its base that have none."""
    return [
        (source.id, other.id)
        for source in STREAM_VERSIONS.values()
        for other in STREAM_VERSIONS.values()
        if [one.key for one in source.features if one.key in SENDING_WALKS]
        and len(source.features) == 1
        and other.base == source.base
        and other.id not in {*carrying("ccs_list"), *carrying("connectors.ccs")}
    ]


every_machine = property_of(
    part=2,
    machine=lambda source, destination: machine_states(
        version=source, machine_type=common_machine_type(source, destination)
    ),
)


def roads_between(pairs: list[tuple[str, str]]) -> pytest.MarkDecorator:
    """A test for each of ``pairs``."""
    return pytest.mark.parametrize(
        ("source", "destination"),
        [pytest.param(*hop, id="->".join(hop)) for hop in pairs],
    )


@clause("BWD-1")
@needs(saves="source", loads="destination")
@roads_between(STEPS_BACK)
@every_machine
def test_the_release_before_accepts_exactly_what_it_knows(
    source: str, destination: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """One release back, a stream is accepted while it holds nothing new, and rejected else."""
    for road in roads:
        travel(road, machine, source, destination, clause="BWD-1")
        travel(road, machine.fresh(), source, destination, clause="BWD-1")


@clause("BWD-2")
@needs(saves="source", loads="destination")
@roads_between(BUMPS)
def test_a_version_bump_breaks_backward_migration_for_good(
    source: str, destination: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """A section with a higher version_id is rejected although nothing happened on the machine."""
    machine = fit(Machine(machine_type=common_machine_type(source, destination)))
    for road in roads:
        verdict, _ = travel(road, machine, source, destination, clause="BWD-2")
        assert verdict.kind == "rejected"


@clause("BWD-2")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
@pytest.mark.parametrize("version", versions())
def test_a_section_of_a_later_version_is_rejected(version: str, adapter: Adapter, fit: Fit) -> None:
    """No section is loaded by a layout that it may not have."""
    for section, arrived in with_version_ids(
        adapter, version, lambda vmsd: (vmsd.version_id + 1,), fit=fit, clause="BWD-2"
    ):
        if not isinstance(arrived, Rejected):
            road = f"load {section.name} version {section.version_id} at {version}"
            fail("BWD-2", expected="rejected", got=arrived, road=road)


@clause("BWD-3")
@needs(saves="source", loads="destination")
@roads_between([*without_the_feature(), ("3+ccs", "2.7")])
@every_machine
def test_a_subsection_breaks_backward_migration_only_while_it_is_needed(
    source: str, destination: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """An older reader rejects a machine in the middle of a walk, and accepts it once it is over."""
    for road in roads:
        over = without_walks(machine)
        accepted(road, over, source, destination, clause="BWD-3")
        if over != machine:
            assert not is_accepted(machine, source, destination)
            travel(road, machine, source, destination, clause="BWD-3")
