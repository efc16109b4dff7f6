"""Which builds hand over machines of which types, and in which situations."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from adapters.implementation import Implementation
from adapters.verdicts import Equivalent, Lossy, Rejected
from reference.compatibility.expectation import Accepted, Expectation, expected, machine_types
from reference.spapr.actions import AnyAction, ConfigureConnector, HotPlug, PowerDown
from reference.spapr.device_tree import Node
from reference.spapr.versions import STREAM_VERSIONS
from strategies.pseries.actions import to_unisolated
from suites.harness.failures import Violation
from suites.harness.handovers import OTHER_MACHINE
from suites.pseries.oracle.acting import Twins
from suites.pseries.oracle.roads import Road

Situation = Callable[[int, Node], Iterable[AnyAction]]
"""What has happened on a machine, of whose connectors one is named, with a device for it."""

SITUATIONS: dict[str, Situation] = {
    "idle": lambda _index, _tree: (),
    "hot-plugged": lambda index, tree: (HotPlug(index, tree),),
    "events": lambda index, tree: (PowerDown(), HotPlug(index, tree, plid=2), PowerDown(plid=3)),
    "mid-walk": lambda index, tree: (
        HotPlug(index, tree),
        *to_unisolated(index),
        *[ConfigureConnector(index)] * 3,
    ),
}


def newest_version(implementation: Implementation) -> str:
    """The newest stream version that a build both saves and loads; empty if there is none."""
    both = [
        version
        for version in STREAM_VERSIONS
        if (support := implementation.versions.get(version)) and support.saves and support.loads
    ]
    return both[-1] if both else ""


def known_types(implementation: Implementation) -> Sequence[str]:
    """The machine types of a build, oldest first."""
    version = newest_version(implementation)
    return implementation.machine_types or (machine_types(version) if version else ())


def handovers(implementations: Sequence[Implementation]) -> list[tuple[int, int, str]]:
    """Each ordered pair of builds, by their places, with each machine type that both know."""
    return [
        (source, destination, name)
        for source, destination in product(range(len(implementations)), repeat=2)
        for name in known_types(implementations[source])
        if name in known_types(implementations[destination])
    ]


class OtherMachine(Exception):
    """A build rejected a machine that it would not have made: its CPU is another."""


class Way:
    """One direction in which a guest is handed over, and how that went.

    ``record`` notes it (`suites.harness.handovers.Builds.record`); ``clause`` is what fails.
    """

    def __init__(self, road: Road, record: Callable[..., None], clause: str) -> None:
        self.road = road
        self.record = record
        self.clause = clause
        self.losses: tuple[str, ...] = ()
        self.must: Expectation | None = None

    @property
    def leads(self) -> bool:
        """Whether the guest arrives, by what the versions carry."""
        return isinstance(self.must, Accepted)

    def go(self, twins: Twins, version: str) -> None:
        """Hand the guest over; raises `OtherMachine`, and `Violation` for what must not be."""
        self.record()
        twins.under = self.clause
        self.must = expected(twins.version, version, twins.twin)
        type_name = twins.machine.machine_type
        try:
            self.losses = twins.migrate(self.road, version)
        except Violation as violation:
            builds = self.road.source.implementation, self.road.destination.implementation
            because = other_machine(*builds, type_name)
            if violation.kind != Rejected.kind or not because:
                raise
            said = first_line(violation.because)
            self.record(letter=OTHER_MACHINE, because=f"said: {said}; {because}")
            raise OtherMachine from None

    def record_verdict(self, twins: Twins) -> None:
        """Note that all went as it must; why not, in the words of who rejected it and in ours."""
        if self.must is None or isinstance(self.must, Accepted):
            self.record(verdict=Lossy(self.losses) if self.losses else Equivalent())
            return
        said, because = first_line(twins.said), self.must.because
        self.record(verdict=Rejected(said), because=f"said: {said}; predicted: {because}")


def first_line(text: str) -> str:
    """What comes first of what somebody said."""
    return text.partition("\n")[0]


def other_machine(one: Implementation, other: Implementation, type_name: str) -> str:
    """Why a machine type is not the same machine for two builds; empty where it is.

    A stream of one CPU is for no machine with another, whatever else the two builds do.
    """
    first, second = (it.processors.get(type_name, "") for it in (one, other))
    if not (first and second) or first == second:
        return ""
    return (
        f"the CPU is {first} here and {second} there: name the same for both builds with cpu=, to "
        "see how they migrate"
    )
