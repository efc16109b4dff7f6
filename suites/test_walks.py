"""CONT: real device trees, migrated after every call of the walk, on every pair of versions."""

from copy import copy

import pytest

from adapters.protocol import Adapter
from adapters.verdicts import Lossy
from reference.compatibility.expectation import common_machine_type
from reference.compatibility.table import WALKS
from reference.spapr.actions import (
    ISOLATED,
    ConfigureConnector,
    HotPlug,
    Indicator,
    SetIndicator,
)
from reference.spapr.connector import Connector
from reference.spapr.machine import Machine
from strategies.actions import to_unisolated
from strategies.machines import held
from suites.acting import Twins, Visit
from suites.clauses import clause
from suites.continuation import read_on
from suites.declared import needs
from suites.roads import VERSIONS, Record, Road
from suites.stories import answer
from suites.trees import TREES

WALKING = [one for one in VERSIONS if "connectors.state" in held(one, common_machine_type(one))]
"""The versions whose programs have connectors."""
between = pytest.mark.parametrize(
    ("source", "destination"),
    [
        pytest.param(source, destination, id=f"{source}->{destination}")
        for source in WALKING
        for destination in VERSIONS
    ],
)


def begin(versions: tuple[str, str], adapter: Adapter, visit: Visit, drc_index: int) -> Twins:
    """A machine whose guest has unisolated a new device."""
    machine = Machine(
        machine_type=common_machine_type(*versions),
        connectors=(Connector(drc_index, device=False).fresh(),),
    )
    twins = Twins(machine, versions[0], adapter, visit)
    twins.act(HotPlug(drc_index, TREES[drc_index]))
    for call in to_unisolated(drc_index):
        twins.act(call)
    return twins


@clause("CONT-1", "CONT-2")
@needs(saves="source", loads="destination")
@between
def test_a_walk_goes_on_after_each_of_its_calls(
    source: str,
    destination: str,
    roads: tuple[Road, ...],
    record_verdict: Record,
    record_visit: Visit,
) -> None:
    """Wherever in a tree the guest is interrupted, it reads the rest, and then all of it again."""
    for drc_index, tree in TREES.items():
        for road in roads:
            staying = begin((source, destination), road.saver, record_visit, drc_index)
            for calls in range(1, tree.calls + 1):
                staying.act(ConfigureConnector(drc_index))
                moving = copy(staying)
                losses = moving.migrate(road, destination)
                call = ConfigureConnector(drc_index)
                answered = answer(call, moving.act(call))
                read_on(moving, drc_index)
                moving.act(call)
                if walks := tuple(one for one in losses if one in WALKS):
                    made = f"{calls} call{'s' * (calls > 1)} made on {drc_index:#x}"
                    witness = f"{made}; the guest is answered {answered} again"
                    record_verdict(source, destination, Lossy(walks), witness)


@clause("CONT-3")
@needs(saves="source", loads="destination")
@between
def test_a_walk_does_not_survive_isolation(
    source: str, destination: str, roads: tuple[Road, ...], record_visit: Visit
) -> None:
    """Who isolates a connector before or after a migration reads its tree from the start."""
    drc_index = next(iter(TREES))
    isolate = SetIndicator(Indicator.ISOLATION_STATE, drc_index, ISOLATED)
    for road in roads:
        for before in (True, False):
            # Since 2.10 a tree has to be read to the end before; the second walk is dropped.
            for calls in (3, TREES[drc_index].calls + 3):
                twins = begin((source, destination), road.saver, record_visit, drc_index)
                for _ in range(calls):
                    twins.act(ConfigureConnector(drc_index))
                if before:
                    twins.act(isolate)
                twins.migrate(road, destination)
                twins.act(isolate)
                for action in to_unisolated(drc_index):
                    twins.act(action)
                twins.act(ConfigureConnector(drc_index))
