"""The roads a machine travels: who saves it, who loads it, and whether that went as it must."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from adapters.asking import load, save
from adapters.protocol import Adapter
from adapters.reference import ReferenceAdapter
from adapters.verdicts import (
    Crashed,
    Equivalent,
    Lossy,
    Refused,
    Rejected,
    TimedOut,
    Unsupported,
    Verdict,
)
from reference.compatibility.expectation import (
    Accepted,
    common_machine_type,
    expected,
)
from reference.compatibility.expectation import Refused as MustRefuse
from reference.compatibility.expectation import Rejected as MustReject
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import STREAM_VERSIONS, is_known
from suites.harness.failures import fail
from suites.pseries.oracle.parties import REFERENCE, Party, observed

RIGHT_REASON = "PAIR-3"
"""The clause of a rejection for another reason than there is."""

Record = Callable[..., None]
"""The fixture ``record_verdict``."""


class Road(NamedTuple):
    """Who saves and who loads."""

    source: Party
    destination: Party

    @property
    def saver(self) -> Adapter:
        """The adapter that saves."""
        return self.source.adapter

    @property
    def loader(self) -> Adapter:
        """The adapter that loads."""
        return self.destination.adapter

    @property
    def name(self) -> str:
        """What a report calls it."""
        return f"{self.source.name} to {self.destination.name}"

    def say(self, *versions: str) -> str:
        """The road between ``versions`` for a failure: ``3->4 (adapter to reference)``."""
        return f"{'->'.join(versions)} ({self.name})"

    def leads(self, source: str, destination: str, type_name: str) -> bool:
        """Whether machines of a type can be taken from one version to another."""
        both = (
            (self.source.implementation, source, "saves"),
            (
                self.destination.implementation,
                destination,
                "loads",
            ),
        )
        return all(
            one.has(type_name) and version in one.versions and getattr(one.versions[version], verb)
            for one, version, verb in both
        )

    def arrived(
        self, stream: bytes, destination: str, onto: Machine
    ) -> Machine | Rejected | Crashed | TimedOut | Unsupported:
        """The machine after the destination loaded the stream, as far as both sides show it."""
        machine = load(self.loader, stream, destination, onto)
        if isinstance(machine, Machine):
            for one in (self.source, self.destination):
                machine = observed(machine, one.implementation)
        return machine


def hops(roads: Sequence[Road], type_name: str) -> list[tuple[str, str]]:
    """The pairs of versions between which one of the roads leads machines of a type."""
    kind = machine_type(type_name)
    known = [version.id for version in STREAM_VERSIONS.values() if is_known(kind, version)]
    return [
        (source, destination)
        for source in known
        for destination in known
        if any(road.leads(source, destination, type_name) for road in roads)
    ]


def roads_of(parties: Sequence[Party]) -> tuple[Road, ...]:
    """From each to itself; and of those who speak QEMU's format, to all others and the reference.

    The reference is among ``parties`` only where it is under test.
    """
    peers = [one for one in parties if one.speaks_qemu]
    if peers and not any(type(one.adapter) is ReferenceAdapter for one in peers):
        peers.append(REFERENCE)
    ways = [
        Road(source, destination)
        for source in peers
        for destination in peers
        if source is not destination
    ]
    return (*(Road(one, one) for one in parties), *ways)


def travel(  # noqa: PLR0913 -- two clauses share the tests of pairs
    road: Road, machine: Machine, source: str, destination: str, *, clause: str, loss: str = ""
) -> tuple[Verdict, Machine | None]:
    """Take ``machine`` over one hop; fail under ``clause`` unless that went as the table says.

    A machine that arrives as another fails under ``loss``, where that is given. Returns the
    verdict, and the machine that arrived, if one did.
    """
    must = expected(source, destination, machine)
    where = road.say(source, destination)
    stream = save(road.saver, machine, source)
    if isinstance(must, MustRefuse):
        if not isinstance(stream, Refused):
            fail(clause, expected=f"refused: {must.because}", got=stream, road=where)
        return stream, None
    if not isinstance(stream, bytes):
        fail(clause, expected="a stream", got=stream, road=where)
    arrived = road.arrived(stream, destination, machine.fresh())
    if isinstance(must, MustReject):
        if not isinstance(arrived, Rejected):
            fail(clause, expected=f"rejected: {must.because}", got=arrived, road=where)
        if arrived.cause is not None and arrived.cause not in must.causes:
            fail(RIGHT_REASON, expected=f"rejected: {must.because}", got=arrived, road=where)
        return arrived, None
    if not isinstance(arrived, Machine):
        fail(clause, expected="accepted", got=arrived, road=where)
    if arrived != must.machine:
        fail(loss or clause, expected=must.machine, got=arrived, road=where)
    return Lossy(must.losses) if must.losses else Equivalent(), arrived


def accepted(
    road: Road, machine: Machine, source: str, destination: str, *, clause: str
) -> Machine:
    """As `travel`, where the table says that the machine arrives."""
    _, arrived = travel(road, machine, source, destination, clause=clause)
    assert arrived is not None, f"{source}->{destination} is no road that always accepts"
    return arrived


def saved(adapter: Adapter, machine: Machine, version: str, *, clause: str) -> bytes:
    """The stream of a machine that ``version`` must save; fail under ``clause`` without one."""
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        fail(clause, expected="a stream", got=stream, road=f"save at {version}")
    return stream


def said_to_save(answer: bytes | Verdict) -> str:
    """What a save was answered, in the words of a story."""
    if isinstance(answer, bytes):
        return f"a stream of {len(answer)} bytes"
    return f"{answer.kind}: {getattr(answer, 'reason', '')}"


def loaded(adapter: Adapter, stream: bytes, version: str, onto: Machine, *, clause: str) -> Machine:
    """The machine after a load that must be accepted; fail under ``clause`` where it is not."""
    arrived = load(adapter, stream, version, onto)
    if not isinstance(arrived, Machine):
        fail(clause, expected="accepted", got=arrived, road=f"load at {version}")
    return arrived


def is_accepted(machine: Machine, source: str, destination: str) -> bool:
    """Whether the table says that the machine arrives."""
    return isinstance(expected(source, destination, machine), Accepted)


__all__ = [
    "Record",
    "Road",
    "accepted",
    "common_machine_type",
    "is_accepted",
    "loaded",
    "roads_of",
    "said_to_save",
    "saved",
    "travel",
]
