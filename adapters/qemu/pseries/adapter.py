"""The adapter of an unmodified QEMU.

`QemuAdapter.load` starts a QEMU that waits for the stream, and asks it what it holds then. `save`
puts the machine into a QEMU and lets that migrate. `call` lets guest and host act.
"""

import atexit
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from adapters.protocol import (
    Ability,
    Cause,
    Implementation,
    LoadRejected,
    SaveRefused,
    Support,
    Unsupported,
)
from adapters.qemu.process import QemuDied
from adapters.qemu.program import program
from adapters.qemu.pseries.binary import Binary
from adapters.qemu.pseries.claims import check_version
from adapters.qemu.pseries.fitting import fitted, put_by
from adapters.qemu.pseries.holding import Holders, has_given_up, with_walk
from adapters.qemu.pseries.kinds import Kind, capabilities_of, kind_of
from adapters.qemu.pseries.rtas import perform
from adapters.qemu.reasons import cause_of, quoted
from reference.spapr.actions import AnyAction, HotPlug, PowerDown, Reply, RequestUnplug, Reset
from reference.spapr.device_tree import Node
from reference.spapr.guest import act
from reference.spapr.machine import Machine

KNOWN_FAILURES = Path(__file__).with_name("known-failures.toml")
UNOBSERVED = {
    "tb": "QEMU writes the time of the save, whether the guest ran or not "
    "(hw/ppc/ppc.c, timebase_save)"
}


class QemuAdapter:
    """The QEMU that ``name``, ``qemu:BINARY[,machine=TYPE][,version=ID][,option=...]``, starts.

    Raises `AdapterError` for a name that is none, and for a binary that cannot be tested.
    """

    def __init__(self, name: str) -> None:
        self.program = program(name)
        self.binary = Binary(name, self.program)
        self.holders = Holders(self.binary)
        check_version(self.binary, self.holders)
        self.starting: dict[Kind, bool] = {}
        atexit.register(self.close)

    def describe(self) -> Implementation:
        """One stream version, the release's or the one named; the machine types that start."""
        binary = self.binary
        return Implementation(
            name="QEMU",
            release=binary.release_name,
            versions={binary.version: Support()},
            abilities=frozenset(
                {
                    Ability.QEMU_WIRE_FORMAT,
                    Ability.MACHINE_TYPES,
                    Ability.CALL,
                    Ability.FIT,
                    Ability.WHOLE_MACHINES,
                }
            ),
            machine_types=binary.machine_types,
            excluded=binary.excluded,
            unobserved=UNOBSERVED,
            known_failures=str(KNOWN_FAILURES),
            processors=binary.processors,
            behaves_as=binary.release,
        )

    def fitted(self, machine: Machine) -> Machine:
        """The machine as this QEMU can be started, and can hold it."""
        carrier = self.binary.carrier(Kind(machine.machine_type))
        machine = put_by(self.binary.version, machine)
        fitting = fitted(machine, carrier.machine, self.devices(machine.machine_type))
        usual = self.binary.usual_capabilities(machine.machine_type)
        startable = (
            (name, value)
            for name, value in machine.capabilities.items()
            if name in usual and self.starts(Kind(machine.machine_type, ((name, value),)))
        )
        given = capabilities_of(self.program.options)
        return replace(fitting, capabilities={**dict(islice(startable, 1)), **given})

    def devices(self, type_name: str) -> dict[int, Node]:
        """What can be plugged into a machine of a type: asked of one of them."""
        return self.holders.devices(type_name)

    def starts(self, kind: Kind) -> bool:
        """Whether machines of a kind can be started; each is tried once."""
        if kind not in self.starting:
            self.starting[kind] = self.binary.starts(kind)
        return self.starting[kind]

    def save(self, machine: Machine, version: str) -> bytes:
        """What a QEMU that holds the machine migrates."""
        self.check(version)
        if machine.machine_type not in self.binary.machine_types:
            raise SaveRefused(self.lacks(machine))
        with self.holders.holding(machine, to_migrate=True) as running:
            if not running.migrated:
                return running.migrate()
            # A second migration is refused; what it would send can still be had.
            return self.binary.carrier(kind_of(machine)).around(running.devices_state())

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """What a QEMU that is configured as ``onto`` holds after the stream came in."""
        self.check(version)
        if onto.machine_type not in self.binary.machine_types:
            raise LoadRejected(self.lacks(onto), Cause.MACHINE_TYPE)
        running = self.holders.waiting(onto)
        with self.holders.answering(running):
            try:
                running.arrive(stream)
            except QemuDied as death:
                if not has_given_up(death):
                    raise
                cause, words = cause_of(death.said)
                own = quoted(death.said)
                told = words if words.startswith(own) else f"{words} (it said: {own})"
                raise LoadRejected(told, cause) from None
            loaded = self.holders.observed(running, onto)
            self.holders.keep(loaded, running)
        return loaded

    def call(self, machine: Machine, version: str, action: AnyAction) -> tuple[Reply, Machine]:
        """What a guest is answered, and the machine that the QEMU holds then."""
        self.check(version)
        devices = self.devices(machine.machine_type)
        if isinstance(action, HotPlug) and devices.get(action.drc_index) != action.fdt:
            raise Unsupported(f"no device for {action.drc_index:#x} has the tree {action.fdt!r}")
        must, predicted = act(machine, version, action, release=self.binary.release)
        with self.holders.holding(machine) as running:
            reply = running.replied(perform(running.process, action))
            after = self.holders.observed(running, machine)
            if isinstance(action, HotPlug | RequestUnplug | PowerDown):
                after = running.numbered(after, len(machine.pending_events), action.plid)
            if not self.holders.sends_walks:
                # Who is answered as the model says is where the model says.
                walks = predicted if reply.heard() == must else machine
                after = replace(
                    after,
                    connectors=tuple(
                        with_walk(one, walks.connector(one.drc_index)) for one in after.connectors
                    ),
                )
            self.holders.keep(after, running)
        if isinstance(action, Reset):
            # What QEMU gives the firmware is not in the model: the next one begins without.
            self.holders.forget(running)
            after = as_after_reset(after, predicted)
        return reply, after

    def check(self, version: str) -> None:
        """Raise `Unsupported` for another stream version than that of the binary."""
        if version != self.binary.version:
            raise Unsupported(f"QEMU {self.binary.release_name} is of {self.binary.version}")

    def lacks(self, machine: Machine) -> str:
        """That there is no machine of that type."""
        return f"QEMU {self.binary.release_name} starts no machine {machine.machine_type}"

    def close(self) -> None:
        """End all processes."""
        self.holders.close()
        self.binary.close()


def as_after_reset(machine: Machine, predicted: Machine) -> Machine:
    """A machine that was reset, with what QEMU gives it for the firmware as the model has it.

    That is the device tree, and the size of the empty DMA windows: the default one has 1 GiB.
    """
    tables = tuple(
        one if any(one.table) else replace(one, table=other.table)
        for one, other in zip(machine.iommu_tables, predicted.iommu_tables, strict=True)
    )
    return replace(machine, iommu_tables=tables, fdt_initial_size=0, fdt_blob=b"")
