"""TWIN: what a program is known to lose, pinned."""

import pytest

from suites.devices.oracle.known import Finding
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause


@clause("TWIN-1", "TWIN-2", "TWIN-3", "TWIN-4", "TWIN-5", "TWIN-6", "TWIN-7", "TWIN-8")
def test_what_is_known_is_lost_still(twins: Twins, finding: Finding) -> None:
    """Every entry of the list fails on fresh machines, under its clause and where it says."""
    found = twins.of(finding)
    if found is None:
        pytest.fail(
            f"this is not lost: {finding.reason}\nTake the finding off the list, or give it an "
            "until.",
            pytrace=False,
        )
    pytest.xfail(f"known: {finding.reason}")
