"""Two streams of one machine, compared as each describes itself."""

import pytest

from reference.inspection.comparing import changes, differing
from reference.spapr.machine import EventLogEntry, Machine
from reference.spapr.saving import save_machine
from reference.vmstate.access import SUBSECTIONS
from suites.pseries.oracle.wholes import NOISE, lost
from tests.unit.captured import NAMES, captured

IDLE = Machine(machine_type="pseries-2.10")
BUSY = Machine(machine_type="pseries-2.10", pending_events=(EventLogEntry(0x06340040, b"log"),))


def test_a_subsection_and_a_value_that_are_gone_are_said() -> None:
    """Each change has its section, the path to its field, and both values."""
    one, other = (save_machine(machine, "2.10") for machine in (BUSY, IDLE))
    assert [str(it) for it in changes(one, other, "pseries-2.10")] == [
        "spapr spapr_pending_events: sent, then nothing"
    ]
    assert not [*changes(other, one, "pseries-2.10")]


@pytest.mark.parametrize(
    ("one", "other", "paths"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "c": 3}, []),
        ({"a": (1, {"b": 2})}, {"a": (1, {"b": 3})}, [("a", "[1]", "b")]),
        ({"a": (1, 2)}, {"a": (1,)}, [("a",)]),
        ({SUBSECTIONS: [("s", 1, {"a": 1})]}, {}, [("s",)]),
        ({SUBSECTIONS: [("s", 1, {"a": 1})]}, {SUBSECTIONS: [("s", 1, {"a": 2})]}, [("s", "a")]),
        ({SUBSECTIONS: [("s", 1, {"a": 1})]}, {SUBSECTIONS: [("s", 2, {"a": 2})]}, []),
    ],
)
def test_fields_of_one_side_only_are_no_change(
    one: object, other: object, paths: list[tuple[str, ...]]
) -> None:
    """Two releases name what they like; what both have must be the same, and subsections stay."""
    assert [path for path, *_ in differing(one, other)] == paths


@pytest.mark.parametrize("name", NAMES)
def test_a_real_stream_differs_from_itself_in_nothing(name: str) -> None:
    """All sections that a real stream describes can be compared."""
    data = captured(name)
    assert not [*changes(data, data, "pseries-2.1")]
    assert not [*lost(data, data, "pseries-2.1")]


def test_all_noise_has_a_reason() -> None:
    """What may differ is said to be no loss, and why."""
    assert all(one.reason for one in NOISE)
