"""The Adapter protocol: what an implementation must offer to be tested.

An adapter is any object with three methods. `describe` says what the implementation is and can do;
what it does not declare is not tested, and the report says so. `save` turns a machine into a
stream, `load` a stream into a machine. An implementation says no by raising `SaveRefused` or
`LoadRejected`; any other exception is a crash of the implementation.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

from reference.spapr.actions import AnyAction, Reply
from reference.spapr.device_tree import Node
from reference.spapr.machine import Machine
from reference.wire.errors import Cause

__all__ = [
    "Ability",
    "Adapter",
    "AdapterAnswer",
    "AdapterError",
    "CallingAdapter",
    "Cause",
    "Died",
    "FittingAdapter",
    "Hung",
    "Implementation",
    "LoadRejected",
    "SaveRefused",
    "Support",
    "Unsupported",
]


class Ability(StrEnum):
    """What an adapter may declare beyond saving and loading."""

    QEMU_WIRE_FORMAT = "qemu-wire-format"
    """Its streams are QEMU's, byte for byte, so that it exchanges them with others."""
    LOAD_ONTO = "load-onto"
    """It can load onto a machine that already holds state."""
    MACHINE_TYPES = "machine-types"
    """It knows the versioned machine types, not only the newest that each version brought."""
    CALL = "call"
    """It lets guest and host act on a machine: it has the method `CallingAdapter.call`."""
    FIT = "fit"
    """Its machines are not just any: it has the methods of `FittingAdapter`."""


class Support(msgspec.Struct, frozen=True):
    """What an implementation does at one stream version."""

    saves: bool = True
    loads: bool = True


class Implementation(msgspec.Struct, frozen=True):
    """What `Adapter.describe` returns.

    ``versions`` maps the id of a stream version (``3+ccs``) to what is supported there.
    ``machine_types`` are those that can be tested, all that its versions know if there are none.
    ``known_failures`` is the path of a file of failures that are known (`suites.known`).
    ``excluded`` says of others why they cannot; ``unobserved`` says of aspects of a machine
    (`reference.compatibility.table.ASPECTS`) why the adapter does not see them. Both are shown.
    """

    name: str
    release: str
    versions: dict[str, Support]
    abilities: frozenset[Ability] = frozenset()
    machine_types: tuple[str, ...] = ()
    excluded: dict[str, str] = {}
    unobserved: dict[str, str] = {}
    known_failures: str = ""

    def has(self, type_name: str) -> bool:
        """Whether machines of a type can be tested."""
        return not self.machine_types or type_name in self.machine_types


class AdapterError(Exception):
    """An adapter that cannot be used; the message says what is wrong with it and what to do."""


class AdapterAnswer(Exception):
    """An answer that is not a machine or a stream; ``reason`` is shown to the user.

    ``cause`` is why, where that is known; only of a stream that is rejected.
    """

    def __init__(self, reason: str, cause: Cause | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class SaveRefused(AdapterAnswer):
    """The implementation will not save this machine: it cannot express it, or not now."""


class LoadRejected(AdapterAnswer):
    """The implementation does not accept this stream."""


class Died(AdapterAnswer):
    """The implementation died: a signal, an abort. As any exception that the protocol lacks."""


class Hung(AdapterAnswer):
    """The implementation did not answer in time."""


class Unsupported(AdapterAnswer):
    """The implementation cannot do this at all. An error where it declared that it can."""


class Adapter(Protocol):
    """An implementation under test."""

    def describe(self) -> Implementation:
        """What it is, and what it can do."""

    def save(self, machine: Machine, version: str) -> bytes:
        """The stream of ``machine`` as ``version`` writes it; raises `SaveRefused`."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """The machine after ``version`` loaded the stream; raises `LoadRejected`.

        ``onto`` is the machine that waits for the stream: its configuration is that of the
        destination, and its state that of a reset, unless the adapter declares
        `Ability.LOAD_ONTO`: then it may hold anything, and the result must not depend on it.
        """


class CallingAdapter(Adapter, Protocol):
    """An implementation on which guest and host act: it declares `Ability.CALL`."""

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """What ``action`` answers at ``version``, and the machine afterwards."""


class FittingAdapter(Adapter, Protocol):
    """An implementation that cannot hold every machine: it declares `Ability.FIT`."""

    def fitted(self, machine: Machine) -> Machine:
        """The machine nearest to ``machine`` that it can hold; one that it can, as it is."""

    def devices(self, type_name: str) -> dict[int, Node]:
        """The connectors of a machine type by index, each with the tree of what can be plugged."""
