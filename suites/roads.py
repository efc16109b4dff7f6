"""The roads a machine travels: who saves it, who loads it, and whether that went as it must."""

from collections.abc import Callable
from typing import NamedTuple

from adapters.protocol import Ability, Adapter, Implementation
from adapters.reference import ReferenceAdapter
from adapters.verdicts import Equivalent, Lossy, Refused, Rejected, Verdict, load, save
from reference.compatibility.expectation import Accepted, common_machine_type, expected
from reference.compatibility.expectation import Refused as MustRefuse
from reference.compatibility.expectation import Rejected as MustReject
from reference.spapr.machine import Machine
from reference.spapr.versions import STREAM_VERSIONS
from suites.failures import fail

VERSIONS = tuple(STREAM_VERSIONS)
"""The ids of all stream versions, oldest first."""

Record = Callable[..., None]
"""The fixture ``record_verdict``."""


class Road(NamedTuple):
    """Who saves and who loads, and what a report calls them."""

    saver: Adapter
    loader: Adapter
    name: str

    def say(self, *versions: str) -> str:
        """The road between ``versions`` for a failure: ``3->4 (adapter to reference)``."""
        return f"{'->'.join(versions)} ({self.name})"


def roads_of(adapter: Adapter, implementation: Implementation) -> tuple[Road, ...]:
    """From the adapter to itself; and if they speak the same format, to and from the reference."""
    reference = ReferenceAdapter()
    own = Road(adapter, adapter, "adapter to adapter")
    if type(adapter) is ReferenceAdapter or (
        Ability.QEMU_WIRE_FORMAT not in implementation.abilities
    ):
        return (own,)
    return (
        own,
        Road(adapter, reference, "adapter to reference"),
        Road(reference, adapter, "reference to adapter"),
    )


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
    arrived = load(road.loader, stream, destination, machine.fresh())
    if isinstance(must, MustReject):
        if not isinstance(arrived, Rejected):
            fail(clause, expected=f"rejected: {must.because}", got=arrived, road=where)
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
    "VERSIONS",
    "Record",
    "Road",
    "accepted",
    "common_machine_type",
    "is_accepted",
    "loaded",
    "roads_of",
    "saved",
    "travel",
]
