"""Whole machines, as a program of a stream version can hold them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from reference.compatibility.declaring import DECLARED
from reference.compatibility.expectation import has_whole_seconds, holds
from reference.compatibility.table import ASPECTS
from reference.spapr.capabilities import CAPABILITIES, HPT_MAX_PAGE_SIZE, Capability
from reference.spapr.machine import UINT64_MAX, HostBridge, Machine, OptionVector, Timebase
from reference.spapr.machine_types import machine_type
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from reference.spapr.versions import stream_version
from strategies.numbers import content, signed, unsigned
from strategies.pseries.connectors import arbitrary_walks, connectors, reachable_walks
from strategies.pseries.events import event_logs
from strategies.pseries.further import with_declared
from strategies.pseries.windows import iommu_tables, msi_tables, resting_tables

NANOSECONDS = 10**9
PRESENT = st.integers(0, 1)
"""Whether a part of a machine is away from rest.

Each part has a draw of its own, right before what it needs, so that a counterexample loses all
parts that do not matter.
"""
INTERLOCK = st.integers(-1, 3)
WALKING = st.integers(0, 3)
WALKS = (reachable_walks(), reachable_walks(), arbitrary_walks())
EVENTS = event_logs()
CONNECTORS = tuple(connectors(walks=walks) for walks in (False, True))
TABLES = tuple(iommu_tables(dynamic=dynamic) for dynamic in (False, True))
MSIS = msi_tables()
CAPABILITY = st.integers(0, 1199)

Part = Callable[[st.DrawFn], dict[str, Any]]
"""Draws attributes of a machine."""


def bit_numbers(draw: st.DrawFn, bits: int) -> tuple[int, ...]:
    """The bits set in a bitmap: up to 64 in a row, at its start or its end, and ascending."""
    word = unsigned(draw, 64)
    start = bits - 64 if word & 1 else 0
    return tuple(start + bit for bit in range(64) if word >> bit & 1)


@cache
def settable(version: str, type_name: str) -> tuple[Capability, ...]:
    """The capabilities that can be given on the command line of a program."""
    release, kind = stream_version(version).release, machine_type(type_name)
    return tuple(
        one
        for one in CAPABILITIES
        if release >= one.since and (one.name != HPT_MAX_PAGE_SIZE or kind.has("hpt-max-page-size"))
    )


@cache
def held(version: str, type_name: str) -> frozenset[str]:
    """The names of the aspects that a machine of the type has in a program of the version."""
    return frozenset(one.name for one in ASPECTS if holds(version, one, type_name))


def capabilities(draw: st.DrawFn, known: tuple[Capability, ...]) -> dict[str, Any]:
    """Two values given on the command line; some are the default after all."""
    given = {}
    for _ in range(2):
        value, place = divmod(draw(CAPABILITY), len(known))
        given[known[place].name] = known[place].values[value % len(known[place].values)]
    return {"capabilities": given}


OPTIONS: dict[str, Part] = {
    # By the name of the aspect.
    "host_bridge.msis": lambda draw: {"host_bridge": HostBridge(msis=draw(MSIS))},
    "ov5_cas": lambda draw: {"ov5_cas": OptionVector(bit_numbers(draw, BITS_OF_OV5))},
    "patb_entry": lambda draw: {"patb_entry": unsigned(draw, 64)},
    "irq_map": lambda draw: {"irq_map": bit_numbers(draw, BITS_OF_IRQ_MAP)},
    "fdt_blob": lambda draw: {"fdt_initial_size": unsigned(draw, 32), "fdt_blob": content(draw)},
    "fwnmi": lambda draw: {
        "fwnmi_system_reset_addr": unsigned(draw, 64),
        "fwnmi_machine_check_addr": unsigned(draw, 64) % UINT64_MAX,
        "fwnmi_machine_check_interlock": draw(INTERLOCK),
    },
}
"""Parts of which a machine has two at the most away from rest."""


@cache
def options(version: str, type_name: str) -> tuple[st.SearchStrategy[int], tuple[Part, ...]]:
    """The parts of `OPTIONS` that a program has, and others of the kind; and a choice of them."""
    names = held(version, type_name)
    tables = TABLES["iommu_tables.def_win" in names]
    parts = [part for name, part in OPTIONS.items() if name in names]
    parts.append(lambda draw: {"iommu_tables": draw(tables)})
    if known := settable(version, type_name):
        parts.append(lambda draw: capabilities(draw, known))
    return st.integers(0, len(parts)), tuple(parts)


@st.composite
def machine_states(draw: st.DrawFn, *, version: str, machine_type: str) -> Machine:
    """Machines of ``machine_type`` as a program of the stream version ``version`` can hold them.

    What such programs do not have is as after a reset. The simplest is ``Machine(machine_type=
    "pseries-2.6")``, to which the second DMA window is added where there is one.
    """
    names = held(version, machine_type)
    resting = resting_tables(dynamic="iommu_tables.def_win" in names)
    state: dict[str, Any] = {"iommu_tables": resting}
    if "ccs_list" in names and (kind := draw(WALKING)):
        state["ccs_list"] = draw(WALKS[kind - 1])
    if "pending_events" in names and draw(PRESENT):
        state["pending_events"] = draw(EVENTS)
    walks = "connectors.ccs" in names
    if "connectors.state" in names and draw(WALKING if walks else PRESENT):
        state["connectors"] = draw(CONNECTORS[walks])
    if draw(PRESENT):
        state["tb"] = Timebase(unsigned(draw, 64), signed(draw, 64))
    if draw(PRESENT):
        seconds = has_whole_seconds(version)
        state["rtc_ns_offset"] = signed(draw, 64) * (NANOSECONDS if seconds else 1)
    choice, parts = options(version, machine_type)
    for _ in range(2):
        if place := draw(choice):
            state |= parts[place - 1](draw)
    machine = Machine(machine_type=machine_type, **state)
    return with_declared(draw, machine, names) if DECLARED else machine
