# ruff: noqa: INP001 - the script stands beside the data it makes, and no package is there
"""Record what a guest sees when devices are hot-plugged; README.md says how to read it.

    python -m tests.captures.make_transcripts --binary qemu-system-ppc64 --output DIR

Each story runs in a QEMU of its own that is stopped before its first instruction. The host acts
by QMP, the guest makes its RTAS calls by qtest.
"""

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.captures.make_captures import (
    ARGUMENTS,
    RETURN_VALUE,
    WORK_AREA,
    CaptureFailed,
    Machine,
    running,
)

Step = dict[str, Any]
Run = dict[str, Any]

AREA_SIZE = 4096
"""Bytes of the work area or event buffer that are zeroed before a call and read after it."""

UNKNOWN_CONNECTOR = 0x4FFFFFFF
"""A DRC index of a PCI host bridge that no machine here has."""

ATTEMPTS = 4
"""How often a story is tried: QEMU 7.2 dies now and then after a CPU was released at once."""

DEVICE = "device"
"""QMP identifier of the device that is plugged."""


@dataclass(frozen=True, kw_only=True)
class Connector:
    """A kind of connector: its DRC index, and how a device gets there.

    Where the tree is ``long``, only one story walks it whole, and the settings that never change
    a state are left out, to keep the file small.
    """

    index: int
    device: dict[str, Any]
    logical: bool = True
    long: bool = False
    options: str = ""
    backend: dict[str, Any] | None = None


PCI = Connector(
    index=0x40000010,
    device={"driver": "virtio-rng-pci", "addr": "2"},
    logical=False,
)
LMB = Connector(
    index=0x80000004,  # device memory starts at 1 GiB, in blocks of 256 MiB
    device={"driver": "pc-dimm", "memdev": "backend"},
    options=",memory.slots=2,memory.max-size=1G",
    backend={"qom-type": "memory-backend-ram", "id": "backend", "size": 0x10000000},
)
CPU = Connector(
    index=0x10000001,
    device={"driver": "power9_v2.0-spapr-cpu-core", "core-id": 1},
    options=",smp.cpus=1,smp.maxcpus=2",
    long=True,
)
PHB = Connector(
    index=0x20000001,
    device={"driver": "spapr-pci-host-bridge", "index": 1},
    long=True,
)

# A story is a list of actions. An action is what the host does, or "walk", or an RTAS call: its
# name, the number of its return values, its arguments. Arguments with a name are in
# Recorder.call.
ISOLATE = "set-indicator 1 9001 index 0"
UNISOLATE = "set-indicator 1 9001 index 1"
RELEASE = "set-indicator 1 9003 index 0"
ALLOCATE = "set-indicator 1 9003 index 1"
SENSE = "get-sensor-state 2 9003 index"
CONFIGURE = "ibm,configure-connector 1 area 0"
FETCH = "check-exception 1 0x500 0 0xffffffff 1 buffer 512"

SETTINGS = {"9001 = 0": ISOLATE, "9001 = 1": UNISOLATE, "9003 = 0": RELEASE, "9003 = 1": ALLOCATE}
"""The settings that can change the state of a connector."""

OTHER_SETTINGS = tuple(
    f"set-indicator 1 {indicator} index {value}"
    for indicator, values in ((9001, (2,)), (9003, (2, 3)), (9002, range(5)))
    for value in values
)
"""Settings that change it in no state, as was measured one by one, each in a QEMU of its own."""

Story = tuple[str, tuple[str, ...]]
"""The state that the story starts from, and its actions."""

