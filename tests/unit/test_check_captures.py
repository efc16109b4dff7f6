"""Real streams: decoded whole, written back, described, loaded into the model."""

import pytest
from msgspec.structs import replace

from reference.inspection.checking import count, first_difference
from reference.inspection.decoded import DecodedSection, DecodedStream, Fields
from reference.inspection.decoding import decode
from reference.inspection.loading import load_stream
from reference.spapr.saving import save_machine
from reference.wire.errors import FieldRejected, UnknownSection
from reference.wire.ram_records import BlockList, RamBlock
from tests.unit.captured import NAMES, captured, decoded, fields, written

MODELLED = ("spapr", "spapr/rtc", "spapr_drc", "spapr_drc/physical", "spapr_iommu", "spapr_pci")

RENAMED = {"cpu": "qemu-10.0", "globalstate": "qemu-7.2"}
"""Where a release calls a field otherwise than we do, of the same size at the same place."""


@pytest.mark.parametrize("name", NAMES)
def test_comes_out_as_it_went_in(name: str) -> None:
    """A real stream, decoded and encoded again, is identical."""
    assert first_difference(captured(name), decoded(name)) is None
    assert written(decoded(name)) == captured(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_is_counted(name: str) -> None:
    """Every byte of a real stream is counted once, and more than nine of ten are fields of ours."""
    counts = count(decoded(name))
    assert counts.total == len(captured(name))
    assert counts.own > 0.9 * counts.total


def test_counts() -> None:
    """Framing, fields of ours, of the stream alone, opaque ones, and the vmdescription."""
    counts = count(decoded("qemu-7.2_pseries-7.2_midwalk"))
    assert counts.description == 7527
    assert counts.opaque == 45526  # virtio-rng, one field of an unknown type
    assert counts.described == 65796  # spapr-xive, whose size only the stream knows
    assert counts.framing == 748


@pytest.mark.parametrize("name", NAMES)
def test_our_descriptions_read_as_qemus_own(name: str) -> None:
    """Our descriptions have the vmdescription that QEMU writes, word for word."""
    stream = decoded(name)
    text = captured(name)[stream.end + 6 :].decode()
    for one in stream.sections:
        content = one.content
        if not isinstance(content, Fields) or content.described:
            continue
        idstr, instance = one.section.idstr, one.section.instance_id
        described, size = content.plan.describe(content.values)
        assert size == one.size
        entry = f'{{"name": "{idstr}", "instance_id": {instance}, {described}}}'
        assert (entry in text) is not name.startswith(RENAMED.get(idstr, "none")), entry[:200]


@pytest.mark.parametrize("name", NAMES)
def test_loaded_and_saved(name: str) -> None:
    """A real stream loads into the model, and saves to the same payloads of what the model has."""
    version = "10.0" if name.startswith(("qemu-10", "qemu-7.2_pseries-7.2")) else "7.1"
    saved = save_machine(load_stream(captured(name), version), version)
    assert payloads(saved, decode(saved)) == payloads(captured(name), decoded(name))


def payloads(data: bytes, stream: DecodedStream) -> dict[tuple[str, int, int], bytes]:
    """The modelled sections, by idstr, instance and version."""
    return {
        (one.section.idstr, one.section.instance_id, one.section.version_id): data[one.payload]
        for one in stream.sections
        if one.section.idstr in MODELLED
    }


def test_what_a_walk_leaves() -> None:
    """A load keeps the connector that is unisolated, and the event that announced the device."""
    machine = load_stream(captured("qemu-10.0_pseries-10.0_midwalk"), "10.0")
    (connector,) = machine.connectors
    assert (connector.drc_index, connector.state, connector.dr_indicator) == (0x40000010, 7, 0)
    (event,) = machine.pending_events
    assert len(event.extended_log) == 108


def bare(name: str) -> DecodedStream:
    """A captured stream as an older machine type frames it, with what only the model describes."""
    stream = decoded(name)
    frames = tuple(
        frame
        for frame in stream.frames
        if not (isinstance(frame, DecodedSection) and "virtio" in frame.section.idstr)
    )
    return replace(stream, configuration=None, footers=False, description=None, frames=frames)


def test_without_configuration_footers_and_vmdescription() -> None:
    """A stream of which nothing says how long its sections are is decoded all the same."""
    data = written(bare("qemu-7.2_pseries-2.6_midwalk"))
    stream = decode(data, "pseries-2.6")
    assert not stream.footers
    assert first_difference(data, stream) is None
    assert count(stream).described == 0


def test_guest_addresses_of_ram_blocks_are_found() -> None:
    """The guest addresses of x-ignore-shared are read where nothing says that they are there."""
    stream = decode(written(bare("qemu-7.2_pseries-2.6_midwalk")), "pseries-2.6")
    content = next(one.content for one in stream.sections if one.section.idstr == "ram")
    assert content == (BlockList((RamBlock("/objects/r0", 0x10000000, guest_address=0),)),)


def test_guest_addresses_are_not_read_where_the_configuration_denies_them() -> None:
    """A configuration section without x-ignore-shared is believed."""
    stream = decoded("qemu-7.2_pseries-2.6_midwalk")
    assert stream.configuration is not None
    name = stream.configuration.values["name"]
    configuration = replace(stream.configuration, values={"len": len(name), "name": name})
    with pytest.raises(FieldRejected, match=r"Unknown combination.*section ram\)"):
        decode(written(replace(stream, configuration=configuration)))


def test_another_machine_goes_by_its_vmdescription() -> None:
    """The sections of a machine that we know nothing of are decoded by the stream's description."""
    stream = decoded("qemu-7.2_pseries-7.2_idle")
    assert stream.configuration is not None
    values = {**stream.configuration.values, "len": 3, "name": b"q35"}
    configuration = replace(stream.configuration, values=values)
    other = decode(written(replace(stream, configuration=configuration)))
    assert other.type_name == "q35"
    assert count(other).own < 100
    assert fields(other, "spapr").described is not None


def test_section_that_nobody_describes() -> None:
    """A section that neither we nor the stream describe is an error, as QEMU says it."""
    stream = replace(decoded("qemu-7.2_pseries-7.2_midwalk"), description=None)
    with pytest.raises(UnknownSection, match="Unknown savevm section spapr-xive: neither"):
        decode(written(stream))
