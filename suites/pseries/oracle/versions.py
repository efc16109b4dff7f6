"""The stream versions that are tested, by what they carry and are made of.

They are known when tests are collected: implementations and files of versions add some.
"""

from reference.compatibility.expectation import carries, holds
from reference.compatibility.table import ASPECTS
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import STREAM_VERSIONS


def versions() -> tuple[str, ...]:
    """The ids of all of them, oldest first."""
    return tuple(STREAM_VERSIONS)


def releases() -> tuple[str, ...]:
    """Those that were released: bases without features."""
    return tuple(one.id for one in STREAM_VERSIONS.values() if not one.features)


def carrying(name: str) -> tuple[str, ...]:
    """Those whose programs have an aspect (`table.ASPECTS`) of a machine, and streams carry it."""
    (aspect,) = (one for one in ASPECTS if one.name == name)
    return tuple(
        version
        for version, one in STREAM_VERSIONS.items()
        if holds(version, aspect, one.newest_machine_type)
        and carries(one, aspect, machine_type(one.newest_machine_type))
    )


def with_feature(key: str) -> tuple[str, ...]:
    """Those with a feature (`reference.spapr.features`)."""
    return tuple(one.id for one in STREAM_VERSIONS.values() if one.has_any({key}))
