"""RT: each stream version with itself."""

import msgspec
import pytest

from adapters.asking import save
from adapters.protocol import Adapter
from reference.spapr.machine import Machine
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.dissection import compared
from suites.pseries.oracle.machines import machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Party
from suites.pseries.oracle.roads import Record, Road, travel
from suites.pseries.oracle.versions import versions

both = needs(saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())


@clause("RT-1")
@both
@every_version
@property_of(machine=machines)
def test_a_round_trip_loses_only_what_the_version_declares(
    version: str, roads: tuple[Road, ...], record_verdict: Record, machine: Machine
) -> None:
    """What is saved and loaded at one version is the same machine to its guest."""
    for road in roads:
        verdict, _ = travel(road, machine, version, version, clause="RT-1")
        record_verdict(version, version, verdict, machine)


@clause("RT-2")
@both
@every_version
@property_of(part=4, machine=machines)
def test_a_loaded_machine_saves_to_the_same_bytes(
    version: str, roads: tuple[Road, ...], machine: Machine
) -> None:
    """A second save, after a load, changes nothing."""
    for road in roads:
        _, arrived = travel(road, machine, version, version, clause="RT-2")
        if arrived is not None:
            way = road.say(version, version, version)
            compare(road.source, (machine, arrived), version, clause="RT-2", road=way)


@clause("RT-3")
@needs(saves="version")
@every_version
@property_of(part=4, machine=machines)
def test_saving_leaves_its_source_as_it_was(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A machine is the same after it was saved, or after that was refused."""
    before = msgspec.json.encode(machine)
    save(adapter, machine, version)
    if msgspec.json.encode(machine) != before:
        as_it_was = msgspec.json.decode(before, type=Machine)
        fail("RT-3", expected=as_it_was, got=machine, road=f"save at {version}")


@clause("RT-4")
@needs(saves="version")
@every_version
@property_of(part=4, machine=machines)
def test_a_second_save_agrees_with_the_first(version: str, party: Party, machine: Machine) -> None:
    """Saving twice gives the same bytes twice, or the same refusal."""
    compare(party, (machine, machine), version, clause="RT-4", road=f"save twice at {version}")


def compare(
    party: Party, machines: tuple[Machine, Machine], version: str, *, clause: str, road: str
) -> None:
    """Fail unless two machines are saved to the same bytes, or refused alike."""
    first, second = (save(party.adapter, one, version) for one in machines)
    kind = machines[0].machine_type
    if first == second:
        return
    if isinstance(first, bytes) and isinstance(second, bytes) and party.speaks_qemu:
        first, second = (
            compared(one, version, kind, party, clause=clause) for one in (first, second)
        )
    if first != second:
        fail(clause, expected=first, got=second, road=road)
