"""LOAD: what is there before a load."""

import pytest
from msgspec.structs import replace

from adapters.protocol import Ability, Adapter
from adapters.verdicts import load, save
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Connector, HostBridge, IommuTable, Machine
from strategies import machine_states
from suites.clauses import clause
from suites.declared import needs
from suites.dissection import dissect
from suites.failures import fail
from suites.properties import property_of
from suites.roads import VERSIONS, Road, accepted

both = needs(saves="version", loads="version")
every_version = pytest.mark.parametrize("version", VERSIONS)
every_machine = property_of(
    part=4,
    machine=lambda version: machine_states(
        version=version, machine_type=common_machine_type(version)
    ),
)


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
    return replace(one, bypass=not one.bypass, table=table, bus_offset=1 << 59, page_shift=24)


def used(machine: Machine, other: Machine) -> Machine:
    """A machine configured like ``machine`` that holds the state of ``other``."""
    return replace(
        other,
        capabilities=machine.capabilities,
        connectors=tuple(map(otherwise, machine.connectors)),
        iommu_tables=tuple(map(otherwise, machine.iommu_tables)),
    )


@clause("LOAD-1", "LOAD-2")
@needs(Ability.LOAD_ONTO, saves="version", loads="version")
@every_version
@property_of(
    part=2,
    **dict.fromkeys(
        ("machine", "other"),
        lambda version: machine_states(version=version, machine_type=common_machine_type(version)),
    ),
)
def test_what_a_machine_held_before_a_load_does_not_matter(
    version: str, adapter: Adapter, machine: Machine, other: Machine
) -> None:
    """Loading onto a used machine gives what loading onto a fresh one gives."""
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    onto_fresh = load(adapter, stream, version, machine.fresh())
    onto_used = load(adapter, stream, version, used(machine, other))
    if onto_fresh != onto_used:
        fail("LOAD-1", expected=onto_fresh, got=onto_used, road=f"load twice at {version}")


@clause("LOAD-2")
@both
@every_version
def test_what_a_stream_leaves_out_has_its_default(version: str, roads: tuple[Road, ...]) -> None:
    """A machine on which nothing happened arrives as one on which nothing happened."""
    connectors = (Connector(0x40000010), Connector(0x80000001, device=False), Connector(0x10000000))
    machine = Machine(machine_type=common_machine_type(version), connectors=connectors)
    for road in roads:
        accepted(road, machine.fresh(), version, version, clause="LOAD-2")


@clause("LOAD-3")
@both
@every_version
@every_machine
def test_a_load_changes_no_configuration(version: str, adapter: Adapter, machine: Machine) -> None:
    """Machine type, capabilities, devices and windows stay as the destination was started."""
    stream = save(adapter, machine, version)
    onto = machine.fresh()
    if isinstance(stream, bytes):
        arrived = load(adapter, stream, version, onto)
        if isinstance(arrived, Machine) and shape(arrived) != shape(onto):
            fail("LOAD-3", expected=shape(onto), got=shape(arrived), road=f"load at {version}")


def shape(machine: Machine) -> Machine:
    """The configuration of a machine; the number of TCEs is state from QEMU 2.7 on."""
    fresh = machine.fresh()
    return replace(fresh, iommu_tables=tuple(replace(one, table=()) for one in fresh.iommu_tables))


MOVED = HostBridge(mem_win_addr=0x200A0000000, io_win_size=0x20000)
"""A host bridge whose windows lie elsewhere than those of the source."""


@clause("LOAD-3")
@needs(Ability.MACHINE_TYPES, saves="version", loads="version")
@pytest.mark.parametrize("version", VERSIONS[VERSIONS.index("2.8") :])
def test_the_windows_of_the_host_bridge_are_not_taken_from_the_stream(
    version: str, adapter: Adapter
) -> None:
    """What a stream says of windows, for machine types up to 2.7, is ignored from 2.8 on."""
    machine = Machine(machine_type="pseries-2.6")
    stream = save(adapter, machine, version)
    assert isinstance(stream, bytes)
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
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    onto = machine.fresh()
    arrived = load(adapter, stream, version, onto)
    turned = load(adapter, stream, version, backwards(onto))
    must = backwards(arrived) if isinstance(arrived, Machine) else arrived
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
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    dissected = dissect(stream, version, machine.machine_type, clause="LOAD-5")
    changed = dissected._replace(parts=dissected.parts[::-1]).assembled()
    in_order = load(adapter, stream, version, machine.fresh())
    reversed_ = load(adapter, changed, version, machine.fresh())
    if in_order != reversed_:
        fail("LOAD-5", expected=in_order, got=reversed_, road=f"load at {version}, reversed")
