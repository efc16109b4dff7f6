"""The sections of a pseries stream that the model of the machine lacks, as data.

They have no record: they are decoded, and written as they were. Field by field as real streams
name them in their vmdescription; where the vmdescription is missing (machine types 2.1 and 2.2)
these descriptions take its place. Sources: captured streams of QEMU 7.2 and 10.0; facts/spapr.md
1.7 and 2.5; QEMU softmmu/cpu-timers.c, hw/core/cpu-sysemu.c, hw/intc/xics.c, hw/intc/xive.c,
hw/ppc/spapr_cpu_core.c, hw/nvram/spapr_nvram.c, hw/pci/pci.c, migration/global_state.c,
hw/ppc/spapr_vio.c, hw/char/spapr_vty.c, hw/net/spapr_llan.c, hw/scsi/spapr_vscsi.c.

``spapr-xive`` is not here: nothing in its section says how many ENDs it has.
"""

from functools import cache

from reference.spapr.cpu_section import KEPT, cpu
from reference.spapr.machine_types import MachineType
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import (
    bool_,
    buffer,
    int16,
    int32,
    int32_equal,
    int64,
    struct,
    timer,
    uint8,
    uint32,
    uint32_equal,
    uint64,
)

TIMER = VMStateDescription(
    name="timer",
    version_id=2,
    fields=(int64("cpu_ticks_offset"), KEPT, int64("cpu_clock_offset", version_id=2)),
    subsections=(
        VMStateDescription(
            name="timer/icount",
            fields=(int64("qemu_icount_bias"), int64("qemu_icount")),
            subsections=(
                VMStateDescription(
                    name="timer/icount/warp_timer",
                    fields=(int64("vm_clock_warp_start"), timer("icount_warp_timer")),
                ),
                VMStateDescription(
                    name="timer/icount/timers",
                    fields=(timer("icount_rt_timer"), timer("icount_vm_timer")),
                ),
                VMStateDescription(
                    name="timer/icount/shift",
                    version_id=2,
                    minimum_version_id=2,
                    fields=(int16("icount_time_shift"), int64("last_delta")),
                ),
            ),
        ),
    ),
)

ICS_IRQ = VMStateDescription(
    name="ics/irq",
    version_id=2,
    fields=(
        uint32("server"),
        uint8("priority"),
        uint8("saved_priority"),
        uint8("status"),
        uint8("flags"),
    ),
)

CPU_COMMON = VMStateDescription(
    name="cpu_common",
    fields=(uint32("halted"), uint32("interrupt_request")),
    subsections=(
        VMStateDescription(name="cpu_common/exception_index", fields=(int32("exception_index"),)),
        VMStateDescription(name="cpu_common/crash_occurred", fields=(bool_("crash_occurred"),)),
    ),
)

SPAPR_CPU = VMStateDescription(
    name="spapr_cpu",
    subsections=(
        VMStateDescription(
            name="spapr_cpu/vpa",
            fields=(uint64("vpa_addr"),),
            subsections=(
                VMStateDescription(
                    name="spapr_cpu/vpa/slb_shadow",
                    fields=(uint64("slb_shadow_addr"), uint64("slb_shadow_size")),
                ),
                VMStateDescription(
                    name="spapr_cpu/vpa/dtl",
                    fields=(uint64("dtl_addr"), uint64("dtl_size")),
                ),
            ),
        ),
    ),
)

SPAPR_VIO = VMStateDescription(
    name="spapr_vio",
    fields=(
        uint32_equal("reg"),
        uint32_equal("irq"),
        uint64("signal_state"),
        uint64("crq.qladdr"),
        uint32("crq.qsize"),
        uint32("crq.qnext"),
    ),
)

RX_BUFFER_POOL = VMStateDescription(
    name="spapr_llan/rx_buffer_pool",
    fields=(int32("bufsize"), int32("count"), uint64("bds", count=4096)),
)

SECTIONS: dict[str, VMStateDescription] = {
    vmsd.name: vmsd
    for vmsd in (
        TIMER,
        CPU_COMMON,
        SPAPR_CPU,
        VMStateDescription(
            name="ics",
            fields=(uint32_equal("nr_irqs"), struct("irqs", ICS_IRQ, count="nr_irqs")),
        ),
        VMStateDescription(
            name="icp/server",
            fields=(uint32("xirr"), uint8("pending_priority"), uint8("mfrr")),
        ),
        VMStateDescription(
            name="xive-source",
            fields=(uint32_equal("nr_irqs"), buffer("status", size="nr_irqs")),
        ),
        VMStateDescription(name="xive-tctx", fields=(buffer("regs", size=64),)),
        VMStateDescription(
            name="spapr_nvram",
            fields=(uint32("size"), buffer("buf", size="size")),
        ),
        VMStateDescription(
            name="PCIBUS",
            fields=(int32_equal("nirq"), int32("irq_count", count="nirq")),
        ),
        VMStateDescription(
            name="globalstate",
            fields=(
                # 100 bytes of the name, before 8.2
                uint32("size"),
                buffer("runstate", size=32),
                uint8("has_vm_was_suspended"),
                uint8("vm_was_suspended"),
                buffer("unused", size=66),
            ),
        ),
        VMStateDescription(
            name="spapr_vty",
            fields=(
                struct("sdev", SPAPR_VIO),
                uint32("in"),
                uint32("out"),
                buffer("buf", size=16),
            ),
        ),
        VMStateDescription(name="spapr_vscsi", fields=(struct("vdev", SPAPR_VIO),)),
        VMStateDescription(
            name="spapr_llan",
            fields=(
                struct("sdev", SPAPR_VIO),
                bool_("isopen"),
                uint64("buf_list"),
                uint32("add_buf_ptr"),
                uint32("use_buf_ptr"),
                uint32("rx_bufs"),
                uint64("rxq_ptr"),
            ),
            subsections=(
                VMStateDescription(
                    name="spapr_llan/rx_pools",
                    fields=(struct("rx_pool", RX_BUFFER_POOL, count=5),),
                ),
            ),
        ),
    )
}
"""All but the CPU's, which depends on the machine type. Version 1 unless said otherwise."""


@cache
def other_sections(machine_type: MachineType) -> dict[str, VMStateDescription]:
    """The sections of a machine type that the model lacks, by the name of their description."""
    return SECTIONS | {"cpu": cpu(machine_type)}
