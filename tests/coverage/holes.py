"""What the tests do not reach, with reasons: holes.toml, strictly parsed."""

import difflib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from tests.coverage.asked import Kind

FILE = Path(__file__).with_name("holes.toml")


class HoleError(Exception):
    """A file of holes that cannot be used; the message says where and why."""


class Hole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the coverage that is not reached whole: its kind, its name, and the reason."""

    kind: Kind
    line: str
    reason: str


class Holes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: a table ``[[hole]]`` for each."""

    hole: tuple[Hole, ...]


def read_holes(text: str, known: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
    """The reasons by kind and line; raises `HoleError` for a line that is not ``known``."""
    try:
        holes = msgspec.toml.decode(text.encode(), type=Holes).hole
    except msgspec.DecodeError as error:
        raise HoleError(f"{FILE.name}: {error}") from None
    lines = {f"{kind}: {line}": (kind, line) for kind, line in known}
    reasons: dict[tuple[Kind, str], str] = {}
    for one in holes:
        name = f"{one.kind}: {one.line}"
        if name not in lines:
            close = difflib.get_close_matches(name, lines, n=1)
            hint = (
                f"did you mean {lines[close[0]][1]!r} of {lines[close[0]][0]}?"
                if close
                else ("docs/coverage.md has them.")
            )
            raise HoleError(
                f"{FILE.name}: the descriptions have no line {one.line!r} of {one.kind}; {hint}"
            )
        if lines[name] in reasons:
            raise HoleError(f"{FILE.name}: {one.line!r} is there twice; leave one out.")
        reasons[lines[name]] = one.reason
    return reasons
