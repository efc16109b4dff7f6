"""VAL: single values, the largest and the rarest of them."""

import pytest

from adapters.protocol import Ability
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import EventLogEntry, IommuTable, Machine
from reference.spapr.machine_types import MACHINE_TYPES
from strategies.pseries.machines import held
from suites.harness.clauses import clause
from suites.harness.profiles import is_quick
from suites.pseries.oracle.boundaries import STEPS, boundary_machine, check_whole, without
from suites.pseries.oracle.machines import every_type, sendable
from suites.pseries.oracle.needs import SOME, needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, hops, travel
from suites.pseries.oracle.versions import versions

both = needs(saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())


def check(machine: Machine, version: str, roads: tuple[Road, ...], fit: Fit, clause: str) -> None:
    """Take a machine over all roads."""
    for road in roads:

        def arrives(one: Machine, road: Road = road) -> None:
            travel(road, one, version, version, clause=clause)

        check_whole(machine, arrives, fit)


@clause("VAL-1")
@both
@every_version
def test_every_number_survives_at_its_boundaries(
    version: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """No field is kept in fewer bits than it has, nor with another sign."""
    type_name = common_machine_type(version)
    for step in range(STEPS):
        machine = boundary_machine(version=version, machine_type=type_name, step=step)
        machine = sendable(machine, version)
        check(machine, version, roads, fit, "VAL-1")


@clause("VAL-1")
@needs(Ability.MACHINE_TYPES, saves=SOME, loads=SOME, machine_type="kind")
@every_type
def test_every_number_survives_for_every_machine_type(
    kind: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """The newest program that has a machine type cuts no number for it alone."""
    steps = [MACHINE_TYPES.index(kind) % STEPS] if is_quick() else range(STEPS)
    for road in roads:
        version = [one for one, other in hops([road], kind) if one == other][-1]
        for step in steps:
            machine = boundary_machine(version=version, machine_type=kind, step=step)
            check(sendable(machine, version), version, (road,), fit, "VAL-1")


@clause("VAL-2")
@both
@every_version
def test_every_part_survives_alone(version: str, roads: tuple[Road, ...], fit: Fit) -> None:
    """Whether a part arrives depends on no other part, be that at rest or away from it."""
    type_name = common_machine_type(version)
    machine = boundary_machine(version=version, machine_type=type_name, step=1)
    names = held(version, type_name)
    for name in sorted(names):
        check(without(machine, set(names - {name})), version, roads, fit, "VAL-2")
        check(sendable(without(machine, {name}), version), version, roads, fit, "VAL-2")


@clause("VAL-3")
@both
@every_version
def test_equal_elements_stay_apart(version: str, roads: tuple[Road, ...], fit: Fit) -> None:
    """Two events that say the same are two events, two pages at one address two pages."""
    type_name = common_machine_type(version)
    machine = Machine(
        machine_type=type_name,
        pending_events=(EventLogEntry(0x06340040, b"\x01"),) * 3,
        iommu_tables=(IommuTable(table=(5, 5, 0, 0, 5)),),
    )
    machine = without(machine, {"pending_events"} - held(version, type_name))
    check(machine, version, roads, fit, "VAL-3")
