"""The rows: what each stream version holds, carries, sends and accepts.

They repeat on purpose what the descriptions of `reference.spapr` say in their own way: the two are
held against each other by the tests. A release in a row means "since", and ``features`` are keys of
`reference.spapr.features.FEATURES` that do the same for their base. A patch of somebody's own adds
rows (`reference.compatibility.declaring`).
"""

from collections.abc import Callable

from msgspec.structs import replace

from reference.spapr.capabilities import CAPABILITIES, default_capabilities
from reference.spapr.features import NEVER
from reference.spapr.machine import Machine, OptionVector, Timebase
from reference.spapr.machine_types import Release, machine_type
from reference.vmstate.records import Record

ALWAYS: Release = (0, 0)

Condition = Callable[[Machine], bool]


class Aspect(Record, frozen=True):
    """Something that the guest can see of a machine.

    ``held``: since which release programs have it at all; ``types``: since which machine type they
    do. Programs ``until`` a release have it, those from it on do not. ``carried``: since which
    release streams carry it, for which machine types (``carried_types``), and with which
    ``features`` they do all the same. ``without`` is the machine as it is when the aspect was lost:
    with the value of a reset. The guest does not see what is ``hidden``, and so loses nothing.
    """

    name: str
    without: Callable[[Machine], Machine]
    held: Release = ALWAYS
    until: Release = NEVER
    types: Release = ALWAYS
    carried: Release = ALWAYS
    carried_types: Release = ALWAYS
    features: frozenset[str] = frozenset()
    hidden: bool = False


def _connectors(machine: Machine, **lost: Callable[..., int]) -> Machine:
    connectors = tuple(
        replace(one, **{name: value(one) for name, value in lost.items()})
        for one in machine.connectors
    )
    return replace(machine, connectors=connectors)


def _tables(machine: Machine, *names: str) -> Machine:
    tables = tuple(
        replace(one, **{name: getattr(one.fresh(), name) for name in names})
        for one in machine.iommu_tables
    )
    return replace(machine, iommu_tables=tables)


ASPECTS: list[Aspect] = [
    Aspect("tb", lambda m: replace(m, tb=Timebase()), carried=(2, 1)),
    Aspect("rtc_ns_offset", lambda m: replace(m, rtc_ns_offset=0)),
    Aspect(
        "ccs_list",
        lambda m: replace(m, ccs_list=()),
        held=(2, 3),
        until=(2, 10),
        carried=NEVER,
        features=frozenset({"bump", "ccs-array", "ccs-queue"}),
    ),
    Aspect(
        "connectors.ccs",
        lambda m: _connectors(m, ccs_offset=lambda _one: -1, ccs_depth=lambda _one: -1),
        held=(2, 10),
        carried=NEVER,
        features=frozenset({"ccs-connector"}),
    ),
    Aspect(
        "pending_events",
        lambda m: replace(m, pending_events=()),
        held=(2, 3),
        carried=(2, 10),
        features=frozenset({"events"}),
    ),
    Aspect(
        "connectors.state",
        lambda m: _connectors(m, state=lambda one: one.resting_state),
        held=(2, 3),
        carried=(2, 10),
        features=frozenset({"connectors"}),
    ),
    Aspect(
        "connectors.dr_indicator",
        lambda m: _connectors(m, dr_indicator=lambda one: int(one.device)),
        held=(2, 3),
        carried=(2, 10),
        features=frozenset({"connectors"}),
    ),
    Aspect(
        "connectors.unplug_requested",
        lambda m: _connectors(m, unplug_requested=lambda _one: False),
        held=(2, 3),
        carried=(5, 0),
        features=frozenset({"unplug"}),
    ),
    Aspect("iommu_tables.table", lambda m: _tables(m, "table")),
    Aspect("iommu_tables.bypass", lambda m: _tables(m, "bypass")),
    Aspect(
        "iommu_tables.bus_offset",
        lambda m: _tables(m, "bus_offset", "page_shift"),
        held=(2, 7),
        types=(2, 7),
        carried=(2, 7),
    ),
    Aspect(
        "iommu_tables.def_win",
        lambda m: _tables(m, "def_win"),
        held=(2, 7),
        types=(2, 7),
        carried=(7, 1),
    ),
    Aspect("host_bridge.msis", lambda m: replace(m, host_bridge=replace(m.host_bridge, msis=()))),
    Aspect(
        "ov5_cas",
        lambda m: replace(m, ov5_cas=OptionVector()),
        held=(2, 7),
        carried=(2, 8),
        carried_types=(2, 8),
    ),
    Aspect("patb_entry", lambda m: replace(m, patb_entry=0), held=(2, 9), carried=(2, 9)),
    Aspect("irq_map", lambda m: replace(m, irq_map=()), held=(3, 1), types=(3, 1)),
    Aspect(
        "fdt_blob",
        lambda m: replace(m, fdt_initial_size=0, fdt_blob=b""),
        held=(4, 0),
        types=(4, 0),
    ),
    Aspect(
        "fwnmi",
        lambda m: replace(
            m,
            fwnmi_system_reset_addr=2**64 - 1,
            fwnmi_machine_check_addr=2**64 - 1,
            fwnmi_machine_check_interlock=-1,
        ),
        held=(5, 0),
    ),
]
"""All that a machine has, and who keeps it over a migration."""


