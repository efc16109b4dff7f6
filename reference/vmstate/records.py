"""What all states are: values, printed as the Python that makes them."""

from enum import IntEnum
from functools import cache
from typing import Any

import msgspec


def literal(value: Any) -> str:
    """A value as Python: numbers above nine in hexadecimal, as indexes and addresses are read."""
    if isinstance(value, int) and not isinstance(value, bool | IntEnum):
        return str(value) if abs(value) < 10 else f"{value:#x}"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {literal(one)}' for key, one in value.items())}}}"
    return str(value) if isinstance(value, IntEnum) else repr(value)


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
