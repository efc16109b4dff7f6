"""SUB: what is sent only when it is needed."""

import pytest
from hypothesis.strategies import sampled_from
from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Rejected
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.subsections import subsection
from strategies.pseries.machines import held, settable
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.harness.profiles import is_quick
from suites.harness.properties import property_of
from suites.pseries.oracle.combinations import whole_machine
from suites.pseries.oracle.dissection import dissect
from suites.pseries.oracle.machines import sendable, sendable_machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party
from suites.pseries.oracle.roads import loaded, saved
from suites.pseries.oracle.sent import check_names, saved_parts
from suites.pseries.oracle.versions import versions

UNKNOWN = ("/unknown", "_unknown", "X", "/cap/unknown")
"""What makes an unknown name of that of a section: no slash is needed."""

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())


@clause("SUB-1")
@wire_format
@every_version
@property_of(part=2, machine=sendable_machines)
def test_an_optional_part_is_sent_if_and_only_if_it_is_needed(
    version: str, party: Party, machine: Machine
) -> None:
    """A stream has what the machine needs to be understood, and nothing that could be left out."""
    check_names(saved_parts(party, machine, version, clause="SUB-1"), machine, version)


@clause("SUB-1")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version")
@pytest.mark.parametrize(
    "version", [one for one in versions() if settable(one, common_machine_type(one))]
)
def test_a_capability_is_sent_if_and_only_if_it_was_changed(
    version: str, party: Party, fit: Fit
) -> None:
    """No capability is forgotten: each is sent with every value that is not the default."""
    kind = common_machine_type(version)
    for known in settable(version, kind):
        for value in known.values:
            machine = fit(Machine(machine_type=kind, capabilities={known.name: value}))
            check_names(saved_parts(party, machine, version, clause="SUB-1"), machine, version)


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


@clause("SUB-3")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@every_version
def test_any_subsection_may_come_first(version: str, party: Party, fit: Fit) -> None:
    """A subsection is found in the middle, too, and what comes before it does not matter."""
    machine = sendable(whole_machine(version, common_machine_type(version)), version)
    walking = (replace(one, unplug_requested=True) for one in machine.connectors)
    if "connectors.unplug_requested" in held(version, machine.machine_type):
        machine = replace(machine, connectors=tuple(walking))
    machine = fit(machine)
    stream = saved(REFERENCE.adapter, machine, version, clause="SUB-3")
    dissected = dissect(stream, version, machine.machine_type, clause="SUB-3")
    in_order = loaded(party.adapter, stream, version, machine.fresh(), clause="SUB-3")
    for part in dissected.parts:
        known = part.state.get(SUBSECTIONS, [])
        for first in range(1, min(len(known), 2 if is_quick() else len(known))):
            state = {**part.state, SUBSECTIONS: [*known[first:], *known[:first]]}
            changed = dissected.assembled(**{part.section.name: part.plan.save(state)})
            arrived = load(party.adapter, changed, version, machine.fresh())
            if arrived != in_order:
                road = f"load at {version}, {known[first][0]} first"
                fail("SUB-3", expected=in_order, got=arrived, road=road)


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
