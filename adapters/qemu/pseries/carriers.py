"""Carriers: streams of this very QEMU into which a machine is put.

A carrier is what a QEMU of one kind saves when nothing has happened. A machine is put into it by
replacing the sections that the model has; all others stay as QEMU wrote them.
"""

from msgspec.structs import replace

from reference.inspection.decoding import decode
from reference.inspection.loading import destination
from reference.spapr.loading import load_machine
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.saving import beginning, save_machine
from reference.spapr.sections import Amend, plans, unchanged
from reference.spapr.versions import stream_version
from reference.vmstate.compiler import compile_decoder
from reference.wire.description_records import write_description
from reference.wire.errors import VersionRejected
from reference.wire.frames import END_OF_STREAM, STREAM_HEADER, TYPE_AND_ID, Section, SectionType
from reference.wire.reader import Reader

FOLLOWING = (bytes((SectionType.FULL,)), END_OF_STREAM)
"""What can be behind a section among the sections of devices."""


class Carrier:
    """A stream of a QEMU that speaks the stream version ``version``.

    Raises `StreamError` where it is none.
    """

    def __init__(self, stream: bytes, type_name: str, version: str) -> None:
        self.type_name, self.version = type_name, version
        decoded = decode(stream, type_name)
        modelled = plans(stream_version(version), type_name)
        starts = [one.section.offset for one in decoded.sections]
        self.head = stream[: starts[0]]
        kept, live = [self.head], [self.head]
        self.sizes: dict[tuple[str, int], int] = {}
        for one, following in zip(decoded.sections, [*starts[1:], decoded.end], strict=True):
            idstr, theirs = one.section.idstr, one.section.version_id
            if (plan := modelled.get(idstr)) is None:
                kept.append(stream[one.section.offset : following])
                if one.section.kind is not SectionType.FULL:
                    live.append(kept[-1])
                self.sizes[idstr, one.section.instance_id] = one.size
            elif theirs != plan.version_id:
                raise VersionRejected(
                    f"{idstr} has version {theirs}, where {version} has {plan.version_id}",
                    offset=one.section.offset,
                )
        self.kept, self.live = b"".join(kept), b"".join(live)
        self.footers = decoded.footers
        self.machine = destination(decoded, type_name)
        self.description = b""
        if told := decoded.description:
            others = (one for one in told.devices if one.name not in modelled)
            self.description = write_description(replace(told, devices=tuple(others)))

    def holding(self, machine: Machine, *, amend: Amend = unchanged) -> bytes:
        """The carrier with ``machine`` in it; ``amend`` is as in `save_machine`."""
        ours = save_machine(machine, self.version, amend=amend)
        return self.kept + ours[len(beginning(machine_type(self.type_name))) :]

    def around(self, devices_state: bytes) -> bytes:
        """A whole stream, of which only the sections of devices are given.

        It describes the sections that the model lacks, as they are in the carrier.
        """
        return self.live + devices_state[len(STREAM_HEADER) :] + self.description

    def machine_in(self, devices_state: bytes, onto: Machine) -> Machine:
        """The machine that a QEMU of this kind says it holds.

        ``devices_state`` is a stream with all sections but those of memory, and without the
        configuration. Raises `StreamError`.
        """
        stream = self.head + devices_state[len(STREAM_HEADER) :]
        modelled = plans(stream_version(self.version), self.type_name)

        def skip(section: Section, reader: Reader) -> bool:
            size = self.sizes.get((section.idstr, section.instance_id))
            if size is None and section.idstr in modelled:
                # QEMU has a connector in every slot, the machine only those that matter to it.
                plan = modelled[section.idstr]
                compile_decoder(plan.vmsd, section.version_id).load(reader, None)
                return True
            if size is None:
                return False
            footer = TYPE_AND_ID.pack(SectionType.FOOTER, section.section_id)
            start = reader.position
            if self.footers and not stream.startswith(footer, start + size):
                # What came from another release can be longer: it ends where its footer is, and
                # behind that the next section or the end.
                ends = (stream.find(footer + behind, start) for behind in FOLLOWING)
                size = min((end for end in ends if end >= 0), default=start + size) - start
            reader.take(size)
            return True

        return load_machine(stream, self.version, onto, skip=skip)
