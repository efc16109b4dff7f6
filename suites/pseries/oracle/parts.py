"""The parts of a stream, each missing, twice, unknown, or elsewhere; and what must come of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from reference.spapr.machine_types import MachineType, machine_type
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.subsections import subsection
from reference.wire.frames import (
    END_OF_STREAM,
    STREAM_HEADER,
    TYPE_AND_ID,
    Section,
    SectionType,
    write_command,
    write_section,
)
from suites.pseries.oracle.dissection import Dissected, Part

UNKNOWN_TYPE = 0x55
UNKNOWN_ID = 0x7FFFFFF0
UNKNOWN_COMMAND = 0x7FF0
"""Numbers that no release of QEMU gave a meaning."""
OTHER_INSTANCE = 0x000ABC00
"""What changes an instance_id into one that no part of a machine here has."""


class Change(NamedTuple):
    """A changed stream: ``what`` was changed in it, and what must come of it.

    It is rejected if it means nothing; else the machine is the one that the reference makes of the
    stream ``means``, which may be the same; unless it is ``optional``, so that it may be rejected.
    """

    what: str
    stream: bytes
    means: bytes | None = None
    optional: bool = False


class Whole(NamedTuple):
    """A stream of the reference in its pieces: one for the header, and so on to what is last."""

    kind: MachineType
    configuration: bytes
    live: bytes
    parts: Sequence[Part]
    description: bytes

    @classmethod
    def of(cls, dissected: Dissected, type_name: str) -> "Whole":
        """The pieces."""
        kind = machine_type(type_name)
        head = dissected.head[len(STREAM_HEADER) :]
        # The reference writes a type byte, the length and the name, and no subsections.
        size = 5 + len(type_name) if kind.has("send-configuration") else 0
        return cls(kind, head[:size], head[size:], dissected.parts, dissected.description)

    def chosen(self) -> Iterator[tuple[int, Part]]:
        """The first section of each name, and its place."""
        seen: set[str] = set()
        for place, part in enumerate(self.parts):
            if part.section.idstr not in seen:
                seen.add(part.section.idstr)
                yield place, part

    @property
    def footer(self) -> bool:
        """Whether sections have footers."""
        return self.kind.has("send-section-footer")

    def section(self, part: Part) -> bytes:
        """A section with its footer."""
        return write_section(part.section, part.payload, footer=self.footer)

    def stream(
        self,
        *,
        configuration: bytes | None = None,
        place: int = -1,
        instead: bytes = b"",
        end: bytes = END_OF_STREAM,
        description: bytes | None = None,
    ) -> bytes:
        """The stream, with other pieces: ``instead`` is there in place of the part at ``place``."""
        sections = [
            instead if at == place else self.section(part) for at, part in enumerate(self.parts)
        ]
        return b"".join(
            (
                STREAM_HEADER,
                self.configuration if configuration is None else configuration,
                self.live,
                *sections,
                end,
                self.description if description is None else description,
            )
        )

    def with_payload(self, place: int, payload: bytes) -> bytes:
        """The stream with another payload of one part."""
        return self.stream(
            place=place, instead=self.section(self.parts[place]._replace(payload=payload))
        )

    def subsections(self) -> Iterator[tuple[int, Part, int, bytes]]:
        """The first subsection of each name: the place of its section, this, its own, its bytes."""
        seen: set[str] = set()
        for place, part in enumerate(self.parts):
            known = {one.name: one for one in part.plan.vmsd.subsections}
            for number, (name, version_id, state) in enumerate(part.state.get(SUBSECTIONS, ())):
                if name in seen:
                    continue
                seen.add(name)
                plan = part.plan.compile_subsection(known[name], version_id)
                yield place, part, number, subsection(name, version_id, plan.save(state))

    def with_subsections(
        self, place: int, subsections: list[tuple[str, int, dict[str, object]]]
    ) -> bytes:
        """The stream with other subsections of one part."""
        part = self.parts[place]
        return self.with_payload(place, part.plan.save({**part.state, SUBSECTIONS: subsections}))


def missing(whole: Whole) -> Iterator[Change]:
    """Each part once left out."""
    for place, part in whole.chosen():
        # QEMU has no list of sections that must be there; others may have one.
        stream = whole.stream(place=place)
        yield Change(part.section.name, stream, stream, optional=part.plan.vmsd.needed is None)
    for place, part, number, _ in whole.subsections():
        every = part.state[SUBSECTIONS]
        rest = [*every[:number], *every[number + 1 :]]
        stream = whole.with_subsections(place, rest)
        yield Change(every[number][0], stream, stream)
    if whole.configuration:
        yield Change("configuration", whole.stream(configuration=b""))
    if whole.footer:
        for place, part in whole.chosen():
            bare = write_section(part.section, part.payload, footer=False)
            stream = whole.stream(place=place, instead=bare)
            yield Change(f"footer of {part.section.name}", stream)
    if whole.description:
        yield Change("vmdescription", whole.stream(description=b""), whole.stream())
        yield Change("end marker", whole.stream(end=b""))


def twice(whole: Whole) -> Iterator[Change]:
    """Each part once repeated."""
    once = whole.stream()
    for place, part in whole.chosen():
        again = whole.section(part) * 2
        stream = whole.stream(place=place, instead=again)
        yield Change(part.section.name, stream, once, optional=True)
        footer = TYPE_AND_ID.pack(SectionType.FOOTER, part.section.section_id)
        # Where there are footers it is the second; where there are none, the first is too many.
        stream = whole.stream(place=place, instead=whole.section(part) + footer)
        yield Change(f"footer of {part.section.name}", stream)
    for place, part, number, _ in whole.subsections():
        every = part.state[SUBSECTIONS]
        more = [*every[: number + 1], *every[number:]]
        stream = whole.with_subsections(place, more)
        yield Change(every[number][0], stream, once, optional=True)
    name = whole.kind.name.encode()
    one = bytes((SectionType.CONFIGURATION,)) + len(name).to_bytes(4, "big") + name
    stream = whole.stream(configuration=whole.configuration + one)
    yield Change("configuration", stream)
    stream = whole.stream(end=END_OF_STREAM * 2)
    yield Change("end marker", stream, once, optional=True)
    if whole.description:
        stream = whole.stream(description=whole.description * 2)
        yield Change("vmdescription", stream, once, optional=True)


def unknown(whole: Whole) -> Iterator[Change]:
    """A part of each kind that no program knows."""
    for place, part in whole.chosen():
        there = whole.section(part)
        name = f"{part.section.idstr}/unknown"
        other = whole.section(part._replace(section=replace(part.section, idstr=name)))
        yield Change(name, whole.stream(place=place, instead=there + other))
        other = bytes((UNKNOWN_TYPE,)) + there[1:]
        what = f"type of {part.section.name}"
        yield Change(what, whole.stream(place=place, instead=other))
    first = whole.section(whole.parts[0])
    section = Section(SectionType.START, UNKNOWN_ID, "unknown", 0, 1)
    for what, other in (
        ("live section", write_section(section, b"", footer=whole.footer)),
        *(
            (
                f"id of a section's {kind.name}",
                write_section(replace(section, kind=kind), b"", footer=whole.footer),
            )
            for kind in (SectionType.PART, SectionType.END)
        ),
        ("command", write_command(UNKNOWN_COMMAND, b"")),
    ):
        yield Change(what, whole.stream(place=0, instead=other + first))
    if whole.configuration:
        more = whole.configuration + subsection("configuration/unknown", 1, b"")
        stream = whole.stream(configuration=more)
        yield Change("subsection of configuration", stream)


def elsewhere(whole: Whole) -> Iterator[Change]:
    """Each section for an instance that the machine lacks, each subsection in another section."""
    for place, part in whole.chosen():
        instance = part.section.instance_id ^ OTHER_INSTANCE
        other = part._replace(section=replace(part.section, instance_id=instance))
        there = whole.section(part) + whole.section(other)
        stream = whole.stream(place=place, instead=there)
        yield Change(f"{part.section.idstr}/{instance:#x}", stream)
    for _, part, number, moved in whole.subsections():
        into = next(at for at, one in whole.chosen() if one.section.idstr != part.section.idstr)
        stream = whole.with_payload(into, whole.parts[into].payload + moved)
        name = part.state[SUBSECTIONS][number][0]
        what = f"{name} in {whole.parts[into].section.name}"
        yield Change(what, stream)


CHANGES: dict[str, Callable[[Whole], Iterator[Change]]] = {
    "PART-1": missing,
    "PART-2": twice,
    "PART-3": unknown,
    "PART-4": elsewhere,
}
"""By the clause that says what must come of it."""
