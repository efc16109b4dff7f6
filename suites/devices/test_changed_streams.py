"""TWIN: a stream in which one field is not what was saved."""

import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.driven import Action
from strategies.devices import action_lists
from strategies.numbers import unsigned_words
from suites.devices.oracle.changing import MOST
from suites.devices.oracle.twins import Twins
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.harness.properties import property_of

STEPPED = 256
"""Fields that are stepped through; streams that have more have drawn ones only."""


@pytest.fixture
def _described(twins: Twins, request: pytest.FixtureRequest) -> None:
    """Skip a test of an adapter whose streams do not say which fields they have."""
    if not twins.fields:
        skip_undeclared(request.node, [f"a stream that describes itself: {twins.label}"])


@clause("TWIN-9")
@pytest.mark.usefixtures("_described")
@property_of(
    shrinks=False,
    before=lambda reach: action_lists(reach=replace(reach, programs=()), longest=4),
    field=lambda: st.integers(0, MOST),
    value=lambda: unsigned_words(bits=64),
)
def test_no_field_of_a_stream_brings_a_machine_down(
    twins: Twins, before: tuple[Action, ...], field: int, value: int
) -> None:
    """Whatever a field says, the stream is rejected or loaded, and the machine goes on."""
    twins.check_changed(before, field, value, "TWIN-9")


@clause("TWIN-9")
@pytest.mark.parametrize("value", [0, -1, 1 << 31], ids=["0", "all bits", "the highest bit"])
@pytest.mark.usefixtures("_described")
def test_each_field_of_a_stream_may_be_anything(
    twins: Twins, value: int, request: pytest.FixtureRequest
) -> None:
    """Each field of a machine that has done nothing, at the ends of its range."""
    number = twins.fields
    if number > STEPPED:
        skip_undeclared(request.node, [f"a stream of few fields: {twins.label} has {number}"])
    for field in range(number):
        twins.check_changed((), field, value, "TWIN-9")
