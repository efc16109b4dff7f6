"""Which sections a machine has at a stream version, in which order, and what each describes."""

from collections.abc import Callable, Iterator
from functools import cache

from reference.spapr.devices import (
    RTC,
    SPAPR_DRC_PHYSICAL,
    SPAPR_RTC,
    spapr_drc,
    spapr_iommu,
    spapr_pci,
)
from reference.spapr.features import changed
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.spapr import spapr
from reference.spapr.versions import StreamVersion
from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.plan import Plan
from reference.vmstate.records import Record

Registration = tuple[Plan, int, Record]
"""A section: its description, ready to use; its instance_id; and the state that it describes."""


Amend = Callable[[VMStateDescription], VMStateDescription]
"""Makes one description of another; how a program that differs from the reference is built."""


def unchanged(vmsd: VMStateDescription) -> VMStateDescription:
    """The description itself: what the reference does."""
    return vmsd


@cache
def plans(version: StreamVersion, type_name: str, amend: Amend = unchanged) -> dict[str, Plan]:
    """The sections that ``version`` knows for a machine type, by idstr."""
    release = version.release
    descriptions = [
        *([SPAPR_RTC] if release >= RTC else ()),
        *([spapr_drc(version), SPAPR_DRC_PHYSICAL] if version.has("connectors") else ()),
        spapr_iommu(release),
        spapr_pci(release, machine_type(type_name)),
        spapr(version),
    ]
    known = {vmsd.name: vmsd for vmsd in descriptions}
    for change in version.changes:
        if change.section in known:
            known[change.section] = changed(known[change.section], change)
    return {name: compile_plan(amend(vmsd)) for name, vmsd in known.items()}


def registrations(machine: Machine, known: dict[str, Plan]) -> Iterator[Registration]:
    """All sections that a machine has, needed or not, in the order of QEMU's registration."""
    if SPAPR_RTC.name in known:
        yield known[SPAPR_RTC.name], 0, machine
    if SPAPR_DRC_PHYSICAL.name in known:
        for connector in machine.connectors:
            yield known["spapr_drc"], connector.drc_index, connector
            if connector.physical:
                yield known[SPAPR_DRC_PHYSICAL.name], connector.drc_index, connector
    for table in machine.iommu_tables:
        yield known["spapr_iommu"], table.liobn, table
    yield known["spapr_pci"], 0, machine.host_bridge
    yield known["spapr"], 0, machine
