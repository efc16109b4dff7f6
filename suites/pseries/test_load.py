"""LOAD: what is there before a load."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type, pair
from reference.spapr.connector import Connector
from reference.spapr.machine import HostBridge, IommuTable, Machine
from reference.spapr.versions import stream_version
from strategies.pseries import machine_states
from strategies.pseries.machines import settable
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.profiles import is_quick
from suites.harness.properties import property_of
from suites.pseries.oracle.combinations import whole_machine
from suites.pseries.oracle.compared import mismatches
from suites.pseries.oracle.dissection import dissect
from suites.pseries.oracle.machines import machines, sendable, sendable_machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party
from suites.pseries.oracle.roads import Road, accepted, loaded, saved, travel
from suites.pseries.oracle.versions import versions

both = needs(saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())
every_machine = property_of(part=4, machine=sendable_machines)


def otherwise(one: Connector | IommuTable) -> Connector | IommuTable:
    """A connector or window of the same configuration, in another state."""
    if isinstance(one, Connector):
        return replace(
            one,
            state=one.state ^ 1,
            dr_indicator=1 - one.dr_indicator,
            unplug_requested=not one.unplug_requested,
        )
    table = tuple(~entry % 2**64 for entry in one.table)
    return replace(
        one,
        bypass=not one.bypass,
        table=table,
        bus_offset=1 << 59,
        page_shift=24,
        def_win=not one.def_win,
    )


def used(machine: Machine, other: Machine) -> Machine:
    """A machine configured like ``machine`` that holds the state of ``other``."""
    return replace(
        other,
        capabilities=machine.capabilities,
        connectors=tuple(map(otherwise, machine.connectors)),
        iommu_tables=tuple(map(otherwise, machine.iommu_tables)),
    )


@clause("LOAD-1")
@needs(Ability.LOAD_ONTO, saves="version", loads="version")
@every_version
@property_of(part=2, machine=sendable_machines, other=machines)
def test_what_a_machine_held_before_a_load_does_not_matter(
    version: str, adapter: Adapter, machine: Machine, other: Machine
) -> None:
    """Loading onto a used machine gives what loading onto a fresh one gives."""
    stream = saved(adapter, machine, version, clause="LOAD-1")
    onto_fresh = loaded(adapter, stream, version, machine.fresh(), clause="LOAD-1")
    onto_used = load(adapter, stream, version, used(machine, other))
    if onto_fresh != onto_used:
        fail("LOAD-1", expected=onto_fresh, got=onto_used, road=f"load twice at {version}")


@clause("LOAD-2")
@both
@every_version
def test_what_a_stream_leaves_out_has_its_default(
    version: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """A machine on which nothing happened arrives as one on which nothing happened."""
    connectors = (Connector(0x40000010), Connector(0x80000001, device=False), Connector(0x10000000))
    machine = fit(Machine(machine_type=common_machine_type(version), connectors=connectors))
    for road in roads:
        accepted(road, machine.fresh(), version, version, clause="LOAD-2")


OLDER = [
    (source, destination)
    for place, destination in enumerate(versions())
    for source in dict.fromkeys(("1", "3", destination))
    if source in versions()[: place + 1]
    and not pair(source, destination, common_machine_type(source, destination)).always_rejected
]
"""From versions that leave much out, and from each to itself."""


@clause("LOAD-2")
@needs(Ability.LOAD_ONTO, saves="source", loads="destination")
@pytest.mark.parametrize(
    ("source", "destination"),
    [pytest.param(*versions, id="->".join(versions)) for versions in OLDER],
)
@property_of(
    part=4,
    onto=lambda source, destination: machine_states(
        version=destination, machine_type=common_machine_type(source, destination)
    ),
)
def test_what_a_stream_leaves_out_does_not_stay_as_it_was(
    source: str, destination: str, adapter: Adapter, onto: Machine
) -> None:
    """A machine on which nothing happened arrives as that, whatever the destination held before."""
    onto = replace(onto, capabilities={})
    machine = onto.fresh()
    stream = saved(adapter, machine, source, clause="LOAD-2")
    arrived = loaded(adapter, stream, destination, onto, clause="LOAD-2")
    if arrived != machine:
        road = f"{source}->{destination}, onto a used machine"
        fail("LOAD-2", expected=machine, got=arrived, road=road)


@clause("LOAD-3")
@both
@every_version
@every_machine
def test_a_load_changes_no_configuration(
    version: str, adapter: Adapter, fit: Fit, machine: Machine
) -> None:
    """Machine type, capabilities, devices and windows stay as the destination was started."""
    stream = saved(adapter, machine, version, clause="LOAD-3")
    highest = {one.name: max(one.values) for one in settable(version, machine.machine_type)}
    onto = replace(machine.fresh(), capabilities=highest)
    if fit(onto) != onto:
        onto = machine.fresh()
    started = replace(onto, capabilities=dict(onto.capabilities))  # a load could write into it
    arrived = loaded(adapter, stream, version, onto, clause="LOAD-3")
    if shape(arrived) != shape(started):
        fail("LOAD-3", expected=shape(started), got=shape(arrived), road=f"load at {version}")


def shape(machine: Machine) -> Machine:
    """The configuration of a machine; the number of TCEs is state from QEMU 2.7 on."""
    fresh = machine.fresh()
    return replace(fresh, iommu_tables=tuple(replace(one, table=()) for one in fresh.iommu_tables))


MOVED = HostBridge(mem_win_addr=0x200A0000000, io_win_size=0x20000)
"""A host bridge whose windows lie elsewhere than those of the source."""


@clause("LOAD-3")
@needs(Ability.MACHINE_TYPES, saves="version", loads="version", any_machine=True)
@pytest.mark.parametrize(
    "version", [one for one in versions() if stream_version(one).release >= (2, 8)]
)
def test_the_windows_of_the_host_bridge_are_not_taken_from_the_stream(
    version: str, adapter: Adapter
) -> None:
    """What a stream says of windows, for machine types up to 2.7, is ignored from 2.8 on."""
    machine = Machine(machine_type="pseries-2.6")
    stream = saved(adapter, machine, version, clause="LOAD-3")
    onto = replace(machine.fresh(), host_bridge=MOVED)
    arrived = load(adapter, stream, version, onto)
    if arrived != onto:
        fail("LOAD-3", expected=onto, got=arrived, road=f"load at {version}")


@clause("LOAD-4")
@both
@every_version
@every_machine
def test_state_finds_its_part_by_name_and_instance(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A destination whose devices were made in another order gets the same state."""
    stream = saved(adapter, machine, version, clause="LOAD-4")
    onto = machine.fresh()
    must = backwards(loaded(adapter, stream, version, onto, clause="LOAD-4"))
    turned = load(adapter, stream, version, backwards(onto))
    if turned != must:
        fail("LOAD-4", expected=must, got=turned, road=f"load at {version}, devices reversed")


