"""What is known of a device, as strictly parsed data: what may differ, and how a driver begins.

Only what cannot be told by two machines of which neither was migrated is in there.
"""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import msgspec

from adapters.driven import Action, Plugged, Read, Write
from suites.devices.oracle.texts import ScriptError, script_of
from suites.harness.tables import meant, read_tables


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


class Program(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a driver begins; what follows is drawn: states that chance alone would not reach.

    ``name`` says what for, ``steps`` are its actions, a line each, ``source`` is where that is
    written.
    """

    name: str
    steps: tuple[str, ...]
    source: str
    machines: tuple[str, ...] = ()


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
    """A whole file: tables ``[[noise]]`` and ``[[program]]``.

    ``devices`` are those that it is about beside the one by whose name it is called.
    """

    devices: tuple[str, ...] = ()
    noise: tuple[Noise, ...] = ()
    program: tuple[Program, ...] = ()


def read_data(path: Path) -> Listed:
    """The entries of a TOML file; raises `NoiseError`."""
    listed = read_tables(path, Listed, NoiseError)
    for number, one in enumerate(listed.noise, 1):
        for problem in problems(one):
            raise NoiseError(f"{path}, noise {number} ({one.reason}): {problem}")
    for program in listed.program:
        try:
            script_of(program.steps)
        except ScriptError as error:
            raise NoiseError(f"{path}, program {program.name!r}: {error}") from error
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


class Known(NamedTuple):
    """What is known of all that is plugged: what may differ, and the programs of drivers."""

    noise: tuple[Noise, ...]
    programs: tuple[tuple[Action, ...], ...]


def known_of(plugged: Plugged, regions: Collection[str]) -> Known:
    """What the data files of the devices say that are plugged; that of e1000e is ``e1000e.toml``.

    ``regions`` are those of the machine. Raises `NoiseError`.
    """
    noise: list[Noise] = []
    programs: list[tuple[Action, ...]] = []
    for path in sorted(Path(plugged.data).glob("*.toml")) if plugged.data else ():
        listed = read_data(path)
        if not {path.stem, *listed.devices} & {*plugged.devices}:
            continue
        for one in listed.noise:
            if is_for(one.machines, plugged.machine):
                for pattern in one.registers:
                    check_region(pattern.rpartition("+")[0], regions, path, one.reason)
                noise.append(one)
        for program in listed.program:
            if is_for(program.machines, plugged.machine):
                steps = [it for it in script_of(program.steps) if isinstance(it, Action)]
                for step in steps:
                    if isinstance(step, Read | Write):
                        check_region(step.region, regions, path, program.name)
                programs.append(tuple(steps))
    return Known(tuple(noise), tuple(programs))


def is_for(machines: Collection[str], machine: str) -> bool:
    """Whether an entry is about a machine type; all, where it names none."""
    return not machines or any(fnmatchcase(machine, one) for one in machines)


def check_region(named: str, regions: Collection[str], path: Path, what: str) -> None:
    """Raise `NoiseError` for a region that the machine does not have."""
    if not any(fnmatchcase(region, named) for region in regions):
        raise NoiseError(
            f"{path} ({what}): no region is called {named!r}{meant(named, regions)}; "
            f"the machine has {', '.join(sorted(regions))}."
        )
