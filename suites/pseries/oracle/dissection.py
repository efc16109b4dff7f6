"""A stream in QEMU's format, taken apart and put together again."""

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec.structs import replace

from adapters.asking import load
from adapters.protocol import Adapter
from adapters.verdicts import Verdict
from reference.compatibility.expectation import common_machine_type
from reference.inspection.others import Others
from reference.spapr.configuration import CONFIGURATION
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.spapr.sections import plans
from reference.spapr.versions import stream_version
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.compiler import compile_decoder
from reference.vmstate.description import VMStateDescription
from reference.vmstate.plan import Plan
from reference.wire.errors import StreamError, UnknownSection
from reference.wire.frames import Configuration, End, Section, SectionType, write_section
from reference.wire.framing import read_frames
from reference.wire.htab import read_htab
from reference.wire.ram import read_ram
from reference.wire.reader import Reader
from suites.harness.failures import fail
from suites.pseries.oracle.parties import Fit, Party
from suites.pseries.oracle.roads import saved


class Part(NamedTuple):
    """A section sent in full: its header, its bytes, and the same by field name."""

    section: Section
    payload: bytes
    plan: Plan
    state: dict[str, Any]

    def names(self) -> Iterator[tuple[str, int]]:
        """The section and its subsections, each with the instance_id."""
        yield self.section.idstr, self.section.instance_id
        for name, _, _ in self.state.get(SUBSECTIONS, ()):
            yield name, self.section.instance_id

    def fields(self) -> dict[str, Any]:
        """What the section holds by field name, and each subsection by its name."""
        subsections = {name: state for name, _, state in self.state.get(SUBSECTIONS, ())}
        return {**self.state, SUBSECTIONS: subsections}

    @property
    def header(self) -> tuple[int, ...]:
        """How many bytes each part of its header has."""
        return 1, 4, 1, len(self.section.idstr), 4, 4

    @property
    def payload_start(self) -> int:
        """Where its payload begins in its stream."""
        return self.section.offset + sum(self.header)

    def positions(self, place: int) -> tuple[int, int]:
        """Two bytes of the section in its stream; ``place`` says which of those that it has.

        One is of the header, where every part is as likely, be it one byte long. The other is of
        the payload.
        """
        starts = list(accumulate(self.header[:-1], initial=self.section.offset))
        number, rest = place % len(starts), place // len(starts)
        return (
            starts[number] + rest % self.header[number],
            self.payload_start + rest % len(self.payload),
        )

    def canonical(self) -> bytes:
        """The payload as the reference would write it, with its subsections sorted by name."""
        state = dict(self.state)
        if SUBSECTIONS in state:
            state[SUBSECTIONS] = sorted(state[SUBSECTIONS], key=lambda one: str(one[0]))
        return self.plan.save(state)


class Dissected(NamedTuple):
    """What comes before the sections sent in full, these, and the vmdescription behind them."""

    head: bytes
    configured: str
    parts: tuple[Part, ...]
    description: bytes
    footer: bool
    others: dict[str, int]
    """The sections in full that the model lacks: how many bytes each has."""

    def assembled(self, **payloads: bytes) -> bytes:
        """The stream, with other payloads for some sections, by name; without vmdescription."""
        sections = (
            write_section(
                part.section, payloads.get(part.section.name, part.payload), footer=self.footer
            )
            for part in self.parts
        )
        return b"".join((self.head, *sections, bytes((SectionType.EOF,))))

    def part(self, idstr: str) -> Part:
        """The first section of that name."""
        return next(part for part in self.parts if part.section.idstr == idstr)


def dissect(stream: bytes, version: str, type_name: str, *, clause: str) -> Dissected:
    """Take a stream apart that ``version`` wrote for a machine type; fail where that cannot be.

    The section `spapr` is among its parts.
    """
    try:
        return _dissected(stream, version, type_name)
    except StreamError as error:
        road = f"save at {version} for {type_name}"
        fail(clause, expected="a stream that its format explains", got=error.located, road=road)


