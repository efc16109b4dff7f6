"""Right implementations that differ from the reference: nothing may fail for them."""

import zlib

from msgspec.structs import replace

from adapters.protocol import Ability, Implementation, LoadRejected, Support, Unsupported
from adapters.reference import ReferenceAdapter
from reference.spapr.loading import Loading
from reference.spapr.machine import Machine
from reference.vmstate.access import SUBSECTIONS
from reference.wire.description import read_description
from reference.wire.description_records import write_description
from reference.wire.errors import UnknownSection
from reference.wire.frames import Section
from reference.wire.reader import Reader
from suites.pseries.oracle.dissection import Part, dissect
from tests.faults.wrong import LoadsOtherwise


def reordered(part: Part) -> Part:
    """A section under another section_id, with its subsections in the opposite order."""
    section = replace(part.section, section_id=part.section.section_id + 0x1000)
    state = dict(part.state)
    if SUBSECTIONS in state:
        state[SUBSECTIONS] = state[SUBSECTIONS][::-1]
    return part._replace(section=section, payload=part.plan.save(state))


class Strict(Loading):
    """Accepts each section once, and no vmdescription that cannot be read."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type] # those of Loading
        self.seen: set[str] = set()

    def section(self, section: Section) -> None:
        """Reject a section that was there already."""
        if section.name in self.seen and section.idstr not in {"ram", "spapr/htab"}:
            raise UnknownSection(f"{section.name} is there twice", offset=section.offset)
        self.seen.add(section.name)
        super().section(section)

    def description(self) -> None:
        """Read the vmdescription."""
        if self.reader.remaining:
            read_description(self.reader)


class OtherOrder(LoadsOtherwise):
    """Sections and subsections in the opposite order, other section ids; a stricter loader."""

    loading = Strict

    def save(self, machine: Machine, version: str) -> bytes:
        """Save in the other order."""
        stream = super().save(machine, version)
        dissected = dissect(stream, version, machine.machine_type, clause="WIRE-1")
        parts = tuple(reordered(part) for part in dissected.parts[::-1])
        whole = dissected._replace(parts=parts).assembled()
        if not dissected.description:
            return whole
        told = read_description(Reader(dissected.description))
        devices = (replace(one, subsections=one.subsections[::-1]) for one in told.devices)
        return whole + write_description(replace(told, devices=tuple(devices)))


class InterruptsInAHashTable(ReferenceAdapter):
    """Message interrupts come in another order with every save: a hash table has none."""

    def __init__(self) -> None:
        self.saves = 0

    def save(self, machine: Machine, version: str) -> bytes:
        """Save, and turn their table."""
        stream = super().save(machine, version)
        dissected = dissect(stream, version, machine.machine_type, clause="WIRE-1")
        self.saves += 1
        parts = tuple(
            turned(part, self.saves) if part.section.idstr == "spapr_pci" else part
            for part in dissected.parts
        )
        return dissected._replace(parts=parts).assembled() + dissected.description


def turned(bridge: Part, places: int) -> Part:
    """A host bridge whose message interrupts begin with another one."""
    msis = bridge.state["msis"]
    first = places % len(msis) if msis else 0
    state = {**bridge.state, "msis": (*msis[first:], *msis[:first])}
    return bridge._replace(payload=bridge.plan.save(state))


class Lax(Loading):
    """Does not look at what is behind the end, where footers show that all was read until there."""

    def description(self) -> None:
        """Leave it there. Without footers an array of walks may look like a queue and the end."""
        if not self.kind.has("send-section-footer"):
            super().description()


class NoDescription(LoadsOtherwise):
    """Streams without vmdescription; and a loader that ignores what is there, as QEMU's does."""

    loading = Lax

    def save(self, machine: Machine, version: str) -> bytes:
        """Save up to the end marker."""
        stream = super().save(machine, version)
        return dissect(stream, version, machine.machine_type, clause="WIRE-1").assembled()


class Packed(ReferenceAdapter):
    """A format of its own: the streams of the reference, compressed."""

    def describe(self) -> Implementation:
        """All but the wire format."""
        declared = super().describe()
        return replace(declared, abilities=declared.abilities - {Ability.QEMU_WIRE_FORMAT})

    def save(self, machine: Machine, version: str) -> bytes:
        """Save, and compress."""
        return zlib.compress(super().save(machine, version))

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Decompress, and load."""
        try:
            return super().load(zlib.decompress(stream), version, onto)
        except zlib.error as error:
            raise LoadRejected(str(error)) from error


class OnlyOneRelease(ReferenceAdapter):
    """A program of one version, which loads those before it, onto a machine after reset."""

    def describe(self) -> Implementation:
        """What QEMU 2.6 with the subsection could do."""
        return replace(
            super().describe(),
            versions={
                "1": Support(loads=False),
                "2": Support(loads=False),
                "3": Support(loads=False),
                "3+ccs": Support(),
            },
            abilities=frozenset({Ability.QEMU_WIRE_FORMAT}),
        )

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Load at the one version onto a machine after reset."""
        if version != "3+ccs" or onto != onto.fresh():
            raise Unsupported("not declared")
        return super().load(stream, version, onto)
