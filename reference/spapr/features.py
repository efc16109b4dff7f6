"""Features: what a patch adds to a base, as data.

A feature says what it changes of the sections of its base. Rows that an older base can be given in
advance, as a distribution would backport them, say with `Feature.brought` which release has them;
`reference.spapr.devices` and `reference.spapr.spapr` describe those.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from reference.spapr.connector import Connector
from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release
from reference.spapr.subsections import CONFIGURE_CONNECTOR_STATE
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.errors import Refused, Rejected
from reference.vmstate.fields import int32, qtailq, struct
from reference.vmstate.records import Record

OLDEST: Release = (0, 0)
NEVER: Release = (9999, 0)
ERA: Release = (2, 6)
"""The release for which the series of 2016 was written."""


class Change(Record, frozen=True):
    """What a feature does to one section of its base.

    ``fields`` come behind those of the section, which then has another ``version_id``;
    ``subsections`` come last. ``needed``: when the section is sent although its base would not.
    ``refuses``: why a machine is not saved now, empty where it is. ``shape`` is what else becomes
    of the description.
    """

    section: str
    fields: tuple[Field, ...] = ()
    version_id: int = 0
    subsections: tuple[VMStateDescription, ...] = ()
    needed: Callable[[Any], bool] | None = None
    refuses: Callable[[Machine], str] | None = None
    shape: Callable[[VMStateDescription], VMStateDescription] | None = None


class Feature(Record, frozen=True):
    """One feature: ``name`` is what follows the base in the id of a version, as in ``3+ccs``.

    ``since`` and ``until`` are the releases of programs to which it can be added. ``says`` is what
    it does, in words. ``needs`` names features that must be there. ``brought`` is the release that
    has it anyway. ``claims`` are the names that it takes on the wire, which no other may have.
    ``of`` names the features that it stands for, where it is several. ``key`` tells it from others
    of its name, which are for other bases.
    """

    name: str
    says: str
    key: str
    since: Release = OLDEST
    until: Release = NEVER
    changes: tuple[Change, ...] = ()
    needs: tuple[str, ...] = ()
    brought: Release = NEVER
    claims: frozenset[str] = frozenset()
    of: tuple[str, ...] = ()


def _in_progress(walks: Iterable[int]) -> str:
    """Why a machine is not saved while a guest reads trees, of connectors by their indexes."""
    indexes = ", ".join(f"{index:#x}" for index in walks)
    return f"configure-connector is in progress for {indexes}" if indexes else ""


def _walks_in_progress(machine: Machine) -> str:
    return _in_progress(walk.drc_index for walk in machine.ccs_list)


def _connectors_in_progress(machine: Machine) -> str:
    return _in_progress(one.drc_index for one in machine.connectors if is_walking(one))


CCS_SUBSECTION = "spapr/ccs"
"""Our name. That of the patches of 2016 and 2017 is not known."""
CCS_ARRAY = (
    int32("ccs_list_num", counts="ccs_list"),
    struct("ccs_list", CONFIGURE_CONNECTOR_STATE, count="ccs_list_num"),
)
CCS_QUEUE = (qtailq("ccs_list", CONFIGURE_CONNECTOR_STATE),)


def _ccs(fields: tuple[Field, ...]) -> Change:
    """The list of walks in a subsection of `spapr`."""
    vmsd = VMStateDescription(
        name=CCS_SUBSECTION, needed=lambda machine: bool(machine.ccs_list), fields=fields
    )
    return Change("spapr", subsections=(vmsd,))


def is_walking(connector: Connector) -> bool:
    """Whether the guest reads the tree: then it is owed the rest of it."""
    return connector.ccs_depth > 0


def check_walk(connector: Connector, _version: int) -> Connector:
    """The post_load hook that refuses a walk that is none."""
    if connector.ccs_depth <= 0 or connector.ccs_offset < 0:
        raise Rejected(
            f"ccs_depth {connector.ccs_depth} and ccs_offset {connector.ccs_offset} of connector "
            f"{connector.drc_index:#x} are no walk in progress"
        )
    return connector


SPAPR_DRC_CCS = VMStateDescription(
    name="spapr_drc/ccs",
    needed=is_walking,
    fields=(int32("ccs_offset"), int32("ccs_depth")),
    post_load=check_walk,
)
"""What today's QEMU lacks. A tree may also be read a second time, when its connector is at rest."""

