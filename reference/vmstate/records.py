"""What all states are: values, printed as the Python that makes them."""

from collections.abc import Callable, Iterator
from enum import IntEnum
from functools import cache
from itertools import groupby
from typing import Any

import msgspec

WHOLE_BYTES, WHOLE_TUPLE = 48, 16
"""How many bytes, and how many elements of a tuple, are always printed."""
RUN = 8
"""How many equal bytes or elements in a row are printed as one and their number."""
PIECES = 6
"""How many pieces of something long are printed; of what is behind them, how many there are."""


def literal(value: Any) -> str:
    """A value as Python: numbers above nine in hexadecimal, as indexes and addresses are read.

    What is long and regular is a sum of products: ``b"ab" + b"c" * 4094``. Of what is long and
    irregular the beginning is printed, and how much follows: that is no Python, but can be read.
    """
    if isinstance(value, int) and not isinstance(value, bool | IntEnum):
        return str(value) if abs(value) < 10 else f"{value:#x}"
    if isinstance(value, bytes) and len(value) > WHOLE_BYTES:
        return " + ".join(pieces(value, repr, "bytes"))
    if isinstance(value, tuple) and len(value) > WHOLE_TUPLE:
        return " + ".join(pieces(value, literal, "elements"))
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {literal(one)}' for key, one in value.items())}}}"
    return str(value) if isinstance(value, IntEnum) else repr(value)


def pieces(value: Any, printed: Callable[[Any], str], unit: str) -> Iterator[str]:
    """Something long in a few pieces: runs of one element as products, what is between them whole.

    ``printed`` makes text of a short part, ``unit`` is what the elements are called.
    """
    begun = at = printed_to = 0
    found: list[tuple[int, int, bool]] = []
    for length in [*(len([*equal]) for _, equal in groupby(value)), 0]:
        run = length >= RUN
        if (run or not length) and begun < at:
            found.append((begun, at, False))
        at += length
        if run:
            found.append((at - length, at, True))
            begun = at
    for first, end, run in found[:PIECES]:
        if not run and end - first > WHOLE_TUPLE:
            break
        part = printed(value[first : first + 1 if run else end])
        yield f"{part} * {end - first}" if run else part
        printed_to = end
    if rest := value[printed_to:]:
        yield f"{printed(rest[:RUN])} + {max(len(rest) - RUN, 0)} {unit} more"


class Record(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What all states are: a value without identity.

    Printed, it is the Python that makes it, less what is as usual: a counterexample is read before
    anything else.
    """

    def __repr__(self) -> str:
        values = ((name, getattr(self, name), usual) for name, usual in usual_values(type(self)))
        changed = (f"{name}={literal(value)}" for name, value, usual in values if value != usual)
        return f"{type(self).__name__}({', '.join(changed)})"


@cache
def usual_values(record: type[Record]) -> tuple[tuple[str, Any], ...]:
    """The names of a record's fields, each with its default, or NODEFAULT."""
    return tuple(
        (
            one.name,
            one.default if one.default_factory is msgspec.NODEFAULT else one.default_factory(),
        )
        for one in msgspec.structs.fields(record)
    )
