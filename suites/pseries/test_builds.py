"""BUILD: a guest that is handed from one build to another, and back."""

from collections.abc import Callable

import pytest

from adapters.verdicts import Equivalent, Lossy, Rejected, Verdict
from reference.compatibility.expectation import Accepted, expected
from reference.spapr.actions import CheckException, ConfigureConnector, GetTimeOfDay
from reference.spapr.device_tree import Node
from strategies.pseries.actions import EPOCH_2026, EVERY_CLASS, machine_with
from strategies.pseries.machines import held
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.harness.handovers import build_name
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.guest import drain
from suites.pseries.oracle.handing_over import SITUATIONS, newest_version
from suites.pseries.oracle.parties import Fit, Party, trees_of
from suites.pseries.oracle.roads import Road


@clause("BUILD-1")
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_guest_is_handed_from_build_to_build_and_back(  # noqa: PLR0913, PLR0917 -- fixtures
    source: int,
    destination: int,
    machine_type: str,
    situation: str,
    parties: tuple[Party, ...],
    fit: Fit,
    record_visit: Visit,
    record_handover: Callable[..., None],
    request: pytest.FixtureRequest,
) -> None:
    """A saves, B loads, the guest goes on, B saves, A loads: the guest never notices."""
    one, other = parties[source], parties[destination]
    versions = [newest_version(party.implementation) for party in (one, other)]
    if not all(versions):
        skip_undeclared(request.node, ["a version that is both saved and loaded"])
    trees = trees_of((one, other), machine_type)
    acts = SITUATIONS[situation]
    held_by_all = all("connectors.state" in held(one, machine_type) for one in versions)
    if situation != "idle" and not (trees and held_by_all):
        skip_undeclared(request.node, [f"devices for machine type {machine_type}"])
    index, tree = next(iter(trees.items()), (0, Node("")))
    machine = machine_with([index] if trees else [], version=versions[0], machine_type=machine_type)
    names = [build_name(party.implementation) for party in (one, other)]
    record_handover(*names, machine_type, situation, None)
    twins = Twins(fit(machine), versions[0], one, record_visit)
    twins.under = "BUILD-1"
    for action in acts(index, tree):
        twins.act(action)
    must = expected(versions[0], versions[1], twins.twin)
    lost = {*twins.migrate(Road(one, other), versions[1])}
    for call in (GetTimeOfDay(EPOCH_2026), CheckException(EVERY_CLASS)):
        twins.act(call)
    if isinstance(must, Accepted):
        if situation == "mid-walk":
            twins.act(ConfigureConnector(index))
        lost |= {*twins.migrate(Road(other, one), versions[0])}
    machine, twin = twins.machine, twins.twin
    drain(twins)
    twins.compare(machine, twin)
    verdict: Verdict = Lossy(tuple(sorted(lost))) if lost else Equivalent()
    if not isinstance(must, Accepted):
        verdict = Rejected(must.because)
    record_handover(*names, machine_type, situation, verdict)
