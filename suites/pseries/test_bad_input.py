"""BAD: what is no stream, or no longer."""

import pytest
from hypothesis.strategies import SearchStrategy, binary, integers, one_of

from adapters.asking import load
from adapters.protocol import Ability, Adapter, Implementation
from adapters.reference import ReferenceAdapter
from adapters.verdicts import Crashed, Rejected
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from reference.spapr.machine_types import machine_type
from reference.wire.frames import STREAM_HEADER, TYPE_AND_ID, SectionType
from suites.harness.clauses import clause
from suites.harness.declared import skip_undeclared
from suites.harness.failures import fail
from suites.harness.properties import property_of
from suites.pseries.oracle.counts import (
    LIES,
    Counted,
    counts_of,
    lied_to,
    place,
    types_with,
    with_lists,
)
from suites.pseries.oracle.dissection import dissect
from suites.pseries.oracle.machines import sendable_machines
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit
from suites.pseries.oracle.roads import loaded, saved
from suites.pseries.oracle.versions import versions

PLACE = 1 << 24
"""Places in a stream are drawn as a part of this."""

wire_format = needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
every_version = pytest.mark.parametrize("version", versions())


def versions_with(feature: str) -> pytest.MarkDecorator:
    """A test for each version whose newest machine type has ``feature``."""
    return pytest.mark.parametrize(
        "version",
        [one for one in versions() if machine_type(common_machine_type(one)).has(feature)],
    )


def places() -> SearchStrategy[int]:
    """Places in a stream, from its beginning to its end.

    Most integers that Hypothesis draws are small; steps of the golden section spread them evenly.
    """
    return integers(0, 0xFFF).map(lambda number: number * 0x9E3779 % PLACE)


