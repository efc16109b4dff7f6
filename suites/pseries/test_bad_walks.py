"""WALK: walks and trees that cannot be."""

import dataclasses

import pytest
from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type
from reference.spapr.actions import (
    ISOLATED,
    ConfigureConnector,
    ConfigureConnectorStatus,
    Indicator,
    SetIndicator,
)
from reference.spapr.connector import Connector, ConnectorState
from reference.spapr.device_tree import Fdt, Node
from reference.spapr.machine import ConfigureConnectorState, Machine
from reference.spapr.saving import save_machine
from reference.vmstate.description import VMStateDescription
from strategies.pseries.actions import to_unisolated
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Party
from suites.pseries.oracle.roads import Road, loaded
from suites.pseries.oracle.stories import answer
from suites.pseries.oracle.versions import carrying, versions, with_feature

INDEX = 0x40000010
TREE = Node("device")
IN_LIST, IN_CONNECTOR = carrying("ccs_list"), carrying("connectors.ccs")
"""The versions whose streams have walks."""
NO_TREES = {"empty header": bytes(40), "text": b"no tree", "cut": b"\xd0\x0d\xfe\xed\0\0\0\x48"}
OUTSIDE = (0x7FFFFFFC, 0x1000, 0x3C)
NO_WALKS = ((8, 0), (8, -1), (-4, 1), (-(2**31), 2))
"""Pairs of offset and depth that no walk has."""


def walking(version: str, offset: int, depth: int, fdt: Fdt = TREE) -> Machine:
    """A machine of which a guest reads a tree, as far as the numbers say."""
    connector = Connector(INDEX, fdt=fdt, state=ConnectorState.PHYSICAL_UNISOLATE)
    walk = ConfigureConnectorState(INDEX, offset, depth)
    machine = Machine(machine_type=common_machine_type(version), connectors=(connector,))
    if version in IN_LIST:
        return replace(machine, ccs_list=(walk,))
    return machine.with_connector(replace(connector, ccs_offset=offset, ccs_depth=depth))


@clause("WALK-1")
@needs(Ability.CALL, saves="version", loads="version", any_machine=True)
@pytest.mark.parametrize("version", [one for one in versions() if one not in {"1", "2"}])
@pytest.mark.parametrize("fdt", NO_TREES.values(), ids=NO_TREES)
def test_what_is_no_tree_is_read_as_an_error(
    fdt: bytes, version: str, party: Party, record_visit: Visit
) -> None:
    """A guest that reads a tree that is none gets an error, as often as it tries."""
    connector = Connector(INDEX, fdt=fdt, state=ConnectorState.PHYSICAL_UNISOLATE)
    machine = Machine(machine_type=common_machine_type(version), connectors=(connector,))
    twins = Twins(machine, version, party, record_visit)
    expect_error(twins, "WALK-1")


def expect_error(twins: Twins, name: str) -> None:
    """Fail unless two calls both answer with an error."""
    call = ConfigureConnector(INDEX)
    for _ in range(2):
        reply = twins.act(call, clause=name)
        if reply.status != ConfigureConnectorStatus.ERROR:
            fail(name, expected="-1 error", got=answer(call, reply), road=twins.version)


@clause("WALK-2")
@needs(saves="version", loads="version", any_machine=True)
@pytest.mark.parametrize("version", [*IN_LIST, *IN_CONNECTOR])
@pytest.mark.parametrize("offset", OUTSIDE, ids=hex)
def test_a_walk_outside_of_its_tree_is_an_error_until_it_starts_again(
    offset: int, version: str, roads: tuple[Road, ...], record_visit: Visit
) -> None:
    """Behind the end of a tree there is nothing to read, before and after a migration."""
    for road in roads:
        twins = Twins(walking(version, offset, 1), version, road.source, record_visit)
        expect_error(twins, "WALK-2")
        twins.migrate(road, version)
        expect_error(twins, "WALK-2")
        twins.act(SetIndicator(Indicator.ISOLATION_STATE, INDEX, ISOLATED))
        for action in to_unisolated(INDEX):
            twins.act(action)
        twins.act(ConfigureConnector(INDEX))


def always_sent(vmsd: VMStateDescription) -> VMStateDescription:
    """A description that sends every walk, be it none."""
    parts = tuple(
        dataclasses.replace(one, needed=None) if one.name == "spapr_drc/ccs" else one
        for one in vmsd.subsections
    )
    return dataclasses.replace(vmsd, subsections=parts)


@clause("WALK-3")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@pytest.mark.parametrize("version", with_feature("ccs-connector"))
@pytest.mark.parametrize(("offset", "depth"), NO_WALKS)
def test_a_walk_that_cannot_be_is_rejected(
    version: str, offset: int, depth: int, adapter: Adapter
) -> None:
    """A connector does not take an offset or a depth that no walk has."""
    machine = walking(version, offset, depth)
    stream = save_machine(machine, version, amend=always_sent)
    arrived = load(adapter, stream, version, machine.fresh())
    if not isinstance(arrived, Rejected):
        road = f"load ccs_offset {offset}, ccs_depth {depth} at {version}"
        fail("WALK-3", expected="rejected", got=arrived, road=road)


@clause("WALK-4")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@pytest.mark.parametrize("version", IN_LIST)
def test_a_connector_has_one_walk(version: str, adapter: Adapter) -> None:
    """Of two walks of one connector the second is not taken."""
    machine = walking(version, 8, 1)
    second = ConfigureConnectorState(INDEX, 20, 2)
    stream = save_machine(replace(machine, ccs_list=(*machine.ccs_list, second)), version)
    arrived = load(adapter, stream, version, machine.fresh())
    if not isinstance(arrived, Rejected):
        whole = loaded(adapter, stream, version, machine.fresh(), clause="WALK-4")
        if whole.ccs_list != machine.ccs_list:
            road = f"load two walks of {INDEX:#x} at {version}"
            fail("WALK-4", expected=replace(whole, ccs_list=machine.ccs_list), got=whole, road=road)
