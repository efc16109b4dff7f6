"""What `spapr` consists of: its subsections and nested descriptions, as data.

Field by field from QEMU's hw/ppc/spapr.c and spapr_caps.c, under the names that real streams give
them in their vmdescription.
"""

from collections.abc import Callable

from reference.spapr.capabilities import (
    CAPABILITIES,
    HPT_MAX_PAGE_SIZE,
    Capability,
    default_capabilities,
)
from reference.spapr.machine import (
    UINT64_MAX,
    ConfigureConnectorState,
    EventLogEntry,
    Machine,
    OptionVector,
    Timebase,
)
from reference.spapr.machine_types import Release, machine_type
from reference.vmstate.description import VMStateDescription
from reference.vmstate.fields import (
    bitmap,
    buffer,
    int32,
    int64,
    qtailq,
    struct,
    uint8,
    uint32,
    uint64,
)

BITS_OF_OV5 = 2048
BITS_OF_IRQ_MAP = 3328
"""Interrupts 0x1300 to 0x1fff; measured on QEMU 7.2 for machine types 3.1, 4.2 and 7.2."""

TIMEBASE = VMStateDescription(
    name="timebase",
    fields=(uint64("guest_timebase"), int64("time_of_the_day_ns")),
    record=Timebase,
)

CONFIGURE_CONNECTOR_STATE = VMStateDescription(
    name="spaprconfigureconnectorstate",
    fields=(uint32("drc_index"), int32("fdt_offset"), int32("fdt_depth")),
    record=ConfigureConnectorState,
)

EVENT_LOG_ENTRY = VMStateDescription(
    name="spapr_event_log_entry",
    fields=(
        uint32("summary"),
        uint32("extended_length", counts="extended_log"),
        buffer("extended_log", size="extended_length"),
    ),
    record=EventLogEntry,
)

OPTION_VECTOR = VMStateDescription(
    name="spapr_option_vector",
    fields=(bitmap("bitmap", bits=BITS_OF_OV5),),
    record=OptionVector,
)


def has_page_size(machine: Machine) -> bool:
    """Whether the size of pages is sent, be it the default or not, by programs before 10.2."""
    return machine_type(machine.machine_type).has("hpt-max-page-size")


def capability_subsection(
    one: Capability, needed: Callable[[Machine], bool] | None = None
) -> VMStateDescription:
    """The subsection of a capability, ``needed`` where it was given and is not the default."""

    def is_given(machine: Machine) -> bool:
        given = machine.capabilities.get(one.name)
        return given not in {None, default_capabilities(machine.machine_type)[one.name]}

    return VMStateDescription(
        name=f"spapr/cap/{one.name}",
        needed=needed or is_given,
        fields=(uint8(f"mig.caps[0x{one.index:02X}]", attribute=f"mig_{one.name}"),),
    )


CAPABILITY_SUBSECTIONS = {one.name: (one.since, capability_subsection(one)) for one in CAPABILITIES}
(PAGE_SIZE,) = (one for one in CAPABILITIES if one.name == HPT_MAX_PAGE_SIZE)
SENT_WHERE_GIVEN: Release = (10, 2)
"""Since when the size of pages is sent as other capabilities are (07718fe660)."""

SUBSECTIONS: tuple[tuple[Release | str, VMStateDescription], ...] = (
    # Since which release, or by which feature, in the order of vmstate_spapr. Of two rows with one
    # name the later counts, at the place of the first.
    (
        (2, 8),
        VMStateDescription(
            name="spapr_option_vector_ov5_cas",
            # Needed by what the machine offers, not by what was negotiated.
            needed=lambda machine: machine_type(machine.machine_type).has("modern-hotplug-events"),
            fields=(struct("ov5_cas", OPTION_VECTOR),),
        ),
    ),
    (
        (2, 9),
        VMStateDescription(
            name="spapr_patb_entry",
            needed=lambda machine: machine.patb_entry != 0,
            fields=(uint64("patb_entry"),),
        ),
    ),
    (
        "events",
        VMStateDescription(
            name="spapr_pending_events",
            needed=lambda machine: bool(machine.pending_events),
            fields=(qtailq("pending_events", EVENT_LOG_ENTRY),),
        ),
    ),
    *(CAPABILITY_SUBSECTIONS[name] for name in ("htm", "vsx", "dfp", "cfpc", "sbbc", "ibs")),
    (PAGE_SIZE.since, capability_subsection(PAGE_SIZE, needed=has_page_size)),
    (SENT_WHERE_GIVEN, capability_subsection(PAGE_SIZE)),
    (
        (3, 1),
        VMStateDescription(
            name="spapr_irq_map",
            needed=lambda machine: bool(machine.irq_map),
            fields=(bitmap("irq_map", bits=BITS_OF_IRQ_MAP),),
        ),
    ),
    CAPABILITY_SUBSECTIONS["nested_kvm_hv"],
    (
        (4, 0),
        VMStateDescription(
            name="spapr_dtb",
            needed=lambda machine: machine_type(machine.machine_type).has("device-tree"),
            fields=(
                uint32("fdt_initial_size"),
                uint32("fdt_size", counts="fdt_blob"),
                buffer("fdt_blob", size="fdt_size"),
            ),
        ),
    ),
    *(CAPABILITY_SUBSECTIONS[name] for name in ("large_decr", "ccf_assist", "fwnmi")),
    (
        (5, 0),
        VMStateDescription(
            name="spapr_fwnmi",
            needed=lambda machine: machine.fwnmi_machine_check_addr != UINT64_MAX,
            fields=(
                uint64("fwnmi_system_reset_addr"),
                uint64("fwnmi_machine_check_addr"),
                int32("fwnmi_machine_check_interlock"),
            ),
        ),
    ),
    *(
        CAPABILITY_SUBSECTIONS[name]
        for name in ("rpt_invalidate", "ail_mode_3", "nested_papr", "dawr1")
    ),
)
