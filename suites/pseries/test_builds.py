"""BUILD: a guest that is handed from one build to another, and back."""

from collections.abc import Callable, Sequence
from copy import copy
from functools import partial

import pytest

from adapters.asking import save
from adapters.protocol import Ability
from reference.spapr.actions import CheckException, ConfigureConnector, GetTimeOfDay
from reference.spapr.device_tree import Node
from strategies.pseries.actions import EPOCH_2026, EVERY_CLASS, machine_with
from strategies.pseries.machines import held
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.harness.failures import Violation
from suites.harness.handovers import BACK, THERE
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.guest import drain
from suites.pseries.oracle.handing_over import SITUATIONS, OtherMachine, Way, newest_version
from suites.pseries.oracle.parties import Fit, Party, trees_of
from suites.pseries.oracle.roads import Road
from suites.pseries.oracle.wholes import lost


@clause("BUILD-1", "BUILD-2", "BUILD-3")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_guest_is_handed_from_build_to_build_and_back(  # noqa: PLR0913, PLR0917 -- fixtures
    source: int,
    destination: int,
    machine_type: str,
    situation: str,
    parties: tuple[Party, ...],
    builds: Sequence[str],
    fit: Fit,
    record_visit: Visit,
    record_handover: Callable[..., None],
    request: pytest.FixtureRequest,
) -> None:
    """A saves, B loads, the guest goes on, B saves, A loads: the guest never notices."""
    one, other = parties[source], parties[destination]
    versions = [newest_version(party.implementation) for party in (one, other)]
    trees = trees_of((one, other), machine_type) if all(versions) else {}
    if lacking := missing(versions, machine_type, situation, devices=bool(trees)):
        skip_undeclared(request.node, [lacking])
    index, tree = next(iter(trees.items()), (0, Node("")))
    machine = machine_with([index] if trees else [], version=versions[0], machine_type=machine_type)
    key = builds[source], builds[destination], machine_type, situation
    there = Way(Road(one, other), partial(record_handover, THERE, *key), "BUILD-1")
    back = Way(Road(other, one), partial(record_handover, BACK, *key), "BUILD-2")

    there.record()
    twins = Twins(fit(machine), versions[0], one, record_visit)
    twins.under = there.clause
    for action in SITUATIONS[situation](index, tree):
        twins.act(action)
    try:
        there.go(twins, versions[1])
    except OtherMachine:
        skip_undeclared(request.node, ["the same CPU in both builds"])
    if there.leads:
        compare_wholes(twins, other, versions[1])
    for call in (GetTimeOfDay(EPOCH_2026), CheckException(EVERY_CLASS)):
        twins.act(call)
    if not there.leads:
        go_on(twins)
        there.record_verdict(twins)
        return
    if situation == "mid-walk":
        twins.act(ConfigureConnector(index))

    returning, problem = copy(twins), None
    try:
        back.go(returning, versions[0])
    except Violation as violation:  # how it goes on there is asked all the same
        problem = violation
    go_on(twins)
    there.record_verdict(twins)
    if problem is not None:
        raise problem
    go_on(returning)
    back.record_verdict(returning)


def missing(versions: list[str], machine_type: str, situation: str, *, devices: bool) -> str:
    """What two builds lack for a situation; empty where all is there."""
    if not all(versions):
        return "a version that is both saved and loaded"
    eventful = devices and all("connectors.state" in held(one, machine_type) for one in versions)
    return "" if eventful or situation == "idle" else f"devices for machine type {machine_type}"


def go_on(twins: Twins) -> None:
    """Let the guest see all that it can, and compare what it cannot."""
    machine, twin = twins.machine, twins.twin
    drain(twins)
    twins.compare(machine, twin)


def compare_wholes(twins: Twins, party: Party, version: str) -> None:
    """Fail unless a build sends again all that it was sent, also what the model does not have.

    Who sends parts of a machine only has nothing to be compared with.
    """
    if Ability.WHOLE_MACHINES not in party.implementation.abilities:
        return
    again = save(party.adapter, twins.machine, version)
    if not isinstance(again, bytes):
        twins.fail("BUILD-3", "a stream", again, "saved again")
    if differing := [str(one) for one in lost(twins.sent, again, twins.machine.machine_type)]:
        twins.under = "BUILD-3"
        twins.fail("BUILD-3", "what was sent", "; ".join(differing), "saved again")
