"""How an adapter of pseries machines is asked: whatever comes is a value."""

from collections import deque
from typing import NamedTuple

from adapters import protocol
from adapters.verdicts import Crashed, Refused, Rejected, TimedOut, Unsupported, Verdict, asked
from reference.spapr.actions import AnyAction, Reply
from reference.spapr.device_tree import Node
from reference.spapr.machine import Machine


class Load(NamedTuple):
    """What was asked of `load`, and the answer."""

    adapter: protocol.Adapter
    stream: bytes
    version: str
    onto: Machine
    answer: Machine | Verdict


LOADS: deque[Load] = deque(maxlen=1)
"""The last load, for who wants to ask for it once more."""


def save(
    adapter: protocol.Adapter, machine: Machine, version: str
) -> bytes | Refused | Crashed | TimedOut | Unsupported:
    """The stream of ``machine`` at ``version``, or why there is none."""
    no = protocol.SaveRefused, Refused
    return asked(bytes, no, adapter.save, machine, version)


def load(
    adapter: protocol.Adapter, stream: bytes, version: str, onto: Machine
) -> Machine | Rejected | Crashed | TimedOut | Unsupported:
    """The machine after ``version`` loaded the stream ``onto`` another, or why there is none."""
    no = protocol.LoadRejected, Rejected
    answer = asked(Machine, no, adapter.load, stream, version, onto)
    LOADS.append(Load(adapter, stream, version, onto, answer))
    return answer


def call(
    adapter: protocol.CallingAdapter, machine: Machine, version: str, action: AnyAction
) -> tuple[Reply, Machine] | Crashed | TimedOut | Unsupported:
    """What ``action`` answers and the machine afterwards, or why there is no answer."""
    no = protocol.Unsupported, Unsupported
    answer = asked(tuple, no, adapter.call, machine, version, action)
    if isinstance(answer, tuple) and [type(one) for one in answer] != [Reply, Machine]:
        kinds = ", ".join(type(one).__name__ for one in answer)
        return Crashed(f"the answer is ({kinds}); the protocol asks for (Reply, Machine)")
    return answer


def fitted(
    adapter: protocol.FittingAdapter, machine: Machine
) -> Machine | Crashed | TimedOut | Unsupported:
    """The machine as the adapter can hold it, or why there is none."""
    return asked(Machine, (protocol.Unsupported, Unsupported), adapter.fitted, machine)


def devices(
    adapter: protocol.FittingAdapter, type_name: str
) -> dict[int, Node] | Crashed | TimedOut | Unsupported:
    """The connectors of a machine type, and what can be plugged, or why that is not known."""
    return asked(dict, (protocol.Unsupported, Unsupported), adapter.devices, type_name)
