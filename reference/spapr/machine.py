"""The state of a pseries machine, as far as a stream can carry it.

States are values: frozen records that compare by content. Attributes are called what QEMU calls
them (hw/ppc/spapr.c and its headers), so that a counterexample reads like the source. Numbers are
unsigned unless said otherwise. `Machine.fresh` is the machine that waits for a stream: started the
same way, in the state of its reset.
"""

from typing import Any, Self

import msgspec
from msgspec.structs import astuple

from reference.spapr.connector import Connector
from reference.vmstate.records import Record

UINT64_MAX = (1 << 64) - 1


class Timebase(Record, frozen=True):
    """The clock: ``guest_timebase``, 64 bits, ticks of 512 MHz; ``time_of_the_day_ns``, signed."""

    guest_timebase: int = 0
    time_of_the_day_ns: int = 0


class ConfigureConnectorState(Record, frozen=True):
    """A configure-connector walk that the guest has begun (QEMU 2.6, sPAPRConfigureConnectorState).

    ``drc_index``: which connector, 32 bits. ``fdt_offset`` and ``fdt_depth``: signed 32 bits each;
    the offset in the structure block of the next tag, and how many nodes are open.
    """

    drc_index: int
    fdt_offset: int
    fdt_depth: int


class EventLogEntry(Record, frozen=True):
    """An event that waits for the guest: ``summary``, 32 bits, and the extended log behind it."""

    summary: int
    extended_log: bytes = b""


class IommuTable(Record, frozen=True):
    """A DMA window: TCEs of 64 bits each, and where the window lies.

    ``liobn``, 32 bits, is configuration; so is the number of TCEs before QEMU 2.7.
    ``bus_offset``: 64 bits. ``page_shift``: 32 bits, 12 for 4 KiB pages.
    """

    liobn: int = 0x80000000
    bypass: bool = False
    table: tuple[int, ...] = ()
    bus_offset: int = 0
    page_shift: int = 12
    def_win: bool = True
    further: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def default_window(self) -> bool:
        """Whether it is the window that is there from the start, not one the guest asks for."""
        return not self.liobn & 0xFF

    def fresh(self) -> Self:
        """The window after reset: the default one of the same size and empty, others gone."""
        default = self.default_window
        return msgspec.structs.replace(
            self,
            bypass=False,
            table=(0,) * len(self.table) if default else (),
            bus_offset=0,
            page_shift=12 if default else 0,
            def_win=default,
            further={},
        )


class Lsi(Record, frozen=True):
    """A level-triggered interrupt of the host bridge, 32 bits; configuration."""

    irq: int


class Msi(Record, frozen=True):
    """Message interrupts of one device: ``key`` is its config address; 32 bits each."""

    key: int
    first_irq: int
    num: int


class HostBridge(Record, frozen=True):
    """A PCI host bridge (spapr_pci). All but ``msis`` and ``further`` is configuration.

    QEMU has the ``msis`` in a hash table (hw/ppc/spapr_pci.c, SpaprPhbState.msi), so that their
    order on the wire is none: here they are sorted, whoever made them.

    ``buid`` and the windows have 64 bits, ``liobn`` 32. The numbers are those of the first bridge
    of a machine that real QEMU started.
    """

    buid: int = 0x800000020000000
    lsi_table: tuple[Lsi, ...] = (Lsi(0x1002), Lsi(0x1003), Lsi(0x1004), Lsi(0x1005))
    liobn: int = 0x80000000
    mem_win_addr: int = 0x100A0000000
    mem_win_size: int = 0xF80000000
    io_win_addr: int = 0x10080000000
    io_win_size: int = 0x10000
    msis: tuple[Msi, ...] = ()
    further: dict[str, Any] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bridges with the same message interrupts are equal."""
        if len(self.msis) > 1:
            msgspec.structs.force_setattr(self, "msis", tuple(sorted(self.msis, key=astuple)))


class OptionVector(Record, frozen=True):
    """Options negotiated with the guest: the numbers of the bits set, of 2048, ascending."""

    bitmap: tuple[int, ...] = ()


class Machine(Record, frozen=True):
    """A pseries machine.

    Configuration: ``machine_type``; ``capabilities``, the values given on the command line by name
    (``htm``), 8 bits each; and what the parts call configuration. All else is the guest's:

    * ``tb``, the clock; ``rtc_ns_offset``, the guest's real-time clock minus the host's in ns,
      signed 64 bits (whole seconds, and 64 bits of them, in programs before QEMU 2.3);
    * ``ccs_list``, the configure-connector walks in progress, the latest first, one for each index;
    * ``pending_events``, in order of arrival;
    * ``connectors``, ``iommu_tables`` and the ``host_bridge``;
    * ``ov5_cas``, the options negotiated with the guest; ``irq_map``, the interrupts allocated:
      the numbers of the bits set, of 3328, ascending;
    * ``patb_entry``, the process table, 64 bits;
    * ``fdt_initial_size`` (32 bits) and ``fdt_blob``, the guest's device tree;
    * ``fwnmi_*``: where the guest wants to be called at a machine check, 64 bits each, and the CPU
      that handles one now, signed 32 bits; all bits set where there is none;
    * ``further``, what a declared patch adds, by the name of its field, where it is not at rest;
      connectors, windows and the host bridge have it, too (`reference.spapr.further`).
    """

    machine_type: str
    capabilities: dict[str, int] = msgspec.field(default_factory=dict)
    tb: Timebase = Timebase()
    rtc_ns_offset: int = 0
    ccs_list: tuple[ConfigureConnectorState, ...] = ()
    pending_events: tuple[EventLogEntry, ...] = ()
    connectors: tuple[Connector, ...] = ()
    iommu_tables: tuple[IommuTable, ...] = (IommuTable(),)
    host_bridge: HostBridge = HostBridge()
    ov5_cas: OptionVector = OptionVector()
    irq_map: tuple[int, ...] = ()
    patb_entry: int = 0
    fdt_initial_size: int = 0
    fdt_blob: bytes = b""
    fwnmi_system_reset_addr: int = UINT64_MAX
    fwnmi_machine_check_addr: int = UINT64_MAX
    fwnmi_machine_check_interlock: int = -1
    further: dict[str, Any] = msgspec.field(default_factory=dict)

    def connector(self, drc_index: int) -> Connector | None:
        """The connector with an index, if there is one."""
        return next((one for one in self.connectors if one.drc_index == drc_index), None)

    def with_connector(self, changed: Connector) -> "Machine":
        """The machine with a connector in place of the one with its index."""
        connectors = tuple(
            changed if one.drc_index == changed.drc_index else one for one in self.connectors
        )
        return msgspec.structs.replace(self, connectors=connectors)

    def fresh(self) -> "Machine":
        """The machine as the destination starts it: same configuration, state of its reset."""
        return Machine(
            machine_type=self.machine_type,
            capabilities=self.capabilities,
            connectors=tuple(one.fresh() for one in self.connectors),
            iommu_tables=tuple(one.fresh() for one in self.iommu_tables),
            host_bridge=msgspec.structs.replace(self.host_bridge, msis=(), further={}),
        )
