"""Connectors: where a guest gets and gives back devices while it runs."""

from enum import IntEnum
from typing import Any, Self

import msgspec
from msgspec.structs import replace

from reference.spapr.device_tree import Fdt
from reference.vmstate.records import Record


class ConnectorState(IntEnum):
    """The states of a connector on the wire (QEMU include/hw/ppc/spapr_drc.h)."""

    INVALID = 0
    LOGICAL_UNUSABLE = 1
    LOGICAL_AVAILABLE = 2
    LOGICAL_UNISOLATE = 3
    LOGICAL_CONFIGURED = 4
    PHYSICAL_AVAILABLE = 5
    PHYSICAL_POWERON = 6
    PHYSICAL_UNISOLATE = 7
    PHYSICAL_CONFIGURED = 8


class ConnectorType(IntEnum):
    """What a connector is for; bits 28 and up of its index (PAPR, DRC indexes)."""

    CPU = 1
    PHB = 2
    VIO = 3
    PCI = 4
    LMB = 8
    PMEM = 9


PHYSICAL = frozenset({ConnectorType.VIO, ConnectorType.PCI})
"""The types with an indicator of their own; the others are logical."""


class Connector(Record, frozen=True):
    """A dynamic reconfiguration connector (DRC).

    ``drc_index``, 32 bits, whether a ``device`` is attached, and its device tree ``fdt`` are
    configuration: both sides of a migration agree on them. ``state`` is a `ConnectorState`,
    ``dr_indicator`` 0 to 3 (32 bits on the wire); a logical connector has none, and it says whether
    there is a device.

    ``ccs_offset`` and ``ccs_depth``, signed 32 bits each, are the configure-connector walk in
    progress since QEMU 2.10: where in the tree the next tag is, and how many nodes are open. Where
    there is none they are -1. (QEMU has the start of the tree and 0 for that, too.)
    """

    drc_index: int
    device: bool = True
    state: int = ConnectorState.PHYSICAL_CONFIGURED
    dr_indicator: int = 1
    unplug_requested: bool = False
    fdt: Fdt = b""
    ccs_offset: int = -1
    ccs_depth: int = -1
    further: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def kind(self) -> int:
        """What it is for: a `ConnectorType`, or a number that is none."""
        return self.drc_index >> 28

    @property
    def physical(self) -> bool:
        """Whether the connector has an indicator that is migrated."""
        return self.kind in PHYSICAL

    @property
    def resting_state(self) -> ConnectorState:
        """The state after reset: configured with a device, else empty."""
        if not self.device:
            return self.empty_state
        if self.physical:
            return ConnectorState.PHYSICAL_CONFIGURED
        return ConnectorState.LOGICAL_CONFIGURED

    @property
    def empty_state(self) -> ConnectorState:
        """The state without a device, in which a new one is found."""
        if self.physical:
            return ConnectorState.PHYSICAL_POWERON
        return ConnectorState.LOGICAL_UNUSABLE

    def fresh(self) -> Self:
        """The connector after reset."""
        return replace(
            self,
            state=self.resting_state,
            dr_indicator=int(self.device),
            unplug_requested=False,
            ccs_offset=-1,
            ccs_depth=-1,
            further={},
        )

    def attached(self, fdt: Fdt) -> Self:
        """The connector with a new device; the guest is still to take it."""
        shown = self.dr_indicator if self.physical else 1
        return replace(self, device=True, fdt=fdt, dr_indicator=shown)

    def released(self) -> Self:
        """The connector after its device was given back."""
        return replace(
            self,
            device=False,
            dr_indicator=self.dr_indicator if self.physical else 0,
            state=self.empty_state,
            unplug_requested=False,
            fdt=b"",
            ccs_offset=-1,
            ccs_depth=-1,
            further={},
        )
