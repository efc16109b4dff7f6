"""LIST: lists keep their order and their length."""

import pytest
from hypothesis.strategies import one_of

from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import ConfigureConnectorState, EventLogEntry, Machine
from strategies.pseries import arbitrary_walks, event_logs, reachable_walks
from suites.harness.clauses import clause
from suites.harness.profiles import is_quick
from suites.harness.properties import property_of
from suites.pseries.oracle.handing_over import newest_version
from suites.pseries.oracle.lengths import EXTENTS, machine_of
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, accepted
from suites.pseries.oracle.versions import carrying

both = needs(saves="version", loads="version")
carries_walks = pytest.mark.parametrize("version", carrying("ccs_list"))
carries_events = pytest.mark.parametrize("version", carrying("pending_events"))


@clause("LIST-1")
@both
@carries_walks
@property_of(walks=lambda: one_of(reachable_walks(), arbitrary_walks()))
def test_walks_in_progress_keep_their_order(
    version: str, roads: tuple[Road, ...], walks: tuple[ConfigureConnectorState, ...]
) -> None:
    """The walk begun last is the first before a migration and after it."""
    machine = Machine(machine_type=common_machine_type(version), ccs_list=walks)
    for road in roads:
        accepted(road, machine, version, version, clause="LIST-1")


@clause("LIST-2")
@both
@carries_events
@property_of(events=event_logs)
def test_pending_events_keep_their_order(
    version: str, roads: tuple[Road, ...], fit: Fit, events: tuple[EventLogEntry, ...]
) -> None:
    """The event that the guest would get next is the one that it gets after a migration."""
    machine = fit(Machine(machine_type=common_machine_type(version), pending_events=events))
    for road in roads:
        accepted(road, machine, version, version, clause="LIST-2")


@clause("LIST-3")
@both
@pytest.mark.parametrize(
    ("name", "version"),
    [
        pytest.param(name, version, id=f"{name}-{version}")
        for name, extent in EXTENTS.items()
        for version in carrying(extent.aspect)
    ],
)
def test_every_list_survives_at_every_length(
    name: str, version: str, roads: tuple[Road, ...], fit: Fit
) -> None:
    """No length is special, neither none nor one that a count of 8 or of 16 bits lacks."""
    extent = EXTENTS[name]
    newest = {newest_version(road.source.implementation) for road in roads}
    once = extent.once if version in newest and not is_quick() else ()
    for length in (*extent.lengths, *once):
        machine = fit(machine_of(name, length, common_machine_type(version)))
        for road in roads:
            accepted(road, machine, version, version, clause="LIST-3")
