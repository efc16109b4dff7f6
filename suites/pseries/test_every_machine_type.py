"""SUB, WIRE, MT, BAD: what depends on the machine type, for every one that there is.

Where something begins is seen on both sides of the place: there is no machine type between.
"""

from collections.abc import Iterator

import pytest

from adapters.asking import load
from adapters.protocol import Ability
from adapters.verdicts import Rejected
from reference.compatibility.table import ITEMS
from reference.spapr.capabilities import Capability, default_capabilities
from reference.spapr.connector import Connector
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MACHINE_TYPES, Release, machine_type
from reference.wire.frames import TYPE_AND_ID, SectionType
from strategies.pseries.machines import settable
from strategies.pseries.windows import resting_tables
from suites.harness.clauses import clause
from suites.harness.failures import fail
from suites.pseries.oracle.machines import every_type, telling_machines
from suites.pseries.oracle.needs import SOME, needs, programs
from suites.pseries.oracle.parties import REFERENCE, Fit, Party
from suites.pseries.oracle.roads import saved
from suites.pseries.oracle.sent import ALWAYS, check_bytes, check_names, saved_parts

INSTEAD_OF_A_FIELD = ("spapr/rtc",)
"""Sections that took over what another had until its version rose: older programs read neither."""
SINCE: dict[str, Release] = dict.fromkeys((*ALWAYS, *INSTEAD_OF_A_FIELD), (0, 0))
"""The release that brought each section and subsection."""
for item in ITEMS:
    name = item.name.partition(" ")[0]
    SINCE[name] = min(item.since, SINCE.get(name, item.since))

sends = needs(Ability.QEMU_WIRE_FORMAT, Ability.MACHINE_TYPES, saves=SOME, machine_type="kind")


@clause("SUB-1", "WIRE-1")
@sends
@every_type
def test_a_machine_type_is_sent_what_it_needs_and_as_it_was(
    kind: str, party: Party, fit: Fit
) -> None:
    """What is sent for a machine type, and how, depends on nothing but the machine."""
    for version in programs(party.implementation, kind, "saves"):
        for machine in map(fit, telling_machines(version, kind)):
            sent = saved_parts(party, machine, version, clause="SUB-1")
            check_names(sent, machine, version)
            check_bytes(sent, machine, version, party)


@clause("MT-9")
@sends
@every_type
def test_a_machine_at_rest_is_sent_nothing_that_came_after_its_type(
    kind: str, party: Party, fit: Fit
) -> None:
    """Who could receive it or not: an old machine type is sent what its own program knew."""
    connectors = (Connector(0x40000010), Connector(0x80000001, device=False))
    tables = resting_tables(dynamic=machine_type(kind).has("dynamic-dma-windows"))
    machine = fit(Machine(machine_type=kind, connectors=connectors, iommu_tables=tables).fresh())
    for version in programs(party.implementation, kind, "saves"):
        sent = saved_parts(party, machine, version, clause="MT-9")
        for part in sent.parts:
            for one, _ in part.names():
                if SINCE[one] > machine_type(kind).release:
                    road = f"save {kind} at rest at {version}"
                    since = ".".join(map(str, SINCE[one]))
                    fail("MT-9", expected=f"no {one}, since {since}", got=f"{one} sent", road=road)


def changed_defaults() -> Iterator[tuple[str, str]]:
    """The machine types on both sides of a change of defaults, each with the capability."""
    for place, kind in enumerate(MACHINE_TYPES):
        defaults = default_capabilities(kind)
        beside = [default_capabilities(one) for one in MACHINE_TYPES[max(place - 1, 0) : place + 2]]
        yield from (
            (kind, name) for name in defaults if any(one[name] != defaults[name] for one in beside)
        )


@clause("MT-10")
@needs(Ability.MACHINE_TYPES, saves=SOME, loads=SOME, machine_type="kind")
@pytest.mark.parametrize("kind", dict.fromkeys(kind for kind, _ in changed_defaults()))
def test_a_capability_that_was_not_given_is_as_high_as_the_default_of_its_type(
    kind: str, party: Party, fit: Fit
) -> None:
    """Where a stream does not mention a capability, the default of the machine type is compared."""
    changed = {name for one, name in changed_defaults() if one == kind}
    for version in programs(party.implementation, kind, "saves", "loads"):
        for known in settable(version, kind):
            if known.name in changed:
                compare_with_default(known, kind, version, party, fit)


def compare_with_default(
    known: Capability, kind: str, version: str, party: Party, fit: Fit
) -> None:
    """Fail unless a machine with the default is taken by those that have as much, or more."""
    name, default = known.name, default_capabilities(kind)[known.name]
    stream = saved(party.adapter, fit(Machine(machine_type=kind)), version, clause="MT-10")
    for value in known.values:
        onto = fit(Machine(machine_type=kind, capabilities={name: value})).fresh()
        if name in onto.capabilities:
            arrived = load(party.adapter, stream, version, onto)
            said = "rejected" if value < default else "accepted"
            if isinstance(arrived, Rejected) != (value < default):
                road = f"load {kind} with its {name}={default} onto {name}={value} at {version}"
                fail("MT-10", expected=said, got=arrived, road=road)


@clause("BAD-4")
@needs(Ability.QEMU_WIRE_FORMAT, Ability.MACHINE_TYPES, loads=SOME, machine_type="kind")
@pytest.mark.parametrize(
    "kind", [one for one in MACHINE_TYPES if machine_type(one).has("send-section-footer")]
)
def test_a_machine_type_with_footers_has_them_compared(kind: str, party: Party, fit: Fit) -> None:
    """A footer with another section id is rejected for the first type that has it and the last."""
    machine = fit(Machine(machine_type=kind))
    for version in programs(party.implementation, kind, "loads"):
        sent = saved_parts(REFERENCE, machine, version, clause="BAD-4")
        section = sent.parts[MACHINE_TYPES.index(kind) % len(sent.parts)].section
        footer = TYPE_AND_ID.pack(SectionType.FOOTER, section.section_id)
        other = TYPE_AND_ID.pack(SectionType.FOOTER, section.section_id ^ 0x100)
        changed = sent.assembled().replace(footer, other)
        arrived = load(party.adapter, changed, version, machine.fresh())
        if not isinstance(arrived, Rejected):
            road = f"load {kind} at {version}, {section.name} with another footer"
            fail("BAD-4", expected="rejected", got=arrived, road=road)