FEATURES: list[Feature] = [
    Feature(
        "bump",
        "walks in progress in `spapr`, whose version_id rises for it (April 2016)",
        key="bump",
        since=ERA,
        until=(2, 7),
        changes=(
            Change("spapr", tuple(replace(one, version_id=4) for one in CCS_ARRAY), version_id=4),
        ),
        claims=frozenset({CCS_SUBSECTION, "spapr version"}),
    ),
    Feature(
        "ccs",
        "walks in progress in a subsection of `spapr`, as count and array (its review)",
        key="ccs-array",
        since=ERA,
        until=(2, 10),
        changes=(_ccs(CCS_ARRAY),),
        claims=frozenset({CCS_SUBSECTION}),
    ),
    Feature(
        "ccs",
        "the walk of a connector in a subsection of `spapr_drc`: a fix of today's QEMU",
        key="ccs-connector",
        since=(2, 10),
        changes=(Change("spapr_drc", subsections=(SPAPR_DRC_CCS,), needed=is_walking),),
        claims=frozenset({SPAPR_DRC_CCS.name}),
    ),
    Feature(
        "ccs-queue",
        "the same subsection of `spapr`, the list as a QTAILQ (the later series)",
        key="ccs-queue",
        since=ERA,
        until=(2, 10),
        changes=(_ccs(CCS_QUEUE),),
        claims=frozenset({CCS_SUBSECTION}),
    ),
    Feature(
        "busy",
        "saving is refused while a walk is in progress (the review's other way out)",
        key="busy",
        since=ERA,
        until=(2, 10),
        changes=(Change("spapr", refuses=_walks_in_progress),),
        claims=frozenset({CCS_SUBSECTION}),
    ),
    Feature(
        "busy",
        "the same where walks are in the connectors",
        key="busy-connectors",
        since=(2, 10),
        changes=(Change("spapr", refuses=_connectors_in_progress),),
        claims=frozenset({SPAPR_DRC_CCS.name}),
    ),
    Feature(
        "connectors",
        "states and indicators of connectors, as 2.10 sends them",
        key="connectors",
        since=ERA,
        brought=(2, 10),
    ),
    Feature(
        "unplug",
        "requests to give a device back, as 5.0 sends them",
        key="unplug",
        since=ERA,
        brought=(5, 0),
        needs=("connectors",),
    ),
    Feature(
        "events",
        "events that wait for the guest, as 2.10 sends them",
        key="events",
        since=ERA,
        brought=(2, 10),
    ),
    Feature(
        "series",
        "the whole series of 2016: connectors, requests, walks, events",
        key="series",
        since=ERA,
        until=(2, 10),
        of=("ccs", "connectors", "unplug", "events"),
    ),
]
"""All features, in the order in which the id of a version names them."""


def changed(vmsd: VMStateDescription, change: Change) -> VMStateDescription:
    """The description of a section with what a feature does to it."""
    needed, further, refuses = vmsd.needed, change.needed, change.refuses
    if needed is not None and further is not None:
        vmsd = replace(vmsd, needed=lambda state: needed(state) or further(state))
    if refuses is not None:
        vmsd = replace(vmsd, pre_save=_deferring(refuses, vmsd.pre_save))
    vmsd = replace(
        vmsd,
        version_id=change.version_id or vmsd.version_id,
        fields=(*vmsd.fields, *change.fields),
        subsections=(*vmsd.subsections, *change.subsections),
    )
    return change.shape(vmsd) if change.shape else vmsd


def _deferring(
    refuses: Callable[[Machine], str], pre_save: Callable[[Any], Any] | None
) -> Callable[[Any], Any]:
    """A pre_save hook that says no before another does its work."""

    def hook(machine: Machine) -> Any:
        if why := refuses(machine):
            raise Refused(why)
        return pre_save(machine) if pre_save else machine

    return hook
