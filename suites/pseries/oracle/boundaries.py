"""Machines whose numbers all are at a boundary, and the smallest that fails like one of them."""

from collections.abc import Callable, Iterator
from itertools import count

from msgspec.structs import replace

from reference.compatibility.expectation import has_whole_seconds
from reference.compatibility.table import ASPECTS
from reference.spapr.clock import as_signed
from reference.spapr.connector import Connector
from reference.spapr.machine import (
    UINT64_MAX,
    ConfigureConnectorState,
    EventLogEntry,
    IommuTable,
    Machine,
    Msi,
    OptionVector,
    Timebase,
)
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from strategies.numbers import SIZES, boundaries
from strategies.pseries.connectors import (
    LOGICAL_STATES,
    PHYSICAL_STATES,
    TYPES,
    UNISOLATED,
    drc_index,
)
from strategies.pseries.further import at_boundaries
from strategies.pseries.machines import NANOSECONDS, held
from strategies.pseries.windows import PAGE_SHIFTS, resting_tables
from suites.harness.failures import Violation
from suites.pseries.oracle.parties import Fit

STEPS = len(boundaries(64))
"""After how many machines each number was at all of its boundaries."""
LISTS = ("ccs_list", "pending_events", "connectors")
"""The lists of a machine of which elements can be left out."""


class Numbers:
    """Boundaries, for each number that is asked for from another place of their list on."""

    def __init__(self, step: int) -> None:
        self.places = count(step)

    def unsigned(self, bits: int) -> int:
        """An unsigned number of ``bits`` bits."""
        known = boundaries(bits)
        return known[next(self.places) % len(known)]

    def signed(self, bits: int) -> int:
        """A signed number of ``bits`` bits."""
        return as_signed(self.unsigned(bits) << (64 - bits)) >> (64 - bits)


def bits(step: int, size: int) -> tuple[int, ...]:
    """Two bits of a bitmap, of those at the ends of bytes and words and of the whole."""
    places = (0, 7, 8, 31, 32, 63, 64, size // 2, size - 65, size - 64, size - 32, size - 1)
    return tuple(sorted({places[step % len(places)], places[(step + 5) % len(places)]}))


def connectors(step: int, numbers: Numbers, *, walks: bool) -> Iterator[Connector]:
    """Two connectors of each type, with a device and without."""
    for place, _ in enumerate(TYPES):
        occupied = Connector(drc_index(place)).fresh()
        states = PHYSICAL_STATES if occupied.physical else LOGICAL_STATES
        state = states[(step + place) % len(states)]
        shown = (step // 4 + place) % 4 if occupied.physical else occupied.dr_indicator
        occupied = replace(
            occupied, state=state, dr_indicator=shown, unplug_requested=bool(step // 2 % 2)
        )
        if walks and state in UNISOLATED:
            occupied = replace(
                occupied,
                ccs_offset=numbers.unsigned(32) >> 1,
                ccs_depth=max(1, numbers.unsigned(32) >> 1),
            )
        yield occupied
        vacant = Connector(drc_index(place + len(TYPES)), device=False).fresh()
        yield replace(vacant, dr_indicator=shown if vacant.physical else vacant.dr_indicator)


def windows(step: int, numbers: Numbers, *, dynamic: bool) -> Iterator[IommuTable]:
    """The windows of a host bridge, with other entries, and elsewhere."""
    for one in resting_tables(dynamic=dynamic):
        table = (numbers.unsigned(64), 0, numbers.unsigned(64), numbers.unsigned(64))
        moved = replace(one, bypass=True, table=table)
        if dynamic:
            moved = replace(
                moved,
                bus_offset=numbers.unsigned(64),
                page_shift=PAGE_SHIFTS[step % len(PAGE_SHIFTS)],
                def_win=not one.def_win,
            )
        yield moved


def boundary_machine(*, version: str, machine_type: str, step: int) -> Machine:
    """A machine of which every part is away from rest, and every number at a boundary.

    ``step``, from 0 to `STEPS` - 1, says at which: it differs from number to number, so that two
    that are exchanged are seen.
    """
    numbers, names = Numbers(step), held(version, machine_type)
    seconds = has_whole_seconds(version)
    size = SIZES[step % len(SIZES)]
    event = EventLogEntry(numbers.unsigned(32), (b"\xff" + bytes(size))[:size])
    dynamic = "iommu_tables.def_win" in names
    msis = [Msi(*(numbers.unsigned(32) for _ in range(3))) for _ in range(5)]
    machine = Machine(
        machine_type=machine_type,
        tb=Timebase(numbers.unsigned(64), numbers.signed(64)),
        rtc_ns_offset=numbers.signed(64) * (NANOSECONDS if seconds else 1),
        ccs_list=tuple(
            ConfigureConnectorState(numbers.unsigned(32), numbers.signed(32), numbers.signed(32))
            for _ in range(3)
        ),
        pending_events=(event, EventLogEntry(numbers.unsigned(32), b"\0"), event),
        connectors=tuple(connectors(step, numbers, walks="connectors.ccs" in names)),
        iommu_tables=tuple(windows(step, numbers, dynamic=dynamic)),
        ov5_cas=OptionVector(bits(step, BITS_OF_OV5)),
        irq_map=bits(step, BITS_OF_IRQ_MAP),
        patb_entry=numbers.unsigned(64),
        fdt_initial_size=numbers.unsigned(32),
        fdt_blob=b"\0" * (step % 2) + bytes(size),
        fwnmi_system_reset_addr=numbers.unsigned(64),
        fwnmi_machine_check_addr=numbers.unsigned(64) % UINT64_MAX,
        fwnmi_machine_check_interlock=numbers.signed(32),
    )
    machine = replace(machine, host_bridge=replace(machine.host_bridge, msis=tuple(msis)))
    machine = at_boundaries(machine, names, step)
    return without(machine, {one.name for one in ASPECTS} - names)


def without(machine: Machine, names: set[str]) -> Machine:
    """The machine with some of its aspects as after a reset."""
    for aspect in ASPECTS:
        if aspect.name in names:
            machine = aspect.without(machine)
    return machine


def smaller(machine: Machine) -> Iterator[Machine]:
    """The machine without one of its aspects, or without one element of a list."""
    yield from (aspect.without(machine) for aspect in ASPECTS)
    dynamic = len(machine.iommu_tables) > 1
    yield replace(machine, iommu_tables=resting_tables(dynamic=dynamic))
    for name in LISTS:
        elements = getattr(machine, name)
        for place in range(len(elements)):
            yield replace(machine, **{name: elements[:place] + elements[place + 1 :]})
    bridge = machine.host_bridge
    for place in range(len(bridge.msis)):
        msis = bridge.msis[:place] + bridge.msis[place + 1 :]
        yield replace(machine, host_bridge=replace(bridge, msis=msis))


def check_whole(machine: Machine, check: Callable[[Machine], object], fit: Fit) -> None:
    """Check a machine; where that fails, fail with the smallest that does, as an example shows it.

    ``check`` raises `Violation`; ``fit`` makes machines that all who take part can hold.
    """
    machine = fit(machine)
    try:
        check(machine)
    except Violation as violation:
        for one in map(fit, smaller(machine)):
            if one != machine:
                try:
                    check(one)
                except Violation:
                    check_whole(one, check, fit)
        violation.add_note(f"Failing test case: example(\n    machine={machine!r},\n)")
        raise
