"""The reference answers as QEMU 7.2 did, call by call (tests/captures/transcripts)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import unpack_from
from typing import Any

import pytest

from reference.spapr.actions import (
    AnyAction,
    CheckException,
    ConfigureConnector,
    EventScan,
    GetSensorState,
    GetTimeOfDay,
    HotPlug,
    MiscountedCall,
    PowerDown,
    RequestUnplug,
    Reset,
    SetIndicator,
)
from reference.spapr.connector import Connector
from reference.spapr.device_tree import Node, Property
from reference.spapr.guest import act
from reference.spapr.machine import Machine

VERSION = "7.1"
"""The stream version of QEMU 7.2."""
TRANSCRIPTS = sorted((Path(__file__).parents[1] / "captures" / "transcripts").glob("*.json"))
COUNTS = {
    # By the name of a call: the numbers of arguments that it may have, and of return words.
    "ibm,configure-connector": ((2,), 1),
    "set-indicator": ((3,), 1),
    "get-sensor-state": ((2,), 2),
    "check-exception": ((6, 7), 1),
    "event-scan": ((4,), 1),
    "get-time-of-day": ((0,), 8),
}
OF_THE_HOST = (range(32, 40), range(64, 68))
"""Bytes of an event that are not the machine's: the date, the time, and the plid."""


def tree(value: dict[str, Any]) -> Node:
    """The device tree that a transcript has."""
    properties = tuple(Property(name, bytes.fromhex(it)) for name, it in value["properties"])
    return Node(value["name"], properties, tuple(map(tree, value["children"])))


def runs(path: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]], Node]]:
    """The runs of a transcript, each with all its steps, and the tree of its device."""
    document = json.loads(path.read_text())
    steps: dict[str, list[dict[str, Any]]] = {}
    for run in document["runs"]:
        steps[run["story"]] = [*steps.get(run.get("after"), []), *run["steps"]]
        yield run, steps[run["story"]], tree(document["tree"]) if document.get("tree") else PLAIN


PLAIN = Node("device")
EMPTY = (0x40000010, 0x80000004, 0x10000001, 0x20000001)
"""The connectors that devices were plugged into."""
RUNS = [
    pytest.param(run, steps, node, id=f"{path.stem}-{run['story']}")
    for path in TRANSCRIPTS
    for run, steps, node in runs(path)
]


def action_of(step: dict[str, Any], node: Node) -> AnyAction:
    """What a step does."""
    index = step.get("drc_index", 0)
    host: dict[str, AnyAction] = {
        "hot_plug": HotPlug(index, node),
        "request_unplug": RequestUnplug(index),
        "power_down": PowerDown(),
        "reset": Reset(),
    }
    if "host" in step:
        return host[step["host"]]
    name, arguments, nret = step["call"], step["args"], step["nret"]
    nargs, returns = COUNTS[name]
    if len(arguments) not in nargs or nret != returns:
        return MiscountedCall(name, len(arguments), nret)
    calls: dict[str, Callable[[], AnyAction]] = {
        "ibm,configure-connector": lambda: ConfigureConnector(
            *unpack_from(">I", bytes.fromhex(step["memory"]))
        ),
        "set-indicator": lambda: SetIndicator(*arguments),
        "get-sensor-state": lambda: GetSensorState(arguments[1], arguments[0]),
        "check-exception": lambda: CheckException(arguments[2], arguments[5]),
        "event-scan": lambda: EventScan(arguments[2]),
        "get-time-of-day": lambda: GetTimeOfDay(0),
    }
    return calls[name]()


def without_host(memory: bytes) -> bytes:
    """An event less what is the host's."""
    left = bytearray(memory)
    for span in OF_THE_HOST:
        left[span.start : span.stop] = bytes(len(left[span.start : span.stop]))
    return bytes(left)


@pytest.mark.parametrize(("run", "steps", "node"), RUNS)
def test_the_reference_answers_as_qemu_did(
    run: dict[str, Any], steps: list[dict[str, Any]], node: Node
) -> None:
    """Every return word and every byte that the guest finds is QEMU's."""
    connectors = tuple(Connector(one, device=False).fresh() for one in EMPTY)
    machine = Machine(machine_type="pseries-7.1", connectors=connectors)
    for step in steps:
        if "aborted" in step:
            return
        action = action_of(step, node)
        reply, machine = act(machine, VERSION, action)
        if "host" in step:
            assert (reply.status == 0) == ("error" not in step), step
            continue
        assert reply.status == step["rets"][0], step
        memory = bytes.fromhex(step.get("memory", ""))
        if isinstance(action, CheckException):
            assert without_host(reply.memory) == without_host(memory), step
        elif isinstance(action, ConfigureConnector):
            assert reply.memory == memory, step
        elif isinstance(action, GetSensorState) and reply.status == 0:
            assert [reply.status, *reply.words] == step["rets"], step
    if "device_at_end" in run:
        assert any(one.device for one in machine.connectors) == run["device_at_end"]
