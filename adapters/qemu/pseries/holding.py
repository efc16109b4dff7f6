"""Which QEMU holds which machine.

A process that holds a machine is kept for what is done with that machine next, so that a guest goes
on in the very process that loaded it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from adapters.protocol import Died, Hung, SaveRefused, Unsupported
from adapters.qemu.process import QemuDied, QemuHung, QemuSaidNo
from adapters.qemu.pseries.binary import Binary
from adapters.qemu.pseries.kinds import DEVICES, Kind, device_id, kind_of
from adapters.qemu.pseries.rtas import configure_connector, hot_plug
from adapters.qemu.pseries.running import Running
from adapters.qemu.pseries.trees import tree_of
from adapters.qemu.reasons import cause_of
from reference.compatibility.expectation import carries
from reference.compatibility.table import ASPECTS
from reference.spapr.actions import DONE, ConfigureConnector
from reference.spapr.connector import Connector
from reference.spapr.device_tree import Node
from reference.spapr.guest import act
from reference.spapr.machine import Machine, Timebase
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import stream_version
from reference.wire.errors import StreamError

KEPT = 3
"""How many processes that hold a machine are kept."""
GAVE_UP = 1
"""The exit status of a QEMU that does not accept a stream."""
TREE_CALLS = 1000
"""More calls than reading any tree here takes."""


class Holders:
    """The processes of one binary that hold machines."""

    def __init__(self, binary: Binary) -> None:
        self.binary = binary
        self.plugged: dict[str, dict[int, Node]] = {}
        self.kept: list[tuple[Machine, Running]] = []
        self.sends_walks = sends_walks(binary.version)

    def devices(self, type_name: str) -> dict[int, Node]:
        """Asked of a machine that is plugged with all there is."""
        if type_name not in self.plugged:
            idle = self.binary.idle(Kind(type_name))
            try:
                self.plugged[type_name] = {
                    drc_index: tree_of(idle.process, drc_index)
                    for drc_index in DEVICES
                    if hot_plug(idle.process, drc_index) == DONE
                }
            finally:
                idle.close()
        return self.plugged[type_name]

    def waiting(self, machine: Machine) -> Running:
        """A QEMU that is configured as ``machine`` and waits for a stream."""
        for drc_index in kind_of(machine).devices:
            if drc_index not in DEVICES:
                raise Unsupported(f"there is no device for connector {drc_index:#x}")
        try:
            return self.binary.waiting(kind_of(machine))
        except QemuDied as death:
            if not self.binary.starts(Kind(machine.machine_type)):
                raise Died(
                    f"{self.binary.name} started {machine.machine_type} when the run began, and "
                    f"does no more: {death}. Was it rebuilt or removed? Test a build that stays."
                ) from None
            raise Unsupported(f"no such machine: {death}") from None

    @contextmanager
    def holding(self, machine: Machine, *, to_migrate: bool = False) -> Iterator[Running]:
        """A QEMU that holds the machine: that which did last, or one that it is put into.

        One that has migrated already does not do so again, and serves only where the guest is in
        the middle of a tree, and no other QEMU can be told of that.
        """
        place = next(
            (
                at
                for at, (one, running) in enumerate(self.kept)
                if one == machine
                and (
                    not (to_migrate and running.migrated)
                    or (is_walking(one) and not self.sends_walks)
                )
            ),
            None,
        )
        running = self.waiting(machine) if place is None else self.kept.pop(place)[1]
        with self.answering(running):
            if place is None:
                self.put(machine, running)
            self.keep(machine, running)
            yield running

    def put(self, machine: Machine, running: Running) -> None:
        """Put a machine into a QEMU, with the walks that its guest is in the middle of."""
        carrier = self.binary.carrier(kind_of(machine))
        try:
            running.arrive(carrier.holding(machine))
        except QemuDied as death:
            if not has_given_up(death):
                raise
            version = self.binary.version
            raise SaveRefused(
                f"QEMU does not accept the machine as {version} writes it: "
                f"{cause_of(death.said)[1]}. It reads another format than that of {version}, or "
                "was started as another machine."
            ) from None
        for connector in machine.connectors if not self.sends_walks else ():
            for _ in range(calls_made(machine, connector, self.binary.version)):
                configure_connector(running.process, connector.drc_index)

    @contextmanager
    def answering(self, running: Running) -> Iterator[None]:
        """End a QEMU that cannot go on, and say why in the words of the protocol."""
        try:
            yield
        except BaseException as problem:
            self.forget(running)
            match problem:
                case QemuDied():
                    raise Died(str(problem)) from None
                case QemuHung():
                    raise Hung(str(problem)) from None
                case QemuSaidNo():
                    raise SaveRefused(str(problem)) from None
                case StreamError():
                    raise Died(
                        f"QEMU wrote what {self.binary.version} does not: {problem}; a build with "
                        "a patch is named with its version, as in version=7.1+ccs."
                    ) from None
            raise

    def keep(self, machine: Machine, running: Running) -> None:
        """Keep a process for what is done with its machine next, in place of one that held it.

        So a machine that migrated without loss is acted on where it arrived.
        """
        others = [one for one in self.kept if one[1] is not running]
        gone = [one for one in others if one[0] == machine]
        self.kept = [one for one in others if one not in gone] + [(machine, running)]
        gone += self.kept[:-KEPT]
        self.kept = self.kept[-KEPT:]
        for _, process in gone:
            process.close()

    def observed(self, running: Running, onto: Machine) -> Machine:
        """What a QEMU says that it holds; ``onto`` is how it was started.

        Which connectors have a device is not in a stream; QEMU is asked.
        """
        known = self.devices(onto.machine_type)
        paths = running.process.execute("qom-list", path="/machine/peripheral")
        there = {one["name"] for one in paths}
        connectors = []
        for one in onto.connectors:
            device = device_id(one.drc_index) in there
            if device and not one.device:
                connectors.append(one.attached(known[one.drc_index]))
            else:
                connectors.append(one if device or not one.device else one.released())
        onto = replace(onto, connectors=tuple(connectors))
        carrier = self.binary.carrier(kind_of(onto))
        machine = carrier.machine_in(running.devices_state(), onto)
        return replace(machine, tb=Timebase())

    def forget(self, running: Running) -> None:
        """End a process."""
        self.kept = [one for one in self.kept if one[1] is not running]
        running.close()

    def close(self) -> None:
        """End all processes."""
        for _, running in self.kept:
            running.close()
        self.kept.clear()


def has_given_up(death: QemuDied) -> bool:
    """Whether a QEMU ended because it does not accept what came in."""
    return not death.signal and death.status == GAVE_UP


def calls_made(machine: Machine, connector: Connector, version: str) -> int:
    """How often the guest has called in the walk of a connector; 0 where there is none."""
    walk = connector.ccs_offset, connector.ccs_depth
    machine = machine.with_connector(with_walk(connector, None))
    for calls in range(1, TREE_CALLS):
        if connector.ccs_depth <= 0:
            return 0
        _, machine = act(machine, version, ConfigureConnector(connector.drc_index))
        now = machine.connector(connector.drc_index)
        if now is None or (now.ccs_offset, now.ccs_depth) == walk:
            return calls
    raise Unsupported(f"no guest gets to offset {walk[0]}, depth {walk[1]} of the tree")


def sends_walks(version: str) -> bool:
    """Whether streams of a version say where in a tree a guest is; else it has to call again."""
    (walks,) = (one for one in ASPECTS if one.name == "connectors.ccs")
    known = stream_version(version)
    return carries(known, walks, machine_type(known.newest_machine_type))


def is_walking(machine: Machine) -> bool:
    """Whether a guest is in the middle of a tree."""
    return any(one.ccs_depth > 0 for one in machine.connectors)


def with_walk(connector: Connector, of: Connector | None) -> Connector:
    """The connector with the walk of another, or with none."""
    offset, depth = (of.ccs_offset, of.ccs_depth) if of else (-1, -1)
    return replace(connector, ccs_offset=offset, ccs_depth=depth)
