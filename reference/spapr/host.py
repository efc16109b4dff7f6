"""What the host does to a machine: plug, ask back, shut down, reset."""

from collections.abc import Callable

from msgspec.structs import replace

from reference.spapr.actions import (
    DONE,
    IMPOSSIBLE,
    HotPlug,
    PowerDown,
    Reply,
    RequestUnplug,
    Reset,
)
from reference.spapr.connector import Connector, ConnectorType
from reference.spapr.device_tree import flatten
from reference.spapr.events import (
    ADD,
    KEPT_ON_RESET,
    OV5_HP_EVT,
    REMOVE,
    hot_plug,
    power_off,
    queued,
)
from reference.spapr.features import NEVER, OLDEST
from reference.spapr.flattened_tree import check
from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release
from reference.vmstate.records import Record


def plug(machine: Machine, _release: Release, action: HotPlug) -> tuple[Reply, Machine]:
    """Attach a device; the guest is told and finds it isolated (spapr_drc_attach).

    Raises `NotATree` for a device tree that is none.
    """
    connector = machine.connector(action.drc_index)
    if connector is None or connector.device:
        return IMPOSSIBLE, machine
    check(flatten(action.fdt))
    event = hot_plug(machine, action.drc_index, ADD, action.plid)
    return DONE, queued(machine.with_connector(connector.attached(action.fdt)), event)


class UnplugRule(Record, frozen=True):
    """What becomes of a request for a device, in releases ``since`` and before ``until``.

    It is about connectors of ``kinds``. ``again``: whether it is about a request after another.
    ``applies`` is a further condition. ``reply`` is all that happens.
    """

    kinds: frozenset[int]
    reply: Reply
    again: bool = False
    applies: Callable[[Machine], bool] = lambda _machine: True
    since: Release = OLDEST
    until: Release = NEVER


def knows_no_hot_plug_events(machine: Machine) -> bool:
    """Whether the guest has not negotiated the class of hot-plug events."""
    return OV5_HP_EVT not in machine.ov5_cas.bitmap


def declined_hot_plug_events(machine: Machine) -> bool:
    """Whether the guest has negotiated others, and not that class (spapr_ovec_empty)."""
    return bool(machine.ov5_cas.bitmap) and knows_no_hot_plug_events(machine)


CPU, PHB, PCI, LMB = (
    frozenset({one})
    for one in (ConnectorType.CPU, ConnectorType.PHB, ConnectorType.PCI, ConnectorType.LMB)
)
UNPLUG_RULES = (
    # Of those that apply the first counts; where none does, the guest is asked.
    # "Memory hot unplug not supported for this guest" (spapr_machine_device_unplug_request;
    # since cf632463fa, relaxed by 1e8b5b1aa1; measured on 5.2, and on 7.2 with other options).
    UnplugRule(LMB, IMPOSSIBLE, applies=knows_no_hot_plug_events, since=(2, 8), until=(6, 0)),
    UnplugRule(LMB, IMPOSSIBLE, applies=declined_hot_plug_events, since=(6, 0)),
    # Nothing more happened to a device that was asked for (spapr_pci_unplug_request of 5.2 and its
    # kin, whose guard had no else); since 6.0 it is "already in progress", but for a CPU.
    UnplugRule(PCI | PHB | CPU, DONE, again=True, since=(2, 10), until=(6, 0)),
    UnplugRule(frozenset(ConnectorType) - CPU, IMPOSSIBLE, again=True),
)


def request_unplug(
    machine: Machine, release: Release, action: RequestUnplug
) -> tuple[Reply, Machine]:
    """Ask for a device; one that the guest has not taken is gone at once (spapr_drc_detach).

    Of a PCI device that is gone no guest is told (measured on 7.2).
    """
    connector = machine.connector(action.drc_index)
    if connector is None or not connector.device:
        return IMPOSSIBLE, machine
    for one in UNPLUG_RULES:
        concerned = one.since <= release < one.until and connector.kind in one.kinds
        if concerned and one.again <= connector.unplug_requested and one.applies(machine):
            return one.reply, machine
    taken = connector.state != connector.empty_state
    asked = replace(connector, unplug_requested=True) if taken else connector.released()
    machine = machine.with_connector(asked)
    if taken or not connector.physical:
        machine = queued(machine, hot_plug(machine, action.drc_index, REMOVE, action.plid))
    return DONE, machine


def power_down(machine: Machine, _release: Release, action: PowerDown) -> tuple[Reply, Machine]:
    """Ask the guest to shut down."""
    return DONE, queued(machine, power_off(action.plid))


def given_back_at_reset(connector: Connector) -> Connector:
    """A connector whose device goes with a reset.

    Its indicator is reset before that, and shows a device afterwards (drc_physical_reset; measured
    on 7.2).
    """
    shown = 1 if connector.physical else 0
    return replace(connector.released().fresh(), dr_indicator=shown)


def reset(machine: Machine, release: Release, _action: Reset) -> tuple[Reply, Machine]:
    """Start again: walks are dropped and devices that were asked for are gone.

    The clocks go on (hw/ppc/spapr.c, spapr_machine_reset; hw/ppc/spapr_drc.c, spapr_drc_reset).
    """
    connectors = tuple(
        given_back_at_reset(one) if one.unplug_requested else one.fresh()
        for one in machine.connectors
    )
    return DONE, replace(
        machine.fresh(),
        connectors=connectors,
        tb=machine.tb,
        rtc_ns_offset=machine.rtc_ns_offset,
        pending_events=machine.pending_events if release <= KEPT_ON_RESET else (),
    )
