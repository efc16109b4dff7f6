"""Streams that are not what their values say, or that cannot be decoded."""

from dataclasses import replace as amended
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.inspection.checking import Difference, count, first_difference
from reference.inspection.decoding import decode
from reference.spapr.connector import Connector
from reference.spapr.machine import (
    ConfigureConnectorState,
    EventLogEntry,
    HostBridge,
    IommuTable,
    Machine,
    Msi,
)
from reference.spapr.saving import save_machine
from reference.spapr.versions import STREAM_VERSIONS
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import Refused
from reference.vmstate.fields import uint64
from reference.wire.errors import DescriptionRejected, StreamError, UnknownSubsection
from tests.unit.captured import NAMES, captured, decoded, short

MIDWALK = "qemu-7.2_pseries-7.2_midwalk"


def changed(data: bytes, offset: int, value: int) -> Difference | None:
    """The first difference after the byte at ``offset`` became ``value``."""
    corrupt = data[:offset] + bytes((value,)) + data[offset + 1 :]
    return first_difference(corrupt, decode(corrupt))


def start(idstr: str) -> int:
    """Where the payload of a section of the midwalk capture starts."""
    return next(
        int(one.payload.start) for one in decoded(MIDWALK).sections if one.section.idstr == idstr
    )


def test_field_of_a_difference() -> None:
    """A byte that its value does not lead back to is found: offset, section and field."""
    offset = start("spapr_iommu") + 8
    found = changed(captured(MIDWALK), offset, 2)
    assert found == Difference(offset, "spapr_iommu/0x80000000", "bypass")
    assert str(found) == (
        f"differs at byte {offset:#x}, section spapr_iommu/0x80000000, field bypass"
    )


def test_field_of_a_difference_in_a_list() -> None:
    """The field is found in elements of lists in subsections, by the stream's names."""
    data = captured(MIDWALK)
    name = b"spapr_pending_events"
    offset = data.index(name, start("spapr")) + len(name) + 4
    assert data[offset] == 1
    path = "spapr_pending_events.pending_events[0]"
    assert changed(data, offset, 0x7F) == Difference(offset, "spapr", path)


def test_difference_in_the_vmdescription() -> None:
    """A vmdescription in another spelling differs outside of all sections."""
    data = captured(MIDWALK)
    offset = data.rindex(b'": ') + 2
    assert changed(data, offset, ord("\n")) == Difference(offset, "vmdescription", "")


def test_bytes_behind_the_end() -> None:
    """Nothing but a vmdescription may follow the end, and nothing follows that."""
    data = short(MIDWALK)
    with pytest.raises(DescriptionRejected, match="1 bytes follow the vmdescription"):
        decode(data + b"\0")
    with pytest.raises(DescriptionRejected, match="Expected vmdescription section, but got 0"):
        decode(data[: decode(data).end + 1] + b"\0")


NEWS = VMStateDescription(name="spapr/news", fields=(uint64("patb_entry"),))


@cache
def later(vmsd: VMStateDescription) -> VMStateDescription:
    """The description of a program that is newer than ours."""
    return amended(vmsd, subsections=(*vmsd.subsections, NEWS)) if vmsd.name == "spapr" else vmsd


def test_later_program_is_explained_by_its_vmdescription() -> None:
    """A subsection that we do not know is decoded as the stream describes it."""
    data = save_machine(Machine(machine_type="pseries-7.1"), "10.0", amend=later)
    stream = decode(data)
    assert first_difference(data, stream) is None
    assert count(stream).described > 0


def test_later_program_without_vmdescription() -> None:
    """Without a vmdescription a subsection that we do not know is an error."""
    data = save_machine(Machine(machine_type="pseries-2.1"), "10.0", amend=later)
    with pytest.raises(UnknownSubsection, match="unknown subsection 'spapr/news' of 'spapr'"):
        decode(data)


@pytest.mark.parametrize("type_name", ["pseries-2.1", "pseries-2.3", "pseries-2.6", "pseries-7.1"])
@pytest.mark.parametrize("version", STREAM_VERSIONS)
def test_own_streams(version: str, type_name: str) -> None:
    """What any of our stream versions writes is decoded and written back."""
    known = STREAM_VERSIONS[version].newest_machine_type
    machine = Machine(
        machine_type=min(type_name, known),
        ccs_list=(ConfigureConnectorState(0x40000010, 60, 1),),
        pending_events=(EventLogEntry(0x063460E5, b"log"),),
        connectors=(Connector(0x40000010, state=6, dr_indicator=0),),
        iommu_tables=(IommuTable(table=(1, 2, 3)),),
        host_bridge=HostBridge(msis=(Msi(0x800, 0x1300, 2),)),
    )
    try:
        data = save_machine(machine, version)
    except Refused:
        assert version == "3+busy"
        return
    stream = decode(data, machine.machine_type)
    assert first_difference(data, stream) is None
    assert count(stream).opaque == 0


def outcome(data: bytes) -> str:
    """What a check says of ``data``; every other exception than a typed one goes through."""
    try:
        stream = decode(data)
    except StreamError as error:
        return str(error)
    difference = first_difference(data, stream)
    assert count(stream).total == len(data)
    return "identical" if difference is None else str(difference)


@settings(max_examples=300)
@given(name=st.sampled_from(NAMES), place=st.integers(0, 40_000), value=st.integers(0, 255))
def test_corrupt_byte(name: str, place: int, value: int) -> None:
    """A real stream with one byte changed is rejected by a typed error, differs, or holds."""
    data = bytearray(short(name))
    data[place % len(data)] = value
    assert outcome(bytes(data))


@settings(max_examples=300)
@given(name=st.sampled_from(NAMES), place=st.integers(0, 40_000), length=st.integers(1, 100))
def test_missing_bytes(name: str, place: int, length: int) -> None:
    """A real stream with bytes missing in the middle is rejected, differs, or holds."""
    data = bytearray(short(name))
    place %= len(data)
    del data[place : place + length]
    assert outcome(bytes(data))


@settings(max_examples=200)
@given(name=st.sampled_from(NAMES), place=st.integers(0, 40_000))
def test_cut(name: str, place: int) -> None:
    """A real stream that was cut is rejected, unless the cut is at the end of its sections."""
    data = short(name)
    place %= len(data)
    end = decode(data).end + 1
    assert (outcome(data[:place]) == "identical") is (place == end)
