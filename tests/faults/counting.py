"""A pytest plugin for runs against a fault: profiles without a memory, and examples counted.

The counts are those of Hypothesis itself, which hands the statistics of a test to whoever asks.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.statistics import collector

from suites.harness.profiles import PROFILES

EXAMPLES = "examples"
"""The property of a report that says how many examples it took until one failed."""
UNSHRUNK = "-unshrunk"
"""What the name of a profile ends with that does not look for a smaller example."""
FRESH = "-fresh"
"""What the name of a profile ends with that does shrink, and knows nothing of earlier runs."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Register two variants of each profile, before the option that names one is checked."""
    for name in PROFILES:
        fresh = settings(settings.get_profile(name), database=None)
        settings.register_profile(name + FRESH, fresh)
        phases = [one for one in fresh.phases if one is not Phase.shrink]
        settings.register_profile(name + UNSHRUNK, fresh, phases=phases)


def examples_until_failure(statistics: dict[str, Any]) -> int:
    """How many examples a test took until one failed; 0 if none did."""
    tried = [
        case["status"]
        for phase in ("reuse-phase", "generate-phase")
        for case in statistics.get(phase, {}).get("test-cases", ())
    ]
    return tried.index("interesting") + 1 if "interesting" in tried else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note how many examples the test took."""

    def note(statistics: dict[str, Any]) -> None:
        item.user_properties.append((EXAMPLES, examples_until_failure(statistics)))

    with collector.with_value(note):  # type: ignore[arg-type] # its type is that of its default
        yield
