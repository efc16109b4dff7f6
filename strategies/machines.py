"""Whole machines, as a program of a stream version can hold them."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from reference.compatibility.expectation import holds
from reference.compatibility.table import ASPECTS, WHOLE_SECONDS
from reference.spapr.capabilities import CAPABILITIES, HPT_MAX_PAGE_SIZE, Capability
from reference.spapr.machine import HostBridge, IommuTable, Machine, OptionVector, Timebase
from reference.spapr.machine_types import machine_type
from reference.spapr.subsections import BITS_OF_IRQ_MAP, BITS_OF_OV5
from reference.spapr.versions import stream_version
from strategies.connectors import arbitrary_walks, connectors, reachable_walks
from strategies.events import event_logs
from strategies.numbers import byte_strings, signed_words, unsigned_words
from strategies.windows import DEFAULT_LIOBN, SECOND_LIOBN, iommu_tables, msi_tables

NANOSECONDS = 10**9
U32, U64 = unsigned_words(bits=32), unsigned_words(bits=64)
I64 = signed_words(bits=64)
PARTS = 13
"""How many parts of a machine can be away from rest; each has a bit of the first draw."""


@cache
def bit_numbers(bits: int) -> st.SearchStrategy[tuple[int, ...]]:
    """The bits set in a bitmap: up to 64 in a row, anywhere in it, and ascending."""
    last = bits - 64

    def numbers(drawn: tuple[int, int]) -> tuple[int, ...]:
        word, start = drawn
        return tuple(start + bit for bit in range(64) if word >> bit & 1)

    return st.tuples(U64, st.integers(0, last)).map(numbers)


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


@st.composite
def capabilities(draw: st.DrawFn, *, version: str, machine_type: str) -> dict[str, int]:
    """Values given on the command line; some of them are the default after all."""
    known = settable(version, machine_type)
    given = {}
    for _ in range(draw(st.integers(1, 2)) if known else 0):
        value, place = divmod(draw(st.integers(0, len(known) * 20 - 1)), len(known))
        one = known[place]
        given[one.name] = one.values[value % len(one.values)]
    return given


@st.composite
def machine_states(draw: st.DrawFn, *, version: str, machine_type: str) -> Machine:  # noqa: C901, PLR0912 -- one condition a part
    """Machines of ``machine_type`` as a program of the stream version ``version`` can hold them.

    What such programs do not have is as after a reset. The simplest is ``Machine(machine_type=
    "pseries-2.6", iommu_tables=(IommuTable(liobn=0x80000000),))``.
    """
    names = held(version, machine_type)
    parts = draw(st.integers(0, (1 << PARTS) - 1))
    state: dict[str, Any] = {}
    dynamic = "iommu_tables.def_win" in names
    if parts & 1 and "ccs_list" in names:
        state["ccs_list"] = draw(arbitrary_walks() if parts & 2 else reachable_walks())
    if parts & 4 and "pending_events" in names:
        state["pending_events"] = draw(event_logs())
    if parts & 8 and "connectors.state" in names:
        requests = "connectors.unplug_requested" in names
        state["connectors"] = draw(connectors(unplug_requests=requests))
    if parts & 16:
        state["tb"] = Timebase(draw(U64), draw(I64))
    if parts & 32:
        seconds = version in WHOLE_SECONDS
        state["rtc_ns_offset"] = draw(I64) * (NANOSECONDS if seconds else 1)
    if parts & 64:
        state["iommu_tables"] = draw(iommu_tables(dynamic=dynamic))
    else:
        liobns = (DEFAULT_LIOBN, SECOND_LIOBN)[: 1 + dynamic]
        state["iommu_tables"] = tuple(IommuTable(liobn=liobn).fresh() for liobn in liobns)
    if parts & 128:
        state["host_bridge"] = HostBridge(msis=draw(msi_tables()))
    if parts & 256 and "ov5_cas" in names:
        state["ov5_cas"] = OptionVector(draw(bit_numbers(BITS_OF_OV5)))
    if parts & 512 and "patb_entry" in names:
        state["patb_entry"] = draw(U64)
    if parts & 512 and "irq_map" in names:
        state["irq_map"] = draw(bit_numbers(BITS_OF_IRQ_MAP))
    if parts & 1024 and "fdt_blob" in names:
        state |= {"fdt_initial_size": draw(U32), "fdt_blob": draw(byte_strings())}
    if parts & 2048 and "fwnmi" in names:
        state |= {
            "fwnmi_system_reset_addr": draw(U64),
            "fwnmi_machine_check_addr": draw(U64),
            "fwnmi_machine_check_interlock": draw(st.integers(-1, 3)),
        }
    if parts & 4096:
        state["capabilities"] = draw(capabilities(version=version, machine_type=machine_type))
    return Machine(machine_type=machine_type, **state)
