"""Holds a machine that is migrated against its twin, which is not."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, NoReturn

from adapters.driven import Action, Read, Reproducing, Write
from adapters.verdicts import Refused, Rejected, Verdict
from reference.vmstate.records import literal
from reference.wire.errors import StreamError
from suites.devices.oracle.bench import MEMORY, Account, Answer, Bench
from suites.devices.oracle.changing import places, survival
from suites.devices.oracle.explaining import explained
from suites.devices.oracle.known import Finding
from suites.devices.oracle.noise import Known
from suites.devices.oracle.scripts import (
    Hop,
    Script,
    Sweep,
    place,
    reads,
    story,
    without_hops,
)
from suites.devices.oracle.texts import line_of
from suites.harness.failures import fail, reason_of
from suites.harness.properties import is_shrinking, is_smallest

Perform = Callable[[Script], Account]

NO_NAME = re.compile(r"[^A-Za-z0-9.-]+")
"""What is in no name of a file."""
CONTROLS = 3
"""How many further machines without hops are asked: two may agree on a number by chance."""
IN_MEMORY = "TWIN-3"
"""The clause of what a guest finds in its memory."""
ACCEPTED = "TWIN-4"
"""The clause of a hop that fails."""


class Difference(NamedTuple):
    """Where a machine that was migrated parts from its twin: the clause, and what both say."""

    clause: str
    where: str
    stayed: str
    migrated: str | Verdict
    step: int | None = None
    """That of the answer, in the script of the twin."""

    @property
    def words(self) -> str:
        """What a destination that gave up said."""
        return reason_of(self.migrated)


class Twins:
    """The bench, and what differs without a loss: learned in this run, or written down."""

    def __init__(
        self,
        bench: Bench,
        label: str,
        data: Known,
        known: tuple[Finding, ...],
        reproducers: Path | None = None,
    ) -> None:
        """``reproducers`` is the folder for programs that show what was found."""
        self.bench, self.label, self.known, self.reproducers = bench, label, known, reproducers
        self.noise, self.programs = data
        self.volatile: set[str] = set()
        """The registers that differed on two machines of which neither was migrated."""
        self.tally: Counter[str] = Counter()
        self.met: set[str] = set()
        """The reasons of what is known and was seen again."""
        self.reached: set[str] = set()
        """The registers that a guest wrote or read, but for sweeps."""
        self.registers = sum(one.size // one.access for one in bench.reach.regions)
        """How many registers there are."""

    def check(self, script: Script, clause: str) -> None:
        """Fail under ``clause`` where the guest of a script notices that there are hops in it.

        What two machines without hops do not agree on is not compared, and what does not come again
        on fresh machines is counted and not reported.
        """
        accesses = sum(isinstance(one, Read | Write) for one in script)
        self.tally.update(examples=1, accesses=accesses)
        self.reached |= self.bench.touched(script)
        if is_smallest():
            confirmed = self.found(script, clause, self.bench.confirmed)
        else:
            confirmed = self.seen(script, clause)
        if confirmed is None:
            return
        if is_shrinking():
            self.fail(confirmed, [*story(script)])
        script = self.without_idle(self.shortest(script, confirmed, clause), confirmed, clause)
        lines = [*story(script), *explained(self.bench, script)]
        self.fail(confirmed, [*lines, *self.reproduced(script, confirmed, lines)])

    def seen(self, script: Script, clause: str) -> Difference | None:
        """What is found with the machines that are used again, and comes again on fresh ones."""
        found = self.found(script, clause, self.bench.searched)
        if found is None or not self.bench.reuses:
            return found
        confirmed = self.found(script, clause, self.bench.confirmed, controls=1)
        if confirmed is None:
            self.tally["unconfirmed"] += 1
        return confirmed

    @cached_property
    def fields(self) -> int:
        """How many numbers the stream of a machine that has done nothing describes; 0 for none."""
        machine = self.bench.machine()
        machine.perform(self.bench.cleared(machine))
        try:
            return len(places(machine.save().stream, self.bench.plugged.machine))
        except StreamError:
            return 0

    def check_changed(
        self, before: tuple[Action, ...], field: int, value: int, clause: str
    ) -> None:
        """Fail under ``clause`` where a stream with another number in it brings a machine down.

        See `suites.devices.oracle.changing.survival`.
        """
        self.tally["examples"] += 1
        bench = self.bench
        seen = survival(bench, bench.machine(), before, field, value)
        if seen is None or seen.end is None:
            return
        bench.close()
        machine = bench.started()
        confirmed = survival(bench, machine, before, field, value)
        machine.close()
        if confirmed is None or confirmed.end is None:
            self.tally["unconfirmed"] += 1
            return
        where = confirmed.change.place.name
        found = Difference(clause, where, confirmed.doing, confirmed.end)
        if not self.is_noise(found):
            lines = [*story(before), "the machine is saved", f"in the stream, {confirmed.change}"]
            self.fail(found, [*lines, f"the machine {confirmed.doing}"])

    def shortest(self, script: Script, found: Difference, clause: str) -> Script:
        """The script up to where it differs, and there one register instead of all, if that does.

        What behind a sweep differs may do so because of what was read before.
        """
        if found.step is None:
            return script
        places = [at for at, step in enumerate(script) if not isinstance(step, Hop)]
        until = script[: places[found.step] + 1]
        every = reads(self.bench.reach.regions, {found.where})
        read = next((one for one in every if place(one) == found.where), None)
        if not isinstance(until[-1], Sweep) or read is None:
            return until
        short = (*until[:-1], read)
        return short if self.shows(short, found, clause) else until

    def without_idle(self, script: Script, found: Difference, clause: str) -> Script:
        """The script without each step that it takes nothing from to leave out.

        Hypothesis makes rows of writes shorter, but does not know which of them it was.
        """
        short = script
        for at in reversed(range(len(script))):
            less = (*short[:at], *short[at + 1 :])
            if not isinstance(short[at], Hop) and self.shows(less, found, clause, controls=0):
                short = less
        return short if self.shows(short, found, clause) else script

    def shows(
        self, script: Script, found: Difference, clause: str, *, controls: int = CONTROLS
    ) -> bool:
        """Whether a script shows a difference at the same register, on fresh machines."""
        again = self.found(script, clause, self.bench.confirmed, controls=controls)
        return again is not None and (again.clause, again.where) == (found.clause, found.where)

    def reproduced(self, script: Script, found: Difference, told: list[str]) -> list[str]:
        """Where the program lies that shows a difference without us, if there can be one."""
        bench = self.bench
        if not isinstance(bench.adapter, Reproducing) or self.reproducers is None:
            return []
        spelled = bench.spelled(script, found.where)
        text = bench.adapter.reproducer(spelled, bench.destination or bench.adapter)
        self.reproducers.mkdir(parents=True, exist_ok=True)
        path = self.reproducers / f"{NO_NAME.sub('-', self.label)}-{found.clause}.sh"
        listed = ", ".join(f'"{line_of(step)}"' for step in script)
        lines = [f"{found.clause}, {self.label}:", *told, f"script = [{listed}]"]
        path.write_text(with_comment(text, lines))
        return [f"{path.name} in {self.reproducers} shows it without us"]

    def of(self, finding: Finding) -> Difference | None:
        """What is seen of a finding that is known, on fresh machines."""
        self.known, known = (), self.known
        try:
            found = self.found(finding.steps, finding.clause, self.bench.confirmed)
        finally:
            self.known = known
        if found and found.clause == finding.clause and finding.covers(found.where, found.words):
            return found
        return None

    def found(
        self, script: Script, clause: str, perform: Perform, *, controls: int = CONTROLS
    ) -> Difference | None:
        """The first difference that is none of two machines without hops, if there is one."""
        stayed = perform(without_hops(script))
        if stayed.end is not None:
            self.tally["died by itself"] += 1
            return None
        migrated = perform(script)
        if next(self.differences(stayed, migrated, clause), None) is None:
            return None
        for _ in range(controls):
            control = perform(without_hops(script))
            self.volatile |= {
                one.where
                for one, other in zip(stayed.answers, control.answers, strict=False)
                if one != other and one.where != MEMORY
            }
        return next(self.differences(stayed, migrated, clause), None)

    def differences(self, stayed: Account, migrated: Account, clause: str) -> Iterator[Difference]:
        """Where two accounts differ, and nothing says that this is no loss."""
        for one, other in zip(stayed.answers, migrated.answers, strict=False):
            if one.value != other.value:
                found = parted(one, other, clause)
                if not self.is_noise(found):
                    yield found
        if migrated.end is not None:
            found = Difference(
                ACCEPTED if migrated.hopping else clause,
                "the machine",
                "goes on",
                migrated.end,
            )
            if not self.is_noise(found):
                yield found

    def is_noise(self, found: Difference) -> bool:
        """Whether a difference is none that a guest could complain of, or is known."""
        if found.where in self.volatile:
            return True
        if isinstance(found.migrated, Rejected | Refused) and any(
            one.expects(found.words) for one in self.noise
        ):
            self.tally["expected refusals"] += 1
            return True
        if any(one.covers(found.where) for one in self.noise):
            return True
        met = [one.reason for one in self.known if one.covers(found.where, found.words)]
        self.met.update(met)
        return bool(met)

    def fail(self, found: Difference, told: list[str]) -> NoReturn:
        """Fail with the story of a difference."""
        plugged, got = self.bench.plugged, found.migrated
        expected = f"{found.where} {found.stayed}, as on a twin that stayed"
        if isinstance(got, str):
            got = f"{found.where} {got}"
        else:
            expected = "a machine that goes on"
        road = f"{self.label} ({plugged.name} {plugged.release})"
        fail(found.clause, expected=expected, got=got, road=road, story=told)


def with_comment(text: str, lines: Iterable[str]) -> str:
    """A script with a comment behind its first line."""
    first, _, rest = text.partition("\n")
    return "\n".join((first, *(f"# {line}" for line in lines), rest))


def parted(stayed: Answer, migrated: Answer, clause: str) -> Difference:
    """What two answers to one question say."""
    one, other = stayed.value, migrated.value
    if isinstance(one, bytes) and isinstance(other, bytes):
        at = next(at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
        here, there = (it[at : at + 8].hex(" ") for it in (one, other))
        has, has_not = f"has {here} at {at:#x}", f"has {there} at {at:#x}"
        return Difference(IN_MEMORY, MEMORY, has, has_not, stayed.step)
    same, another = f"reads {literal(one)}", f"reads {literal(other)}"
    return Difference(clause, stayed.where, same, another, stayed.step)
