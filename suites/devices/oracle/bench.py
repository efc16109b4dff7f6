"""The machines that perform scripts: one that is used again and again, and fresh ones."""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import groupby
from traceback import format_exception
from typing import Any, TypeVar

from adapters.answers import AdapterAnswer, Died, Hung, LoadRejected, SaveRefused
from adapters.driven import (
    Action,
    Contents,
    DrivenAdapter,
    DrivenMachine,
    Fill,
    Look,
    Read,
    Reset,
    Saving,
    Write,
)
from adapters.verdicts import Crashed, Refused, Rejected, TimedOut, Verdict
from reference.vmstate.records import Record
from strategies.devices import Reach
from suites.devices.oracle.scripts import Hop, Script, Step, Sweep, place, reads

MEMORY = "memory"
"""What the guest's memory is called among the registers."""
Answered = TypeVar("Answered")

VERDICTS: dict[type[AdapterAnswer], type[Crashed | TimedOut | Rejected | Refused]] = {
    Died: Crashed,
    Hung: TimedOut,
    LoadRejected: Rejected,
    SaveRefused: Refused,
}


class Guarded:
    """A machine of somebody's: whatever else it raises is a crash, as in `verdicts.asked`."""

    def __init__(self, machine: DrivenMachine) -> None:
        self.machine = machine

    def __getattr__(self, name: str) -> Any:
        theirs = getattr(self.machine, name)
        return guarded(theirs) if callable(theirs) else theirs


def guarded(method: Callable[..., Answered]) -> Callable[..., Answered]:
    """A method that raises answers of the protocol only."""

    def call(*arguments: Any) -> Answered:
        try:
            return method(*arguments)
        except AdapterAnswer:
            raise
        except Exception as error:  # whatever an implementation raises is a crash of it
            raise Died("".join(format_exception(error)).rstrip()) from error

    return call


def verdict_of(end: AdapterAnswer) -> Verdict:
    """What an answer that ends a script is called in reports."""
    return VERDICTS[type(end)](end.reason)


class Answer(Record, frozen=True):
    """What a guest saw: at which step of its twin's script, where (``uart+0x5``), and what.

    ``value`` is the number read, or all of the guest's memory.
    """

    step: int
    where: str
    value: int | bytes


class Account(Record, frozen=True):
    """What came of a script: the answers, and how it ended before it was over.

    ``hopping``: it ended in a hop.
    """

    answers: tuple[Answer, ...]
    end: Verdict | None = None
    hopping: bool = False


class Bench:
    """Performs scripts on machines of one adapter, from a machine that was just started.

    With another adapter as ``destination`` of the same configuration every hop is to a machine of
    that one, and the next one back.
    """

    def __init__(self, adapter: DrivenAdapter, destination: DrivenAdapter | None = None) -> None:
        self.adapter, self.destination = adapter, destination
        self.plugged = adapter.describe()
        self.used: DrivenMachine | None = None
        self.waiting: DrivenMachine | None = None

    @property
    def reuses(self) -> bool:
        """Whether a machine is used again."""
        return self.plugged.reuses and self.destination is None

    @cached_property
    def reach(self) -> Reach:
        """What a guest can reach, on both sides; raises `Unsupported` where one does not start."""
        machine = self.machine()
        regions = machine.regions
        if self.destination is not None:
            there = self.destination.start()
            regions = tuple(one for one in regions if one in there.regions)
            there.close()
        return Reach(regions, machine.pages, machine.memory_base)

    @cached_property
    def widths(self) -> dict[str, int]:
        """The width of a register, by the name of its region."""
        return {one.name: one.access for one in self.reach.regions}

    def register(self, access: Read | Write) -> str:
        """The register that an access is about, as a sweep reads it."""
        width = self.widths[access.region]
        return f"{access.region}+{access.offset // width * width:#x}"

    def touched(self, script: Script) -> set[str]:
        """The registers that a script is about."""
        return {self.register(one) for one in script if isinstance(one, Read | Write)}

    def machine(self) -> DrivenMachine:
        """The machine that is used again and again, if it is still alive."""
        if self.used is None:
            self.used = self.started()
        return self.used

    def other(self) -> DrivenMachine:
        """The machine to which that one migrates, used again too.

        A machine that becomes itself again has what no stream carries and no reset clears.
        """
        if self.waiting is None:
            self.waiting = self.started()
        return self.waiting

    def searched(self, script: Script) -> Account:
        """What comes of a script on the machines that are used again; the first is reset before.

        An adapter that cannot make one machine into another is given fresh ones.
        """
        if not self.reuses:
            return self.confirmed(script)
        machine = self.machine()
        performance = Performance(self, machine, fresh=False)
        account = performance.account(self.cleared(machine), script)
        if isinstance(account.end, Crashed | TimedOut):
            self.close()
        return account

    def started(self) -> DrivenMachine:
        """A fresh machine."""
        return Guarded(guarded(self.adapter.start)())

    def cleared(self, machine: DrivenMachine) -> list[Action]:
        """What makes a machine that was used as one that was just started."""
        return [*(Fill(page, Contents.ZEROS) for page in range(machine.pages)), Reset()]

    def confirmed(self, script: Script) -> Account:
        """What comes of a script on machines that nothing happened to before."""
        performance = Performance(self, self.started(), fresh=True)
        try:
            return performance.account((), script)
        finally:
            performance.machine.close()

    def saved(self, script: Script) -> bytes:
        """The stream of a fresh machine after a script; raises what ends it before."""
        performance = Performance(self, self.started(), fresh=True)
        try:
            performance.perform(script)
            return performance.machine.save().stream
        finally:
            performance.machine.close()

    def spelled(self, script: Script, where: str) -> list[Action | Hop | Look]:
        """A script with each read of its sweeps; memory is looked at where it differs."""
        spelled: list[Action | Hop | Look] = []
        for step in script:
            if isinstance(step, Sweep):
                spelled += reads(self.reach.regions, {*self.touched(script), where})
            elif not isinstance(step, Look) or where == MEMORY:
                spelled.append(step)
        return spelled

    def close(self) -> None:
        """End the machines that are used again."""
        for one in (self.used, self.waiting):
            if one is not None:
                one.close()
        self.used = self.waiting = None


