"""Streams in which one field is another, as their own vmdescription has fields."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from adapters.answers import AdapterAnswer, LoadRejected
from adapters.driven import Action, DrivenMachine, Moment, Reset
from adapters.verdicts import Verdict
from reference.inspection.decoded import Fields
from reference.inspection.decoding import decode
from reference.vmstate.records import literal
from reference.wire.description_records import LayoutDescription
from reference.wire.errors import StreamError
from suites.devices.oracle.bench import VERDICTS, Bench, verdict_of
from suites.devices.oracle.scripts import reads

NUMBERS = (1, 2, 4, 8)
"""Sizes of fields that are numbers; of all others the first byte is one."""
MOST = 1 << 16
"""What the number of a field is drawn up to; streams that have fewer begin anew."""
SUBSECTION_HEAD = 1 + 1 + 4
"""A mark, the length of the name, the version (migration/vmstate.c, vmstate_subsection_save)."""


class Place(NamedTuple):
    """A number in a stream: what it is called, its offset, and its size in bytes."""

    name: str
    offset: int
    size: int


def places(stream: bytes, type_name: str) -> list[Place]:
    """The numbers of all sections that the stream describes; raises `StreamError`."""
    found: list[Place] = []
    for one in decode(stream, type_name).sections:
        if isinstance(one.content, Fields) and one.content.described is not None:
            found += inside(one.content.described, one.payload.start, one.section.name)
    return found


def inside(layout: LayoutDescription, start: int, name: str) -> Iterator[Place]:
    """The numbers of one layout, which begins at an offset."""
    at = start
    for field in layout.fields:
        count = 1 if field.array_len is None else field.array_len
        for element in range(count):
            index = element if field.array_len is not None else field.index
            path = f"{name} {field.name}{'' if index is None else f'[{index}]'}"
            if field.struct is not None:
                yield from inside(field.struct, at, path)
            elif field.size and not field.elements:
                yield Place(path, at, field.size if field.size in NUMBERS else 1)
            at += field.size
    for one in layout.subsections:
        at += SUBSECTION_HEAD + len(one.vmsd_name)
        yield from inside(one, at, f"{name} {one.vmsd_name}")
        at += one.size


class Change(NamedTuple):
    """A number in a stream, and what it is changed into."""

    place: Place
    before: int
    after: int

    def __str__(self) -> str:
        before, after = literal(self.before), literal(self.after)
        return f"{self.place.name} is {after} instead of {before} (byte {self.place.offset:#x})"


def changed(stream: bytes, place: Place, value: int) -> tuple[bytes, Change]:
    """The stream with another number at a place; ``value`` is cut to its size."""
    end = place.offset + place.size
    before = int.from_bytes(stream[place.offset : end], "big")
    after = value % (1 << 8 * place.size)
    other = stream[: place.offset] + after.to_bytes(place.size, "big") + stream[end:]
    return other, Change(place, before, after)


class Survival(NamedTuple):
    """What was changed in a stream, what the machine did with it that ended it, and the verdict."""

    change: Change
    doing: str
    end: Verdict | None


def survival(
    bench: Bench, machine: DrivenMachine, before: tuple[Action, ...], field: int, value: int
) -> Survival | None:
    """What becomes of a machine that gets its own stream with another number in it.

    ``field`` says which. A machine that rejects it, or whose guest goes on with it, must be able
    to load the good stream afterwards. None where a guest ends the machine before that, where it is
    not saved, and where its stream describes nothing.
    """
    try:
        machine.perform((*bench.cleared(machine), *before))
        good = machine.save()
        found = places(good.stream, bench.plugged.machine)
    except (AdapterAnswer, StreamError):
        return None
    if not found:
        return None
    stream, change = changed(good.stream, found[field % len(found)], value)
    doing = "loads it"
    try:
        try:
            machine.resume(replace(good, stream=stream))
        except LoadRejected:
            pass
        else:
            doing = "goes on with it"
            machine.perform([Moment(), *reads(bench.reach.regions)])
            doing = "is saved"
            machine.save()
            doing = "is reset"
            machine.perform([Reset(), Moment()])
        doing = "loads the good stream again"
        machine.resume(good)
    except tuple(VERDICTS) as end:
        return Survival(change, doing, verdict_of(end))
    return Survival(change, "", None)
