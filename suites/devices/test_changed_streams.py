"""TWIN: a stream in which one field is not what was saved."""

from hypothesis import strategies as st

from adapters.driven import Action
from strategies.devices import action_lists
from strategies.numbers import unsigned_words
from suites.devices.oracle.changing import MOST
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.properties import property_of


@clause("TWIN-9")
@property_of(
    before=lambda reach: action_lists(reach=reach, longest=8),
    field=lambda: st.integers(0, MOST),
    value=lambda: unsigned_words(bits=64),
)
def test_no_field_of_a_stream_brings_a_machine_down(
    twins: Twins, before: tuple[Action, ...], field: int, value: int
) -> None:
    """Whatever a field says, the stream is rejected or loaded, and the machine goes on."""
    twins.check_changed(before, field, value, "TWIN-9")