@clause("BAD-1")
@wire_format
@every_version
@property_of(part=2, machine=sendable_machines, place=places)
def test_a_stream_that_was_cut_is_rejected(
    version: str, adapter: Adapter, machine: Machine, place: int
) -> None:
    """Not a byte before the end marker can be missing without being missed."""
    stream = saved(adapter, machine, version, clause="BAD-1")
    behind = dissect(stream, version, machine.machine_type, clause="BAD-1").description
    whole = len(stream) - len(behind)
    for size in (whole * place // PLACE, whole - 1):
        arrived = load(adapter, stream[:size], version, machine.fresh())
        if not isinstance(arrived, Rejected):
            road = f"load {size} of {whole} bytes at {version}"
            fail("BAD-1", expected="rejected", got=arrived, road=road)


@clause("BAD-6")
@wire_format
@every_version
@property_of(part=4, machine=sendable_machines)
def test_a_load_that_was_rejected_leaves_nothing_behind(
    version: str, adapter: Adapter, machine: Machine
) -> None:
    """A stream whose end never came changes nothing for the next that comes."""
    stream = saved(adapter, machine, version, clause="BAD-6")
    behind = dissect(stream, version, machine.machine_type, clause="BAD-6").description
    first = loaded(adapter, stream, version, machine.fresh(), clause="BAD-6")
    cut = load(adapter, stream[: -len(behind) - 1], version, machine.fresh())
    again = load(adapter, stream, version, machine.fresh())
    if again != first:
        story = ["a stream is loaded", f"the same without its end: {cut}", "the same, whole"]
        fail("BAD-6", expected=first, got=again, road=f"load at {version}", story=story)


@clause("BAD-1")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@versions_with("vmdescription")
@property_of(part=4, place=places)
def test_a_vmdescription_that_was_cut_changes_nothing(
    version: str, adapter: Adapter, fit: Fit, place: int
) -> None:
    """What is behind the end marker is not needed, whole or not."""
    machine = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(ReferenceAdapter(), machine, version, clause="BAD-1")
    behind = len(dissect(stream, version, machine.machine_type, clause="BAD-1").description)
    size = len(stream) - behind + behind * place // PLACE
    must = loaded(adapter, stream, version, machine.fresh(), clause="BAD-1")
    arrived = load(adapter, stream[:size], version, machine.fresh())
    if arrived != must and not isinstance(arrived, Rejected):
        road = f"load {size} of {len(stream)} bytes at {version}"
        fail("BAD-1", expected=must, got=arrived, road=road)


@clause("BAD-2")
@needs(saves="version", loads="version")
@every_version
@property_of(part=2, machine=sendable_machines, place=places, change=lambda: integers(1, 255))
def test_a_corrupted_stream_crashes_nobody(  # noqa: PLR0913, PLR0917 -- an example has many sides
    version: str,
    adapter: Adapter,
    implementation: Implementation,
    machine: Machine,
    place: int,
    change: int,
) -> None:
    """With one byte changed, anywhere or in any of its sections, a stream is rejected or loads."""
    stream = saved(adapter, machine, version, clause="BAD-2")
    positions = [len(stream) * place // PLACE]
    if Ability.QEMU_WIRE_FORMAT in implementation.abilities:
        dissected = dissect(stream, version, machine.machine_type, clause="BAD-2")
        positions += [one for part in dissected.parts for one in part.positions(place)]
    for position in positions:
        corrupted = bytearray(stream)
        corrupted[position] ^= change
        arrived = load(adapter, bytes(corrupted), version, machine.fresh())
        if isinstance(arrived, Crashed):
            road = f"load at {version} with byte {position:#x} changed by {change:#04x}"
            fail("BAD-2", expected="rejected or loaded", got=arrived, road=road)


def other_headers() -> SearchStrategy[bytes]:
    """What is no header at all, and what differs from one in a byte."""
    size = len(STREAM_HEADER)
    return one_of(
        binary(max_size=size).filter(lambda start: start != STREAM_HEADER),
        integers(0, 255 * size - 1).map(
            lambda number: bytes(
                byte ^ (1 + number // size) * (place == number % size)
                for place, byte in enumerate(STREAM_HEADER)
            )
        ),
    )


@clause("BAD-3")
@wire_format
@every_version
@property_of(part=4, start=other_headers)
def test_what_does_not_begin_as_a_stream_is_rejected(
    version: str, adapter: Adapter, fit: Fit, start: bytes
) -> None:
    """Magic and version are looked at before anything else."""
    machine = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(adapter, machine, version, clause="BAD-3")
    arrived = load(adapter, start + stream[len(STREAM_HEADER) :], version, machine.fresh())
    if not isinstance(arrived, Rejected):
        road = f"load at {version}, beginning with {start.hex(' ')}"
        fail("BAD-3", expected="rejected", got=arrived, road=road)


@clause("BAD-4")
@needs(Ability.QEMU_WIRE_FORMAT, saves="version", loads="version")
@versions_with("send-section-footer")
def test_a_section_that_ends_elsewhere_is_rejected(
    version: str, adapter: Adapter, fit: Fit
) -> None:
    """A footer is read and compared: it is all that notices a wrong length."""
    machine = fit(Machine(machine_type=common_machine_type(version)))
    stream = saved(adapter, machine, version, clause="BAD-4")
    dissected = dissect(stream, version, machine.machine_type, clause="BAD-4")
    whole = dissected.assembled()
    for part in dissected.parts:
        longer = dissected.assembled(**{part.section.name: part.payload + b"\0"})
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


@clause("BAD-5")
@needs(Ability.QEMU_WIRE_FORMAT, loads="version")
@pytest.mark.parametrize(
    ("version", "counted"),
    [
        pytest.param(version, counted, id=f"{version}-{counted}")
        for version in versions()
        for counted in counts_of(version)
    ],
)
@pytest.mark.parametrize("lie", LIES)
def test_a_count_is_not_believed(  # noqa: PLR0913, PLR0917 -- a row, a column, and fixtures
    version: str,
    counted: Counted,
    lie: str,
    adapter: Adapter,
    implementation: Implementation,
    fit: Fit,
    request: pytest.FixtureRequest,
) -> None:
    """A stream that holds fewer or more than it says is rejected, and costs no memory it lacks."""
    kinds = [one for one in types_with(version, counted) if implementation.has(one)]
    if not kinds:
        skip_undeclared(request.node, [f"a machine type that sends {counted}"])
    for kind in dict.fromkeys((kinds[0], kinds[-1])):
        if LIES[lie].whole and not machine_type(kind).has("send-section-footer"):
            continue  # what is left over begins a section there
        machine = fit(with_lists(version, kind))
        at = place(machine, version, counted)
        assert at is not None, f"no {counted} is left of a machine that the adapter can hold"
        stream = saved(ReferenceAdapter(), machine, version, clause="BAD-5")
        arrived = load(adapter, lied_to(stream, at, counted, LIES[lie]), version, machine.fresh())
        if not isinstance(arrived, Rejected):
            road = f"load {kind} at {version} with {lie} for {counted}"
            fail("BAD-5", expected="rejected", got=arrived, road=road)
