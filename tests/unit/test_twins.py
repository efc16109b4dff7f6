"""Who behaves otherwise than the model by itself is told from whom a migration has changed."""

import pytest
from msgspec.structs import replace

from adapters.answers import Died
from adapters.implementation import Implementation
from adapters.reference import ReferenceAdapter
from reference.spapr.actions import (
    DONE,
    IMPOSSIBLE,
    AnyAction,
    ConfigureConnector,
    GetTimeOfDay,
    HotPlug,
    Reply,
    RequestUnplug,
)
from reference.spapr.guest import act
from reference.spapr.machine import Machine
from strategies.pseries.actions import machine_with, to_unisolated
from suites.harness.failures import Violation
from suites.harness.visits import OTHERWISE
from suites.pseries.oracle.acting import NO_MIGRATION, Twins
from suites.pseries.oracle.parties import Party
from suites.pseries.oracle.roads import Road
from suites.pseries.oracle.trees import TREES

SLOT, VERSION, KIND = 0x40000010, "7.1", "pseries-7.1"
SAID = "Hot unplug not supported for this guest"
PLUGGED, ASKED, CLOCK = HotPlug(SLOT, TREES[SLOT]), RequestUnplug(SLOT), GetTimeOfDay(0)


class Refusing(ReferenceAdapter):
    """Never asks a guest for a device, and says so in its own words."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Refuse to."""
        if isinstance(action, RequestUnplug):
            return replace(IMPOSSIBLE, said=SAID), machine
        return super().call(machine, version, action)


class RefusingOnArrival(Refusing):
    """Refuses a machine that has arrived, and no other."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Set the clock by which the machine is known."""
        return replace(super().load(stream, version, onto), rtc_ns_offset=0)

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Refuse only then."""
        if machine.rtc_ns_offset == 0:
            return super().call(machine, version, action)
        return ReferenceAdapter().call(machine, version, action)


class ReadsTheClockWrong(ReferenceAdapter):
    """Tells a guest another time than it is."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Tell none."""
        reply, after = super().call(machine, version, action)
        return (Reply(-1) if isinstance(action, GetTimeOfDay) else reply), after


class DiesOfTheClock(ReferenceAdapter):
    """Dies when a guest asks for the time."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Die."""
        if isinstance(action, GetTimeOfDay):
            raise Died("killed by SIGABRT")
        return super().call(machine, version, action)


class AsIn52(ReferenceAdapter):
    """Does not notice that a device was asked for before."""

    def describe(self) -> Implementation:
        """It behaves as 5.2 did."""
        return replace(super().describe(), behaves_as=(5, 2))

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """Do nothing the second time."""
        return act(machine, version, action, release=(5, 2))


def twins(adapter: ReferenceAdapter, told: list[object], *, migrated: bool) -> Twins:
    """A machine with a device, perhaps migrated once; ``told`` is what a report would show."""
    party = Party(adapter, adapter.describe(), "adapter")

    def visit(what: str, where: object) -> None:
        told.extend([where] * (what == OTHERWISE))

    machine = replace(machine_with([SLOT], version=VERSION, machine_type=KIND), rtc_ns_offset=10**9)
    both = Twins(machine, VERSION, party, visit)
    both.act(PLUGGED)
    if migrated:
        both.migrate(Road(party, party), VERSION)
    return both


@pytest.mark.parametrize("migrated", [False, True])
def test_a_host_that_is_refused_without_any_migration_is_told_of(*, migrated: bool) -> None:
    """That is no failure; the report has the words of who refuses, and the story goes on."""
    told: list[object] = []
    both = twins(Refusing(), told, migrated=migrated)
    assert both.act(ASKED).said == SAID
    (line,) = told
    assert f"asks for {SLOT:#x} back (event 1): refused: {SAID}; the model: done" in str(line)
    both.act(ConfigureConnector(SLOT))
    both.compare(both.machine, both.twin)


def test_a_host_that_is_refused_after_a_migration_only_is_a_failure() -> None:
    """The same answer, which never comes without one, is a fault of the migration."""
    told: list[object] = []
    both = twins(RefusingOnArrival(), told, migrated=True)
    with pytest.raises(Violation) as caught:
        both.act(ASKED)
    assert f"refused: {SAID}" in str(caught.value)
    assert NO_MIGRATION not in str(caught.value)
    assert not told


@pytest.mark.parametrize("migrated", [False, True])
@pytest.mark.parametrize("adapter", [ReadsTheClockWrong(), DiesOfTheClock()])
def test_a_guest_that_is_answered_otherwise_without_any_migration_is_a_failure_that_says_so(
    adapter: ReferenceAdapter, *, migrated: bool
) -> None:
    """What a guest sees has to be right, but no migration is blamed for it."""
    told: list[object] = []
    both = twins(adapter, told, migrated=migrated)
    with pytest.raises(Violation, match=r"^CONT-5: ") as caught:
        both.act(CLOCK)
    assert NO_MIGRATION in str(caught.value)


def test_rules_go_by_the_release_that_is_named() -> None:
    """An implementation that behaves as an earlier release is held to what that did."""
    told: list[object] = []
    both = twins(AsIn52(), told, migrated=False)
    actions: tuple[AnyAction, ...] = (*to_unisolated(SLOT), ASKED, ASKED)
    for action in actions:
        assert both.act(action) == DONE
    assert not told
