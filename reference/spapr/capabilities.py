"""The capabilities of a pseries machine (QEMU hw/ppc/spapr_caps.c), as data.

A capability is a number that the source must not have higher than the destination. It is sent if
it was given on the command line and differs from the default of the machine type.
"""

from functools import cache

from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release, machine_type
from reference.vmstate.records import Record


class Capability(Record, frozen=True):
    """One capability: its place in the stream, who knows it, and the values it can take."""

    name: str
    index: int
    since: Release
    values: tuple[int, ...] = (0, 1)


HPT_MAX_PAGE_SIZE = "hpt_maxpagesize"
"""The log2 of the largest page size. Programs before 10.2 always send it for machine types from 4.1
on, and never for others."""

CAPABILITIES = (
    # In the order of the subsections in `spapr`; index is that of the array caps.caps.
    Capability("htm", 0x00, (2, 12)),
    Capability("vsx", 0x01, (2, 12)),
    Capability("dfp", 0x02, (2, 12)),
    Capability("cfpc", 0x03, (2, 12), (0, 1, 2)),  # broken, workaround, fixed
    Capability("sbbc", 0x04, (2, 12), (0, 1, 2)),
    Capability("ibs", 0x05, (2, 12), (0, 1, 2, 3, 4)),  # ... fixed-ibs, fixed-ccd, fixed-na
    Capability(HPT_MAX_PAGE_SIZE, 0x06, (4, 1), (12, 16, 24, 34)),
    Capability("nested_kvm_hv", 0x07, (3, 1)),
    Capability("large_decr", 0x08, (4, 0)),
    Capability("ccf_assist", 0x09, (4, 0)),
    Capability("fwnmi", 0x0A, (5, 0)),
    Capability("rpt_invalidate", 0x0B, (6, 1)),
    Capability("ail_mode_3", 0x0C, (9, 1)),
    Capability("nested_papr", 0x0D, (9, 0)),
    Capability("dawr1", 0x0E, (10, 0)),
)

DEFAULTS: tuple[tuple[Release, dict[str, int]], ...] = (
    # From which machine type on; with the default CPU of the type under TCG. Measured on QEMU 7.2
    # with qom-get up to 7.2, all but the last three, which it does not have.
    (
        (2, 1),
        {"htm": 0, "vsx": 1, "dfp": 1, "cfpc": 0, "sbbc": 0, "ibs": 0, HPT_MAX_PAGE_SIZE: 34}
        | {"nested_kvm_hv": 0, "large_decr": 0, "ccf_assist": 0, "fwnmi": 0, "rpt_invalidate": 0}
        | {"ail_mode_3": 0, "nested_papr": 0, "dawr1": 0},
    ),
    ((2, 8), {"htm": 1}),
    ((2, 12), {"htm": 0}),
    ((3, 0), {HPT_MAX_PAGE_SIZE: 16}),
    ((4, 0), {"cfpc": 1, "sbbc": 1, "ibs": 1, "large_decr": 1}),
    ((5, 0), {"ccf_assist": 1, "fwnmi": 1}),
)


@cache
def default_capabilities(name: str) -> dict[str, int]:
    """The value of every capability where the command line of machine type ``name`` is silent."""
    release = machine_type(name).release
    defaults: dict[str, int] = {}
    for since, changes in DEFAULTS:
        if release >= since:
            defaults |= changes
    return defaults


def capability(machine: Machine, name: str) -> int:
    """What the machine's capability is."""
    given = machine.capabilities.get(name)
    return default_capabilities(machine.machine_type)[name] if given is None else given
