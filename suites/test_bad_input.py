"""BAD: what is no stream, or no longer."""

import pytest
from hypothesis.strategies import SearchStrategy, binary, integers

from adapters.protocol import Ability, Adapter
from adapters.reference import ReferenceAdapter
from adapters.verdicts import Crashed, Rejected, load, save
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.vmstate.subsections import subsection
from reference.wire.frames import STREAM_HEADER, TYPE_AND_ID, SectionType
from strategies import machine_states
from suites.clauses import clause
from suites.declared import needs
from suites.dissection import dissect
from suites.failures import fail
from suites.properties import property_of
from suites.roads import VERSIONS

PLACE = 1 << 24
"""Places in a stream are drawn as a part of this."""

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
every_version = pytest.mark.parametrize("version", VERSIONS)


def has_footers(version: str) -> bool:
    """Whether the newest machine type that a version knows has section footers."""
    return machine_type(common_machine_type(version)).has("send-section-footer")


def machines(version: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that a version knows."""
    return machine_states(version=version, machine_type=common_machine_type(version))


def places() -> SearchStrategy[int]:
    """Places in a stream."""
    return integers(0, PLACE - 1)


@clause("BAD-1")
@wire_format
@every_version
@property_of(part=2, machine=machines, place=places)
def test_a_stream_that_was_cut_is_rejected(
    version: str, adapter: Adapter, machine: Machine, place: int
) -> None:
    """Not a byte before the end marker can be missing without being missed."""
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    whole = len(dissect(stream, version, machine.machine_type, clause="BAD-1").assembled())
    size = whole * place // PLACE
    arrived = load(adapter, stream[:size], version, machine.fresh())
    if not isinstance(arrived, Rejected):
        road = f"load {size} of {whole} bytes at {version}"
        fail("BAD-1", expected="rejected", got=arrived, road=road)


@clause("BAD-2")
@needs(saves="version", loads="version")
@every_version
@property_of(part=2, machine=machines, place=places, change=lambda: integers(1, 255))
def test_a_corrupted_stream_crashes_nobody(
    version: str, adapter: Adapter, machine: Machine, place: int, change: int
) -> None:
    """A stream with one byte changed is rejected or loads; nothing else happens."""
    stream = save(adapter, machine, version)
    if not isinstance(stream, bytes):
        return
    position = len(stream) * place // PLACE
    corrupted = bytearray(stream)
    corrupted[position] ^= change
    arrived = load(adapter, bytes(corrupted), version, machine.fresh())
    if isinstance(arrived, Crashed):
        road = f"load at {version} with byte {position:#x} changed by {change:#04x}"
        fail("BAD-2", expected="rejected or loaded", got=arrived, road=road)


@clause("BAD-3")
@wire_format
@every_version
@property_of(part=4, start=lambda: binary(max_size=8).filter(lambda start: start != STREAM_HEADER))
def test_what_does_not_begin_as_a_stream_is_rejected(
    version: str, adapter: Adapter, start: bytes
) -> None:
    """Magic and version are looked at before anything else."""
    machine = Machine(machine_type=common_machine_type(version))
    stream = save(adapter, machine, version)
    assert isinstance(stream, bytes)
    arrived = load(adapter, start + stream[len(STREAM_HEADER) :], version, machine.fresh())
    if not isinstance(arrived, Rejected):
        road = f"load at {version}, beginning with {start.hex(' ')}"
        fail("BAD-3", expected="rejected", got=arrived, road=road)


@clause("BAD-4")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
@pytest.mark.parametrize("version", [one for one in VERSIONS if has_footers(one)])
def test_a_section_that_ends_elsewhere_is_rejected(version: str, adapter: Adapter) -> None:
    """A footer is read and compared: it is all that notices a wrong length."""
    machine = Machine(machine_type=common_machine_type(version))
    stream = save(adapter, machine, version)
    assert isinstance(stream, bytes)
    dissected = dissect(stream, version, machine.machine_type, clause="BAD-4")
    whole = dissected.assembled()
    for part in dissected.parts:
        longer = dissected.assembled(**{part.section.idstr: part.payload + b"\0"})
        footer = TYPE_AND_ID.pack(SectionType.FOOTER, part.section.section_id)
        other = TYPE_AND_ID.pack(SectionType.FOOTER, part.section.section_id ^ 0x100)
        for changed, what in (
            (longer, "a byte too many"),
            (whole.replace(footer, other), "another footer"),
        ):
            arrived = load(adapter, changed, version, machine.fresh())
            if not isinstance(arrived, Rejected):
                road = f"load {part.section.name} with {what} at {version}"
                fail("BAD-4", expected="rejected", got=arrived, road=road)


COUNTS = (0xFFFFFFFF, 0xFFFFFFF0, 0x80000000, 0x7FFFFFFF, 0x7FFFFFF0, 0x00100000)
"""Counts and lengths that no stream here holds; the first three are negative as signed numbers."""
HOSTILE = {
    # Version: the payload of `spapr` behind its timebase, up to the count.
    "4": b"",
    "3+ccs": subsection("spapr/ccs", 1, b""),
    "2.10": subsection("spapr_pending_events", 1, b"\x01\x06\x34\x00\x40"),
    "10.0": subsection("spapr_pending_events", 1, b"\x01\x06\x34\x00\x40"),
}


@clause("BAD-5")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@pytest.mark.parametrize("version", HOSTILE)
@pytest.mark.parametrize("count", COUNTS, ids=hex)
def test_a_count_is_not_believed(version: str, count: int, adapter: Adapter) -> None:
    """A stream cannot make a loader ask for more memory than the stream itself takes."""
    machine = Machine(machine_type=common_machine_type(version))
    stream = ReferenceAdapter().save(machine, version)
    dissected = dissect(stream, version, machine.machine_type, clause="BAD-5")
    timebase = dissected.part("spapr").payload[:16]
    payload = timebase + HOSTILE[version] + count.to_bytes(4, "big")
    arrived = load(adapter, dissected.assembled(spapr=payload), version, machine.fresh())
    if not isinstance(arrived, Rejected):
        fail("BAD-5", expected="rejected", got=arrived, road=f"load {count:#x} at {version}")
