"""PART: parts of a stream that are missing, there twice, unknown, or elsewhere."""

import pytest
from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Ability
from adapters.verdicts import Rejected, Verdict
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine, Msi
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.pseries.oracle.combinations import whole_machine
from suites.pseries.oracle.dissection import dissect
from suites.pseries.oracle.machines import sendable
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party, observed
from suites.pseries.oracle.parts import CHANGES, Whole
from suites.pseries.oracle.roads import Road, saved
from suites.pseries.oracle.versions import versions

wire_format = needs(Ability.QEMU_WIRE_FORMAT, loads="version")
every_version = pytest.mark.parametrize("version", versions())


def whole(version: str, fit: Fit) -> Machine:
    """A machine of which every part is sent that the version can send.

    Its message interrupts are such as there can be: QEMU frees those of a section that comes again.
    """
    machine = whole_machine(version, common_machine_type(version))
    msis = tuple(Msi(key, 0x1300 + key, 1) for key in range(3))
    machine = replace(machine, host_bridge=replace(machine.host_bridge, msis=msis))
    return fit(sendable(machine, version))


def check_changes(name: str, version: str, party: Party, fit: Fit) -> None:
    """Load every stream that is changed as a clause says; fail unless it goes as it must."""
    machine = whole(version, fit)
    type_name = machine.machine_type
    stream = saved(REFERENCE.adapter, machine, version, clause=name)
    pieces = Whole.of(dissect(stream, version, type_name, clause=name), type_name)
    road = Road(REFERENCE, party)
    for change in CHANGES[name](pieces):
        arrived = road.arrived(change.stream, version, machine.fresh())
        must: Machine | Verdict = Rejected("")
        if change.means is not None:
            must = load(REFERENCE.adapter, change.means, version, machine.fresh())
        if isinstance(must, Machine) and agrees(arrived, must, party):
            continue
        if not (isinstance(arrived, Rejected) and (change.optional or isinstance(must, Rejected))):
            said = f"load at {version}, {change.what} {CHANGES[name].__name__}"
            fail(name, expected=must, got=arrived, road=said)


def agrees(arrived: Machine | Verdict, must: Machine, party: Party) -> bool:
    """Whether a machine is as it must be.

    QEMU puts events that come twice behind each other.
    """
    must = observed(must, party.implementation)
    if party.implementation.unobserved and isinstance(arrived, Machine):
        arrived = as_the_reset_left_it(arrived, must)
    doubled = replace(must, pending_events=must.pending_events * 2)
    return arrived == must or arrived == doubled  # noqa: PLR1714 -- machines have no hash


def as_the_reset_left_it(machine: Machine, must: Machine) -> Machine:
    """The machine, with what the reset of a QEMU builds as the reference has it after a reset.

    That is the device tree, how many entries an empty window has, and the clock, which no reset
    changes.
    """
    if not must.rtc_ns_offset:
        machine = replace(machine, rtc_ns_offset=0)
    if not must.fdt_blob:
        machine = replace(machine, fdt_initial_size=must.fdt_initial_size, fdt_blob=b"")
    tables = tuple(
        one if any(one.table) or any(other.table) else replace(one, table=other.table)
        for one, other in zip(machine.iommu_tables, must.iommu_tables, strict=True)
    )
    return replace(machine, iommu_tables=tables)


@clause("PART-1")
@wire_format
@every_version
def test_what_is_missing_is_as_after_a_reset_or_is_missed(
    version: str, party: Party, fit: Fit
) -> None:
    """What is optional has its default and the rest arrives; what frames a stream is missed."""
    check_changes("PART-1", version, party, fit)


@clause("PART-2")
@wire_format
@every_version
def test_what_is_there_twice_counts_once_or_is_rejected(
    version: str, party: Party, fit: Fit
) -> None:
    """Repeating a part changes nothing; repeating what frames a stream makes it none."""
    check_changes("PART-2", version, party, fit)


@clause("PART-3")
@wire_format
@every_version
def test_a_part_that_nobody_knows_is_rejected(version: str, party: Party, fit: Fit) -> None:
    """No kind of part is passed over because its name or number means nothing."""
    check_changes("PART-3", version, party, fit)


@clause("PART-4")
@wire_format
@every_version
def test_a_part_in_another_place_is_rejected(version: str, party: Party, fit: Fit) -> None:
    """State of an instance or section that is another one's is given to nobody."""
    check_changes("PART-4", version, party, fit)