def backwards(machine: Machine) -> Machine:
    """The machine with its connectors and windows in the opposite order."""
    return replace(
        machine,
        connectors=machine.connectors[::-1],
        iommu_tables=machine.iommu_tables[::-1],
    )


@clause("LOAD-5")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
@every_version
@every_machine
def test_sections_are_accepted_in_any_order(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A loader finds a section by its name, not by its place."""
    stream = saved(adapter, machine, version, clause="LOAD-5")
    dissected = dissect(stream, version, machine.machine_type, clause="LOAD-5")
    changed = dissected._replace(parts=dissected.parts[::-1]).assembled()
    in_order = loaded(adapter, stream, version, machine.fresh(), clause="LOAD-5")
    reversed_ = load(adapter, changed, version, machine.fresh())
    if in_order != reversed_:
        fail("LOAD-5", expected=in_order, got=reversed_, road=f"load at {version}, reversed")


@clause("LOAD-5")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@every_version
def test_any_section_may_come_first(version: str, party: Party, fit: Fit) -> None:
    """What is before the section of the machine and what is behind it are loaded alike."""
    machine = sendable(whole_machine(version, common_machine_type(version)), version)
    machine = fit(machine)
    stream = saved(REFERENCE.adapter, machine, version, clause="LOAD-5")
    dissected = dissect(stream, version, machine.machine_type, clause="LOAD-5")
    parts = dissected.parts
    in_order = loaded(party.adapter, stream, version, machine.fresh(), clause="LOAD-5")
    for first in [len(parts) // 2] if is_quick() else range(1, len(parts)):
        turned = dissected._replace(parts=(*parts[first:], *parts[:first])).assembled()
        arrived = load(party.adapter, turned, version, machine.fresh())
        if arrived != in_order:
            road = f"load at {version}, {parts[first].section.name} first"
            fail("LOAD-5", expected=in_order, got=arrived, road=road)


@clause("LOAD-6")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@every_version
def test_what_a_load_compares_must_be_the_same(version: str, party: Party, fit: Fit) -> None:
    """Each number that is sent to be compared is compared, in all of its bits."""
    machine = fit(Machine(machine_type=common_machine_type(version), iommu_tables=MAPPED))
    stream = saved(REFERENCE.adapter, machine, version, clause="LOAD-6")
    dissected = dissect(stream, version, machine.machine_type, clause="LOAD-6")
    loaded(party.adapter, dissected.assembled(), version, machine.fresh(), clause="LOAD-6")
    for part in dissected.parts:
        for one in mismatches(part.plan.vmsd, part.state, quick=is_quick()):
            payload = part.plan.save(one.state)
            changed = dissected.assembled(**{part.section.name: payload})
            arrived = load(party.adapter, changed, version, machine.fresh())
            if not isinstance(arrived, Rejected):
                where = f"{part.section.name}, {one.name} differs by {one.by:#x}"
                fail("LOAD-6", expected="rejected", got=arrived, road=f"load at {version}, {where}")


MAPPED = (IommuTable(table=(1, 2, 3, 4)),)
"""A DMA window with some entries."""


@clause("LOAD-7")
@needs(saves="version", loads="version", any_machine=True)
@every_version
def test_state_of_a_part_that_is_not_there_is_rejected(
    version: str, roads: tuple[Road, ...]
) -> None:
    """A connector or window of the source that the destination lacks does not get lost."""
    whole = sendable(whole_machine(version, common_machine_type(version)), version)
    for what, machine, onto in less_a_part(whole):
        stream = saved(REFERENCE.adapter, machine, version, clause="LOAD-7")
        must = load(REFERENCE.adapter, stream, version, onto)
        for road in roads if isinstance(must, Rejected) else ():
            sent = saved(road.saver, machine, version, clause="LOAD-7")
            arrived = road.arrived(sent, version, onto)
            if not isinstance(arrived, Rejected):
                where = f"load at {version} {what} ({road.name})"
                fail("LOAD-7", expected=must, got=arrived, road=where)


def less_a_part(machine: Machine) -> Iterator[tuple[str, Machine, Machine]]:
    """Machines, with some to load them onto that lack one of their connectors or windows.

    The others are there; or there is another one in its place, and nothing else.
    """
    for name in ("connectors", "iommu_tables"):
        parts = getattr(machine, name)
        for place, one in enumerate(parts):
            said = f"{one.drc_index if name == 'connectors' else one.liobn:#x}"
            others = (*parts[:place], *parts[place + 1 :])
            yield f"without {said}", machine, replace(machine, **{name: others}).fresh()
            alone, another = (replace(machine, **{name: (it,)}) for it in (one, parts[place - 1]))
            yield f"{said} onto another", alone, another.fresh()


@clause("LOAD-8")
@both
@every_version
def test_streams_that_differ_in_their_ends_are_two(
    version: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """A stream that begins like the last one, and is as long, is read all the same."""
    type_name = common_machine_type(version)
    for last in (1, 2):
        entries = (*range(PAGES), last)
        machine = fit(Machine(machine_type=type_name, iommu_tables=(IommuTable(table=entries),)))
        for road in roads:
            travel(road, machine, version, version, clause="LOAD-8")


PAGES = 2048
"""Entries of a window, eight bytes each: more than is looked at to know a stream again."""
