"""What a program is known to lose, as strictly parsed data: pinned by the smallest script.

Every entry is tried on fresh machines and has to be lost; what is drawn looks for others.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from adapters.driven import Plugged
from suites.devices.oracle.noise import about
from suites.devices.oracle.scripts import Script
from suites.devices.oracle.texts import ScriptError, script_of
from suites.harness.known import KnownFailuresError, common_problems, is_between
from suites.harness.tables import read_tables


class Finding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One loss that is known.

    ``devices`` are what is plugged, one of them; ``machines`` the machine types, with ``*``;
    ``setup`` is the name of an adapter that shows it. ``reason``: what the guest sees. ``source``:
    where that is to be seen. ``script``: the smallest, a step a line as in
    `suites.devices.oracle.texts`. ``clause`` fails with it, at one of the registers ``where``
    (``region+0x1c``, ``region+0x1c..0x3c``, ``region+*``), or with words of the destination in
    which the regular expression ``says`` is found.

    ``since`` and ``until``, as ``10.1``: the first release that does it of those that were tried,
    and the first that does not any more.
    """

    devices: tuple[str, ...]
    machines: tuple[str, ...]
    setup: str
    reason: str
    source: str
    clause: str
    script: tuple[str, ...]
    where: tuple[str, ...] = ()
    says: str = ""
    since: str = ""
    until: str = ""

    def covers(self, where: str, words: str) -> bool:
        """Whether a difference shows it, at a register or in words."""
        if words:
            return bool(self.says) and re.search(self.says, words) is not None
        return any(about(pattern, where) for pattern in self.where)

    def concerns(self, plugged: Plugged) -> bool:
        """Whether a program in its configuration does it."""
        return (
            any(one in plugged.devices for one in self.devices)
            and any(fnmatchcase(plugged.machine, one) for one in self.machines)
            and is_between(plugged.release, self.since, self.until)
        )

    @property
    def steps(self) -> Script:
        """The script; raises `ScriptError`."""
        return script_of(self.script)


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file: tables ``[[finding]]``."""

    finding: tuple[Finding, ...] = ()


def read_findings(path: Path) -> tuple[Finding, ...]:
    """The entries of a TOML file; raises `KnownFailuresError`."""
    listed = read_tables(path, Listed, KnownFailuresError).finding
    for place, one in enumerate(listed, 1):
        for problem in problems(one):
            raise KnownFailuresError(f"{path}, finding {place} ({one.reason}): {problem}")
    return listed


def problems(one: Finding) -> Iterator[str]:
    """What is wrong with an entry."""
    yield from common_problems((one.clause,), one.says, one.since, one.until)
    try:
        script_of(one.script)
    except ScriptError as error:
        yield str(error)
    if bool(one.where) == bool(one.says):
        yield "it shows either at registers, where, or in words, says; name one of the two."


def findings_of(plugged: Plugged) -> tuple[Finding, ...]:
    """What is known of a program in its configuration; raises `KnownFailuresError`."""
    if not plugged.known_failures:
        return ()
    listed = read_findings(Path(plugged.known_failures))
    return tuple(one for one in listed if one.concerns(plugged))
