"""Decoding real streams by their own vmdescription."""

import gzip
from functools import cache
from pathlib import Path
from struct import Struct

import pytest

from reference.vmstate.compiler import compile_decoder
from reference.vmstate.described import Coverage, coverage, description_of
from reference.wire.description import find_description
from reference.wire.description_records import DeviceDescription
from reference.wire.frames import SectionType
from reference.wire.reader import Reader, counted_string

CAPTURES = sorted((Path(__file__).parents[1] / "captures").glob("*.mig.gz"))
(MIDWALK,) = (path for path in CAPTURES if path.name.startswith("qemu-7.2_pseries-7.2_midwalk"))


@cache
def capture(path: Path) -> tuple[bytes, tuple[DeviceDescription, ...]]:
    """A captured stream, and what it says of its FULL sections."""
    data = gzip.decompress(path.read_bytes())
    description = find_description(data)
    assert description is not None
    return data, description.devices


def payload(data: bytes, device: DeviceDescription) -> Reader:
    """A reader at the payload of the section that ``device`` describes."""
    head = counted_string(device.name) + Struct(">II").pack(device.instance_id, device.version)
    reader = Reader(data)
    reader.take(data.index(head) + len(head))
    return reader


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name.partition(".mig")[0])
def test_real_sections_come_out_as_they_went_in(path: Path) -> None:
    """Each described section of a real stream is decoded up to its footer, and written back."""
    data, devices = capture(path)
    for device in devices:
        decoder = compile_decoder(description_of(device), device.version)
        reader = payload(data, device)
        start = reader.position
        state = decoder.load(reader, None)
        assert reader.next_is(SectionType.FOOTER), device.name
        assert reader.position - start == device.size
        assert decoder.save(state) == data[start : reader.position]


def test_values_of_a_real_stream() -> None:
    """The values have the names that the source gave them, brackets and dots included."""
    data, devices = capture(MIDWALK)
    sections = {
        device.name: compile_decoder(description_of(device), device.version).load(
            payload(data, device), None
        )
        for device in devices
    }
    assert sections["spapr_drc"] == {"state": 7}
    assert sections["PCIBUS"]["irq_count"] == (0, 0, 0, 0)
    assert sections["globalstate"]["runstate"].rstrip(b"\0") == b"prelaunch"
    assert sections["spapr_pci"]["lsi_table"][0] == {"irq": 0x1200}
    assert len(sections["cpu"]["env.gpr"]) == 32
    found = {name: state for name, _, state in sections["spapr"]["subsections"]}
    queue = found["spapr_pending_events"]
    assert (queue["pending_events[0].mark"], queue["pending_events.end"]) == (1, 0)
    assert queue["pending_events[0]"]["extended_length"] == 108
    assert found["spapr/cap/hpt_maxpagesize"] == {"mig.caps[0x06]": 16}


def test_how_much_of_a_real_stream_is_named() -> None:
    """Of a CPU's 10644 bytes, five types of the device's own are opaque: registers and the SLB."""
    _, devices = capture(MIDWALK)
    (cpu,) = (device for device in devices if device.name == "cpu")
    opaque = 32 * 8 + 32 * 16 + 4 + 32 * 8 + 64 * 16
    assert coverage(cpu) == Coverage(named=10644 - opaque, opaque=opaque)
