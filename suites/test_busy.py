"""BUSY: deferring instead of migrating."""

from msgspec.structs import replace

from adapters.protocol import Adapter
from adapters.verdicts import Refused, save
from reference.spapr.machine import Machine
from suites.clauses import clause
from suites.declared import needs
from suites.failures import fail
from suites.machines import machines
from suites.properties import property_of

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
