"""BUSY: deferring instead of migrating."""

import pytest

from adapters.asking import save
from adapters.protocol import Adapter
from adapters.verdicts import Refused
from reference.compatibility.expectation import common_machine_type, without_walks
from reference.spapr.machine import Machine
from strategies.pseries.actions import connectors_in_progress
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.guest import read_on
from suites.pseries.oracle.machines import machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Party
from suites.pseries.oracle.roads import said_to_save
from suites.pseries.oracle.versions import with_feature

deferring = pytest.mark.parametrize(
    "version", [*with_feature("busy"), *with_feature("busy-connectors")]
)


def in_progress(machine: Machine) -> list[int]:
    """The connectors whose trees a guest reads."""
    walks = [walk.drc_index for walk in machine.ccs_list]
    return walks + [one.drc_index for one in machine.connectors if one.ccs_depth > 0]


@clause("BUSY-1")
@needs(saves="version")
@deferring
@property_of(machine=machines)
def test_a_save_is_refused_exactly_during_a_walk(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A machine in the middle of a walk is not saved; once the walk is over, it is."""
    stream = save(adapter, machine, version)
    if without_walks(machine) != machine and not isinstance(stream, Refused):
        fail("BUSY-1", expected="refused", got=stream, road=f"save at {version}")
    over = save(adapter, without_walks(machine), version)
    if not isinstance(over, bytes):
        story = [f"saved: {said_to_save(stream)}", "the walk is over", "saved again"]
        fail("BUSY-1", expected="a stream", got=over, road=f"save at {version}", story=story)


@clause("BUSY-2")
@needs(saves="version")
@deferring
@property_of(
    part=2,
    machine=lambda version: connectors_in_progress(
        version=version, machine_type=common_machine_type(version)
    ),
)
def test_a_save_that_was_refused_succeeds_in_the_end(
    version: str, party: Party, machine: Machine, record_visit: Visit
) -> None:
    """A guest that goes on reading comes to a point where its machine is saved."""
    twins = Twins(machine, version, party, record_visit)
    for index in in_progress(machine):
        refused = save(party.adapter, twins.machine, version)
        if not isinstance(refused, Refused):
            twins.fail("BUSY-2", "refused", refused, "saved in the middle of a walk")
        twins.story.append(f"saved: {said_to_save(refused)}")
        read_on(twins, index)
    stream = save(party.adapter, twins.machine, version)
    if not isinstance(stream, bytes):
        twins.fail("BUSY-2", "a stream", stream, "saved again")