REACHED: dict[str, Story] = {
    "empty": ("", ()),
    "plugged": ("empty", ("hot_plug",)),
    "allocated": ("plugged", (ALLOCATE,)),
    "unisolated": ("allocated", (UNISOLATE,)),
    "midwalk": ("unisolated", (CONFIGURE,) * 2),
    "configured": ("unisolated", ("walk",)),
    "isolated": ("configured", (ISOLATE,)),
    "present at reset": ("plugged", ("reset",)),
    "plugged, unplug": ("plugged", ("request_unplug",)),
    "allocated, unplug": ("allocated", ("request_unplug",)),
    "unisolated, unplug": ("unisolated", ("request_unplug",)),
    "midwalk, unplug": ("midwalk", ("request_unplug",)),
    "configured, unplug": ("configured", ("request_unplug",)),
    "isolated, unplug": ("isolated", ("request_unplug",)),
    "released": ("configured, unplug", (ISOLATE, RELEASE)),
}
"""The states of a logical connector, each with the way to it."""

PHYSICAL = {
    **{name: story for name, story in REACHED.items() if not name.startswith("allocated")},
    "unisolated": ("plugged", (UNISOLATE,)),
    "released": ("configured, unplug", (ISOLATE,)),
}
"""The same of a physical connector, which has no allocation state."""

TOLD: dict[str, Story] = {
    "walk again": ("configured", ("walk", SENSE)),
    "walk, unisolate, walk": ("midwalk", (UNISOLATE, "walk")),
    "walk, isolate, unisolate, walk": ("midwalk", (ISOLATE, UNISOLATE, "walk", SENSE)),
    "configured, isolate, unisolate, walk": ("isolated", (UNISOLATE, "walk", SENSE)),
    "walk on after the unplug request": ("midwalk, unplug", ("walk", SENSE, ISOLATE, SENSE)),
    "unplug, unisolate, isolate": (
        "configured, unplug",
        (UNISOLATE, SENSE, ISOLATE, RELEASE, SENSE),
    ),
    "unplug, configure, isolate": (
        "configured, unplug",
        (CONFIGURE, SENSE, ISOLATE, RELEASE, SENSE),
    ),
    "unplug, unisolate, unplug": (
        "configured, unplug",
        (FETCH, FETCH, UNISOLATE, "request_unplug", FETCH, ISOLATE, RELEASE, SENSE),
    ),
    "walk again after the unplug request": ("configured, unplug", ("walk", SENSE)),
    "plug again": ("released", ("hot_plug", SENSE)),
    "plug again, walk": ("plug again", (ALLOCATE, UNISOLATE, "walk", SENSE)),
    "event of plug": ("plugged", (FETCH, FETCH)),
    "event of unplug": ("plugged", (FETCH, ALLOCATE, UNISOLATE, "request_unplug", FETCH, FETCH)),
    "event of unplug, configured": ("configured", (FETCH, "request_unplug", FETCH, FETCH)),
    "event of unplug, released at once": ("plugged, unplug", (FETCH, FETCH, FETCH)),
    "event of a second unplug": (
        "configured",
        (FETCH, "request_unplug", "request_unplug", FETCH, FETCH, "request_unplug", FETCH),
    ),
    "reset, unisolated": ("unisolated", ("reset", SENSE, CONFIGURE, FETCH)),
    "reset, midwalk": ("midwalk", ("reset", SENSE, "walk", FETCH)),
    "reset, configured": ("configured", ("reset", SENSE, CONFIGURE, ISOLATE, SENSE)),
    "reset, isolated": ("isolated", ("reset", SENSE, CONFIGURE)),
    "reset, unisolated, unplug": ("unisolated, unplug", ("reset", SENSE, CONFIGURE, FETCH)),
    "reset, midwalk, unplug": ("midwalk, unplug", ("reset", SENSE, CONFIGURE, FETCH)),
    "reset, configured, unplug": ("configured, unplug", ("reset", SENSE, CONFIGURE, FETCH)),
    "reset, empty": ("empty", ("reset", SENSE, CONFIGURE)),
    "unknown connector": (
        "empty",
        (
            "ibm,configure-connector 1 stray 0",
            "get-sensor-state 2 9003 unknown",
            *(f"set-indicator 1 {indicator} unknown 1" for indicator in (9001, 9002, 9003)),
        ),
    ),
    "unknown indicator": (
        "plugged",
        (*(f"set-indicator 1 {indicator} index 1" for indicator in (0, 1, 9000, 9004, 9005)),),
    ),
    "unknown sensor": (
        "plugged",
        (*(f"get-sensor-state 2 {sensor} index" for sensor in (0, 1, 9001, 9002, 9004, 9005)),),
    ),
    "numbers of arguments and of return values": (
        "unisolated",
        (
            "ibm,configure-connector 1 area",
            "ibm,configure-connector 1 area 0 0",
            "ibm,configure-connector 0 area 0",
            "ibm,configure-connector 2 area 0",
            "set-indicator 1 9001 index",
            "set-indicator 1 9001 index 0 0",
            "set-indicator 0 9001 index 0",
            "set-indicator 2 9001 index 0",
            "get-sensor-state 2 9003",
            "get-sensor-state 2 9003 index 0",
            "get-sensor-state 1 9003 index",
            "get-sensor-state 3 9003 index",
            SENSE,
        ),
    ),
}
"""Stories of every kind of connector; a physical one leaves ALLOCATE out."""

