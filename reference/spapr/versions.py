"""The stream versions: each is one way of writing a whole pseries machine as a stream."""

import difflib
from enum import Enum, auto

from reference.spapr.machine_types import MachineType, Release, UnknownMachineType, machine_type
from reference.vmstate.records import Record

OLDEST_TYPE: Release = (2, 1)
"""The first versioned machine type. It stands for the one before it, which framed streams alike."""


class Ccs(Enum):
    """What a version does with configure-connector walks in progress."""

    LOST = auto()
    """Nothing: they are gone after a migration."""
    VERSION_BUMP = auto()
    """A count and an array among the fields of `spapr`, whose version grew for it."""
    SUBSECTION_ARRAY = auto()
    """The same count and array in a subsection, needed while there is a walk."""
    SUBSECTION_QUEUE = auto()
    """A subsection with the list as a queue, without a count."""
    CONNECTOR_SUBSECTION = auto()
    """The walk in a connector, in a subsection of `spapr_drc`, needed while there is one."""
    REFUSED = auto()
    """Nothing on the wire: saving is refused while there is a walk."""


class UnknownStreamVersion(Exception):
    """An id that no stream version has."""


class StreamVersion(Record, frozen=True):
    """One stream version.

    ``id`` appears in test ids. ``release`` of QEMU stands for the state of everything that has no
    column of its own here: descriptions say since which release they are as they are.
    ``spapr_version_id`` is that of the section `spapr`.
    """

    id: str
    release: Release
    spapr_version_id: int = 3
    ccs: Ccs = Ccs.LOST

    @property
    def newest_machine_type(self) -> str:
        """The newest machine type that its programs know."""
        major, minor = max(self.release, OLDEST_TYPE)
        return f"pseries-{major}.{minor}"


STREAM_VERSIONS = {
    version.id: version
    for version in (
        StreamVersion("1", (1, 6), 1),
        StreamVersion("2", (2, 1), 2),
        StreamVersion("3", (2, 3)),
        StreamVersion("4", (2, 6), 4, Ccs.VERSION_BUMP),
        StreamVersion("3+ccs", (2, 6), 3, Ccs.SUBSECTION_ARRAY),
        StreamVersion("3+ccs-queue", (2, 6), 3, Ccs.SUBSECTION_QUEUE),
        StreamVersion("3+busy", (2, 6), 3, Ccs.REFUSED),
        StreamVersion("2.7", (2, 7)),
        StreamVersion("2.8", (2, 8)),
        StreamVersion("2.9", (2, 9)),
        StreamVersion("2.10", (2, 10)),
        StreamVersion("2.12", (2, 12)),
        StreamVersion("3.1", (3, 1)),
        StreamVersion("4.0", (4, 0)),
        StreamVersion("5.0", (5, 0)),
        StreamVersion("7.1", (7, 1)),
        StreamVersion("10.0", (10, 0)),
        StreamVersion("10.0+ccs", (10, 0), ccs=Ccs.CONNECTOR_SUBSECTION),
    )
}
"""All stream versions by id, oldest first."""


def stream_version(name: str) -> StreamVersion:
    """The stream version with the id ``name``; raises `UnknownStreamVersion`."""
    if name not in STREAM_VERSIONS:
        close = difflib.get_close_matches(name, STREAM_VERSIONS)
        hint = (
            f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(STREAM_VERSIONS)}."
        )
        raise UnknownStreamVersion(f"{name!r} is no stream version. {hint}")
    return STREAM_VERSIONS[name]


def known_machine_type(name: str, version: StreamVersion) -> MachineType:
    """The machine type ``name``; raises `UnknownMachineType` if programs of ``version`` lack it.

    A version stands for the releases up to the next one, and so for their machine types: that of
    7.1 is also the one of 7.2.
    """
    kind = machine_type(name)
    later = [one.release for one in STREAM_VERSIONS.values() if one.release > version.release]
    if later and kind.release >= min(later) and kind.release > OLDEST_TYPE:
        raise UnknownMachineType(
            f"stream version {version.id} has no machine type {name}; "
            f"its newest is {version.newest_machine_type}"
        )
    return kind
