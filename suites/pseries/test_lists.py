"""LIST: lists keep their order and their length."""

import pytest
from hypothesis.strategies import one_of

from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import (
    ConfigureConnectorState,
    EventLogEntry,
    HostBridge,
    IommuTable,
    Machine,
    Msi,
)
from strategies.pseries import arbitrary_walks, event_logs, reachable_walks
from suites.harness.clauses import clause
from suites.harness.properties import property_of
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import Road, accepted
from suites.pseries.oracle.versions import carrying, made_of

both = needs(saves="version", loads="version")
carries_walks = pytest.mark.parametrize("version", carrying("ccs_list"))
carries_events = pytest.mark.parametrize("version", carrying("pending_events"))
every_length = pytest.mark.parametrize("length", [0, 1, 2, 255, 256, 1000])


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
@carries_walks
@every_length
def test_any_number_of_walks_survives(version: str, length: int, roads: tuple[Road, ...]) -> None:
    """No number of walks in progress is special, neither none nor a thousand."""
    walks = tuple(ConfigureConnectorState(index, 4 * index, 1) for index in range(length))
    machine = Machine(machine_type=common_machine_type(version), ccs_list=walks)
    for road in roads:
        accepted(road, machine, version, version, clause="LIST-3")


@clause("LIST-3")
@both
@carries_events
@every_length
def test_any_number_of_events_survives(
    version: str, length: int, roads: tuple[Road, ...], fit: Fit
) -> None:
    """No number of pending events is special, neither none nor a thousand."""
    events = tuple(EventLogEntry(index, bytes(index % 300)) for index in range(length))
    machine = fit(Machine(machine_type=common_machine_type(version), pending_events=events))
    for road in roads:
        accepted(road, machine, version, version, clause="LIST-3")


@clause("LIST-3")
@both
@pytest.mark.parametrize("version", made_of("3+ccs", "4", "7.1", "10.0"))
def test_no_count_is_kept_in_sixteen_bits(version: str, roads: tuple[Road, ...], fit: Fit) -> None:
    """A list, a table and a log are not cut at 65536, as those of 338c25b6929b were."""
    many = range(65537)
    machine = Machine(
        machine_type=common_machine_type(version),
        ccs_list=tuple(ConfigureConnectorState(index, 4, 1) for index in many),
        pending_events=(EventLogEntry(0x06340040, bytes(65537)),),
        iommu_tables=(IommuTable(table=tuple(many)),),
        host_bridge=HostBridge(msis=tuple(Msi(index, 0x1300, 1) for index in many)),
    )
    for road in roads:
        accepted(road, fit(machine), version, version, clause="LIST-3")
