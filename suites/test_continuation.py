"""CONT: the guest sees the same with a migration as without."""

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from suites.acting import Visit
from suites.clauses import clause
from suites.continuation import continuation
from suites.declared import needs
from suites.expected_failures import phases_of
from suites.parties import Party
from suites.properties import own_database
from suites.replay import seed_of
from suites.roads import VERSIONS, Road

PART = 4
"""What divides the examples of the profile: each is many steps long."""
STEPS = 12


@clause("CONT-1", "CONT-2", "CONT-3", "CONT-4", "CONT-5", "CONT-6", "CONT-7")
@needs(saves="version", loads="version")
@pytest.mark.parametrize("version", VERSIONS)
def test_a_guest_never_notices(
    version: str,
    parties: tuple[Party, ...],
    roads: tuple[Road, ...],
    record_visit: Visit,
    request: pytest.FixtureRequest,
) -> None:
    """Every answer is that of a machine that was never migrated, less the declared losses."""
    run_state_machine_as_test(
        seed(seed_of(request.node))(continuation(version, parties, roads, record_visit)),
        settings=settings(
            max_examples=max(1, settings().max_examples // PART),
            stateful_step_count=STEPS,
            phases=phases_of(request.node),
            database=own_database(request.node.nodeid),
        ),
    )
