"""Streams as text and as JSON."""

import base64
import json
from typing import Any

import pytest

from reference.inspection.decoding import decode
from reference.inspection.showing import as_text
from reference.inspection.stream_documents import as_document
from reference.spapr.machine import UINT64_MAX, HostBridge, IommuTable, Machine, Msi, Timebase
from reference.spapr.saving import save_machine
from reference.wire.frames import (
    STREAM_HEADER,
    Section,
    SectionType,
    write_command,
    write_section,
)
from reference.wire.htab import HashChunk, HashChunks, HashTable, write_htab
from reference.wire.ram_records import (
    BlockList,
    MultifdFlush,
    Page,
    RamBlock,
    RamFlag,
    RamRecord,
    write_ram,
)
from tests.unit.captured import NAMES, captured, decoded, short

MACHINE = Machine(
    machine_type="pseries-2.6",
    tb=Timebase(guest_timebase=UINT64_MAX, time_of_the_day_ns=-1),
    iommu_tables=(IommuTable(table=(0, 0, 0, *range(20))),),
    host_bridge=HostBridge(msis=(Msi(8, 1, 2), Msi(8, 1, 2), Msi(9, 1, 2))),
)


def text(machine: Machine = MACHINE) -> str:
    """A machine's stream for a person."""
    return "\n".join(as_text(decode(save_machine(machine, "10.0"))))


def document(data: bytes, idstr: str) -> Any:
    """The fields of the first section called ``idstr`` for a program, through JSON."""
    frames = json.loads(json.dumps(as_document(decode(data))))["frames"]
    return next(one["fields"] for one in frames if one.get("idstr") == idstr)


@pytest.mark.parametrize(
    "line",
    [
        "machine type pseries-2.6",
        "    name: 'pseries-2.6'",
        "FULL spapr/rtc version 1, id 4, 8 bytes at ",
        "FULL spapr_iommu/0x80000000 version 3, id 5, ",
        "        guest_timebase: 0xffffffffffffffff",
        "        time_of_the_day_ns: -1",
        "    mig_table: [0 (4 times), 1, 2, 3, 4, 5, 6, 7, ... 23 in all]",
        "    msi_devs[0 to 1]: key 8, value.first_irq 1, value.num 2",
        "    msi_devs[2]: key 9, value.first_irq 1, value.num 2",
        "EOF at 0x",
        "VMDESCRIPTION at 0x",
    ],
)
def test_lines(line: str) -> None:
    """Sections, ids, versions, and fields by the names on the wire; long values cut."""
    assert line in text()


def test_subsections() -> None:
    """A subsection is shown in its place, with its version and its fields below it."""
    lines = text(Machine(machine_type="pseries-2.6", patb_entry=0x10)).splitlines()
    place = lines.index("    > spapr_patb_entry version 1")
    assert lines[place + 1] == "        patb_entry: 0x10"


def test_buffers_are_text_where_they_can_be() -> None:
    """Bytes are shown as the text that they are, else in hexadecimal, with their number if cut."""
    lines = list(as_text(decoded("qemu-7.2_pseries-7.2_midwalk")))
    assert "    runstate: 'prelaunch'" in lines
    assert "    buf: 65536 bytes of 0" in lines
    (blob,) = (line for line in lines if "fdt_blob" in line)
    assert "fdt_blob: d00dfeed" in blob
    assert blob.endswith(" ... 13962 bytes")


@pytest.mark.parametrize("name", NAMES)
def test_text_is_short(name: str) -> None:
    """Two megabytes of a stream fit on some pages."""
    lines = list(as_text(decoded(name)))
    assert 50 < len(lines) < 500
    assert max(map(len, lines)) < 300


def test_shape_for_programs() -> None:
    """The document has the keys that docs/command-line.md lists."""
    found = as_document(decode(short("qemu-10.0_pseries-10.0_midwalk")))
    assert list(found) == [
        "size",
        "machine_type",
        "configuration",
        "footers",
        "frames",
        "end",
        "vmdescription",
    ]
    sections = [one for one in found["frames"] if one["type"] != "COMMAND"]
    assert {tuple(one) for one in sections} == {
        (
            "type",
            "idstr",
            "instance_id",
            "version_id",
            "section_id",
            "offset",
            "size",
            "described_by",
            "fields",
        )
    }
    (command,) = (one for one in found["frames"] if one["type"] == "COMMAND")
    assert command == {
        "type": "COMMAND",
        "command": 11,
        "offset": 0xA7,
        "data": "",
        "embedded": None,
    }


def test_numbers_for_programs_are_exact() -> None:
    """No number of 64 bits is rounded in JSON."""
    assert document(save_machine(MACHINE, "10.0"), "spapr")["tb"] == {
        "guest_timebase": UINT64_MAX,
        "time_of_the_day_ns": -1,
    }


def test_bytes_for_programs_are_base64() -> None:
    """Bytes are all there, in base64."""
    subsections = document(captured("qemu-7.2_pseries-7.2_idle"), "spapr")["subsections"]
    (dtb,) = (one["fields"] for one in subsections if one["name"] == "spapr_dtb")
    blob = base64.b64decode(dtb["fdt_blob"])
    assert blob.startswith(b"\xd0\x0d\xfe\xed")
    assert len(blob) == dtb["fdt_size"]


def live(idstr: str, kind: SectionType, payload: bytes) -> bytes:
    """A section that is no VMState."""
    return write_section(Section(kind, 1, idstr, 0, 4), payload, footer=True)


def test_memory_is_counted_not_shown() -> None:
    """Of RAM and the hash table there are the addresses and numbers."""
    records: tuple[RamRecord, ...] = (
        BlockList((RamBlock("pc.ram", 0x2000),)),
        Page(RamFlag.PAGE, 0, "pc.ram", bytes(4096)),
        Page(RamFlag.ZERO, 0x1000, None, b"\0"),
        MultifdFlush(),
    )
    data = STREAM_HEADER + live("ram", SectionType.START, write_ram(records)) + b"\0"
    assert document(data, "ram")["records"] == [
        {"blocks": [{"idstr": "pc.ram", "used_length": 0x2000}]},
        {"flag": "PAGE", "block": "pc.ram", "address": 0, "pages": 1},
        {"flag": "ZERO", "block": None, "address": 0x1000, "pages": 1},
        {"flag": "MULTIFD_FLUSH"},
    ]


def test_hash_table() -> None:
    """A hash page table is shown by its chunks."""
    shift = live("spapr/htab", SectionType.START, write_htab(HashTable(18)))
    chunks = HashChunks((HashChunk(3, bytes(32), 5),))
    part = live("spapr/htab", SectionType.PART, write_htab(chunks))
    stream = decode(STREAM_HEADER + shift + part + b"\0")
    first, second = as_document(stream)["frames"]
    assert first["fields"] == {"shift": 18}
    assert second["fields"] == {"chunks": [{"index": 3, "n_valid": 2, "n_invalid": 5}]}


def test_command_with_a_stream_inside() -> None:
    """A packaged stream is left as it is, and its size is told."""
    data = STREAM_HEADER + write_command(7, b"\0\0\0\2", b"\0\0") + b"\0"
    assert "COMMAND 7 at 0x8: 00000002, 2 bytes follow" in "\n".join(as_text(decode(data)))