WALKS = frozenset({"ccs_list", "connectors.ccs"})
"""The names of the aspects that are walks in progress."""


class Item(Record, frozen=True):
    """A section or subsection of a stream: since when it is sent, and under which condition.

    A reader that is older than ``since`` does not know it and rejects a stream that has it. What is
    sent under a further condition later on has a row for each; under another condition, it has a
    row ``until`` then, and one that says since when it is ``known``.
    ``condition`` says ``needed`` in words. Programs with one of ``features`` know it, too.
    """

    name: str
    since: Release
    needed: Condition
    condition: str
    features: frozenset[str] = frozenset()
    until: Release = NEVER
    known: Release | None = None


def _given(name: str) -> Condition:
    def given(machine: Machine) -> bool:
        default = default_capabilities(machine.machine_type)[name]
        return machine.capabilities.get(name, default) != default

    return given


def _is_type(since: Release) -> Condition:
    return lambda machine: machine_type(machine.machine_type).release >= since


ITEMS: list[Item] = [
    Item("spapr/rtc", (2, 3), lambda _: True, "always"),
    Item(
        "spapr_drc",
        (2, 10),
        lambda m: any(one.device and one.state != one.resting_state for one in m.connectors),
        "a connector with a device is away from rest",
        frozenset({"connectors"}),
    ),
    Item(
        "spapr_drc/unplug_requested",
        (5, 0),
        lambda m: any(one.unplug_requested for one in m.connectors),
        "an unplug is requested",
        frozenset({"unplug"}),
    ),
    Item(
        "spapr_drc",
        (5, 0),
        lambda m: any(one.unplug_requested for one in m.connectors),
        "an unplug is requested",
        frozenset({"unplug"}),
    ),
    *(
        Item(
            name,
            NEVER,
            lambda m: any(one.ccs_depth > 0 for one in m.connectors),
            "a connector is in progress",
            features=frozenset({"ccs-connector"}),
        )
        for name in ("spapr_drc", "spapr_drc/ccs")
    ),
    Item(
        "spapr_drc/physical",
        (2, 10),
        lambda m: any(one.physical and one.dr_indicator != one.device for one in m.connectors),
        "an indicator does not show whether there is a device",
        frozenset({"connectors"}),
    ),
    Item(
        "spapr_iommu_ex",
        (2, 7),
        lambda m: any((one.bus_offset, one.page_shift) != (0, 12) for one in m.iommu_tables),
        "a DMA window is not at 0 with pages of 4 KiB",
    ),
    Item("spapr_option_vector_ov5_cas", (2, 8), _is_type((2, 8)), "machine type 2.8 or newer"),
    Item("spapr_patb_entry", (2, 9), lambda m: m.patb_entry > 0, "there is a process table"),
    Item(
        "spapr_pending_events",
        (2, 10),
        lambda m: len(m.pending_events) > 0,
        "an event waits for the guest",
        frozenset({"events"}),
    ),
    *(
        Item(f"spapr/cap/{one.name}", one.since, _given(one.name), f"{one.name} was given")
        for one in CAPABILITIES
        if one.name != "hpt_maxpagesize"
    ),
    Item(
        "spapr/cap/hpt_maxpagesize",
        (4, 1),
        _is_type((4, 1)),
        "machine type 4.1 or newer",
        until=(10, 2),
    ),
    Item(
        "spapr/cap/hpt_maxpagesize",
        (10, 2),
        _given("hpt_maxpagesize"),
        "hpt_maxpagesize was given",
        known=(4, 1),
    ),
    Item("spapr_irq_map", (3, 1), lambda m: len(m.irq_map) > 0, "an interrupt is allocated"),
    Item("spapr_dtb", (4, 0), _is_type((4, 0)), "machine type 4.0 or newer"),
    Item(
        "spapr_fwnmi",
        (5, 0),
        lambda m: m.fwnmi_machine_check_addr != 2**64 - 1,
        "the guest registered for machine checks",
    ),
    *(
        Item(
            f"spapr/ccs as {form}",
            NEVER,
            lambda m: len(m.ccs_list) > 0,
            "a connector is in progress",
            features=frozenset({feature}),
        )
        for form, feature in (("array", "ccs-array"), ("queue", "ccs-queue"))
    ),
]
"""All optional parts of a stream."""

SECTION_VERSIONS: list[tuple[str, Release | str, int]] = [
    # Section, since which release or with which feature, the version_id it has. The last row that
    # applies counts; a reader accepts the version_ids up to its own.
    ("spapr", ALWAYS, 1),
    ("spapr", (2, 1), 2),
    ("spapr", (2, 3), 3),
    ("spapr", "bump", 4),
    ("spapr_pci", ALWAYS, 2),
    ("spapr_iommu", ALWAYS, 2),
    ("spapr_iommu", (7, 1), 3),
]

REFUSALS: tuple[tuple[str, Condition, str], ...] = (
    # Feature, when it refuses to save, the same in words.
    ("busy", lambda m: len(m.ccs_list) > 0, "a connector is in progress"),
    (
        "busy-connectors",
        lambda m: any(one.ccs_depth > 0 for one in m.connectors),
        "a connector is in progress",
    ),
)

NANOSECONDS: Release = (2, 3)
"""Since when the clock has nanoseconds, 64 bits of them. Before, it has as many whole seconds."""
