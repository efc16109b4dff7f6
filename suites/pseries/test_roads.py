"""ROAD: more than one migration."""

from itertools import pairwise

import pytest

from reference.compatibility.expectation import common_machine_type, pair
from reference.spapr.machine import Machine
from reference.spapr.versions import BASES
from strategies.pseries import machine_states
from suites.harness.clauses import clause
from suites.harness.properties import property_of
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.roads import Road, travel
from suites.pseries.oracle.versions import versions

ROADS = (
    # Through all of history, as a guest that was never shut down.
    tuple(BASES),
    ("2", "3", "10.0"),
    ("3", "3+ccs", "3+ccs-queue"),
    ("3+ccs", "3", "3+ccs"),
    ("3+ccs", "3+busy", "3+ccs"),
    ("3", "4", "4"),
    ("2.7", "2.10", "2.12"),
    ("2.10", "2.12", "2.10"),
    ("2.12", "5.0", "4.0", "7.1"),
    ("3.1", "10.0", "10.0"),
    ("7.1", "10.2", "10.0"),
)


def there_and_back(version: str) -> list[tuple[str, ...]]:
    """The roads from a version to others and back that are not closed by a version bump."""
    return [
        (version, other, version)
        for other in ("3", "10.0")
        if other != version and is_open(version, other, version)
    ]


def is_open(*versions: str) -> bool:
    """Whether no hop of a road is closed for every machine."""
    kind = common_machine_type(*versions)
    return not any(pair(*hop, kind).always_rejected for hop in pairwise(versions))


def named(roads: list[tuple[str, ...]]) -> pytest.MarkDecorator:
    """A test for each road."""
    return pytest.mark.parametrize(
        "versions", [pytest.param(versions, id="->".join(versions)) for versions in roads]
    )


every_machine = property_of(
    part=4,
    machine=lambda versions: machine_states(
        version=versions[0], machine_type=common_machine_type(*versions)
    ),
)


def drive(
    roads: tuple[Road, ...], versions: tuple[str, ...], machine: Machine, clause: str
) -> None:
    """Take a machine over all hops, by one implementation and by turns where there are two."""
    kind = machine.machine_type
    for first in range(len(roads)):
        arrived: Machine | None = machine
        for place, hop in enumerate(pairwise(versions), first):
            leading = [road for road in roads if road.leads(*hop, kind)]
            if arrived is not None:
                _, arrived = travel(leading[place % len(leading)], arrived, *hop, clause=clause)


@clause("ROAD-1")
@needs(travels="versions")
@named([*ROADS, *((version,) * 3 for version in versions())])
@every_machine
def test_several_hops_lose_no_more_than_each(
    versions: tuple[str, ...], roads: tuple[Road, ...], machine: Machine
) -> None:
    """A machine that was migrated before is migrated like any other."""
    drive(roads, versions, machine, "ROAD-1")


@clause("ROAD-2")
@needs(travels="versions")
@named([road for version in versions() for road in there_and_back(version)])
@every_machine
def test_there_and_back_again(
    versions: tuple[str, ...], roads: tuple[Road, ...], machine: Machine
) -> None:
    """Who migrates to another version and back has lost no more than on the two hops."""
    drive(roads, versions, machine, "ROAD-2")
