"""Versioned machine types: what each switches on, as data.

A machine type fixes what a guest sees and how its stream is framed, whatever the age of the
program. QEMU writes that as compat properties that are taken away from older types
(hw/core/machine.c, hw/ppc/spapr.c); here it is the other way round: from which type on a property
holds. Measured on QEMU 7.2 for all types from 2.1 to 7.2.
"""

import difflib
import re
from functools import cache

from reference.vmstate.records import Record

Release = tuple[int, int]
"""A release of QEMU: major, minor."""

SINCE: dict[str, Release] = {
    # how the stream is framed
    "vmdescription": (2, 3),
    "send-configuration": (2, 4),
    "send-section-footer": (2, 4),
    # what is in it
    "dynamic-dma-windows": (2, 7),
    "short-host-bridge": (2, 8),  # pre_2_8_migration off
    "modern-hotplug-events": (2, 8),  # offers OV5_HP_EVT, so that ov5_cas is needed
    "irq-map": (3, 1),  # legacy_irq_allocation off
    "device-tree": (4, 0),  # update_dt_enabled
    "hpt-max-page-size": (4, 1),  # pre_4_1_migration off
}
"""From which machine type on each property holds."""


MACHINE_TYPES = tuple(
    f"pseries-{release}"
    for release in (
        *("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11"),
        *("2.12", "2.12-sxxm", "3.0", "3.1", "4.0", "4.1", "4.2", "5.0", "5.1", "5.2"),
        *("6.0", "6.1", "6.2", "7.0", "7.1", "7.2", "8.0", "8.1", "8.2", "9.0", "9.1", "9.2"),
        *("10.0", "10.1", "10.2", "11.0", "11.1"),
    )
)
"""All versioned pseries machine types that QEMU was released with, oldest first.

No program has them all: 9.2 dropped those before 3.0, 10.2 those before 5.0. What ``-sxxm`` varies
are defaults of capabilities (hw/ppc/spapr.c, spapr_machine_2_12_sxxm_class_options).
"""


class UnknownMachineType(Exception):
    """A name that is no pseries machine type."""


class MachineType(Record, frozen=True):
    """A pseries machine type: its name, and the release that brought it."""

    name: str
    release: Release

    def has(self, feature: str) -> bool:
        """Whether the property of `SINCE` holds."""
        return self.release >= SINCE[feature]


@cache
def machine_type(name: str) -> MachineType:
    """The machine type called ``name``; raises `UnknownMachineType`.

    Variants such as ``pseries-2.12-sxxm`` are framed as the type they vary.
    """
    match = re.fullmatch(r"pseries-(\d{1,4})\.(\d{1,4})(-sxxm)?", name)
    if match is None:
        close = difflib.get_close_matches(name, (f"pseries-{a}.{b}" for a, b in SINCE.values()))
        hint = f" Did you mean {close[0]}?" if close else ""
        raise UnknownMachineType(
            f"{name!r} is no pseries machine type; they are called pseries-X.Y.{hint}"
        )
    return MachineType(name=name, release=(int(match[1]), int(match[2])))
