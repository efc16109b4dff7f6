"""The section `spapr` in every stream version, as data (QEMU hw/ppc/spapr.c, vmstate_spapr)."""

from functools import cache
from typing import Any

import msgspec

from reference.spapr.capabilities import CAPABILITIES, capability, default_capabilities
from reference.spapr.clock import NANOSECONDS, import_rtc
from reference.spapr.machine import UINT64_MAX, Machine
from reference.spapr.scratch import narrowed, widened
from reference.spapr.subsections import SUBSECTIONS, TIMEBASE
from reference.spapr.versions import StreamVersion
from reference.vmstate.description import VersionBefore, VMStateDescription
from reference.vmstate.errors import DoesNotFit, Rejected
from reference.vmstate.fields import struct, uint64, unused

SentMachine: Any = msgspec.defstruct(
    "SentMachine",
    [("rtc_offset", int, 0), *((f"mig_{one.name}", int, 0) for one in CAPABILITIES)],
    bases=(Machine,),
    frozen=True,
)
"""A machine with what only its stream holds.

``rtc_offset``: the clock in seconds, in versions 1 and 2. ``mig_htm`` and so on: the capabilities
of the source; those that the stream does not mention have their default.
"""


def pre_load(machine: Machine) -> Machine:
    """Room for what the stream holds, with the defaults of what it may leave out."""
    defaults = default_capabilities(machine.machine_type)
    mig = {f"mig_{name}": value for name, value in defaults.items()}
    sent: Machine = widened(SentMachine, machine, **mig)
    return sent


@cache
def spapr(version: StreamVersion) -> VMStateDescription:
    """The section `spapr`, as the base of ``version`` reads and writes it."""
    known = {vmsd.name: vmsd for since, vmsd in SUBSECTIONS if version.has(since)}
    sent_capabilities = {
        one.name: f"mig_{one.name}" for one in CAPABILITIES if version.release >= one.since
    }

    def pre_save(machine: Machine) -> Machine:
        seconds, rest = divmod(machine.rtc_ns_offset, NANOSECONDS)
        if version.spapr_version_id < 3 and rest:
            raise DoesNotFit(f"{machine.rtc_ns_offset} ns are no whole seconds")
        mig = {field: capability(machine, name) for name, field in sent_capabilities.items()}
        sent: Machine = widened(SentMachine, machine, rtc_offset=seconds & UINT64_MAX, **mig)
        return sent

    def post_load(sent: Any, version_id: int) -> Machine:
        machine = narrowed(Machine, sent)
        for name, field in sent_capabilities.items():
            there, here = getattr(sent, field), capability(machine, name)
            if there > here:
                raise Rejected(
                    f"cap-{name} higher level ({there}) in incoming stream than on "
                    f"destination ({here})"
                )
        walks = [one.drc_index for one in machine.ccs_list]
        if len(set(walks)) < len(walks):
            raise Rejected("two configure-connector walks of one connector")
        if version_id < 3:
            wide = version.spapr_version_id < 3
            offset = import_rtc(sent.rtc_offset, wide=wide)
            machine = msgspec.structs.replace(machine, rtc_ns_offset=offset)
        return machine

    return VMStateDescription(
        name="spapr",
        version_id=version.spapr_version_id,
        minimum_version_id=1,
        pre_load=pre_load,
        post_load=post_load,
        pre_save=pre_save,
        fields=(
            unused(4, field_exists=VersionBefore(3)),  # next_irq, until ba0e5bf8de
            uint64("rtc_offset", field_exists=VersionBefore(3)),
            struct("tb", TIMEBASE, version_id=2),
        ),
        subsections=tuple(known.values()),
        record=SentMachine,
    )
