"""WIRE: the bytes, for implementations that speak QEMU's format."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from adapters.protocol import Ability, Adapter
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.vmstate.access import SUBSECTIONS
from reference.wire.description_records import LayoutDescription
from reference.wire.frames import SectionType
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.profiles import is_quick
from suites.harness.properties import property_of
from suites.pseries.oracle.combinations import whole_machine
from suites.pseries.oracle.described import description_of, differ
from suites.pseries.oracle.dissection import Dissected, dissect, name_in_description
from suites.pseries.oracle.machines import every_type, sendable, sendable_machines
from suites.pseries.oracle.needs import SOME, needs, programs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party
from suites.pseries.oracle.roads import saved
from suites.pseries.oracle.sent import check_bytes, saved_parts
from suites.pseries.oracle.versions import versions

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version")
every_version = pytest.mark.parametrize("version", versions())


@clause("WIRE-1")
@wire_format
@every_version
@property_of(machine=sendable_machines)
def test_every_section_has_the_bytes_of_the_reference(
    version: str, party: Party, machine: Machine
) -> None:
    """Two implementations that both save a machine write the same payloads."""
    check_bytes(saved_parts(party, machine, version, clause="WIRE-1"), machine, version, party)


@clause("WIRE-2")
@needs(Ability.QEMU_WIRE_FORMAT, Ability.MACHINE_TYPES, saves=SOME, machine_type="kind")
@every_type
def test_a_stream_is_framed_as_its_machine_type_says(kind: str, party: Party, fit: Fit) -> None:
    """Configuration section and footers are there or not; a vmdescription may be or must not."""
    machine = fit(Machine(machine_type=kind))
    for version in programs(party.implementation, kind, "saves"):
        road = f"save {kind} at {version}"
        dissected = saved_parts(party, machine, version, clause="WIRE-2")
        name = kind if machine_type(kind).has("send-configuration") else ""
        if dissected.configured != name:
            fail("WIRE-2", expected=f"machine type {name!r}", got=dissected.configured, road=road)
        behind = dissected.description
        if behind and not machine_type(kind).has("vmdescription"):
            fail("WIRE-2", expected="nothing behind the end", got=behind, road=road)
        head = bytes((SectionType.VMDESCRIPTION,)) + max(len(behind) - 5, 0).to_bytes(4, "big")
        if behind and behind[:5] != head:
            fail("WIRE-2", expected="a vmdescription, and nothing else", got=behind, road=road)


@clause("WIRE-3")
@wire_format
@every_version
@property_of(part=4, machine=sendable_machines)
def test_the_vmdescription_agrees_with_the_bytes(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """Who goes by the vmdescription finds every section, and the next one behind it."""
    stream = saved(adapter, machine, version, clause="WIRE-3")
    dissected = dissect(stream, version, machine.machine_type, clause="WIRE-3")
    if not dissected.description:
        return
    road = f"save at {version}"
    description = description_of(dissected.description, clause="WIRE-3", road=road)
    described = {f"{one.name}/{one.instance_id:#x}": one.size for one in description.devices}
    sections = ((part.section, len(part.payload)) for part in dissected.parts)
    sent = {name_in_description(one): size for one, size in sections} | dissected.others
    if described != sent:
        fail("WIRE-3", expected=sent, got=described, road=road)


@clause("WIRE-4")
@needs(Ability.QEMU_WIRE_FORMAT, Ability.MACHINE_TYPES, saves=SOME, machine_type="kind")
@every_type
def test_the_vmdescription_says_what_the_reference_says(kind: str, party: Party, fit: Fit) -> None:
    """Whoever reads a section by the vmdescription finds each field by its name, type and size."""
    for version in programs(party.implementation, kind, "saves"):
        for machine in map(fit, described_machines(version, kind)):
            theirs, ours = (
                saved_parts(one, machine, version, clause="WIRE-4") for one in (party, REFERENCE)
            )
            if theirs.description and ours.description:
                check_described(theirs, ours, f"save {kind} at {version}")


def check_described(theirs: Dissected, ours: Dissected, road: str) -> None:
    """Fail unless a vmdescription says of each section what that of the reference says.

    Subsections may come in any order; it is that in which they are described.
    """
    got = description_of(theirs.description, clause="WIRE-4", road=road)
    must = description_of(ours.description, clause="WIRE-4", road=road)
    if got.page_size != must.page_size:
        pages = [f"pages of {one.page_size} bytes" for one in (must, got)]
        fail("WIRE-4", expected=pages[0], got=pages[1], road=road)
    layouts = {(one.name, one.instance_id): one for one in got.devices}
    pairs: list[tuple[str, LayoutDescription, LayoutDescription | None]] = [
        (f"{one.name}/{one.instance_id:#x}", one, layouts.get((one.name, one.instance_id)))
        for one in must.devices
    ]
    if must.configuration is not None:
        pairs.append(("configuration", must.configuration, got.configuration))
    for name, one, other in pairs:
        if other is not None and (differing := differ(one, other)):
            expected, came = differing
            fail("WIRE-4", expected=expected, got=came, road=f"{road}, {name}")
    for part in theirs.parts:
        layout = layouts.get((part.section.idstr, part.section.instance_id))
        sent = [name for name, *_ in part.state.get(SUBSECTIONS, ())]
        told = [one.vmsd_name for one in layout.subsections] if layout else sent
        if told != sent:
            where = f"{road}, {part.section.name}"
            fail("WIRE-4", expected=", ".join(sent), got=", ".join(told), road=where)


def described_machines(version: str, kind: str) -> Iterator[Machine]:
    """Machines with each part, with lists of one element, and with none."""
    whole = sendable(whole_machine(version, kind), version)
    if is_quick():
        yield replace(whole, capabilities={})
        return
    yield whole
    bridge = whole.host_bridge
    yield replace(
        whole,
        ccs_list=whole.ccs_list[:1],
        pending_events=whole.pending_events[:1],
        iommu_tables=tuple(replace(one, table=one.table[:1]) for one in whole.iommu_tables),
        host_bridge=replace(bridge, msis=bridge.msis[:1]),
    )
    yield replace(whole.fresh(), capabilities={})
