"""TWIN: what a guest sees of its devices after a migration in the middle of whatever it did."""

import pytest

from adapters.driven import Action, Reset
from strategies.devices import action_lists
from suites.devices.oracle.scripts import EVERYTHING, MIGRATED, SAVED, SETTLING
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.properties import property_of

Actions = tuple[Action, ...]

what_a_guest_does = property_of(before=lambda reach: action_lists(reach=reach))
what_it_does_then = property_of(
    before=lambda reach: action_lists(reach=reach), then=lambda reach: action_lists(reach=reach)
)


@clause("TWIN-1", "TWIN-4")
@what_a_guest_does
def test_every_register_reads_as_on_a_twin(twins: Twins, before: Actions) -> None:
    """Whatever a guest did, after a migration it reads what it would have read."""
    twins.check((*before, *MIGRATED, *EVERYTHING), "TWIN-1")


@clause("TWIN-2", "TWIN-3", "TWIN-4")
@what_it_does_then
def test_what_a_guest_does_next_is_answered_as_by_a_twin(
    twins: Twins, before: Actions, then: Actions
) -> None:
    """What a guest goes on with has the same answers, and leaves the same in its memory."""
    twins.check((*before, *MIGRATED, *then, *SETTLING, *EVERYTHING), "TWIN-2")


@clause("TWIN-5")
@what_it_does_then
def test_a_reset_after_a_migration_is_one_without_it(
    twins: Twins, before: Actions, then: Actions
) -> None:
    """A machine that was migrated can be reset, and is then as new."""
    twins.check((*before, *MIGRATED, Reset(), *then, *SETTLING, *EVERYTHING), "TWIN-5")


@clause("TWIN-6")
@what_it_does_then
def test_a_second_migration_loses_nothing(twins: Twins, before: Actions, then: Actions) -> None:
    """Who arrived can be migrated again, whatever its guest did meanwhile."""
    twins.check((*before, *MIGRATED, *then, *MIGRATED, *EVERYTHING), "TWIN-6")


@clause("TWIN-7")
@what_it_does_then
def test_saving_changes_nothing(twins: Twins, before: Actions, then: Actions) -> None:
    """A machine that was saved goes on as one that was not: migrations fail, and are given up."""
    twins.check((*before, *SAVED, *then, *SETTLING, *EVERYTHING), "TWIN-7")


@clause("TWIN-8")
@pytest.mark.parametrize("times", [1, 2])
def test_a_machine_that_did_nothing_arrives(twins: Twins, times: int) -> None:
    """What is plugged and set up is there after a migration, and after a second one."""
    twins.check((*MIGRATED * times, *EVERYTHING), "TWIN-8")
