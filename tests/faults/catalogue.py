"""The faults, and the tests that must catch them, in the order of the specification."""

from tests.faults.caught_in_behaviour import BEHAVIOUR
from tests.faults.caught_in_bytes import BYTES
from tests.faults.caught_in_state import STATE
from tests.faults.caught_in_versions import VERSIONS

CATALOGUE = STATE | VERSIONS | BEHAVIOUR | BYTES
"""By the id of a test: what it must catch."""