MASKS = ("0x40000000", "0x10000000", "0xffffffff", "0", "0x80000000", "0x50000000")

EVENTS: dict[str, Story] = {
    "power down, plug": ("", ("power_down", "hot_plug")),
    "plug, power down": ("", ("hot_plug", "power_down")),
    **{
        f"{start}, mask {mask}": (
            start,
            (f"check-exception 1 0x500 0 {mask} 1 buffer 512", FETCH, FETCH, FETCH),
        )
        for start in ("power down, plug", "plug, power down")
        for mask in MASKS
    },
    **{
        f"{start}, length {length}": (
            start,
            (f"check-exception 1 0x500 0 0xffffffff 1 buffer {length}", FETCH, FETCH),
        )
        for start in ("power down, plug", "plug, power down")
        for length in (0, 4, 16, 512)
    },
    "seven arguments": (
        "power down, plug",
        ("check-exception 1 0x500 0 0xffffffff 1 buffer 512 0", FETCH, FETCH),
    ),
    "event-scan": (
        "power down, plug",
        ("event-scan 1 0xffffffff 1 buffer 512", "event-scan 1 0x40000000 1 buffer 512", FETCH),
    ),
    "empty": ("", (FETCH, "event-scan 1 0xffffffff 1 buffer 512")),
    "power down twice": ("", ("power_down", "power_down", FETCH, FETCH, FETCH)),
    "reset": ("power down, plug", ("reset", FETCH)),
    "numbers of arguments and of return values": (
        "power down, plug",
        (
            "check-exception 1 0x500 0 0xffffffff 1 buffer",
            "check-exception 1 0x500 0 0xffffffff 1 buffer 512 0 0",
            "check-exception 0 0x500 0 0xffffffff 1 buffer 512",
            "check-exception 2 0x500 0 0xffffffff 1 buffer 512",
            "event-scan 1 0xffffffff 1 buffer",
            "event-scan 1 0xffffffff 1 buffer 512 0",
            "event-scan 0 0xffffffff 1 buffer 512",
            "event-scan 2 0xffffffff 1 buffer 512",
            "get-time-of-day 8",
            "get-time-of-day 8 0",
            "get-time-of-day 7",
            "get-time-of-day 9",
            FETCH,
        ),
    ),
}
"""Stories of the event queue, with the PCI connector."""


def stories(connector: Connector) -> dict[str, Story]:
    """All stories of a kind of connector: its states, every setting tried in each, and the rest."""
    states = REACHED if connector.logical else PHYSICAL
    told = {
        name: (
            start,
            tuple(action for action in actions if connector.logical or action != ALLOCATE),
        )
        for name, (start, actions) in TOLD.items()
        if not (connector.long and "walk" in actions)
    }
    probes: dict[str, Story] = {}
    for state in states:
        probes[f"{state}: nothing"] = (state, (SENSE, CONFIGURE))
        for setting, action in SETTINGS.items():
            probes[f"{state}: {setting}"] = (state, (action, SENSE, CONFIGURE))
        if not connector.long:
            probes[f"{state}: other settings"] = (state, (*OTHER_SETTINGS, SENSE, CONFIGURE))
    return {**states, **probes, **told}


