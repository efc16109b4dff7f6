"""The counts and lengths in a stream, found by the descriptions, and lies about them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from struct import calcsize
from typing import Any, NamedTuple

from reference.compatibility.expectation import machine_types, refuses, without_walks
from reference.spapr.configuration import CONFIGURATION, Configuration
from reference.spapr.machine import (
    ConfigureConnectorState,
    EventLogEntry,
    HostBridge,
    IommuTable,
    Machine,
    Msi,
)
from reference.spapr.machine_types import machine_type
from reference.spapr.saving import save_machine
from reference.spapr.sections import Amend, plans
from reference.spapr.versions import stream_version
from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Queue, Scalar, Structure, VMStateDescription
from reference.vmstate.fields import buffer, with_tmp
from reference.vmstate.records import Record
from reference.wire.frames import STREAM_HEADER, SectionType
from suites.pseries.oracle.dissection import dissect


class Counted(NamedTuple):
    """A count: the section that it is in, and the names on the way to it, its own the last."""

    section: str
    path: tuple[str, ...]
    size: int

    def __str__(self) -> str:
        return f"{self.section}/{self.path[-1]}"


class Place(NamedTuple):
    """Where a count is in a stream: its first byte, and the end of the section that it is in."""

    start: int
    end: int


class Lie(NamedTuple):
    """What a count says in place of the truth, of which it has ``bits``.

    ``whole``: whether what it counts stays there. Behind a number that no stream can hold it is cut
    away, so that who takes such a number for none finds nothing wrong either.
    """

    of: Callable[[int, int], int]
    whole: bool


LIES = {
    "0": Lie(lambda _truth, _bits: 0, whole=True),
    "one less": Lie(lambda truth, _bits: truth - 1, whole=True),
    "one more": Lie(lambda truth, _bits: truth + 1, whole=True),
    "largest signed": Lie(lambda _truth, bits: (1 << bits - 1) - 1, whole=False),
    "smallest signed": Lie(lambda _truth, bits: 1 << bits - 1, whole=False),
    "largest": Lie(lambda _truth, bits: (1 << bits) - 1, whole=False),
}
"""By name. The last two are negative as signed numbers; the very last is -1."""


def counts(vmsd: VMStateDescription) -> Iterator[tuple[tuple[str, ...], int]]:
    """The counts of a description and of all inside of it: the path to each, and its bytes."""
    for field in vmsd.fields:
        if field.counts:
            assert isinstance(field.info, Scalar)
            yield (field.name,), calcsize(f">{field.info.code}")
        elif isinstance(field.info, Structure | Queue):
            yield from (((field.name, *path), size) for path, size in counts(field.info.vmsd))
    for part in vmsd.subsections:
        yield from (((part.name, *path), size) for path, size in counts(part))


@cache
def counts_of(version: str) -> tuple[Counted, ...]:
    """All counts and lengths in the streams of a version, that of the configuration among them."""
    newest = stream_version(version).newest_machine_type
    found = [
        Counted(name, *one)
        for name, plan in plans(stream_version(version), newest).items()
        for one in counts(plan.vmsd)
    ]
    if machine_type(newest).has("send-configuration"):
        alone = replace(CONFIGURATION, subsections=())  # nobody sends them to a machine of its own
        found += [Counted(CONFIGURATION.name, *one) for one in counts(alone)]
    return tuple(found)


class Mark(Record, frozen=True):
    """What is put before a count to find it by."""

    mark: bytes = b"behind this is what counts"


HERE = with_tmp(
    VMStateDescription(name="mark", fields=(buffer("mark", size=len(Mark().mark)),), record=Mark),
    from_state=lambda _state: Mark(),
    into_state=lambda _state, _mark: {},
)


def marked(vmsd: VMStateDescription, path: tuple[str, ...]) -> VMStateDescription:
    """The description with a mark before one of its counts."""
    name, *rest = path

    def fields() -> Iterator[Any]:
        for one in vmsd.fields:
            if one.name == name and rest:
                assert isinstance(one.info, Structure | Queue)
                inner = replace(one.info, vmsd=marked(one.info.vmsd, tuple(rest)))
                yield replace(one, info=inner)
            else:
                yield from (HERE, one) if one.name == name else (one,)

    parts = (marked(one, tuple(rest)) if one.name == name else one for one in vmsd.subsections)
    return replace(vmsd, fields=tuple(fields()), subsections=tuple(parts))


@cache
def marking(counted: Counted) -> Amend:
    """What makes programs that write a mark before a count."""

    def amend(vmsd: VMStateDescription) -> VMStateDescription:
        return marked(vmsd, counted.path) if vmsd.name == counted.section else vmsd

    return amend


def with_lists(version: str, type_name: str) -> Machine:
    """A machine of which nothing that is counted is empty.

    Its bytes are none that a section or an event could begin with, so that none of them that is
    left over is taken for one.
    """
    number = 0x55555555
    machine = Machine(
        machine_type=type_name,
        ccs_list=(ConfigureConnectorState(number, number, number),),
        pending_events=(EventLogEntry(0x06340040, bytes(8)),),
        iommu_tables=(IommuTable(table=(number << 32 | number,) * 3),),
        host_bridge=HostBridge(msis=(Msi(number, number, number), Msi(number + 1, number, number))),
        fdt_blob=b"\x55" * 8,
    )
    return without_walks(machine) if refuses(version) else machine


def place(machine: Machine, version: str, counted: Counted) -> Place | None:
    """Where a count is in the stream of a machine; nothing where that has none."""
    mark = Mark().mark
    kind = machine.machine_type
    if counted.section == CONFIGURATION.name:
        if not machine_type(kind).has("send-configuration"):
            return None
        named = Configuration(name=kind.encode())
        before = len(STREAM_HEADER) + len(bytes((SectionType.CONFIGURATION,)))
        start = before + compile_plan(marked(CONFIGURATION, counted.path)).save(named).index(mark)
        return Place(start, before + len(compile_plan(CONFIGURATION).save(named)))
    start = save_machine(machine, version, amend=marking(counted)).find(mark)
    parts = dissect(save_machine(machine, version), version, kind, clause="BAD-5").parts
    ends = (part.payload_start + len(part.payload) for part in parts)
    return Place(start, next(end for end in ends if end > start)) if start >= 0 else None


def lied_to(stream: bytes, at: Place, counted: Counted, lie: Lie) -> bytes:
    """The stream with a lie in place of a count."""
    end = at.start + counted.size
    truth = int.from_bytes(stream[at.start : end], "big")
    told = lie.of(truth, 8 * counted.size).to_bytes(counted.size, "big")
    return stream[: at.start] + told + stream[end if lie.whole else at.end :]


@cache
def types_with(version: str, counted: Counted) -> tuple[str, ...]:
    """The machine types whose streams have a count, oldest first."""
    return tuple(
        name
        for name in machine_types(version)
        if place(with_lists(version, name), version, counted)
    )
