"""TWIN: what a guest sees of its devices after a migration in the middle of whatever it did."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import settings

from adapters.driven import Reset
from strategies.devices import Interrupted, Reach, interrupted_lists, stepped_lists
from suites.devices.oracle.scripts import EVERYTHING, MIGRATED, SAVED, SETTLING, Script
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.harness.properties import property_of


class Way(NamedTuple):
    """What happens to a guest between two actions, and the clause that it must not notice."""

    clause: str
    script: Callable[[Interrupted], Script]


LOOKS = Way("TWIN-1", lambda guest: (*guest.before, *MIGRATED, *EVERYTHING))
GOES_ON = Way(
    "TWIN-2", lambda guest: (*guest.before, *MIGRATED, *guest.then, *SETTLING, *EVERYTHING)
)
IS_RESET = Way(
    "TWIN-5",
    lambda guest: (*guest.before, *MIGRATED, Reset(), *guest.then, *SETTLING, *EVERYTHING),
)
GOES_FURTHER = Way(
    "TWIN-6", lambda guest: (*guest.before, *MIGRATED, *guest.then, *MIGRATED, *EVERYTHING)
)
IS_SAVED = Way("TWIN-7", lambda guest: (*guest.before, *SAVED, *guest.then, *SETTLING, *EVERYTHING))
STEPPED = 3
"""How many times as many lists are stepped through as are drawn: they are short."""
what_a_guest_does = property_of(guest=lambda reach: interrupted_lists(reach=reach))


@clause("TWIN-1", "TWIN-3", "TWIN-4")
@what_a_guest_does
def test_every_register_reads_as_on_a_twin(twins: Twins, guest: Interrupted) -> None:
    """Whatever a guest did, after a migration it reads what it would have read."""
    twins.check(LOOKS.script(guest), LOOKS.clause)


@clause("TWIN-1", "TWIN-3", "TWIN-4")
def test_what_was_written_is_there_after_a_migration(twins: Twins, reach: Reach) -> None:
    """Each register keeps what a guest wrote: they are stepped through, as far as there is time."""
    for written in stepped_lists(reach=reach, number=STEPPED * settings().max_examples):
        twins.check(LOOKS.script(Interrupted(written)), LOOKS.clause)


@clause("TWIN-2", "TWIN-3", "TWIN-4")
@what_a_guest_does
def test_what_a_guest_does_next_is_answered_as_by_a_twin(twins: Twins, guest: Interrupted) -> None:
    """What a guest goes on with has the same answers, and leaves the same in its memory."""
    twins.check(GOES_ON.script(guest), GOES_ON.clause)


@clause("TWIN-5")
@what_a_guest_does
def test_a_reset_after_a_migration_is_one_without_it(twins: Twins, guest: Interrupted) -> None:
    """A machine that was migrated can be reset, and is then as new."""
    twins.check(IS_RESET.script(guest), IS_RESET.clause)


@clause("TWIN-6")
@what_a_guest_does
def test_a_second_migration_loses_nothing(twins: Twins, guest: Interrupted) -> None:
    """Who arrived can be migrated again, whatever its guest did meanwhile."""
    twins.check(GOES_FURTHER.script(guest), GOES_FURTHER.clause)


@clause("TWIN-7")
@what_a_guest_does
def test_saving_changes_nothing(twins: Twins, guest: Interrupted) -> None:
    """A machine that was saved goes on as one that was not: migrations fail, and are given up."""
    twins.check(IS_SAVED.script(guest), IS_SAVED.clause)


@clause("TWIN-1", "TWIN-2", "TWIN-3", "TWIN-4", "TWIN-5", "TWIN-6", "TWIN-7")
@pytest.mark.parametrize(
    "way", [LOOKS, GOES_ON, IS_RESET, GOES_FURTHER, IS_SAVED], ids=lambda way: way.clause
)
def test_a_driver_may_be_interrupted_anywhere(
    twins: Twins, reach: Reach, way: Way, request: pytest.FixtureRequest
) -> None:
    """Between any two accesses with which a driver begins, and behind the last."""
    if not reach.programs:
        skip_undeclared(request.node, [f"how drivers of {twins.label} begin"])
    for program in reach.programs:
        for cut in range(len(program) + 1):
            twins.check(way.script(Interrupted(program[:cut], program[cut:])), way.clause)


@clause("TWIN-8")
@pytest.mark.parametrize("times", [1, 2])
def test_a_machine_that_did_nothing_arrives(twins: Twins, times: int) -> None:
    """What is plugged and set up is there after a migration, and after a second one."""
    twins.check((*MIGRATED * times, *EVERYTHING), "TWIN-8")
