"""SUB: what is sent only when it is needed."""

from collections.abc import Iterator

import pytest
from hypothesis.strategies import sampled_from
from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type, sends
from reference.compatibility.table import ITEMS
from reference.spapr.machine import Machine
from reference.spapr.versions import stream_version
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.subsections import subsection
from strategies.pseries.machines import settable
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.dissection import dissect
from suites.pseries.oracle.machines import sendable_machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import loaded, saved
from suites.pseries.oracle.versions import versions

ALWAYS = ("spapr", "spapr_pci", "spapr_iommu")
"""The sections that every stream has; `spapr_iommu` for each window."""
UNKNOWN = ("/unknown", "_unknown", "X", "/cap/unknown")
"""What makes an unknown name of that of a section: no slash is needed."""

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())


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


@clause("SUB-1")
@wire_format
@every_version
@property_of(machine=sendable_machines)
def test_an_optional_part_is_sent_if_and_only_if_it_is_needed(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A stream has what the machine needs to be understood, and nothing that could be left out."""
    compare_parts(adapter, machine, version)


@clause("SUB-1")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version")
@pytest.mark.parametrize(
    "version", [one for one in versions() if settable(one, common_machine_type(one))]
)
def test_a_capability_is_sent_if_and_only_if_it_was_changed(
    version: str, adapter: Adapter, fit: Fit
) -> None:
    """No capability is forgotten: each is sent with every value that is not the default."""
    kind = common_machine_type(version)
    for known in settable(version, kind):
        for value in known.values:
            machine = fit(Machine(machine_type=kind, capabilities={known.name: value}))
            compare_parts(adapter, machine, version)


def compare_parts(adapter: Adapter, machine: Machine, version: str) -> None:
    """Fail unless the stream has the sections and subsections that it must have."""
    stream = saved(adapter, machine, version, clause="SUB-1")
    parts = dissect(stream, version, machine.machine_type, clause="SUB-1").parts
    sent = sorted(name for part in parts for name in part.names())
    must = sorted(set(needed(machine, version)))
    if sent != must:
        given = f" {machine.capabilities}" if machine.capabilities else ""
        road = f"save{given} at {version}"
        fail("SUB-1", expected=listed(must), got=listed(sent), road=road)


def listed(names: list[tuple[str, int]]) -> str:
    """Names and instances for a person."""
    return ", ".join(f"{name}/{instance:#x}" if instance else name for name, instance in names)


@clause("SUB-2")
@wire_format
@every_version
@property_of(part=4, machine=sendable_machines, end=lambda: sampled_from(UNKNOWN))
def test_an_unknown_subsection_is_rejected(
    version: str, adapter: Adapter, machine: Machine, end: str
) -> None:
    """A loader does not pass over a subsection that it does not know, in any section."""
    stream = saved(adapter, machine, version, clause="SUB-2")
    dissected = dissect(stream, version, machine.machine_type, clause="SUB-2")
    for part in dissected.parts:
        name = f"{part.section.idstr}{end}"
        payload = part.payload + subsection(name, 1, b"")
        changed = dissected.assembled(**{part.section.name: payload})
        arrived = load(adapter, changed, version, machine.fresh())
        if not isinstance(arrived, Rejected):
            fail("SUB-2", expected="rejected", got=arrived, road=f"load {name} at {version}")


@clause("SUB-3")
@wire_format
@every_version
@property_of(part=4, machine=sendable_machines)
def test_subsections_are_accepted_in_any_order(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A loader finds a subsection by its name, not by its place."""
    stream = saved(adapter, machine, version, clause="SUB-3")
    dissected = dissect(stream, version, machine.machine_type, clause="SUB-3")
    spapr = dissected.part("spapr")
    state = dict(spapr.state)
    state[SUBSECTIONS] = state.get(SUBSECTIONS, [])[::-1]
    changed = dissected.assembled(spapr=spapr.plan.save(state))
    in_order = loaded(adapter, stream, version, machine.fresh(), clause="SUB-3")
    reversed_ = load(adapter, changed, version, machine.fresh())
    if in_order != reversed_:
        fail("SUB-3", expected=in_order, got=reversed_, road=f"load at {version}")


@clause("SUB-4")
@wire_format
@every_version
@property_of(part=4, machine=sendable_machines)
def test_a_subsection_of_a_later_version_is_rejected(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A subsection is not loaded by a layout that it may not have."""
    stream = saved(adapter, machine, version, clause="SUB-4")
    dissected = dissect(stream, version, machine.machine_type, clause="SUB-4")
    for part in dissected.parts:
        for name, known, _ in part.state.get(SUBSECTIONS, ()):
            head = subsection(name, known, b"")
            later = part.payload.replace(head, subsection(name, known + 1, b""), 1)
            changed = dissected.assembled(**{part.section.name: later})
            arrived = load(adapter, changed, version, machine.fresh())
            if not isinstance(arrived, Rejected):
                road = f"load {name} version {known + 1} at {version}"
                fail("SUB-4", expected="rejected", got=arrived, road=road)