class Recorder:
    """The steps of one story, as they happen."""

    def __init__(self, machine: Machine, connector: Connector, steps: list[Step]) -> None:
        self.machine = machine
        self.connector = connector
        self.steps = steps

    def perform(self, action: str) -> None:
        """Do what an action of a story says."""
        match action.split():
            case ["hot_plug"]:
                arguments = {**self.connector.device, "id": DEVICE}
                self.command("hot_plug", "device_add", **arguments)
            case ["request_unplug"]:
                self.command("request_unplug", "device_del", id=DEVICE)
            case ["power_down"]:
                self.command("power_down", "system_powerdown")
            case ["reset"]:
                self.command("reset", "system_reset")
                self.machine.execute("query-status")  # the reset happens before this answer
            case ["walk"]:
                while self.call("ibm,configure-connector", 1, ["area", "0"]) > 0:
                    pass
            case [name, return_values, *arguments]:
                self.call(name, int(return_values), arguments)

    def command(self, action: str, command: str, **arguments: Any) -> None:
        """Let the host act; a refusal is part of the story."""
        step: Step = {"host": action}
        if action in ("hot_plug", "request_unplug"):
            step["drc_index"] = self.connector.index
        self.steps.append(step)
        try:
            self.machine.execute(command, **arguments)
        except CaptureFailed as refusal:
            self.machine.execute("query-status")  # it refused, or it died
            step["error"] = str(refusal)

    def call(self, name: str, return_values: int, arguments: list[str]) -> int:
        """Make an RTAS call and return its status, which stands in its first return value."""
        index = self.connector.index
        first_words = {"area": index, "stray": UNKNOWN_CONNECTOR, "buffer": 0}
        named = {"index": index, "unknown": UNKNOWN_CONNECTOR}
        named |= dict.fromkeys(first_words, WORK_AREA)
        words = [named[word] if word in named else int(word, 0) for word in arguments]
        step: Step = {"call": name, "args": words, "nret": return_values}
        self.steps.append(step)
        self.machine.act(f"memset {ARGUMENTS:#x} {AREA_SIZE * 2} 0")
        self.machine.write(ARGUMENTS, *words, 0)  # not empty even without arguments
        for word in arguments:
            if word in first_words:
                self.machine.write(WORK_AREA, first_words[word])
        self.machine.act(
            f"rtas {name} {len(words)} {ARGUMENTS:#x} {return_values} {RETURN_VALUE:#x}"
        )
        returned = self.read(RETURN_VALUE, 4 * max(return_values, 1))
        step["rets"] = [
            int.from_bytes(returned[start : start + 4], signed=True)
            for start in range(0, len(returned), 4)
        ]
        if WORK_AREA in words:
            step["memory"] = self.read(WORK_AREA, AREA_SIZE).rstrip(b"\0").hex()
        return int(step["rets"][0])

    def read(self, address: int, size: int) -> bytes:
        """Guest memory."""
        (digits,) = self.machine.act(f"read {address:#x} {size}")
        return bytes.fromhex(digits.removeprefix("0x"))


def record(binary: str, machine: str, connector: Connector, actions: list[str]) -> Run:
    """What happened: the steps, and whether the device is there at the end if QEMU did not die."""
    steps: list[Step] = []
    run: Run = {"steps": steps}
    try:
        with running(binary, machine + connector.options) as guest:
            if connector.backend:
                guest.execute("object-add", **connector.backend)
            recorder = Recorder(guest, connector, steps)
            for action in actions:
                recorder.perform(action)
            devices = guest.execute("qom-list", path="/machine/peripheral")
            run["device_at_end"] = any(device["name"] == DEVICE for device in devices)
    except CaptureFailed as death:
        steps.append({"aborted": str(death).splitlines()[-1]})
    return run


