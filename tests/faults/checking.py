"""Whether the catalogue is right: each fault is one, and what must catch it does."""

from collections.abc import Mapping, Sequence

from suites.harness.clauses import UnknownClause, clauses, find_clause
from tests.faults.caught import Caught
from tests.faults.running import EXAMPLE, Outcome

LONGEST_EXAMPLE = 500
"""How many characters a machine may take that a person is to understand at once."""


class CatalogueError(Exception):
    """A fault that proves nothing of the suites, or that they let pass."""


def check_clauses(fault: str, rows: Sequence[tuple[str, Caught]]) -> None:
    """Raise `CatalogueError` where a fault is to be caught by a clause that there is not."""
    for _, row in rows:
        try:
            find_clause(row.clause)
        except UnknownClause as error:
            raise CatalogueError(f"{fault}: {error}") from None


def check_caught(
    fault: str, rows: Sequence[tuple[str, Caught]], said: Mapping[str, Outcome]
) -> None:
    """Raise `CatalogueError` unless each test failed, for the reason that is the fault's own."""
    if not any(said[test].text for test, _ in rows):
        tests = ", ".join(test for test, _ in rows)
        raise CatalogueError(
            f"{fault} equals the reference, as far as is seen by all that must catch it: {tests}. "
            "Correct the fault, or mend the suites."
        )
    for test, row in rows:
        text = said[test].text
        if not text:
            raise CatalogueError(f"{test} does not notice {fault}: mend the suite, not the fault.")
        if not text.startswith(f"{row.clause}: {clauses()[row.clause].rule}\n"):
            raise CatalogueError(f"{fault} fails {test} not by {row.clause}, but with\n{text}")
        if row.story not in said[test].witness:
            raise CatalogueError(f"{fault} fails {test} without a word of {row.story!r}:\n{text}")
        if len(text.partition(EXAMPLE)[2].partition("\n)")[0]) >= LONGEST_EXAMPLE:
            raise CatalogueError(f"{fault} fails {test} with an unreadable example:\n{text}")
