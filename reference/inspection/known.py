"""The sections of a machine type that we have descriptions of."""

from functools import cache

from reference.spapr.machine_types import UnknownMachineType, machine_type
from reference.spapr.other_sections import other_sections
from reference.spapr.sections import plans
from reference.spapr.versions import BASES, STREAM_VERSIONS, stream_version
from reference.vmstate.description import VMStateDescription

NEWEST = stream_version([*BASES][-1])


@cache
def own_descriptions(type_name: str) -> dict[str, tuple[VMStateDescription, ...]]:
    """Our descriptions of a machine type's sections, by name; none if it is no pseries type.

    The newest comes first; behind it are those of the versions that change it by a feature.
    """
    try:
        kind = machine_type(type_name)
    except UnknownMachineType:
        return {}
    known = other_sections(kind) | {n: p.vmsd for n, p in plans(NEWEST, kind.name).items()}
    described: dict[str, tuple[VMStateDescription, ...]]
    described = {name: (vmsd,) for name, vmsd in known.items()}
    for version in STREAM_VERSIONS.values():
        for section in dict.fromkeys(change.section for change in version.changes):
            changed = plans(version, kind.name)[section].vmsd
            described[section] = (*described[section], changed)
    return described
