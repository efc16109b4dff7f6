"""A machine that is migrated, and its twin that is not; both do the same.

Where the two come apart, whoever acts is asked once more, without any migration. Who answers the
same then behaves otherwise than the model, and no migration is to blame.
"""

from collections.abc import Callable
from typing import NoReturn

from adapters.asking import call, save
from adapters.protocol import Ability, Adapter
from adapters.verdicts import Refused, Rejected, Verdict
from reference.compatibility.expectation import Accepted, expected
from reference.compatibility.expectation import Refused as MustRefuse
from reference.spapr.actions import (
    Action,
    AnyAction,
    CheckException,
    ConfigureConnector,
    ConfigureConnectorStatus,
    EventScan,
    GetTimeOfDay,
    HostAction,
    Indicator,
    Reply,
    SetIndicator,
)
from reference.spapr.guest import act
from reference.spapr.machine import Machine
from suites.harness.failures import fail
from suites.harness.visits import OTHERWISE
from suites.pseries.oracle.parties import REFERENCE, Party
from suites.pseries.oracle.roads import RIGHT_REASON, Road
from suites.pseries.oracle.stories import Told, answer, both, deed, told

Visit = Callable[[str, object], None]
"""The fixture ``record_visit``: what was visited, and where."""

CLAUSES: dict[type[Action], str] = {
    CheckException: "CONT-4",
    EventScan: "CONT-4",
    GetTimeOfDay: "CONT-5",
}
"""The clause that a wrong answer breaks. That of a walk depends on what came before."""
CONNECTOR_CLAUSE = "CONT-6"
STATE_CLAUSE = "CONT-7"
Answer = tuple[Reply, Machine] | Verdict
"""What comes of an action: a reply and the machine afterwards, or that there is none."""
NO_MIGRATION = "without any migration the answer is the same: it behaves otherwise, by itself"
"""What is told of a failure that no migration is to blame for."""


def actor(party: Party) -> Adapter:
    """Who acts on what ``party`` loaded: itself, if it can, or the reference."""
    can = Ability.CALL in party.implementation.abilities
    return party.adapter if can else REFERENCE.adapter


def about(action: object) -> int:
    """The connector that an action is about; -1 where it is about none."""
    index: int = getattr(action, "drc_index", -1)
    return index


