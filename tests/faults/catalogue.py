"""The faults, and the tests that must catch them, in the order of the specification."""

from collections import defaultdict

from tests.faults.caught import Caught
from tests.faults.caught_in_behaviour import BEHAVIOUR
from tests.faults.caught_in_bytes import BYTES
from tests.faults.caught_in_devices import DEVICES
from tests.faults.caught_in_state import STATE
from tests.faults.caught_in_steps import STEPS
from tests.faults.caught_in_versions import VERSIONS

CHAPTERS, DEVICE_CHAPTERS = "suites/pseries/", "suites/devices/"
CATALOGUE: dict[str, tuple[Caught, ...]] = {}
"""By the test function: what it must catch."""

for folder, table in (
    *((CHAPTERS, one) for one in (STATE, VERSIONS, BEHAVIOUR, BYTES, STEPS)),
    (DEVICE_CHAPTERS, DEVICES),
):
    for test, rows in table.items():
        CATALOGUE[f"{folder}{test}"] = (*CATALOGUE.get(f"{folder}{test}", ()), *rows)

ROWS = tuple(
    (f"{test}[{row.case}]" if row.case else test, row)
    for test, rows in CATALOGUE.items()
    for row in rows
)
"""What must be caught, each with the id of the test."""

BY_FAULT: dict[str, list[tuple[str, Caught]]] = defaultdict(list)
"""The same, by fault."""
for test_id, caught in ROWS:
    BY_FAULT[caught.fault].append((test_id, caught))
