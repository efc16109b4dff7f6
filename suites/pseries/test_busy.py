"""BUSY: deferring instead of migrating."""

from msgspec.structs import replace

from adapters.asking import save
from adapters.protocol import Adapter
from adapters.verdicts import Refused
from reference.compatibility.expectation import common_machine_type
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

VERSION = "3+busy"


@clause("BUSY-1")
@needs(saves=VERSION)
@property_of(machine=lambda: machines(VERSION))
def test_a_save_is_refused_exactly_during_a_walk(adapter: Adapter, machine: Machine) -> None:
    """A machine in the middle of a walk is not saved; once the walk is over, it is."""
    stream = save(adapter, machine, VERSION)
    if machine.ccs_list and not isinstance(stream, Refused):
        fail("BUSY-1", expected="refused", got=stream, road=f"save at {VERSION}")
    over = save(adapter, replace(machine, ccs_list=()), VERSION)
    if not isinstance(over, bytes):
        fail("BUSY-1", expected="a stream", got=over, road=f"save at {VERSION}, walk over")


@clause("BUSY-2")
@needs(saves=VERSION)
@property_of(
    part=2,
    machine=lambda: connectors_in_progress(
        version=VERSION, machine_type=common_machine_type(VERSION)
    ),
)
def test_a_save_that_was_refused_succeeds_in_the_end(
    party: Party, machine: Machine, record_visit: Visit
) -> None:
    """A guest that goes on reading comes to a point where its machine is saved."""
    twins = Twins(machine, VERSION, party, record_visit)
    for walk in machine.ccs_list:
        refused = save(party.adapter, twins.machine, VERSION)
        if not isinstance(refused, Refused):
            fail("BUSY-2", expected="refused", got=refused, road=f"save at {VERSION}")
        read_on(twins, walk.drc_index)
    stream = save(party.adapter, twins.machine, VERSION)
    if not isinstance(stream, bytes):
        fail("BUSY-2", expected="a stream", got=stream, road=f"save at {VERSION}, walks over")