def tree(walk: list[Step]) -> dict[str, Any]:
    """The device tree that a whole walk told: name, properties and children, in its order."""
    top: dict[str, Any] = {"children": []}
    path = [top]
    for step in walk:
        area = bytes.fromhex(step["memory"]).ljust(AREA_SIZE, b"\0")
        _, _, name_at, size, data_at = (
            int.from_bytes(area[start : start + 4]) for start in range(0, 20, 4)
        )
        name = area[name_at:].partition(b"\0")[0]
        match step["rets"][0]:
            case 2:
                node: dict[str, Any] = {"name": name.decode(), "properties": [], "children": []}
                path[-1]["children"].append(node)
                path.append(node)
            case 3:
                path[-1]["properties"].append([name.decode(), area[data_at : data_at + size].hex()])
            case 4:
                path.pop()
    (root,) = top["children"]
    return dict(root)


def lineage(told: dict[str, Story], name: str) -> list[str]:
    """The actions of a story, from an empty machine on."""
    start, actions = told[name]
    return [*(lineage(told, start) if start else ()), *actions]


def transcript(
    binary: str, machine: str, connector: Connector, told: dict[str, Story]
) -> dict[str, Any]:
    """All stories; a story that goes on from another holds only the steps that follow."""

    def tell(name: str) -> Run:
        for _ in range(ATTEMPTS):
            run = record(binary, machine, connector, lineage(told, name))
            if "device_at_end" in run:
                break
        return run

    with ThreadPoolExecutor(2) as threads:
        whole = dict(zip(told, threads.map(tell, told), strict=True))
        release = threads.submit(version, binary, machine).result()
    runs = []
    for name, (start, _) in told.items():
        before = whole[start]["steps"] if start else []
        steps = whole[name]["steps"]
        if steps[: len(before)] != before:
            raise CaptureFailed(f"{name} did not begin as {start} did")
        run = {"story": name, "after": start} if start else {"story": name}
        runs.append({**run, **whole[name], "steps": steps[len(before) :]})
    walk = whole["configured"]["steps"] if "configured" in whole else []
    calls = [step for step in walk if step.get("call") == "ibm,configure-connector"]
    return {
        "binary": release,
        "machine": machine,
        "tree": tree(calls) if calls else {},
        "runs": runs,
    }


def version(binary: str, machine: str) -> str:
    """The release of QEMU."""
    with running(binary, machine) as guest:
        return "{major}.{minor}.{micro}".format(**guest.execute("query-version")["qemu"])


def written(told: dict[str, Any]) -> str:
    """A transcript as JSON, one step a line."""
    head = {key: value for key, value in told.items() if key != "runs"}
    runs = []
    for run in told["runs"]:
        about = {key: value for key, value in run.items() if key != "steps"}
        steps = ",\n".join(compact(step) for step in run["steps"])
        runs.append(f'{compact(about)[:-1]},"steps":[\n{steps}]}}')
    return f'{compact(head)[:-1]},\n"runs":[\n{",".join(runs)}]}}\n'


def compact(value: Any) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"))


def main() -> int:
    """Write a file per kind of connector, and one of the event queue."""
    parser = argparse.ArgumentParser(description="Record what a guest sees of hot-plugging.")
    parser.add_argument("--binary", required=True, help="for example qemu-system-ppc64")
    parser.add_argument("--machine", default="pseries-7.2", help="a machine type")
    parser.add_argument("--kind", action="append", choices=KINDS, help="all, unless given")
    parser.add_argument("--output", required=True, type=Path, help="an existing directory")
    options = parser.parse_args()
    for kind in options.kind or KINDS:
        connector, told = KINDS[kind]
        recorded = transcript(options.binary, options.machine, connector, told)
        release = recorded["binary"].rpartition(".")[0]
        path = options.output / f"qemu-{release}_{kind}.json"
        path.write_text(written(recorded))
        sys.stdout.write(f"{path}\n")
    return 0


KINDS = {
    **{
        kind: (connector, stories(connector))
        for kind, connector in (("pci", PCI), ("lmb", LMB), ("cpu", CPU), ("phb", PHB))
    },
    "events": (PCI, EVENTS),
}


if __name__ == "__main__":
    sys.exit(main())
