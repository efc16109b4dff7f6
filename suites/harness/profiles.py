"""How many machines each test sees."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import InvalidArgument

PROFILES = {"smoke": 10, "default": 100, "thorough": 1000}
"""The examples that each test runs, for each ``--hypothesis-profile``."""


def register_profiles() -> None:
    """Make `PROFILES` known to Hypothesis, and load the default."""
    common = settings(
        settings.get_profile("default"),
        # Time is no measure of a stream, and the machines that run this are shared and noisy.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        # Which lines of ours a failure ran through says nothing about the implementation.
        phases=set(Phase) - {Phase.explain},
        # One story at a time: a single fault often shows in several ways.
        report_multiple_bugs=False,
        # The seed in the report replays a failure, for any parameters that pytest chose.
        print_blob=False,
    )
    for name, examples in PROFILES.items():
        settings.register_profile(name, common, max_examples=examples)
    settings.load_profile("default")


def is_quick() -> bool:
    """Whether the profile asks for less than the default: then what is stepped through is less."""
    return settings().max_examples < PROFILES["default"]


def check_profile(name: str) -> None:
    """Raise `pytest.UsageError` if no profile is called ``name``."""
    try:
        settings.get_profile(name)
    except InvalidArgument:
        known = ", ".join(PROFILES)
        raise pytest.UsageError(f"no --hypothesis-profile {name!r}; use one of {known}.") from None
