"""RT: each stream version with itself."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from adapters.asking import save
from adapters.protocol import Ability, Adapter
from reference.compatibility.expectation import common_machine_type
from reference.spapr.actions import AnyAction, ConfigureConnector, HotPlug, RequestUnplug
from reference.spapr.device_tree import Node
from reference.spapr.machine import Machine
from strategies.pseries.actions import machine_with, to_unisolated
from strategies.pseries.machines import NANOSECONDS, held
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.dissection import compared
from suites.pseries.oracle.guest import drain
from suites.pseries.oracle.machines import machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit, Party, trees_of
from suites.pseries.oracle.roads import Record, Road, said_to_save, travel
from suites.pseries.oracle.versions import versions

TIMES = "once", "again"
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


@clause("RT-3")
@needs(Ability.CALL, saves="version")
@every_version
@pytest.mark.parametrize("asked_back", [False, True], ids=["reading", "asked"])
def test_a_guest_goes_on_after_a_save(
    version: str,
    asked_back: bool,  # noqa: FBT001 -- a parameter of pytest
    party: Party,
    fit: Fit,
    record_visit: Visit,
) -> None:
    """A guest whose migration came to nothing notices nothing, be it saved or refused."""
    type_name = common_machine_type(version)
    trees = trees_of([party], type_name)
    machine = machine_with(trees, version=version, machine_type=type_name, negotiated=True)
    if "rtc_ns_offset" in held(version, type_name):
        machine = replace(machine, rtc_ns_offset=7 * NANOSECONDS)
    twins = Twins(fit(machine), version, party, record_visit)
    twins.under = "RT-3"
    for place, (index, tree) in enumerate(trees.items() if machine.connectors else ()):
        for action in used(index, tree, 2 * place, asked_back=asked_back):
            twins.act(action)
    save(party.adapter, twins.machine, version)
    twins.story.append("saved, and the other side never asked for it")
    machine, twin = twins.machine, twins.twin
    drain(twins)
    twins.compare(machine, twin)


def used(index: int, tree: Node, events: int, *, asked_back: bool) -> Iterator[AnyAction]:
    """A device comes, after some events, and is read in part; or read whole, and asked back."""
    yield HotPlug(index, tree, plid=events + 1)
    yield from to_unisolated(index)
    yield from [ConfigureConnector(index)] * (tree.calls if asked_back else 3)
    if asked_back:
        yield RequestUnplug(index, plid=events + 2)


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
    first, second = answers = [save(party.adapter, one, version) for one in machines]
    kind = machines[0].machine_type
    if first == second:
        return
    if isinstance(first, bytes) and isinstance(second, bytes) and party.speaks_qemu:
        first, second = (
            compared(one, version, kind, party, clause=clause) for one in (first, second)
        )
    if first != second:
        story = [
            f"saved {time}: {said_to_save(one)}" for time, one in zip(TIMES, answers, strict=True)
        ]
        fail(clause, expected=first, got=second, road=road, story=story)
