"""MT: old machine types on new programs.

The cases are those of QEMU's docs/devel/migration/compatibility.rst.
"""

from itertools import pairwise

import pytest

from adapters.asking import load, save
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Refused, Rejected
from reference.compatibility.expectation import common_machine_type, machine_types, pair
from reference.spapr.capabilities import CAPABILITIES, Capability
from reference.spapr.connector import Connector
from reference.spapr.machine import IommuTable, Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import stream_version
from reference.wire.frames import STREAM_HEADER, SectionType
from strategies.pseries import Journey, journeys, machine_states, upgrades
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, accepted, hops, saved, travel
from suites.pseries.oracle.versions import made_of, versions

NEWEST = "10.0"
"""The newest version that was released."""
TYPES = machine_types(NEWEST)
NAMED = [kind for kind in TYPES if machine_type(kind).has("send-configuration")]
"""The machine types whose name is in the stream."""

typed = needs(Ability.MACHINE_TYPES, saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())
every_type = pytest.mark.parametrize("kind", TYPES)


def age(version: str) -> tuple[int, int]:
    """How new a version is."""
    return stream_version(version).release


@clause("MT-1", "MT-2")
@needs(saves="version", loads="version")
@pytest.mark.parametrize("version", made_of(NEWEST, "7.1", "2.7"))
@property_of(
    machine=lambda version: machine_states(
        version=version, machine_type=common_machine_type(version)
    )
)
def test_a_program_with_its_own_machine_type(
    version: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """The newest machine type of a program, on both sides: the guest sees the same."""
    for road in roads:
        travel(
            road, machine, version, version, clause="MT-1" if version in made_of(NEWEST) else "MT-2"
        )


@clause("MT-3")
@needs(Ability.MACHINE_TYPES, machine_type="kind")
@every_type
@property_of(
    part=2,
    journey=lambda kind, roads: journeys(
        machine_type=kind, hops=[hop for hop in hops(roads, kind) if hop[0] == hop[1]]
    ),
)
def test_the_same_program_with_an_older_machine_type(
    kind: str, roads: tuple[Road, ...], journey: Journey
) -> None:
    """A machine type that is older than the program, on both sides: the guest sees the same."""
    version = journey.versions[0]
    for road in roads:
        if road.leads(version, version, kind):
            travel(road, journey.machine, version, version, clause="MT-3")


@clause("MT-4")
@typed
@pytest.mark.parametrize(
    "version", [one for one in versions() if len(machine_types(one)) < len(TYPES)]
)
def test_a_machine_type_from_the_future_is_refused(
    version: str, adapter: Adapter, fit: Fit
) -> None:
    """A program takes no part in a migration with a machine type that it does not know."""
    future = Machine(machine_type=TYPES[len(machine_types(version))])
    stream = save(adapter, future, version)
    if not isinstance(stream, Refused):
        fail("MT-4", expected="refused", got=stream, road=f"save {future} at {version}")
    known = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(adapter, known, version, clause="MT-4")
    arrived = load(adapter, stream, version, future)
    if not isinstance(arrived, Rejected):
        fail("MT-4", expected="rejected", got=arrived, road=f"load onto {future} at {version}")


@clause("MT-5", "MT-6")
@needs(Ability.MACHINE_TYPES, machine_type="kind")
@every_type
@property_of(
    part=2,
    journey=lambda kind, roads: journeys(machine_type=kind, hops=hops(roads, kind)),
)
def test_two_programs_with_a_machine_type_that_both_know(
    kind: str, roads: tuple[Road, ...], journey: Journey
) -> None:
    """To a newer program, all that is carried arrives; to an older one, all or nothing."""
    source, destination = journey.versions
    backward = age(source) > age(destination)
    for road in roads:
        if road.leads(source, destination, kind):
            name = "MT-5" if backward else "MT-6"
            travel(road, journey.machine, source, destination, clause=name)


@clause("MT-7")
@needs(Ability.MACHINE_TYPES, machine_type="kind")
@every_type
@property_of(
    part=2,
    journey=lambda kind, roads: upgrades(machine_type=kind, hops=hops(roads, kind)),
)
def test_a_guest_from_an_older_program_travels_on(
    kind: str, roads: tuple[Road, ...], journey: Journey
) -> None:
    """From A to B to C: on the second hop, the guest is migrated as if it had started on B."""
    for place in range(len(roads)):
        turned = (*roads[place:], *roads[:place])
        arrived: Machine | None = journey.machine
        for hop in pairwise(journey.versions):
            leading = [road for road in turned if road.leads(*hop, kind)]
            if arrived is not None:
                _, arrived = travel(leading[0], arrived, *hop, clause="MT-7")


@clause("MT-8")
@needs(Ability.MACHINE_TYPES, saves=NEWEST, loads=NEWEST, machine_type="theirs")
@needs(machine_type="ours")
@pytest.mark.parametrize("theirs", TYPES)
@pytest.mark.parametrize("ours", NAMED)
def test_a_stream_for_another_machine_type_is_rejected(
    theirs: str, ours: str, adapter: Adapter, fit: Fit
) -> None:
    """What was saved from one machine type loads onto that type only."""
    stream = saved(adapter, fit(Machine(machine_type=theirs)), NEWEST, clause="MT-8")
    arrived = load(adapter, stream, NEWEST, fit(Machine(machine_type=ours)).fresh())
    if isinstance(arrived, Machine) != (theirs == ours):
        said = "accepted" if theirs == ours else "rejected"
        fail("MT-8", expected=said, got=arrived, road=f"load {theirs} onto {ours}")


@clause("MT-8")
@needs(
    Ability.MACHINE_TYPES,
    Ability.QEMU_WIRE_FORMAT,
    saves=NEWEST,
    loads=NEWEST,
    machine_type="pseries-5.0",
)
@pytest.mark.parametrize(
    ("name", "fits"),
    [("", True), ("pseries", True), ("pseries-5.0", True), ("pseries-5.0x", False), ("x", False)],
)
def test_a_machine_type_is_compared_as_far_as_the_stream_has_it(
    name: str,
    fits: bool,  # noqa: FBT001 -- a table
    adapter: Adapter,
    fit: Fit,
) -> None:
    """A name that the local one begins with counts as the same."""
    machine = fit(Machine(machine_type="pseries-5.0"))
    stream = saved(adapter, machine, NEWEST, clause="MT-8")
    before = configuration(machine.machine_type)
    if not stream.startswith(before):
        fail("MT-8", expected=before, got=stream, road=f"save at {NEWEST}")
    changed = configuration(name) + stream[len(before) :]
    arrived = load(adapter, changed, NEWEST, machine.fresh())
    if isinstance(arrived, Machine) != fits:
        said = "accepted" if fits else "rejected"
        fail("MT-8", expected=said, got=arrived, road=f"load {name!r} onto pseries-5.0")


def configuration(name: str) -> bytes:
    """How a stream for a machine type of that name begins."""
    return (
        STREAM_HEADER
        + bytes((SectionType.CONFIGURATION,))
        + len(name).to_bytes(4, "big")
        + name.encode()
    )


@clause("MT-9")
@needs(Ability.MACHINE_TYPES, saves="source", loads="destination")
@pytest.mark.parametrize(
    ("source", "destination"),
    [
        pytest.param(source, destination, id=f"{source}->{destination}")
        for source in versions()
        for destination in versions()
        if age(source) > age(destination)
        and not pair(source, destination, common_machine_type(destination)).always_rejected
    ],
)
def test_a_machine_at_rest_is_understood_by_the_program_of_its_type(
    source: str, destination: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """A newer program sends nothing for an older machine type but what happened on the machine."""
    kind = common_machine_type(destination)
    connectors = (Connector(0x40000010), Connector(0x80000001, device=False))
    tables = tuple(
        IommuTable(liobn=liobn)
        for liobn in (0x80000000, 0x80000001)
        if liobn == 0x80000000 or machine_type(kind).has("dynamic-dma-windows")
    )
    machine = fit(Machine(machine_type=kind, connectors=connectors, iommu_tables=tables).fresh())
    for road in roads:
        accepted(road, machine, source, destination, clause="MT-9")


@clause("MT-10")
@typed
@pytest.mark.parametrize(
    ("version", "known"),
    [
        pytest.param(version, known, id=f"{version}-{known.name}")
        for version in versions()
        for known in CAPABILITIES
        if age(version) >= known.since
    ],
)
def test_a_capability_may_be_lower_but_not_higher(
    version: str, known: Capability, adapter: Adapter, fit: Fit
) -> None:
    """The source must not offer its guest more than the destination can keep up."""
    name, kind = known.name, common_machine_type(version)
    machines = [fit(Machine(machine_type=kind, capabilities={name: one})) for one in known.values]
    values = [machine.capabilities[name] for machine in machines if name in machine.capabilities]
    for here in values:
        for there in values:
            machine = fit(Machine(machine_type=kind, capabilities={name: there}))
            onto, must = (
                fit(Machine(machine_type=kind, capabilities={name: here})).fresh() for _ in range(2)
            )
            stream = saved(adapter, machine, version, clause="MT-10")
            arrived = load(adapter, stream, version, onto)
            road = f"load {name}={there} onto {name}={here} at {version}"
            if there > here and not isinstance(arrived, Rejected):
                fail("MT-10", expected="rejected", got=arrived, road=road)
            if there <= here and arrived != must:
                fail("MT-10", expected=must, got=arrived, road=road)
