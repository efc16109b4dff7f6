"""The clauses of docs/specification.md, and the mark by which a test names those that it checks."""

import difflib
import re
from functools import cache
from pathlib import Path

import msgspec
import pytest

SPECIFICATION = Path(__file__).parents[2] / "docs" / "specification.md"

CLAUSE = re.compile(
    r"^### (?P<id>[A-Z]+-[0-9]+)\n\n(?P<rule>.+?)\n\nSource: (?P<source>.+?)(?=\n\n|\n?\Z)",
    re.MULTILINE | re.DOTALL,
)
"""A heading with the id, the rule as one paragraph, its source as the next."""


class Clause(msgspec.Struct, frozen=True):
    """One numbered rule: its ``id`` (``SUB-2``), the ``rule``, and where it comes from."""

    id: str
    rule: str
    source: str


class UnknownClause(Exception):
    """A clause that the specification does not have."""


def read_clauses(specification: str) -> dict[str, Clause]:
    """The clauses of the text of a specification, by id, in its order."""
    return {
        match["id"]: Clause(
            match["id"], *(" ".join(match[it].split()) for it in ("rule", "source"))
        )
        for match in CLAUSE.finditer(specification)
    }


@cache
def clauses() -> dict[str, Clause]:
    """The clauses of docs/specification.md, by id, in its order."""
    return read_clauses(SPECIFICATION.read_text(encoding="utf-8"))


def find_clause(name: str) -> Clause:
    """The clause with the id ``name``; raises `UnknownClause`."""
    if name not in clauses():
        close = difflib.get_close_matches(name, clauses())
        hint = f"; did you mean {close[0]}?" if close else "."
        raise UnknownClause(f"docs/specification.md has no clause {name}{hint}")
    return clauses()[name]


def clause(*names: str) -> pytest.MarkDecorator:
    """The mark of a test that checks the clauses ``names``; raises `UnknownClause`."""
    return pytest.mark.clause(*(find_clause(name).id for name in names))