def _dissected(stream: bytes, version: str, type_name: str) -> Dissected:
    kind = machine_type(type_name)
    known = plans(stream_version(version), type_name)
    reader = Reader(stream)
    footer = kind.has("send-section-footer")
    parts: list[Part] = []
    others: dict[str, int] = {}
    skip = Others(stream, type_name)
    configured = ""
    head = 0
    for frame in read_frames(reader, footers=footer, configuration=kind.has("send-configuration")):
        start = reader.position
        if isinstance(frame, Configuration):
            state = compile_decoder(CONFIGURATION, CONFIGURATION.version_id).load(reader, None)
            configured = state["name"].decode("latin-1")
        elif isinstance(frame, Section) and frame.idstr in known:
            parts.append(_part(frame, reader, stream, known[frame.idstr]))
            head = head or frame.offset
        elif isinstance(frame, Section):
            _pass_over(frame, reader, skip)
            if frame.kind is SectionType.FULL:
                others[name_in_description(frame)] = reader.position - start
        elif isinstance(frame, End):
            head = head or frame.offset
    if all(part.section.idstr != "spapr" for part in parts):
        raise UnknownSection("no section spapr", offset=reader.position)
    behind = stream[reader.position :]
    return Dissected(stream[:head], configured, tuple(parts), behind, footer, others)


def _part(section: Section, reader: Reader, stream: bytes, plan: Plan) -> Part:
    """Read a section of the model."""
    start = reader.position
    plan = compile_decoder(plan.vmsd, section.version_id)
    try:
        state = plan.load(reader, None)
    except StreamError as error:
        raise error.in_section(section.name) from None
    return Part(section, stream[start : reader.position], plan, state)


def _pass_over(section: Section, reader: Reader, skip: Others) -> None:
    """Step over a section that the model lacks, or in which it has nothing."""
    if skip(section, reader):
        return
    if section.idstr == "ram":
        read_ram(reader)
    elif section.idstr == "spapr/htab":
        read_htab(reader, shift=None)
    else:
        raise UnknownSection(f"unknown section {section.name}", offset=section.offset)


def name_in_description(section: Section) -> str:
    """What a section is known by, in a stream and in its vmdescription."""
    return f"{section.idstr}/{section.instance_id:#x}"


UNORDERED = ("msis",)
"""The lists whose elements come in no order (`reference.spapr.machine.HostBridge`)."""


def shown(part: Part, party: Party) -> Part:
    """The part, with zeros for what the adapter does not see, and with what has no order sorted."""
    state = dict(part.state)
    for name in party.implementation.unobserved.keys() & state.keys():
        state[name] = dict.fromkeys(state[name], 0)
    for name in state.keys() & set(UNORDERED):
        state[name] = tuple(sorted(state[name], key=lambda one: tuple(one.values())))
    if state == part.state:
        return part
    return part._replace(state=state, payload=part.plan.save(state))


def compared(stream: bytes, version: str, type_name: str, party: Party, *, clause: str) -> bytes:
    """What is compared of two streams: all bytes, or of whole machines the sections of the model.

    The clocks of a QEMU go on between two saves, and some of its other sections with them.
    """
    dissected = dissect(stream, version, type_name, clause=clause)
    parts = tuple(shown(part, party) for part in dissected.parts)
    if not party.implementation.unobserved:
        return dissected._replace(parts=parts).assembled() + dissected.description
    return b"".join(write_section(part.section, part.payload, footer=False) for part in parts)


def with_version_ids(
    adapter: Adapter,
    version: str,
    others: Callable[[VMStateDescription], Iterable[int]],
    *,
    fit: Fit,
    clause: str,
) -> Iterator[tuple[Section, Machine | Verdict]]:
    """For each section of a stream, with each of other version_ids: what comes of it."""
    machine = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(adapter, machine, version, clause=clause)
    dissected = dissect(stream, version, machine.machine_type, clause=clause)
    for place, part in enumerate(dissected.parts):
        for version_id in others(part.plan.vmsd):
            section = replace(part.section, version_id=version_id)
            changed = part._replace(section=section)
            parts = (*dissected.parts[:place], changed, *dissected.parts[place + 1 :])
            stream = dissected._replace(parts=parts).assembled()
            yield section, load(adapter, stream, version, machine.fresh())
