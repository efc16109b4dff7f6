"""Two streams of one machine, compared section by section, as each describes itself.

What no description of ours knows is compared as well: CPUs, interrupt controllers, virtio.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from reference.inspection.decoding import decode
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.compiler import compile_decoder
from reference.vmstate.described import description_of
from reference.wire.description import find_description
from reference.wire.frames import Section
from reference.wire.reader import Buffer, Reader

Subsection = tuple[str, int, Mapping[str, Any]]
"""One that was decoded: its name, version and values."""
MISSING = "nothing"
"""What a stream has of a section or subsection that is not there."""


class Change(NamedTuple):
    """What two streams say differently: the section, the path to the field, and both values.

    ``field`` is empty where a whole section is missing.
    """

    section: str
    field: str
    one: Any
    other: Any

    def __str__(self) -> str:
        field = f" {self.field}" if self.field else ""
        return f"{self.section}{field}: {said(self.one)}, then {said(self.other)}"


def said(value: Any) -> str:
    """A value in a few words."""
    text = f"{value:#x}" if type(value) is int else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


LONGEST = 60
"""Characters of a value that are shown."""


def described_values(data: Buffer, type_name: str) -> dict[str, dict[str, Any]]:
    """By section, what a stream's own vmdescription makes of it.

    Empty for a stream without one, as those of machine types up to 2.2 are. Raises `StreamError`.
    """
    description = find_description(data)
    devices = description.devices if description else ()
    known = {(one.name, one.instance_id): one for one in devices}
    sections = {}
    for one in decode(data, type_name).sections:
        device = known.get((one.section.idstr, one.section.instance_id))
        if device is not None:
            payload = memoryview(data)[one.payload]
            vmsd = description_of(device)
            sections[name_of(one.section)] = compile_decoder(vmsd, vmsd.version_id).load(
                Reader(payload), None
            )
    return sections


def name_of(section: Section) -> str:
    """A section's name, with its instance where that is not the first."""
    return f"{section.idstr}/{section.instance_id:#x}" if section.instance_id else section.idstr


def changes(one: Buffer, other: Buffer, type_name: str) -> Iterator[Change]:
    """What ``one`` says and ``other`` does not say, or says otherwise.

    A field that only one of them has is none: programs of two releases name their fields, and send
    what they send, each in their own way. Raises `StreamError`.
    """
    there = described_values(other, type_name)
    for section, values in described_values(one, type_name).items():
        if section not in there:
            yield Change(section, "", "sent", MISSING)
        else:
            for path, ours, theirs in differing(values, there[section]):
                yield Change(section, ".".join(path), ours, theirs)


Path = tuple[str, ...]
Differing = Iterator[tuple[Path, Any, Any]]
"""Paths, each with the two values that differ there."""


def differing(one: Any, other: Any) -> Differing:
    """Where two decoded values differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in one.keys() & other.keys():
            if name == SUBSECTIONS:
                yield from missing_or_differing(one[name], other[name])
            else:
                yield from inside(name, one[name], other[name])
        if SUBSECTIONS in one.keys() - other.keys():
            yield from missing_or_differing(one[SUBSECTIONS], ())
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from inside(f"[{place}]", *pair)
    elif one != other:
        yield (), one, other


def inside(name: str, one: Any, other: Any) -> Differing:
    """Where what two values have under a name differs."""
    for path, ours, theirs in differing(one, other):
        yield (name, *path), ours, theirs


def missing_or_differing(one: Iterable[Subsection], other: Iterable[Subsection]) -> Differing:
    """Which subsections are missing, and where those of one version differ."""
    there = {name: (version, values) for name, version, values in other}
    for name, version, values in one:
        if name not in there:
            yield (name,), "sent", MISSING
        elif there[name][0] == version:
            yield from inside(name, values, there[name][1])
