"""The sections of the parts of a machine, in every stream version, as data.

Field by field from QEMU's hw/ppc/spapr_rtc.c, spapr_drc.c, spapr_iommu.c and spapr_pci.c, under
the names that real streams give them in their vmdescription.
"""

from functools import cache

from reference.spapr.connector import Connector
from reference.spapr.machine import HostBridge, IommuTable, Lsi, Machine, Msi
from reference.spapr.machine_types import MachineType, Release
from reference.spapr.scratch import narrowed, widened
from reference.spapr.versions import StreamVersion
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import (
    bool_,
    int32,
    int64,
    struct,
    uint32,
    uint32_equal,
    uint64,
    uint64_equal,
)

FULL_IOMMU_STATE: Release = (2, 7)
"""The release that made the size of a DMA window part of its state (a26fdf3934)."""
DEFAULT_WINDOW_FLAG: Release = (7, 1)
"""The release that added ``def_win`` and raised the version for it (31cc81f728)."""
SCRATCH_HOST_BRIDGE: Release = (2, 8)
"""The release that stopped comparing the windows of the host bridge (5c4537bded)."""
RTC: Release = (2, 3)
"""The release that gave the real-time clock a section of its own (880ae7de59)."""

SPAPR_RTC = VMStateDescription(
    name="spapr/rtc",
    fields=(int64("ns_offset", attribute="rtc_ns_offset"),),
    record=Machine,
)

SPAPR_DRC_UNPLUG_REQUESTED = VMStateDescription(
    name="spapr_drc/unplug_requested",
    needed=lambda connector: connector.unplug_requested,
    fields=(bool_("unplug_requested"),),
)


def is_away_from_rest(connector: Connector) -> bool:
    """Whether there is a device, and its connector in a state that no reset leads to."""
    return connector.device and connector.state != connector.resting_state


def is_transient(connector: Connector) -> bool:
    """Whether there is a device, and it is away from rest or shall be unplugged (since 5.0)."""
    return is_away_from_rest(connector) or (connector.device and connector.unplug_requested)


@cache
def spapr_drc(version: StreamVersion) -> VMStateDescription:
    """A connector; its instance_id is its index."""
    requests = version.has("unplug")
    return VMStateDescription(
        name="spapr_drc",
        needed=is_transient if requests else is_away_from_rest,
        fields=(uint32("state"),),
        subsections=(SPAPR_DRC_UNPLUG_REQUESTED,) * requests,
        record=Connector,
    )


SPAPR_DRC_PHYSICAL = VMStateDescription(
    name="spapr_drc/physical",
    needed=lambda connector: connector.dr_indicator != connector.device,
    fields=(uint32("dr_indicator"),),
    record=Connector,
)
"""The indicator of a physical connector: active with a device, inactive without."""

SPAPR_IOMMU_EX = VMStateDescription(
    name="spapr_iommu_ex",
    needed=lambda table: table.bus_offset != 0 or table.page_shift != 12,
    fields=(uint64("bus_offset"), uint32("page_shift")),
)


@cache
def spapr_iommu(release: Release) -> VMStateDescription:
    """A DMA window; its instance_id is its LIOBN."""
    full = release >= FULL_IOMMU_STATE
    number, table = ("mig_nb_table", "mig_table") if full else ("nb_table", "table")
    count = uint32 if full else uint32_equal
    return VMStateDescription(
        name="spapr_iommu",
        version_id=3 if release >= DEFAULT_WINDOW_FLAG else 2,
        minimum_version_id=2,
        fields=(
            uint32_equal("liobn"),
            count(number, counts="table"),
            bool_("bypass"),
            uint64(table, count=number, attribute="table"),
            bool_("def_win", version_id=3),
        ),
        subsections=(SPAPR_IOMMU_EX,) if full else (),
        record=IommuTable,
    )


SPAPR_PCI_LSI = VMStateDescription(
    name="spapr_pci/lsi",
    fields=(uint32_equal("irq"),),
    record=Lsi,
)

SPAPR_PCI_MSI = VMStateDescription(
    name="spapr_pci/msi",
    fields=(
        uint32("key"),
        uint32("value.first_irq", attribute="first_irq"),
        uint32("value.num", attribute="num"),
    ),
    record=Msi,
)

COMPARED_WINDOWS = (
    uint32_equal("dma_liobn[0]", attribute="liobn"),
    uint64_equal("mem_win_addr"),
    uint64_equal("mem_win_size"),
    uint64_equal("io_win_addr"),
    uint64_equal("io_win_size"),
)
"""The windows as programs up to 2.7 send them and compare them with their own."""

IGNORED_WINDOWS = (
    uint32("mig_liobn"),
    uint64("mig_mem_win_addr"),
    uint64("mig_mem_win_size"),
    uint64("mig_io_win_addr"),
    uint64("mig_io_win_size"),
)
"""The same bytes as later programs send them for machine types up to 2.7, and ignore them."""


class SentHostBridge(HostBridge, frozen=True):
    """A host bridge with its windows as the stream has them."""

    mig_liobn: int = 0
    mig_mem_win_addr: int = 0
    mig_mem_win_size: int = 0
    mig_io_win_addr: int = 0
    mig_io_win_size: int = 0


def send_windows(bridge: HostBridge) -> SentHostBridge:
    """The pre_save hook where later programs write what earlier ones compare."""
    windows = ("liobn", "mem_win_addr", "mem_win_size", "io_win_addr", "io_win_size")
    sent = {f"mig_{name}": getattr(bridge, name) for name in windows}
    return widened(SentHostBridge, bridge, **sent)


@cache
def spapr_pci(release: Release, machine_type: MachineType) -> VMStateDescription:
    """The host bridge."""
    compared = release < SCRATCH_HOST_BRIDGE
    ignored = not compared and not machine_type.has("short-host-bridge")
    return VMStateDescription(
        name="spapr_pci",
        version_id=2,
        minimum_version_id=2,
        fields=(
            uint64_equal("buid"),
            *(COMPARED_WINDOWS if compared else IGNORED_WINDOWS if ignored else ()),
            struct("lsi_table", SPAPR_PCI_LSI, count=4),
            int32("msi_devs_num", counts="msis"),
            struct("msi_devs", SPAPR_PCI_MSI, count="msi_devs_num", attribute="msis"),
        ),
        pre_load=(lambda bridge: widened(SentHostBridge, bridge)) if ignored else None,
        post_load=(lambda bridge, _version: narrowed(HostBridge, bridge)) if ignored else None,
        pre_save=send_windows if ignored else None,
        record=SentHostBridge if ignored else HostBridge,
    )
