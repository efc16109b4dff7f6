"""Two records, and where they differ, for a person to read."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import msgspec

from reference.vmstate.records import literal

LONGEST_LIST = 12
"""How many differences are listed."""
LONGEST_VALUE = 48
"""How many characters are shown of a value."""
SHOWN = 16
"""How many bytes are shown from where two strings part."""
ABSENT = "absent"


class Difference(msgspec.Struct, frozen=True):
    """One field that differs: its ``path`` (``ccs_list[0].fdt_depth``), and both values."""

    path: str
    expected: str
    got: str


def differences(expected: Any, got: Any, path: str = "") -> Iterator[Difference]:
    """Every innermost value in which two records differ, in the order of their fields."""
    if expected == got:
        return
    if isinstance(expected, msgspec.Struct) and type(expected) is type(got):
        for name in expected.__struct_fields__:
            inner = f"{path}.{name}" if path else name
            yield from differences(getattr(expected, name), getattr(got, name), inner)
    elif isinstance(expected, tuple | list) and isinstance(got, tuple | list):
        for index, (one, other) in enumerate(zip_longest(expected, got, fillvalue=ABSENT)):
            yield from differences(one, other, f"{path}[{index}]")
    elif isinstance(expected, dict) and isinstance(got, dict):
        for key in sorted(expected.keys() | got.keys()):
            one, other = expected.get(key, ABSENT), got.get(key, ABSENT)
            yield from differences(one, other, f"{path}[{key}]" if path else key)
    else:
        yield Difference(path, shortened(expected), shortened(got))


def shortened(value: Any) -> str:
    """A value in a length that fits a table; bytes in hexadecimal, and how many."""
    if isinstance(value, bytes):
        return f"{cut(value.hex())} ({len(value)} bytes)".lstrip()
    return ABSENT if value is ABSENT else cut(literal(value))


def cut(text: str, longest: int = LONGEST_VALUE) -> str:
    """A text, or its beginning."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def parting(expected: bytes, got: bytes) -> list[str]:
    """Where two byte strings part, and how each goes on, as lines."""
    pairs = enumerate(zip(expected, got, strict=False))
    at = next((at for at, (one, other) in pairs if one != other), min(len(expected), len(got)))
    return [
        f"from byte {at:#x} on, of {len(expected):#x} and {len(got):#x}:",
        f"    expected  {expected[at : at + SHOWN].hex(' ')}",
        f"    got       {got[at : at + SHOWN].hex(' ')}",
    ]


def table(expected: Any, got: Any) -> list[str]:
    """The differences of two records as the lines of a table."""
    rows = [("field", "expected", "got")]
    found = list(differences(expected, got))
    rows += [(it.path, it.expected, it.got) for it in found[:LONGEST_LIST]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    if len(found) > LONGEST_LIST:
        lines.append(f"... and {len(found) - LONGEST_LIST} more")
    return lines
