"""The lists and buffers of a machine, each of any length, and the lengths at which they break."""

from collections.abc import Callable

from reference.spapr.connector import Connector, ConnectorState
from reference.spapr.machine import (
    ConfigureConnectorState,
    EventLogEntry,
    HostBridge,
    IommuTable,
    Machine,
    Msi,
)
from reference.vmstate.records import Record
from strategies.pseries.windows import DEFAULT_LIOBN

ELEMENTS = (0, 1, 2, 8, 9, 255, 256, 257, 65537)
"""Of a list: those beyond a fixed array of eight, and a count of 8 and one of 16 bits."""
UNCOUNTED = (0, 1, 2, 8, 9, 255, 256, 257)
"""Of a list that no number in the stream counts: a queue, or parts with a section each."""
IN_MEMORY = (65537,)
"""Of such a queue, where the implementation may count it: at its newest version only."""
BYTES = (0, 1, 2, 8, 9, 255, 256, 257, 4095, 4096, 4097, 65535, 65536, 65537)
"""Of a buffer: those beyond a length of 8 bits, a page, and a length of 16 bits."""


class Extent(Record, frozen=True):
    """A list or buffer: the ``aspect`` that it belongs to, its ``lengths``, and how it is filled.

    ``fields`` are those of the stream that are as long, each behind its section; none where the
    stream has a section for each element. ``once`` are further lengths, for one version.
    """

    aspect: str
    lengths: tuple[int, ...]
    filled: Callable[[int], dict[str, object]]
    fields: tuple[str, ...] = ()
    once: tuple[int, ...] = ()


def content(length: int) -> bytes:
    """Bytes that differ from place to place, and are not the same 256 over and over."""
    return bytes((place + place // 251) % 256 for place in range(length))


EXTENTS = {
    "ccs_list": Extent(
        "ccs_list",
        ELEMENTS,
        lambda length: {
            "ccs_list": tuple(
                ConfigureConnectorState(index, 4 * index, 1) for index in range(length)
            )
        },
        ("spapr ccs_list", "spapr/ccs ccs_list"),
    ),
    "pending_events": Extent(
        "pending_events",
        UNCOUNTED,
        lambda length: {
            "pending_events": tuple(EventLogEntry(index, b"\1") for index in range(length))
        },
        ("spapr_pending_events pending_events",),
        once=IN_MEMORY,
    ),
    "extended_log": Extent(
        "pending_events",
        BYTES,
        lambda length: {
            "pending_events": (
                EventLogEntry(0x06340040, content(length)),
                EventLogEntry(0x063460E5, content(length)[::-1]),
            )
        },
        ("spapr_event_log_entry extended_log",),
    ),
    "fdt_blob": Extent(
        "fdt_blob",
        BYTES,
        lambda length: {"fdt_initial_size": length, "fdt_blob": content(length)},
        ("spapr_dtb fdt_blob",),
    ),
    "table": Extent(
        "iommu_tables.table",
        ELEMENTS,
        lambda length: {"iommu_tables": (IommuTable(table=tuple(range(1, length + 1))),)},
        ("spapr_iommu table", "spapr_iommu mig_table"),
    ),
    "msis": Extent(
        "host_bridge.msis",
        ELEMENTS,
        lambda length: {
            "host_bridge": HostBridge(
                msis=tuple(Msi(index, 0x1300 + index, 1) for index in range(length))
            )
        },
        ("spapr_pci msi_devs",),
    ),
    "connectors": Extent(
        "connectors.state",
        UNCOUNTED,
        lambda length: {
            "connectors": tuple(
                Connector(0x40000010 + index, state=ConnectorState.PHYSICAL_UNISOLATE)
                for index in range(length)
            )
        },
    ),
    "iommu_tables": Extent(
        "iommu_tables.bypass",
        UNCOUNTED,
        lambda length: {
            "iommu_tables": tuple(
                IommuTable(DEFAULT_LIOBN | index << 8, bypass=True) for index in range(length)
            )
        },
    ),
}
"""By the attribute that is the list."""


def machine_of(name: str, length: int, type_name: str) -> Machine:
    """A machine of which nothing is away from rest but one list, as long as that."""
    return Machine(machine_type=type_name, **EXTENTS[name].filled(length))  # type: ignore[arg-type] # of the attribute