class Performance:
    """One script on its way: the machine, which another takes over where it migrates."""

    def __init__(self, bench: Bench, machine: DrivenMachine, *, fresh: bool) -> None:
        self.bench, self.machine, self.fresh = bench, machine, fresh
        self.answers: list[Answer] = []
        self.touched: set[str] = set()
        self.step, self.hops, self.hopping = 0, 0, False

    def account(self, before: Sequence[Action], script: Script) -> Account:
        """Do what comes before, of which nothing is told, and then the script."""
        try:
            self.machine.perform(before)
            self.perform(script)
        except tuple(VERDICTS) as end:
            return Account(tuple(self.answers), verdict_of(end), self.hopping)
        return Account(tuple(self.answers))

    def perform(self, script: Script) -> None:
        """Do a script, the actions of the guest in batches."""
        self.touched = self.bench.touched(script)
        for together, steps in groupby(script, lambda one: isinstance(one, Action)):
            if together:
                self.act(list(steps))  # type: ignore[arg-type] # all of them are actions
            else:
                for step in steps:
                    self.pause(step)

    def act(self, actions: Sequence[Action]) -> None:
        """Perform actions, one batch of them."""
        answers = iter(self.machine.perform(actions))
        for one in actions:
            if isinstance(one, Read):
                self.answers.append(Answer(self.step, place(one), next(answers)))
            self.step += 1

    def pause(self, step: Step) -> None:
        """Do what is no action of the guest."""
        if isinstance(step, Hop):
            self.hopping = True
            self.hop(step)
            self.hopping = False
            return
        if isinstance(step, Sweep):
            asked = reads(self.bench.reach.regions, self.touched)
            answers = self.machine.perform(asked)
            self.answers += (
                Answer(self.step, place(one), answer)
                for one, answer in zip(asked, answers, strict=True)
            )
        elif isinstance(step, Look):
            self.answers.append(Answer(self.step, MEMORY, self.machine.memory()))
        self.step += 1

    def hop(self, hop: Hop) -> None:
        """Save the machine, and where it migrates go on with the other."""
        if isinstance(hop, Saving):
            self.machine.save()
        elif not self.fresh:
            handed = self.machine.save()
            self.machine = self.bench.other() if self.hops % 2 == 0 else self.bench.machine()
            self.machine.resume(handed)
            self.hops += 1
        else:
            left, handed = self.machine, self.machine.migrate()
            left.close()
            ways = (self.bench.destination or self.bench.adapter, self.bench.adapter)
            self.machine = Guarded(guarded(ways[self.hops % 2].load)(handed))
            self.hops += 1
