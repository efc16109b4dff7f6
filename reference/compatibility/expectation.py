"""What must happen when a machine travels from one stream version to another."""

from functools import cache

from msgspec.structs import replace

from reference.compatibility.table import (
    ASPECTS,
    ITEMS,
    NANOSECONDS,
    REFUSALS,
    SECTION_VERSIONS,
    WALKS,
    Aspect,
    Item,
)
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MachineType, Release, machine_type
from reference.spapr.versions import STREAM_VERSIONS, StreamVersion, stream_version
from reference.vmstate.records import Record
from reference.wire.errors import Cause


class Refused(Record, frozen=True):
    """The source must not save the machine now."""

    because: str


class Rejected(Record, frozen=True):
    """The destination must not accept the stream, for one of ``causes``."""

    because: str
    causes: frozenset[Cause]


class Accepted(Record, frozen=True):
    """The destination must hold ``machine``; ``losses`` are the aspects that the road loses."""

    machine: Machine
    losses: tuple[str, ...] = ()


Expectation = Refused | Rejected | Accepted


LAID_OUT_OTHERWISE = {Cause.FRAMING, Cause.VALUE}
"""Why a part of another layout is rejected: it ends elsewhere, or makes no sense."""


class Pair(Record, frozen=True):
    """What an ordered pair does with every machine of one machine type.

    ``always_rejected`` names the section whose version the destination does not accept, if any, and
    ``causes`` says why. ``rejected_with`` are the parts of a stream that the destination does not
    know, ``lost`` the aspects that the source does not send.
    """

    always_rejected: str
    causes: frozenset[Cause]
    rejected_with: tuple[Item, ...]
    lost: tuple[Aspect, ...]


def common_machine_type(*versions: str) -> str:
    """The newest machine type that programs of all ``versions`` know."""
    return min(
        (stream_version(name) for name in versions), key=lambda version: version.release
    ).newest_machine_type


def machine_types(version: str) -> tuple[str, ...]:
    """The machine types that programs of ``version`` know, oldest first, of those that matter."""
    newest = machine_type(stream_version(version).newest_machine_type)
    names = dict.fromkeys(one.newest_machine_type for one in STREAM_VERSIONS.values())
    return tuple(name for name in names if machine_type(name).release <= newest.release)


def knows(version: StreamVersion, item: Item) -> bool:
    """Whether programs of ``version`` accept ``item``."""
    return version.release >= (item.known or item.since) or version.has_any(item.features)


def sends(version: StreamVersion, item: Item) -> bool:
    """Whether programs of ``version`` send ``item`` under its condition."""
    return item.since <= version.release < item.until or version.has_any(item.features)


def holds(version: str, aspect: Aspect, type_name: str) -> bool:
    """Whether a program of ``version`` has ``aspect`` at all, for a machine type."""
    program, kind = stream_version(version), machine_type(type_name)
    held = aspect.held <= program.release < aspect.until or program.has_any(aspect.features)
    return held and kind.release >= aspect.types


def carries(version: StreamVersion, aspect: Aspect, kind: MachineType) -> bool:
    """Whether streams of ``version`` carry ``aspect``, for a machine type."""
    if version.has_any(aspect.features):
        return True
    return version.release >= aspect.carried and kind.release >= aspect.carried_types


def section_versions(version: StreamVersion) -> dict[str, tuple[int, Release | str]]:
    """The version_ids of a version's sections, each with the release or feature that made it."""
    return {
        section: (version_id, since)
        for section, since, version_id in SECTION_VERSIONS
        if (version.has_any({since}) if isinstance(since, str) else version.release >= since)
    }


@cache
def pair(source: str, destination: str, type_name: str) -> Pair:
    """What the rows of the table say about a pair, for machines of the type ``type_name``."""
    from_version, to_version = stream_version(source), stream_version(destination)
    known = section_versions(to_version)
    too_new, otherwise = [], []
    for section, (sent, made_by) in section_versions(from_version).items():
        accepted, _ = known[section]
        if sent > accepted:
            too_new.append(f"{section} version {sent}, destination knows {accepted}")
        elif isinstance(made_by, str) and not to_version.has_any({made_by}):
            otherwise.append(f"{section} version {sent} is laid out otherwise by another patch")
    kind = machine_type(type_name)
    return Pair(
        always_rejected="; ".join((*too_new, *otherwise)),
        causes=frozenset(
            ({Cause.TOO_NEW} if too_new else set()) | (LAID_OUT_OTHERWISE if otherwise else set())
        ),
        rejected_with=tuple(
            item for item in ITEMS if sends(from_version, item) and not knows(to_version, item)
        ),
        lost=tuple(aspect for aspect in ASPECTS if not carries(from_version, aspect, kind)),
    )


def has_whole_seconds(version: str) -> bool:
    """Whether the clock of a version has whole seconds."""
    return stream_version(version).release < NANOSECONDS


def refuses(version: str) -> bool:
    """Whether a version does not save some machines."""
    return stream_version(version).has_any(frozenset(feature for feature, _, _ in REFUSALS))


def without_walks(machine: Machine) -> Machine:
    """The machine when all walks in progress are over, or lost."""
    for aspect in ASPECTS:
        if aspect.name in WALKS:
            machine = aspect.without(machine)
    return machine


def is_known_otherwise(item: Item, version: str) -> bool:
    """Whether programs of ``version`` know a part by the name of ``item``, with another layout."""
    name, form, _ = item.name.partition(" as ")
    program = stream_version(version)
    return bool(form) and any(
        knows(program, one) and one.name.startswith(f"{name}{form}") for one in ITEMS
    )


def expected(source: str, destination: str, machine: Machine) -> Expectation:
    """What must happen to ``machine`` between two programs that were started alike."""
    saver = stream_version(source)
    for feature, condition, words in REFUSALS:
        if saver.has_any({feature}) and condition(machine):
            return Refused(because=words)
    rows = pair(source, destination, machine.machine_type)
    unknown = [item for item in rows.rejected_with if item.needed(machine)]
    causes = set(rows.causes)
    for item in unknown:
        causes |= (
            LAID_OUT_OTHERWISE if is_known_otherwise(item, destination) else {Cause.UNKNOWN_PART}
        )
    if causes:
        sent = [f"{item.name}, which is sent as {item.condition}" for item in unknown]
        because = rows.always_rejected or sent[0]
        return Rejected(because=because, causes=frozenset(causes))
    losses = []
    arrived = machine
    for aspect in rows.lost:
        without = aspect.without(arrived)
        if without != arrived:
            losses += [] if aspect.hidden else [aspect.name]
            arrived = without
    if has_whole_seconds(source) and not has_whole_seconds(destination):
        nanoseconds = (machine.rtc_ns_offset + 2**63) % 2**64 - 2**63
        if nanoseconds != machine.rtc_ns_offset:
            losses.append("rtc_ns_offset")
            arrived = replace(arrived, rtc_ns_offset=nanoseconds)
    return Accepted(machine=arrived, losses=tuple(losses))
