"""The Adapter protocol: what an implementation must offer to be tested.

An adapter is any object with three methods. `describe` says what the implementation is and can do;
what it does not declare is not tested, and the report says so. `save` turns a machine into a
stream, `load` a stream into a machine. An implementation says no by raising `SaveRefused` or
`LoadRejected`; any other exception is a crash of the implementation.
"""

from typing import Protocol

from adapters.answers import (
    AdapterAnswer,
    AdapterError,
    Died,
    Hung,
    LoadRejected,
    SaveRefused,
    Unsupported,
)
from adapters.implementation import Ability, Implementation, Support
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
