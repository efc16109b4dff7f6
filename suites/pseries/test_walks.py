"""CONT: real device trees, migrated after every call of the walk, on every pair of versions."""

from collections.abc import Callable, Iterable
from copy import copy
from typing import NamedTuple

import pytest

from adapters.verdicts import Lossy
from reference.compatibility.expectation import common_machine_type
from reference.compatibility.table import WALKS
from reference.spapr.actions import (
    ISOLATED,
    AnyAction,
    ConfigureConnector,
    GetSensorState,
    HotPlug,
    Indicator,
    RequestUnplug,
    SetIndicator,
)
from reference.spapr.device_tree import Node
from reference.spapr.guest import act
from strategies.pseries.actions import give_back, machine_with, to_unisolated
from strategies.pseries.machines import held
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.guest import read_on
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit, Party, trees_of, unchanged
from suites.pseries.oracle.roads import Record, Road
from suites.pseries.oracle.stories import answer
from suites.pseries.oracle.trees import LONG_TREE
from suites.pseries.oracle.versions import versions

WALKING = [one for one in versions() if "connectors.state" in held(one, common_machine_type(one))]
"""The versions whose programs have connectors."""
between = pytest.mark.parametrize(
    ("source", "destination"),
    [
        pytest.param(source, destination, id=f"{source}->{destination}")
        for source in WALKING
        for destination in versions()
    ],
)


ANSWERS: dict[str, Callable[[int], Iterable[AnyAction]]] = {
    "gives back": give_back,
    "keeps": to_unisolated,
    "is asked again": lambda drc_index: (RequestUnplug(drc_index, plid=3),),
}
"""What comes of a request to give a device back."""


class Walker(NamedTuple):
    """What the walks of a test have in common."""

    versions: tuple[str, str]
    trees: dict[int, Node]
    fit: Fit
    visit: Visit

    def begin(self, party: Party, drc_index: int) -> Twins:
        """A machine whose guest knows hot-plug events, and has unisolated a new device."""
        machine = machine_with(
            [drc_index],
            version=self.versions[0],
            machine_type=common_machine_type(*self.versions),
            negotiated=True,
        )
        twins = Twins(self.fit(machine), self.versions[0], party, self.visit)
        twins.act(HotPlug(drc_index, self.trees[drc_index]))
        for call in to_unisolated(drc_index):
            twins.act(call)
        return twins


@pytest.fixture
def walker(  # noqa: PLR0913, PLR0917 -- fixtures
    source: str,
    destination: str,
    parties: tuple[Party, ...],
    fit: Fit,
    record_visit: Visit,
    request: pytest.FixtureRequest,
) -> Walker:
    """Walks between two versions, in trees of devices that can be plugged on both."""
    type_name = common_machine_type(source, destination)
    trees = trees_of(parties, type_name)
    if not trees:
        skip_undeclared(request.node, [f"devices for machine type {type_name}"])
    return Walker((source, destination), trees, fit, record_visit)


@clause("CONT-1", "CONT-2")
@needs(saves="source", loads="destination")
@between
def test_a_walk_goes_on_after_each_of_its_calls(
    source: str,
    destination: str,
    roads: tuple[Road, ...],
    walker: Walker,
    record_verdict: Record,
) -> None:
    """Wherever in a tree the guest is interrupted, it reads the rest, and then all of it again."""
    for drc_index, tree in walker.trees.items():
        for road in roads:
            staying = walker.begin(road.source, drc_index)
            for calls in range(1, tree.calls + 1):
                staying.act(ConfigureConnector(drc_index))
                moving = copy(staying)
                losses = moving.migrate(road, destination)
                call = ConfigureConnector(drc_index)
                answered = answer(call, moving.act(call))
                story = moving.lines()
                read_on(moving, drc_index)
                moving.act(call)
                if walks := tuple(one for one in losses if one in WALKS):
                    made = f"{calls} call{'s' * (calls > 1)} made on {drc_index:#x}"
                    summary = f"{made}; the guest is answered {answered} again"
                    reply, _ = act(staying.twin, source, call)
                    staid = f"       a guest that stays is answered {answer(call, reply)}"
                    witness = "\n".join((summary, *story, staid))
                    record_verdict(source, destination, Lossy(walks), witness)


@clause("CONT-1")
@needs(saves="version", loads="version", any_machine=True)
@pytest.mark.parametrize("version", WALKING)
def test_a_walk_goes_on_in_a_tree_of_many_pages(
    version: str, roads: tuple[Road, ...], record_visit: Visit
) -> None:
    """A guest reads a tree to its end however long that is, and wherever it is interrupted."""
    drc_index = 0x40000010
    walker = Walker((version, version), {drc_index: LONG_TREE}, unchanged, record_visit)
    for road in roads:
        staying = walker.begin(road.source, drc_index)
        for _ in range(LONG_TREE.calls):
            staying.act(ConfigureConnector(drc_index))
            moving = copy(staying)
            moving.migrate(road, version)
            moving.act(ConfigureConnector(drc_index))


@clause("CONT-3")
@needs(saves="source", loads="destination")
@between
def test_a_walk_does_not_survive_isolation(
    destination: str, roads: tuple[Road, ...], walker: Walker
) -> None:
    """Who isolates a connector before or after a migration reads its tree from the start."""
    drc_index = next(iter(walker.trees))
    isolate = SetIndicator(Indicator.ISOLATION_STATE, drc_index, ISOLATED)
    for road in roads:
        for before in (True, False):
            # Since 2.10 a tree has to be read to the end before; the second walk is dropped.
            for calls in (3, walker.trees[drc_index].calls + 3):
                twins = walker.begin(road.source, drc_index)
                for _ in range(calls):
                    twins.act(ConfigureConnector(drc_index))
                if before:
                    twins.act(isolate)
                twins.migrate(road, destination)
                twins.act(isolate)
                for action in to_unisolated(drc_index):
                    twins.act(action)
                twins.act(ConfigureConnector(drc_index))


@clause("CONT-6")
@needs(saves="source", loads="destination")
@between
@pytest.mark.parametrize("answers", ANSWERS)
def test_an_unplug_request_is_answered_after_a_migration(
    answers: str,
    destination: str,
    roads: tuple[Road, ...],
    walker: Walker,
) -> None:
    """A guest that was asked for a device gives it back, or keeps it, or is asked once more."""
    for drc_index, tree in walker.trees.items():
        for road in roads:
            twins = walker.begin(road.source, drc_index)
            for _ in range(tree.calls):
                twins.act(ConfigureConnector(drc_index))
            twins.act(RequestUnplug(drc_index, plid=2))
            twins.migrate(road, destination)
            further = ConfigureConnector(drc_index), GetSensorState(drc_index)
            for action in (*ANSWERS[answers](drc_index), *further):
                twins.act(action)
