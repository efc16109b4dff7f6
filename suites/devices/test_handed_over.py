"""TWIN: from one build to another."""

from adapters.driven import Action
from strategies.devices import action_lists
from suites.devices.oracle.scripts import EVERYTHING, MIGRATED, SETTLING
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.properties import property_of

what_a_guest_does = property_of(
    part=5,
    before=lambda reach: action_lists(reach=reach),
    then=lambda reach: action_lists(reach=reach),
)
"""Each example needs several processes."""


@clause("TWIN-10")
@what_a_guest_does
def test_another_build_goes_on(
    builds: Twins, before: tuple[Action, ...], then: tuple[Action, ...]
) -> None:
    """A guest that is handed to another build does not notice."""
    builds.check((*before, *MIGRATED, *then, *SETTLING, *EVERYTHING), "TWIN-10")


@clause("TWIN-10")
@what_a_guest_does
def test_a_guest_that_comes_back_has_lost_nothing(
    builds: Twins, before: tuple[Action, ...], then: tuple[Action, ...]
) -> None:
    """Nor does one that is handed to another build, and back."""
    builds.check((*before, *MIGRATED, *then, *MIGRATED, *EVERYTHING), "TWIN-10")
