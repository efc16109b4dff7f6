"""From a stream to a machine.

As QEMU does (migration/savevm.c, qemu_loadvm_state_main), sections are found by name and instance,
in any order, and none is missed. Stricter than QEMU: nothing but a vmdescription may follow the
end.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from reference.spapr.configuration import CONFIGURATION, Configuration
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MachineType
from reference.spapr.sections import Amend, plans, unchanged
from reference.spapr.versions import known_machine_type, stream_version
from reference.vmstate.compiler import compile_plan
from reference.vmstate.plan import Plan, check_version
from reference.wire.errors import (
    ConfigurationRejected,
    DescriptionRejected,
    StreamError,
    UnknownCommand,
    UnknownSection,
)
from reference.wire.frames import COMMANDS, Command, Section, SectionType
from reference.wire.frames import Configuration as ConfigurationFrame
from reference.wire.framing import read_frames
from reference.wire.htab import read_htab
from reference.wire.ram import read_ram
from reference.wire.reader import Buffer, Reader

Skip = Callable[[Section, Reader], bool]
"""Moves the reader over the payload of a section that the model lacks; False if it cannot.

It is asked about ``ram`` and ``spapr/htab`` too, which hold something in the streams of others.
"""


def load_machine(
    stream: Buffer,
    version_id: str,
    onto: Machine,
    *,
    skip: Skip | None = None,
    amend: Amend = unchanged,
) -> Machine:
    """The machine after a program of ``version_id`` loaded ``stream``.

    ``onto`` is the machine that waits for it. Its configuration counts; its state does not, a load
    starts from a reset. ``skip`` is asked about sections that the model does not have: without it
    they are an error. ``amend`` makes a program whose descriptions differ from those of the
    reference. Raises `StreamError`, `UnknownMachineType` and `UnknownStreamVersion`.
    """
    version = stream_version(version_id)
    kind = known_machine_type(onto.machine_type, version)
    return Loading(stream, kind, plans(version, kind.name, amend), onto, skip).machine()


class Loading:
    """One load in progress."""

    def __init__(
        self,
        stream: Buffer,
        kind: MachineType,
        known: dict[str, Plan],
        onto: Machine,
        skip: Skip | None,
    ) -> None:
        self.reader = Reader(stream)
        self.kind = kind
        self.plans = known
        self.skip = skip
        self.loaded = onto.fresh()
        self.bridge = self.loaded.host_bridge
        self.connectors = {one.drc_index: one for one in self.loaded.connectors}
        self.tables = {one.liobn: one for one in self.loaded.iommu_tables}
        self.parts: dict[str, dict[int, Any]] = {
            "spapr_drc": self.connectors,
            "spapr_drc/physical": self.connectors,
            "spapr_iommu": self.tables,
        }

    def machine(self) -> Machine:
        """Read the whole stream."""
        frames = read_frames(
            self.reader,
            footers=self.kind.has("send-section-footer"),
            configuration=self.kind.has("send-configuration"),
        )
        for frame in frames:
            if isinstance(frame, ConfigurationFrame):
                self.configuration()
            elif isinstance(frame, Section):
                try:
                    self.section(frame)
                except StreamError as error:
                    raise error.in_section(frame.name) from None
            elif isinstance(frame, Command):
                self.command(frame)
        self.description()
        return msgspec.structs.replace(
            self.loaded,
            connectors=tuple(self.connectors.values()),
            iommu_tables=tuple(self.tables.values()),
            host_bridge=self.bridge,
        )

    def configuration(self) -> None:
        """Check that the stream is for this machine type; like QEMU, a prefix of it will do."""
        offset = self.reader.position
        plan = compile_plan(CONFIGURATION)
        received: Configuration = plan.load(self.reader, Configuration(name=b""))
        if not self.kind.name.encode().startswith(received.name):
            raise ConfigurationRejected(
                f"Machine type received is {received.name.decode('latin-1')!r} and local is "
                f"{self.kind.name!r}",
                offset=offset,
            )

    def section(self, section: Section) -> None:
        """Load the payload of one section."""
        if self.state(section) or (self.skip and self.skip(section, self.reader)):
            return
        if section.idstr == "ram":
            read_ram(self.reader)
        elif section.idstr == "spapr/htab":
            read_htab(self.reader, shift=None)
        else:
            raise UnknownSection(
                f"Unknown savevm section or instance {section.idstr!r} {section.instance_id:#x}",
                offset=section.offset,
            )

    def state(self, section: Section) -> bool:
        """Load a section that describes a part of the machine; False if there is no such part."""
        plan = self.plans.get(section.idstr)
        instance = section.instance_id
        parts = self.parts.get(section.idstr)
        if plan is None or section.kind is not SectionType.FULL:
            return False
        if instance not in (parts if parts is not None else (0,)):
            return False
        check_version(plan.vmsd, section.version_id, section.offset)
        if section.version_id != plan.version_id:
            plan = compile_plan(plan.vmsd, section.version_id)
        if parts is not None:
            parts[instance] = plan.load(self.reader, parts[instance])
        elif section.idstr == "spapr_pci":
            self.bridge = plan.load(self.reader, self.bridge)
        else:
            self.loaded = plan.load(self.reader, self.loaded)
        return True

    def command(self, command: Command) -> None:
        """Reject a command that means nothing; the others do nothing to the machine."""
        if command.command not in COMMANDS:
            raise UnknownCommand(f"MIG_CMD {command.command:#x} unknown", offset=command.offset)

    def description(self) -> None:
        """Step over the vmdescription, if there is one; its content does not matter to a load."""
        if not self.reader.remaining:
            return
        offset = self.reader.position
        following = self.reader.u8()
        if following != SectionType.VMDESCRIPTION:
            raise DescriptionRejected(
                f"Expected vmdescription section, but got {following}", offset=offset
            )
        self.reader.take(self.reader.u32())
