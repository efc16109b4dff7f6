"""Machines whose numbers all are at a boundary, and the smallest that fails like one of them."""

from collections.abc import Callable, Iterator
from itertools import count

from msgspec.structs import replace

from reference.compatibility.expectation import has_whole_seconds
from reference.compatibility.table import ASPECTS
from reference.spapr.clock import as_signed
from reference.spapr.connector import Connector, ConnectorState, ConnectorType
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
from reference.spapr.machine_types import Release
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from reference.spapr.versions import stream_version
from strategies.numbers import SIZES, steps
from strategies.pseries.connectors import ALL_TYPES, ID_BITS, LOGICAL_STATES, PHYSICAL_STATES
from strategies.pseries.further import at_boundaries
from strategies.pseries.machines import NANOSECONDS, held
from strategies.pseries.windows import ALL_PAGE_SHIFTS, resting_tables
from suites.harness.failures import Violation
from suites.pseries.oracle.parties import Fit

STEPS = len(steps(64))
"""After how many machines each number was at all of its steps."""
PATTERNS = (BITS_OF_IRQ_MAP - 1).bit_length()
"""How many bitmaps it takes to tell all of their bits apart."""
LISTS = ("ccs_list", "pending_events", "connectors")
"""The lists of a machine of which elements can be left out."""
PMEM_CONNECTORS = (5, 0)
"""The release that can plug persistent memory (ee3a71e36654)."""
LIOBN_BITS = range(8, 28)
"""The bits of a LIOBN that are the number of the host bridge (hw/ppc/spapr.h, SPAPR_PCI_LIOBN)."""


class Numbers:
    """Steps, for each number that is asked for from another place of their list on."""

    def __init__(self, step: int) -> None:
        self.places = count(step)

    def among(self, known: tuple[int, ...]) -> int:
        """One of some numbers."""
        return known[next(self.places) % len(known)]

    def unsigned(self, bits: int) -> int:
        """An unsigned number of ``bits`` bits."""
        return self.among(steps(bits))

    def signed(self, bits: int) -> int:
        """A signed number of ``bits`` bits."""
        return as_signed(self.unsigned(bits) << (64 - bits)) >> (64 - bits)


def bits(step: int, size: int) -> tuple[int, ...]:
    """The bits of a bitmap that are set: each of them at one of the first steps, far from others.

    The last `PATTERNS` steps tell them all apart: at each those are set whose number has a bit.
    """
    sparse = STEPS - PATTERNS
    if step < sparse:
        return tuple(range(step, size, sparse))
    return tuple(one for one in range(size) if one >> (step - sparse) & 1)


