"""Whether the streams of a binary are of the version that a user says they are of."""

from collections.abc import Iterator
from dataclasses import replace

from adapters.answers import AdapterError
from adapters.qemu.process import QemuDied
from adapters.qemu.pseries.binary import Binary
from adapters.qemu.pseries.holding import Holders
from adapters.qemu.pseries.kinds import Kind, kind_of
from adapters.qemu.reasons import cause_of
from reference.inspection.decoded import Fields
from reference.inspection.decoding import decode
from reference.spapr.connector import Connector
from reference.spapr.machine import Machine
from reference.spapr.sections import plans
from reference.spapr.versions import BASES, stream_version
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.description import VMStateDescription
from reference.wire.errors import Cause


def check_version(binary: Binary, holders: Holders) -> None:
    """Raise `AdapterError` if what the binary writes or accepts contradicts its version.

    That is what its ``version=`` says, or its release where it has none.
    """
    for problem in contradictions(binary, holders):
        hint = (
            f"QEMU {binary.release_name} without a patch is version={binary.natural}."
            if binary.program.version
            else "what a patch adds is named with version=, and declared in a file of --versions."
        )
        raise AdapterError(f"adapter {binary.name!r}: {problem}; {hint}")


def contradictions(binary: Binary, holders: Holders) -> Iterator[str]:
    """What is otherwise than the version says, on the newest machine type that starts."""
    kind = Kind(binary.machine_types[-1])
    version = stream_version(binary.version)
    known = {name: plan.vmsd for name, plan in plans(version, kind.machine_type).items()}
    if BASES[version.base] > binary.release:
        yield f"it is older than {version.base}"
    idle = binary.idle(kind)
    try:
        sections = decode(idle.migrate(), kind.machine_type).sections
    finally:
        idle.close()
    for one in sections:
        name, theirs = one.section.idstr, one.section.version_id
        if name not in known:
            continue
        if theirs != known[name].version_id:
            ours = known[name].version_id
            yield f"it writes {name} version {theirs}, and {version.id} writes version {ours}"
        parts = {part.name for part in known[name].subsections}
        sent = one.content.values.get(SUBSECTIONS, ()) if isinstance(one.content, Fields) else ()
        for part, _, _ in sent:
            if part not in parts:
                yield f"it writes {part}, which {version.id} does not know"
    claimed = {part.name for change in version.changes for part in change.subsections}
    if claimed and (said := rejected(binary, holders, kind, claimed)):
        yield f"it does not accept what {version.id} adds, {', '.join(sorted(claimed))}: {said}"


def rejected(binary: Binary, holders: Holders, kind: Kind, claimed: set[str]) -> str:
    """Why a binary does not know subsections; empty where it does, whatever it makes of them."""

    def sending(vmsd: VMStateDescription) -> VMStateDescription:
        parts = tuple(
            replace(one, needed=None) if one.name in claimed else one for one in vmsd.subsections
        )
        holding = any(one.name in claimed for one in parts)
        return replace(vmsd, subsections=parts, needed=None if holding else vmsd.needed)

    devices = holders.devices(kind.machine_type)
    connectors = tuple(Connector(index, fdt=tree).fresh() for index, tree in devices.items())
    started = binary.carrier(kind).machine
    machine = Machine(
        machine_type=kind.machine_type,
        connectors=connectors[:1],
        host_bridge=started.host_bridge,
        iommu_tables=started.iommu_tables,
    )
    running = binary.waiting(kind_of(machine))
    try:
        running.arrive(binary.carrier(kind_of(machine)).holding(machine, amend=sending))
    except QemuDied as death:
        cause, words = cause_of(death.said)
        return words if cause is Cause.UNKNOWN_PART else ""
    finally:
        running.close()
    return ""
