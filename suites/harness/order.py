"""The order of the tests: that of the specification."""

import pytest

from suites.harness.clauses import clauses


def chapter(item: pytest.Item) -> int:
    """The place of the first clause that a test checks; what checks none comes first."""
    known = list(clauses())
    checked = [known.index(name) for mark in item.iter_markers("clause") for name in mark.args]
    return min(checked, default=-1)


class Order:
    """A pytest plugin: round trips come first, what must be rejected later.

    The first load of a run is one that must be accepted: who fails only there is noticed.
    """

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort the tests."""
        items.sort(key=chapter)