class Twins:
    """A machine at a stream version, its twin, and what happened to both.

    ``twin`` is acted on by the reference and never migrated; what a road declares as lost it loses,
    too. So a reply of the two differs only if a migration lost more, or less, than it may.
    ``under`` is the clause of whatever fails, where it is the same for all. ``sent`` is the stream
    of the last migration, ``said`` why it was rejected, in the words of who rejected it.
    """

    def __init__(self, machine: Machine, version: str, party: Party, visit: Visit) -> None:
        self.machine = self.twin = machine
        self.version = version
        self.road = [version]
        self.party = party
        self.actor = actor(party)
        self.visit = visit
        self.story: list[Told] = [machine]
        self.walks: dict[int, str] = {}
        self.drained: int | None = None
        self.under = ""
        self.sent = b""
        self.said = ""
        self.lost = False

    def __copy__(self) -> "Twins":
        """The same machines with the same story, to go on from in another way."""
        other = Twins(self.machine, self.version, self.party, self.visit)
        other.twin, other.road, other.walks = self.twin, [*self.road], dict(self.walks)
        other.story, other.lost = [*self.story], self.lost
        return other

    def act(self, action: AnyAction, *, clause: str = "") -> Reply:
        """Do the same to both; fail unless they answer alike, under ``clause`` if that is given."""
        itself = self.actor is self.party.adapter
        release = self.party.implementation.behaves_as if itself else None
        reply, twin = act(self.twin, self.version, action, release=release)
        got = self.ask(self.machine, action)
        if not isinstance(got, tuple) or got[0].heard() != reply:
            reply, twin = self.otherwise(action, reply, got, clause or self.clause(action))
        assert isinstance(got, tuple)
        self.twin, self.machine = twin, got[1]
        self.story.append((action, reply))
        self.note(action, reply)
        return reply

    def otherwise(
        self, action: AnyAction, must: Reply, got: Answer, clause: str
    ) -> tuple[Reply, Machine]:
        """What comes of an action without any migration, where that is not what the model says.

        Only what a host is answered may be otherwise, and the same as without a migration: the
        report tells of it, and the twin goes on as who was never migrated. All else fails.
        """
        home = self.at_home(action, got)
        alike = home is not None and is_alike(home, got)
        if not (alike and isinstance(action, HostAction) and isinstance(home, tuple)):
            if isinstance(got, tuple):
                self.fail(clause, *both(action, must, got[0]), action, itself=alike)
            self.fail(clause, answer(action, must), got, action, itself=alike)
        one = self.party.implementation
        said = f"{deed(action)}: {answer(action, home[0])}; the model: {answer(action, must)}"
        self.visit(OTHERWISE, f"{one.name} {one.release} at {self.version}: {said}")
        return home

    def ask(self, machine: Machine, action: AnyAction) -> Answer:
        """What who acts now makes of an action on a machine."""
        return call(self.actor, machine, self.version, action)  # type: ignore[arg-type] # `actor` looked

    def at_home(self, action: AnyAction, got: Answer) -> Answer | None:
        """What who acts now makes of the same story without any migration.

        ``got`` is what it made of it with those that there were. Nothing where the reference acts,
        or a migration has lost what it may lose: then the two need not agree.
        """
        if self.lost or self.actor is REFERENCE.adapter:
            return None
        if not any(isinstance(one, str) for one in self.story):
            return got
        machine, *rest = self.story
        assert isinstance(machine, Machine)
        done = [one[0] for one in rest if isinstance(one, tuple)]
        for one in done:
            answered = self.ask(machine, one)  # type: ignore[arg-type] # it was done before
            if not isinstance(answered, tuple):
                return None
            _, machine = answered
        return self.ask(machine, action)

    def note(self, action: AnyAction, reply: Reply) -> None:
        """Remember what a walk goes on from."""
        if isinstance(action, ConfigureConnector):
            done = reply.status == ConfigureConnectorStatus.COMPLETE
            self.walks[action.drc_index] = "CONT-2" if done else "CONT-1"
        elif isinstance(action, SetIndicator) and action.indicator == Indicator.ISOLATION_STATE:
            self.walks[action.drc_index] = "CONT-3"

    def clause(self, action: AnyAction) -> str:
        """The clause that a wrong answer to an action breaks."""
        if isinstance(action, ConfigureConnector):
            return self.walks.get(action.drc_index, "CONT-1")
        return CLAUSES.get(type(action), CONNECTOR_CLAUSE)

    def migrate(self, road: Road, destination: str) -> tuple[str, ...]:
        """Take the machine to another version; returns what is lost as declared.

        A machine that is refused or rejected, as it must be, goes on where it was.
        """
        source, must = self.version, expected(self.version, destination, self.twin)
        where = f"migrated {road.say(source, destination)}"
        stream = save(road.saver, self.machine, source)
        if isinstance(must, MustRefuse):
            if not isinstance(stream, Refused):
                self.fail("PAIR-1", f"refused: {must.because}", stream, where)
            self.story.append(f"{where}: refused")
            return ()
        if not isinstance(stream, bytes):
            self.fail("PAIR-1", "a stream", stream, where)
        self.sent = stream
        arrived = road.arrived(stream, destination, self.twin.fresh())
        self.said = arrived.reason if isinstance(arrived, Rejected) else ""
        if not isinstance(must, Accepted):
            if not isinstance(arrived, Rejected):
                self.fail("PAIR-1", f"rejected: {must.because}", arrived, where)
            if arrived.cause is not None and arrived.cause not in must.causes:
                self.fail(RIGHT_REASON, f"rejected: {must.because}", arrived, where)
            self.story.append(f"{where}: rejected")
            return ()
        if not isinstance(arrived, Machine):
            self.fail("PAIR-1", "accepted", arrived, where)
        lost = f", declared as lost: {', '.join(must.losses)}" if must.losses else ""
        self.story.append(f"{where}{lost}")
        self.visits()
        self.machine, self.twin, self.version = arrived, must.machine, destination
        self.lost |= bool(must.losses)
        self.party = road.destination
        self.actor = actor(road.destination)
        self.road.append(destination)
        return must.losses

    def lines(self) -> list[str]:
        """The story until now, in words."""
        return [told(one) for one in self.story]

    def visits(self) -> None:
        """Count where guests are interrupted: each walk by its tree and its place in that."""
        walks = {walk.drc_index: walk.fdt_offset for walk in self.twin.ccs_list}
        for one in self.twin.connectors:
            offset = walks.get(one.drc_index, one.ccs_offset)
            if offset > 0:
                self.visit("walk positions", (one.drc_index, one.fdt, offset))
        if self.twin.pending_events:
            kinds = tuple(one.extended_log[-16:] for one in self.twin.pending_events)
            self.visit("event orders", kinds)

    def compare(self, machine: Machine, twin: Machine) -> None:
        """Fail if the two differ in what no answer showed."""
        if machine != twin:
            self.fail(STATE_CLAUSE, twin, machine)

    def fail(
        self,
        clause: str,
        must: object,
        came: object,
        last: Action | str | None = None,
        *,
        itself: bool = False,
    ) -> NoReturn:
        """Fail with the story; ``last`` is what was done when the two came apart.

        Of what was asked for in the end only that about the same connector is told. ``itself``:
        whether the same comes without any migration.
        """
        index = about(last)
        asked = [] if self.drained is None else self.story[self.drained :]
        story: list[Told] = self.story[: self.drained]
        story += [one for one in asked if isinstance(one, tuple) and about(one[0]) == index >= 0]
        if last is not None:
            story.append(last)
        lines = [told(one) for one in story] + [NO_MIGRATION] * itself
        fail(
            self.under or clause, expected=must, got=came, road=" -> ".join(self.road), story=lines
        )


def is_alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same, in the words, too; of verdicts, whether their kind is."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return one[0] == other[0]
    return type(one) is type(other)
