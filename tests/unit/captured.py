"""The captured streams, for tests; tests/captures/README.md says what they hold."""

import gzip
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from reference.inspection.decoded import DecodedSection, DecodedStream, Fields, encode
from reference.inspection.decoding import decode

CAPTURES = sorted((Path(__file__).parents[1] / "captures").glob("*.mig.gz"))
NAMES = [path.name.partition(".mig")[0] for path in CAPTURES]

LONG = ("spapr_iommu", "ics", "xive-source", "spapr-xive", "spapr_nvram", "virtio-rng")
"""Sections of many bytes that are all alike."""


def path_of(name: str) -> Path:
    """Where the capture called ``name`` lies."""
    return CAPTURES[NAMES.index(name)]


@cache
def captured(name: str) -> bytes:
    """A captured stream."""
    return gzip.decompress(path_of(name).read_bytes())


@cache
def decoded(name: str) -> DecodedStream:
    """A captured stream, decoded."""
    return decode(captured(name))


def written(stream: DecodedStream) -> bytes:
    """The bytes of a stream."""
    return b"".join(piece.data for piece in encode(stream))


@cache
def short(name: str) -> bytes:
    """A captured stream less its `LONG` sections: 11 to 32 kB of what can go wrong."""
    stream = decoded(name)
    assert stream.description is not None
    devices = tuple(one for one in stream.description.devices if not one.name.endswith(LONG))
    frames = tuple(
        frame
        for frame in stream.frames
        if not (isinstance(frame, DecodedSection) and frame.section.idstr.endswith(LONG))
    )
    description = replace(stream.description, devices=devices)
    return written(replace(stream, frames=frames, description=description))


def fields(stream: DecodedStream, idstr: str) -> Fields:
    """What the first section called ``idstr`` says."""
    content = next(one.content for one in stream.sections if one.section.idstr == idstr)
    assert isinstance(content, Fields)
    return content
