"""The sections of a machine type that we have descriptions of."""

from functools import cache

from reference.spapr.machine_types import UnknownMachineType, machine_type
from reference.spapr.other_sections import other_sections
from reference.spapr.sections import plans
from reference.spapr.spapr import spapr
from reference.spapr.versions import STREAM_VERSIONS
from reference.vmstate.description import VMStateDescription

NEWEST = STREAM_VERSIONS["10.0"]
OTHER_SPAPR = ("4", "3+ccs", "3+ccs-queue")
"""The stream versions whose section `spapr` has what the newest does not know."""


@cache
def own_descriptions(type_name: str) -> dict[str, tuple[VMStateDescription, ...]]:
    """Our descriptions of a machine type's sections, by name; none if it is no pseries type."""
    try:
        kind = machine_type(type_name)
    except UnknownMachineType:
        return {}
    known = other_sections(kind) | {n: p.vmsd for n, p in plans(NEWEST, kind.name).items()}
    others = (spapr(STREAM_VERSIONS[version]) for version in OTHER_SPAPR)
    return {name: (vmsd,) for name, vmsd in known.items()} | {"spapr": (known["spapr"], *others)}
