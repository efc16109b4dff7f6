"""What may differ after a migration, as strictly parsed data: a file for each device.

Only what cannot be told by two machines of which neither was migrated is in there.
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from adapters.driven import Plugged


class NoiseError(Exception):
    """A data file that cannot be used; the message says where and why."""


class Kind(StrEnum):
    """Why what differs is no loss."""

    RESERVED = "reserved"
    """The registers mean nothing; the device happens to store what is written."""
    VOLATILE = "volatile"
    """They change by themselves, and not in every pair of machines."""
    HOUSEKEEPING = "housekeeping"
    """They are the device's own affair, and no driver asks for them."""
    REFUSAL = "refusal"
    """The destination is right to refuse: the guest broke what it owns."""


class Noise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is no finding: its ``kind``, the ``reason`` and its ``source``.

    ``registers`` are those that may differ: ``region+0x1c``, ``region+0x1c..0x3c`` with both ends,
    ``region+*``; in the name of the region ``*`` stands for anything. Of a refusal, ``says`` is a
    regular expression that is found in the program's words. ``machines``: the machine types that it
    holds for, with ``*``; all, where none are named.
    """

    kind: Kind
    reason: str
    source: str
    registers: tuple[str, ...] = ()
    says: str = ""
    machines: tuple[str, ...] = ()

    def covers(self, where: str) -> bool:
        """Whether it is about a register (``uart+0x5``)."""
        return any(about(pattern, where) for pattern in self.registers)

    def expects(self, words: str) -> bool:
        """Whether it is about a refusal in these words."""
        return self.kind is Kind.REFUSAL and re.search(self.says, words) is not None


RANGE = re.compile(r"(?P<region>.+)\+(?:(?P<first>0x[0-9a-f]+)(?:\.\.(?P<last>0x[0-9a-f]+))?|\*)")


def about(pattern: str, where: str) -> bool:
    """Whether a pattern is about a register."""
    region, plus, offset = where.rpartition("+")
    match = RANGE.fullmatch(pattern)
    if not plus or match is None or not fnmatchcase(region, match["region"]):
        return False
    if match["first"] is None:
        return True
    first = int(match["first"], 16)
    return first <= int(offset, 16) <= int(match["last"] or match["first"], 16)


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file: tables ``[[noise]]``."""

    noise: tuple[Noise, ...] = ()


def read_noise(path: Path) -> tuple[Noise, ...]:
    """The entries of a TOML file; raises `NoiseError`."""
    try:
        document: Any = tomllib.loads(path.read_text(encoding="utf-8"))
        listed = msgspec.convert(document, Listed).noise
    except tomllib.TOMLDecodeError as error:
        raise NoiseError(f"{path} is no TOML: {error}.") from error
    except msgspec.ValidationError as error:
        unknown = re.search(r"unknown field `(\w+)`", str(error))
        hint = suggested(unknown[1], Noise.__struct_fields__) if unknown else ""
        names = ", ".join(Noise.__struct_fields__)
        raise NoiseError(f"{path}: {error}{hint}; a [[noise]] has {names}.") from error
    for number, one in enumerate(listed, 1):
        for problem in problems(one):
            raise NoiseError(f"{path}, noise {number} ({one.reason}): {problem}")
    return listed


def problems(one: Noise) -> Iterator[str]:
    """What is wrong with an entry."""
    if (one.kind is Kind.REFUSAL) != bool(one.says):
        yield "says belongs to a refusal, and each refusal needs one."
    if (one.kind is Kind.REFUSAL) == bool(one.registers):
        yield "a refusal names no registers, and all other kinds name some."
    try:
        re.compile(one.says)
    except re.error as error:
        yield f"says is no regular expression: {error}."
    for pattern in one.registers:
        if not RANGE.fullmatch(pattern):
            yield f"{pattern!r} is no register; write region+0x1c, region+0x1c..0x3c or region+*."


def noise_of(plugged: Plugged, regions: Collection[str]) -> tuple[Noise, ...]:
    """What is known of the devices that are plugged: each has a file of its name, ``e1000e.toml``.

    ``regions`` are those of the machine. Raises `NoiseError`.
    """
    if not plugged.noise:
        return ()
    found: list[Noise] = []
    for path in (Path(plugged.noise) / f"{device}.toml" for device in plugged.devices):
        entries = read_noise(path) if path.exists() else ()
        for one in entries:
            if not one.machines or any(fnmatchcase(plugged.machine, it) for it in one.machines):
                check_regions(one, regions, path)
                found.append(one)
    return tuple(found)


def check_regions(one: Noise, regions: Collection[str], path: Path) -> None:
    """Raise `NoiseError` for a register in a region that the machine does not have."""
    for pattern in one.registers:
        named = pattern.rpartition("+")[0]
        if not any(fnmatchcase(region, named) for region in regions):
            raise NoiseError(
                f"{path} ({one.reason}): no region is called {named!r}"
                f"{suggested(named, regions)}; the machine has {', '.join(sorted(regions))}."
            )


def suggested(wrong: str, known: Collection[str]) -> str:
    """What was probably meant; nothing where nothing is close."""
    close = difflib.get_close_matches(wrong, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
