"""A pytest plugin: machines of `random` alone, as a test without Hypothesis would make them.

Each part is there or not, numbers are as likely as each other, and nothing is shrunk.
"""

import sys
from random import Random

from hypothesis import strategies as st
from msgspec.structs import replace

import strategies.pseries
from reference.compatibility.expectation import has_whole_seconds
from reference.compatibility.table import ASPECTS
from reference.spapr.connector import Connector
from reference.spapr.machine import (
    UINT64_MAX,
    ConfigureConnectorState,
    EventLogEntry,
    Machine,
    Msi,
    OptionVector,
    Timebase,
)
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from strategies.pseries.connectors import LOGICAL_STATES, PHYSICAL_STATES, UNISOLATED, drc_index
from strategies.pseries.machines import NANOSECONDS, held
from strategies.pseries.windows import DMA64_WIN_ADDR, PAGE_SHIFTS, resting_tables

LONGEST = 5
SEED = st.integers(0, 2**64 - 1)


def signed(random: Random, bits: int) -> int:
    """A signed number."""
    return random.getrandbits(bits) - (1 << (bits - 1))


def random_walks(random: Random) -> tuple[ConfigureConnectorState, ...]:
    """Walks of any numbers, one for each index."""
    walks = (
        ConfigureConnectorState(random.getrandbits(32), signed(random, 32), signed(random, 32))
        for _ in range(random.randint(1, LONGEST))
    )
    return tuple({one.drc_index: one for one in walks}.values())


def random_events(random: Random) -> tuple[EventLogEntry, ...]:
    """Events of any bytes."""
    return tuple(
        EventLogEntry(random.getrandbits(32), random.randbytes(random.randint(0, 256)))
        for _ in range(random.randint(1, LONGEST))
    )


def random_connector(random: Random, *, walks: bool) -> Connector:
    """A connector in a state of its type."""
    resting = Connector(drc_index(random.getrandbits(16)), device=random.random() < 1 / 2).fresh()
    if not resting.device:
        return resting
    state = random.choice(PHYSICAL_STATES if resting.physical else LOGICAL_STATES)
    found = replace(resting, state=state, unplug_requested=random.random() < 1 / 2)
    if found.physical:
        found = replace(found, dr_indicator=random.randint(0, 3))
    if walks and state in UNISOLATED and random.random() < 1 / 2:
        offset, depth = random.getrandbits(31), 1 + random.getrandbits(30)
        found = replace(found, ccs_offset=offset, ccs_depth=depth)
    return found


def random_machine(random: Random, version: str, machine_type: str) -> Machine:
    """A machine of which every part is away from rest."""
    names = held(version, machine_type)
    connectors = (random_connector(random, walks="connectors.ccs" in names) for _ in range(LONGEST))
    dynamic = "iommu_tables.def_win" in names
    windows = tuple(
        replace(
            one,
            bypass=random.random() < 1 / 2,
            table=tuple(random.getrandbits(64) for _ in range(random.randint(0, LONGEST))),
            bus_offset=random.getrandbits(64) or DMA64_WIN_ADDR if dynamic else one.bus_offset,
            page_shift=random.choice(PAGE_SHIFTS) if dynamic else one.page_shift,
            def_win=random.random() < 1 / 2 if dynamic else one.def_win,
        )
        for one in resting_tables(dynamic=dynamic)
    )
    machine = Machine(
        machine_type=machine_type,
        tb=Timebase(random.getrandbits(64), signed(random, 64)),
        rtc_ns_offset=signed(random, 64) * (NANOSECONDS if has_whole_seconds(version) else 1),
        ccs_list=random_walks(random),
        pending_events=random_events(random),
        connectors=tuple({one.drc_index: one for one in connectors}.values()),
        iommu_tables=windows,
        ov5_cas=OptionVector(tuple(sorted(random.sample(range(BITS_OF_OV5), 8)))),
        irq_map=tuple(sorted(random.sample(range(BITS_OF_IRQ_MAP), 8))),
        patb_entry=random.getrandbits(64),
        fdt_initial_size=random.getrandbits(32),
        fdt_blob=random.randbytes(random.randint(0, 256)),
        fwnmi_system_reset_addr=random.getrandbits(64),
        fwnmi_machine_check_addr=random.randrange(UINT64_MAX),
        fwnmi_machine_check_interlock=signed(random, 32),
    )
    msis = tuple(
        Msi(random.getrandbits(32), random.getrandbits(32), random.getrandbits(32))
        for _ in range(random.randint(1, LONGEST))
    )
    return replace(machine, host_bridge=replace(machine.host_bridge, msis=msis))


def machine_states(*, version: str, machine_type: str) -> st.SearchStrategy[Machine]:
    """In place of `strategies.pseries.machine_states`."""

    def made(seed: int) -> Machine:
        random = Random(seed)  # noqa: S311 -- no secrets
        machine = random_machine(random, version, machine_type)
        for aspect in ASPECTS:
            if aspect.name not in held(version, machine_type) or random.random() < 1 / 2:
                machine = aspect.without(machine)
        return machine

    return SEED.map(made)


def pytest_configure() -> None:
    """Put these strategies in the place of ours, before the suites take them."""
    strategies.pseries.machine_states = machine_states
    # The module, whose name in its package is that of a strategy.
    sys.modules["strategies.pseries.journeys"].machine_states = machine_states  # type: ignore[attr-defined]
    walks = SEED.map(lambda seed: random_walks(Random(seed)))  # noqa: S311 -- no secrets
    strategies.pseries.reachable_walks = strategies.pseries.arbitrary_walks = lambda: walks
    events = SEED.map(lambda seed: random_events(Random(seed)))  # noqa: S311 -- no secrets
    strategies.pseries.event_logs = lambda: events
