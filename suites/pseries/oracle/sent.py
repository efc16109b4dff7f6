"""What a stream of a machine must hold: which sections and subsections, and of which bytes."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reference.compatibility.expectation import sends
from reference.compatibility.table import ITEMS
from reference.spapr.machine import Machine
from reference.spapr.versions import stream_version
from suites.harness.failures import fail
from suites.pseries.oracle.dissection import Dissected, dissect, shown
from suites.pseries.oracle.parties import REFERENCE, Party
from suites.pseries.oracle.roads import saved

ALWAYS = ("spapr", "spapr_pci", "spapr_iommu")
"""The sections that every stream has; `spapr_iommu` for each window."""
FEW = 2
"""Capabilities that a failure names one by one."""


def alone(machine: Machine, name: str) -> list[tuple[int, Machine]]:
    """For each section or subsection ``name``: its instance_id, and the machine with that alone."""
    if name.startswith("spapr_drc"):
        return [(one.drc_index, replace(machine, connectors=(one,))) for one in machine.connectors]
    if name.startswith("spapr_iommu"):
        return [(one.liobn, replace(machine, iommu_tables=(one,))) for one in machine.iommu_tables]
    return [(0, machine)]


def needed(machine: Machine, version: str) -> Iterator[tuple[str, int]]:
    """The sections and subsections that a stream must have, each with the instance_id."""
    for name in ALWAYS:
        yield from ((name, instance) for instance, _ in alone(machine, name))
    for item in ITEMS:
        if sends(stream_version(version), item):
            name = item.name.split(" ")[0]
            for instance, only in alone(machine, name):
                if item.needed(only):
                    yield name, instance


def saved_parts(party: Party, machine: Machine, version: str, *, clause: str) -> Dissected:
    """The stream of a machine, taken apart."""
    stream = saved(party.adapter, machine, version, clause=clause)
    return dissect(stream, version, machine.machine_type, clause=clause)


def road_of(machine: Machine, version: str) -> str:
    """What a failure says of a save."""
    given = machine.capabilities if len(machine.capabilities) <= FEW else "with all capabilities"
    return f"save {machine.machine_type}{f' {given}' if given else ''} at {version}"


def check_names(sent: Dissected, machine: Machine, version: str) -> None:
    """Fail unless a stream has the sections and subsections that it must have, each once."""
    names = Counter(name for part in sent.parts for name in part.names())
    must = Counter(set(needed(machine, version)))
    if names != must:
        missed, unneeded = must - names, names - must
        fail(
            "SUB-1",
            expected=f"sent: {listed(missed)}" if missed else "nothing more than is needed",
            got=f"sent: {listed(unneeded)}" if unneeded else "a stream without",
            road=road_of(machine, version),
        )


def listed(names: Iterable[tuple[str, int]]) -> str:
    """Names and instances for a person."""
    return ", ".join(
        f"{name}/{instance:#x}" if instance else name for name, instance in sorted(names)
    )


def check_bytes(sent: Dissected, machine: Machine, version: str, party: Party) -> None:
    """Fail unless a party's stream has the sections that the reference writes, byte for byte."""
    own = saved_parts(REFERENCE, machine, version, clause="WIRE-1")
    must, got = (
        sorted((shown(part, party) for part in one.parts), key=lambda part: part.section.name)
        for one in (own, sent)
    )
    names, theirs = (", ".join(part.section.name for part in parts) for parts in (must, got))
    where = road_of(machine, version)
    if names != theirs:
        fail("WIRE-1", expected=names, got=theirs, road=where)
    for one, other in zip(must, got, strict=True):
        road = f"{where}, {one.section.name}"
        ours, theirs = (f"version {part.section.version_id}" for part in (one, other))
        if ours != theirs:
            fail("WIRE-1", expected=ours, got=theirs, road=road)
        if one.fields() != other.fields():
            fail("WIRE-1", expected=one.fields(), got=other.fields(), road=road)
        if other.plan.save(other.state) != other.payload or one.canonical() != other.canonical():
            fail("WIRE-1", expected=one.payload, got=other.payload, road=road)
