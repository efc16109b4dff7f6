"""MT: old machine types on new programs.

The cases are those of QEMU's docs/devel/migration/compatibility.rst.
"""

from collections.abc import Callable
from itertools import pairwise

import pytest

from adapters.asking import load, save
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Refused, Rejected
from reference.compatibility.expectation import common_machine_type, machine_types, pair
from reference.spapr.capabilities import CAPABILITIES, Capability
from reference.spapr.connector import Connector
from reference.spapr.machine import IommuTable, Machine
from reference.spapr.machine_types import MACHINE_TYPES, machine_type
from reference.spapr.versions import stream_version
from reference.wire.frames import STREAM_HEADER, SectionType
from strategies.pseries import Journey, machine_states, upgrades
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.boundaries import check_whole
from suites.pseries.oracle.machines import every_type, telling_machines
from suites.pseries.oracle.needs import SOME, needs, programs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party
from suites.pseries.oracle.roads import Road, accepted, hops, saved, travel
from suites.pseries.oracle.versions import releases, versions

NEWEST = stream_version(releases()[-1])
"""The newest program: what its versions have in common is their release."""
NAMED = [kind for kind in MACHINE_TYPES if machine_type(kind).has("send-configuration")]
"""The machine types whose name is in the stream."""
OTHERS: tuple[Callable[[str], str], ...] = (
    lambda _: "x",
    lambda kind: f"{kind}x",
    str.upper,
    lambda kind: kind.removeprefix("pseries-"),
    lambda kind: MACHINE_TYPES[MACHINE_TYPES.index(kind) - 1],
)
"""Names beside that of a machine type."""
BEGINNINGS: tuple[Callable[[str], str], ...] = (
    lambda _: "",
    lambda _: "pseries",
    lambda kind: kind[:-1],
)
"""Names that count as that of a machine type."""

every_named_type = pytest.mark.parametrize("kind", NAMED)
both_ways = needs(Ability.MACHINE_TYPES, saves=SOME, loads=SOME, machine_type="kind")
typed = needs(Ability.MACHINE_TYPES, saves="version", loads="version")


def age(version: str) -> tuple[int, int]:
    """How new a version is."""
    return stream_version(version).release


def is_newest(version: str) -> bool:
    """Whether a version is of the newest program that there is."""
    return age(version) >= NEWEST.release


@needs(saves="version", loads="version")
@pytest.mark.parametrize(
    "version",
    [
        pytest.param(one, marks=clause("MT-1" if is_newest(one) else "MT-2"), id=one)
        for one in versions()
    ],
)
@property_of(
    part=4,
    machine=lambda version: machine_states(
        version=version, machine_type=common_machine_type(version)
    ),
)
def test_a_program_with_its_own_machine_type(
    version: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """The newest machine type of a program, on both sides: the guest sees the same."""
    for road in roads:
        travel(road, machine, version, version, clause="MT-1" if is_newest(version) else "MT-2")


def travels(  # noqa: PLR0913 -- a machine, and where it goes
    machine: Machine, road: Road, source: str, destination: str, fit: Fit, *, clause: str
) -> None:
    """Take a machine over one hop; where that fails, fail with the smallest that does."""

    def check(one: Machine) -> None:
        travel(road, one, source, destination, clause=clause)

    check_whole(machine, check, fit)


@clause("MT-3")
@both_ways
@every_type
def test_the_same_program_with_an_older_machine_type(
    kind: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """A machine type that is older than the program, on both sides: the guest sees the same."""
    for road in roads:
        for version, other in hops([road], kind):
            if version == other:
                for machine in telling_machines(version, kind):
                    travels(machine, road, version, version, fit, clause="MT-3")


@clause("MT-4")
@typed
@pytest.mark.parametrize(
    "version", [one for one in versions() if len(machine_types(one)) < len(MACHINE_TYPES)]
)
def test_a_machine_type_from_the_future_is_refused(
    version: str, adapter: Adapter, fit: Fit
) -> None:
    """A program takes no part in a migration with a machine type that it does not know."""
    future = Machine(machine_type=MACHINE_TYPES[len(machine_types(version))])
    stream = save(adapter, future, version)
    if not isinstance(stream, Refused):
        fail("MT-4", expected="refused", got=stream, road=f"save {future} at {version}")
    known = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(adapter, known, version, clause="MT-4")
    arrived = load(adapter, stream, version, future)
    if not isinstance(arrived, Rejected):
        fail("MT-4", expected="rejected", got=arrived, road=f"load onto {future} at {version}")


@clause("MT-5", "MT-6")
@both_ways
@every_type
def test_two_programs_with_a_machine_type_that_both_know(
    kind: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """To a newer program, all that is carried arrives; to an older one, all or nothing."""
    known = [version for version in versions() if kind in machine_types(version)]
    for road in roads:
        for one, other in pairwise(known):
            for source, destination, name in ((one, other, "MT-6"), (other, one, "MT-5")):
                if road.leads(source, destination, kind):
                    for machine in telling_machines(source, kind):
                        travels(machine, road, source, destination, fit, clause=name)


@clause("MT-7")
@both_ways
@every_type
@property_of(
    part=6,
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
@both_ways
@every_named_type
def test_a_stream_for_another_machine_type_is_rejected(kind: str, party: Party, fit: Fit) -> None:
    """What was saved from one machine type loads onto that type only."""
    onto = fit(Machine(machine_type=kind)).fresh()
    for version in programs(party.implementation, kind, "saves", "loads"):
        known = [one for one in machine_types(version) if party.implementation.has(one)]
        place = known.index(kind)
        for theirs in known[max(place - 1, 0) : place + 2]:
            machine = fit(Machine(machine_type=theirs))
            stream = saved(party.adapter, machine, version, clause="MT-8")
            fits = counts_as(theirs, kind) and theirs in NAMED
            check_name(party, stream, onto, version, theirs, fits=fits)


def counts_as(name: str, local: str) -> bool:
    """Whether a name counts as that of the local machine type."""
    return local.startswith(name)


def check_name(  # noqa: PLR0913 -- a stream, and onto what
    party: Party, stream: bytes, onto: Machine, version: str, name: str, *, fits: bool
) -> None:
    """Fail unless a stream for a machine type is loaded exactly if it fits."""
    arrived = load(party.adapter, stream, version, onto)
    if isinstance(arrived, Machine) != fits:
        said = "accepted" if fits else "rejected"
        road = f"load {name!r} onto {onto.machine_type} at {version}"
        fail("MT-8", expected=said, got=arrived, road=road)


@clause("MT-8")
@needs(Ability.MACHINE_TYPES, Ability.QEMU_WIRE_FORMAT, loads=SOME, machine_type="kind")
@every_named_type
def test_a_machine_type_is_compared_as_far_as_the_stream_has_it(
    kind: str, party: Party, fit: Fit
) -> None:
    """A name that the local one begins with counts as the same."""
    machine = fit(Machine(machine_type=kind))
    place = MACHINE_TYPES.index(kind)
    others = OTHERS[place % len(OTHERS)], BEGINNINGS[place % len(BEGINNINGS)]
    names = *(other(kind) for other in others), *MACHINE_TYPES[place + 1 : place + 2]
    for version in programs(party.implementation, kind, "loads"):
        stream = saved(REFERENCE.adapter, machine, version, clause="MT-8")
        behind = stream.removeprefix(configuration(kind))
        for name in names:
            changed = configuration(name) + behind
            fits = counts_as(name, kind)
            check_name(party, changed, machine.fresh(), version, name, fits=fits)


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
