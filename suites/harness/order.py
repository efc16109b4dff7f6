"""The order of the tests: that of the specification."""

import pytest

from suites.harness.clauses import clauses

CHECKS = "checks"
"""The property of a report that names a clause which its test checks."""


def checked_by(item: pytest.Item) -> list[str]:
    """The clauses that a test names."""
    return [name for mark in item.iter_markers("clause") for name in mark.args]


def chapter(item: pytest.Item) -> int:
    """The place of the first clause that a test checks; what checks none comes first."""
    known = list(clauses())
    return min(map(known.index, checked_by(item)), default=-1)


class Order:
    """A pytest plugin: round trips come first, what must be rejected later.

    The first load of a run is one that must be accepted: who fails only there is noticed.
    """

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the tests, and note in their reports what they check."""
        items.sort(key=chapter)
        for item in items:
            item.user_properties += [(CHECKS, name) for name in checked_by(item)]
