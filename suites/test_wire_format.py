"""WIRE: the bytes, for implementations that speak QEMU's format."""

import pytest
from hypothesis.strategies import SearchStrategy

from adapters.protocol import Ability, Adapter
from adapters.reference import ReferenceAdapter
from adapters.verdicts import save
from reference.compatibility.expectation import common_machine_type, machine_types
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.wire.description import read_description
from reference.wire.reader import Reader
from strategies import machine_states
from suites.clauses import clause
from suites.declared import needs
from suites.dissection import dissect
from suites.failures import fail
from suites.properties import property_of
from suites.roads import VERSIONS

ENDPOINTS = [
    pytest.param(version, kind, id=f"{version}-{kind}")
    for version in VERSIONS
    for kind in machine_types(version)
]
"""Each version with every machine type that it knows."""

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version")
every_version = pytest.mark.parametrize("version", VERSIONS)


def machines(version: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that a version knows."""
    return machine_states(version=version, machine_type=common_machine_type(version))


@clause("WIRE-1")
@wire_format
@every_version
@property_of(machine=machines)
def test_every_section_has_the_bytes_of_the_reference(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """Two implementations that both save a machine write the same payloads."""
    kind = machine.machine_type
    streams = [save(one, machine, version) for one in (ReferenceAdapter(), adapter)]
    road = f"save at {version}"
    if not all(isinstance(stream, bytes) for stream in streams):
        if type(streams[0]) is not type(streams[1]):
            fail("WIRE-1", expected=streams[0], got=streams[1], road=road)
        return
    must, parts = (
        {part.section.name: part for part in dissect(stream, version, kind, clause="WIRE-1").parts}
        for stream in streams
        if isinstance(stream, bytes)
    )
    if must.keys() != parts.keys():
        fail("WIRE-1", expected=", ".join(must), got=", ".join(parts), road=road)
    for name, part in parts.items():
        theirs, ours = part.section.version_id, must[name].section.version_id
        if theirs != ours:
            fail("WIRE-1", expected=f"{name} v{ours}", got=f"{name} v{theirs}", road=road)
        if part.plan.save(part.state) != part.payload or part.canonical() != must[name].canonical():
            fail("WIRE-1", expected=must[name].payload, got=part.payload, road=f"{road}, {name}")


@clause("WIRE-2")
@needs(Ability.QEMU_WIRE_FORMAT, Ability.MACHINE_TYPES, saves="version")
@pytest.mark.parametrize(("version", "kind"), ENDPOINTS)
def test_a_stream_is_framed_as_its_machine_type_says(
    version: str, kind: str, adapter: Adapter
) -> None:
    """Configuration section and footers are there or not; a vmdescription may be or must not."""
    stream = save(adapter, Machine(machine_type=kind), version)
    assert isinstance(stream, bytes)
    road = f"save at {version}"
    dissected = dissect(stream, version, kind, clause="WIRE-2")
    name = kind if machine_type(kind).has("send-configuration") else ""
    if dissected.configured != name:
        fail("WIRE-2", expected=f"machine type {name!r}", got=dissected.configured, road=road)
    behind = dissected.description
    if behind and not (machine_type(kind).has("vmdescription") and behind[0] == 6):
        fail("WIRE-2", expected="no more than a vmdescription", got=behind, road=road)


@clause("WIRE-3")
@wire_format
@every_version
@property_of(part=4, machine=machines)
def test_the_vmdescription_agrees_with_the_bytes(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """Who goes by the vmdescription finds every section, and the next one behind it."""
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    dissected = dissect(stream, version, machine.machine_type, clause="WIRE-3")
    if not dissected.description:
        return
    description = read_description(Reader(dissected.description))
    described = {(one.name, one.instance_id): one.size for one in description.devices}
    sent = {
        (part.section.idstr, part.section.instance_id): len(part.payload)
        for part in dissected.parts
    }
    if described != sent:
        fail("WIRE-3", expected=str(sent), got=str(described), road=f"save at {version}")
