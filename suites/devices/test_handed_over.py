"""TWIN: from one build to another."""

from strategies.devices import Interrupted, interrupted_lists
from suites.devices.oracle.scripts import EVERYTHING, MIGRATED, SETTLING
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.properties import property_of

what_a_guest_does = property_of(part=5, guest=lambda reach: interrupted_lists(reach=reach))
"""Each example needs several processes."""


@clause("TWIN-10")
@what_a_guest_does
def test_another_build_goes_on(builds: Twins, guest: Interrupted) -> None:
    """A guest that is handed to another build does not notice."""
    builds.check((*guest.before, *MIGRATED, *guest.then, *SETTLING, *EVERYTHING), "TWIN-10")


@clause("TWIN-10")
@what_a_guest_does
def test_a_guest_that_comes_back_has_lost_nothing(builds: Twins, guest: Interrupted) -> None:
    """Nor does one that is handed to another build, and back."""
    builds.check((*guest.before, *MIGRATED, *guest.then, *MIGRATED, *EVERYTHING), "TWIN-10")
