"""BAD: what is no stream, or no longer."""

import pytest
from hypothesis.strategies import SearchStrategy, binary, integers

from adapters.protocol import Ability, Adapter
from adapters.verdicts import Crashed, Rejected, load, save
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from reference.wire.frames import STREAM_HEADER
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


def machines(version: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that a version knows."""
    return machine_states(version=version, machine_type=common_machine_type(version))


def places() -> SearchStrategy[int]:
    """Places in a stream."""
    return integers(0, PLACE - 1)


@clause("BAD-1")
@wire_format
@every_version
@property_of(machine=machines, place=places)
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
@property_of(machine=machines, place=places, change=lambda: integers(1, 255))
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
@property_of(start=lambda: binary(max_size=8).filter(lambda start: start != STREAM_HEADER))
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