def connectors(
    step: int, numbers: Numbers, release: Release, *, walks: bool
) -> Iterator[Connector]:
    """Two connectors of each type, with a device and without, and such whose tree is read.

    Each bit of an index is set alone at some step.
    """
    kinds = [one for one in ALL_TYPES if one != ConnectorType.PMEM or release >= PMEM_CONNECTORS]
    for place, kind in enumerate(kinds):
        bit = (step + place) % ID_BITS
        occupied = Connector(kind << 28 | 1 << bit).fresh()
        states = PHYSICAL_STATES if occupied.physical else LOGICAL_STATES
        shown = (step // 4 + place) % 4 if occupied.physical else occupied.dr_indicator
        yield replace(
            occupied,
            state=states[(step + step // ID_BITS + place) % len(states)],
            dr_indicator=shown,
            unplug_requested=bool((step // 2 + place) % 2),
        )
        other = (bit + ID_BITS // 2) % ID_BITS
        vacant = Connector(kind << 28 | 1 << other, device=False).fresh()
        yield replace(vacant, dr_indicator=shown if vacant.physical else vacant.dr_indicator)
    for kind, state in WALKING.items() if walks else ():
        yield replace(
            Connector(kind << 28 | 0x30).fresh(),
            state=state,
            ccs_offset=numbers.among(OFFSETS),
            ccs_depth=numbers.among(DEPTHS),
        )


OFFSETS = tuple(one for one in steps(32) if not one >> 31)
DEPTHS = tuple(one for one in OFFSETS if one)
"""Where in its tree a walk can be, and how many nodes can be open: see WALK-3."""
WALKING = {
    ConnectorType.PCI: ConnectorState.PHYSICAL_UNISOLATE,
    ConnectorType.LMB: ConnectorState.LOGICAL_UNISOLATE,
}
"""The state in which the tree of a connector is read, physical or logical."""


def windows(step: int, numbers: Numbers, *, dynamic: bool) -> Iterator[IommuTable]:
    """The windows of two host bridges, with other entries, and elsewhere.

    The second bridge has a number of which one bit is set.
    """
    further = 1 << LIOBN_BITS[step % len(LIOBN_BITS)]
    resting = resting_tables(dynamic=dynamic)
    there = (*resting, *(IommuTable(one.liobn | further).fresh() for one in resting))
    for place, one in enumerate(there):
        table = (numbers.unsigned(64), 0, numbers.unsigned(64), numbers.unsigned(64))
        moved = replace(one, bypass=place == 0 or step % 2 == 0, table=table)
        if dynamic:
            moved = replace(
                moved,
                bus_offset=numbers.unsigned(64),
                page_shift=ALL_PAGE_SHIFTS[(step + place) % len(ALL_PAGE_SHIFTS)],
                def_win=not one.def_win,
            )
        yield moved


def boundary_machine(*, version: str, machine_type: str, step: int) -> Machine:
    """A machine of which every part is away from rest, and every number at one of its steps.

    ``step``, from 0 to `STEPS` - 1, says at which: it differs from number to number, so that two
    that are exchanged are seen. Over all of them each number was at the ends of its range and of
    narrower ones, in the middle, and had each bit alone.
    """
    numbers, names = Numbers(step), held(version, machine_type)
    release = stream_version(version).release
    seconds = has_whole_seconds(version)
    size = SIZES[step % len(SIZES)]
    event = EventLogEntry(numbers.unsigned(32), (b"\xff" + bytes(size))[:size])
    dynamic = "iommu_tables.def_win" in names
    msis = [Msi(*(numbers.unsigned(32) for _ in range(3))) for _ in range(5)]
    walks = "connectors.ccs" in names
    machine = Machine(
        machine_type=machine_type,
        tb=Timebase(numbers.unsigned(64), numbers.signed(64)),
        rtc_ns_offset=numbers.signed(64) * (NANOSECONDS if seconds else 1),
        ccs_list=tuple(
            ConfigureConnectorState(numbers.unsigned(32), numbers.signed(32), numbers.signed(32))
            for _ in range(3)
        ),
        pending_events=(event, EventLogEntry(numbers.unsigned(32), b"\0"), event),
        connectors=tuple(connectors(step, numbers, release, walks=walks)),
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


def fewer_windows(tables: tuple[IommuTable, ...]) -> Iterator[tuple[IommuTable, ...]]:
    """The windows without each of those that not every machine has."""
    usual = {one.liobn for one in resting_tables(dynamic=True)}
    for one in tables:
        if one.liobn not in usual:
            yield tuple(other for other in tables if other.liobn != one.liobn)


def halves(bitmap: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The first half of the bits that are set, and the others."""
    if len(bitmap) > 1:
        yield from (bitmap[: len(bitmap) // 2], bitmap[len(bitmap) // 2 :])


def smaller(machine: Machine) -> Iterator[Machine]:
    """The machine without an aspect, without an element of a list, or with fewer bits."""
    yield from (aspect.without(machine) for aspect in ASPECTS)
    yield replace(machine, capabilities={})
    yield replace(machine, iommu_tables=tuple(one.fresh() for one in machine.iommu_tables))
    yield from (replace(machine, iommu_tables=one) for one in fewer_windows(machine.iommu_tables))
    for half in halves(machine.ov5_cas.bitmap):
        yield replace(machine, ov5_cas=OptionVector(half))
    for half in halves(machine.irq_map):
        yield replace(machine, irq_map=half)
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
