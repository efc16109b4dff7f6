"""From a machine to a stream.

Order: header, configuration, START and END of the live sections, the other sections as registered,
end, vmdescription (QEMU migration/savevm.c, qemu_savevm_state_complete_precopy). The model has
neither memory nor a hash page table, so that the live sections are empty, and no CPU, timer or
interrupt controller: their sections are left out.
"""

from functools import cache
from struct import Struct

from reference.spapr.configuration import CONFIGURATION, Configuration
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MachineType, Release
from reference.spapr.sections import Amend, plans, registrations, unchanged
from reference.spapr.versions import known_machine_type, stream_version
from reference.vmstate.compiler import compile_plan
from reference.vmstate.errors import SaveError
from reference.wire.frames import END_OF_STREAM, STREAM_HEADER, Section, SectionType, write_section
from reference.wire.htab import HashTable, write_htab
from reference.wire.ram_records import BlockList, write_ram

NO_HASH_TABLE = write_htab(HashTable(shift=None))
LIVE = (
    # idstr, version_id, payload of START, payload of END
    ("ram", 4, write_ram([BlockList(blocks=())]), write_ram([])),
    ("spapr/htab", 1, NO_HASH_TABLE, NO_HASH_TABLE),
)
FIRST_SECTION_ID = 2
"""The id of `ram` in every stream of QEMU.

0 would not do: all sections that a loader of QEMU has not met yet have it, and it would take the
END of ram for that of the first of them, `timer` (migration/savevm.c, qemu_loadvm_section_part_end;
measured on 7.2).
"""
DESCRIBED_CONFIGURATION: Release = (8, 2)
"""The release that put the configuration section into the vmdescription (2aae1eb8da)."""
PAGE_SIZE = 4096
"""Of the target, as the vmdescription has it (TARGET_PAGE_SIZE of ppc64)."""
DESCRIPTION_HEAD = Struct(">BI")


def save_machine(machine: Machine, version_id: str, *, amend: Amend = unchanged) -> bytes:
    """The stream that the version ``version_id`` writes for ``machine``.

    ``amend`` makes a program whose descriptions differ from those of the reference.
    Raises `SaveError` where the machine cannot be saved, `UnknownMachineType` where it is of a
    type that the version does not know, and `UnknownStreamVersion`.
    """
    version = stream_version(version_id)
    kind = known_machine_type(machine.machine_type, version)
    footer, is_described = kind.has("send-section-footer"), kind.has("vmdescription")
    known = plans(version, kind.name, amend)
    parts = [beginning(kind)]
    described = []
    for section_id, registration in enumerate(
        registrations(machine, known), FIRST_SECTION_ID + len(LIVE)
    ):
        plan, instance_id, state = registration
        vmsd = plan.vmsd
        if vmsd.needed is not None and not vmsd.needed(state):
            continue
        section = Section(SectionType.FULL, section_id, vmsd.name, instance_id, vmsd.version_id)
        try:
            payload, (text, _) = plan.write(state, described=is_described)
        except SaveError as error:
            raise error.inside(section.name) from None
        parts.append(write_section(section, payload, footer=footer))
        if is_described:
            described.append(f'{{"name": "{vmsd.name}", "instance_id": {instance_id}, {text}}}')
    parts.append(END_OF_STREAM)
    if is_described:
        parts.append(vmdescription(described, kind, version.release))
    return b"".join(parts)


@cache
def beginning(kind: MachineType) -> bytes:
    """What comes before the sections that depend on the state."""
    footer = kind.has("send-section-footer")
    parts = [STREAM_HEADER]
    if kind.has("send-configuration"):
        payload = compile_plan(CONFIGURATION).save(Configuration(name=kind.name.encode()))
        parts += (bytes((SectionType.CONFIGURATION,)), payload)
    ends: list[bytes] = []
    for section_id, (idstr, live_version, start, end) in enumerate(LIVE, FIRST_SECTION_ID):
        for payloads, moment, payload in (
            (parts, SectionType.START, start),
            (ends, SectionType.END, end),
        ):
            section = Section(moment, section_id, idstr, 0, live_version)
            payloads.append(write_section(section, payload, footer=footer))
    return b"".join(parts + ends)


def vmdescription(described: list[str], kind: MachineType, release: Release) -> bytes:
    """The vmdescription, as QEMU spells it: type byte, be32 length, JSON without a NUL."""
    configuration = ""
    if release >= DESCRIBED_CONFIGURATION:
        text, _ = compile_plan(CONFIGURATION).describe(Configuration(name=kind.name.encode()))
        configuration = f'"configuration": {{{text}}}, '
    text = f'{{{configuration}"page_size": {PAGE_SIZE}, "devices": [{", ".join(described)}]}}'
    return DESCRIPTION_HEAD.pack(SectionType.VMDESCRIPTION, len(text)) + text.encode()
