"""The vmdescription, read from behind the stream or from its end.

A section does not say how long it is; the description does. The size of each FULL section has to
be known before the sections are read, so `find_description` looks from the end. The text comes
from outside, and nothing in it is trusted: every shape and range is checked. Keys that the grammar
in `reference.wire.description_records` does not have are skipped. Source: facts/spapr.md 1.8.
"""

import json
from typing import TypeVar

from reference.wire.description_records import (
    Description,
    DeviceDescription,
    FieldDescription,
    LayoutDescription,
)
from reference.wire.errors import DescriptionRejected
from reference.wire.frames import SectionType
from reference.wire.reader import Buffer, Reader

T = TypeVar("T")

_HEAD_SIZE = 5
_LAYOUT_KEYS = ("vmsd_name", "version", "fields", "subsections")
_UINT32 = range(1 << 32)
_INT64 = range(1 << 63)
_INSTANCE_IDS = range(-(1 << 31), 1 << 32)
_PAGE_SIZES = tuple(1 << bits for bits in range(10, 17))
_CHUNK = 1 << 16


def find_description(data: Buffer) -> Description | None:
    """The description that ends where ``data`` ends, or None if nothing there looks like one.

    What looks like one is the type byte, the length up to the end, and a brace. The byte 0x06
    cannot be in JSON text, so the last one in ``data`` is the type byte or in the length behind
    it: one look through ``data`` is enough, whatever lies in it. QEMU's loader ignores bytes
    behind the description; here there may be none.

    Raises `DescriptionRejected` for a description that is broken.
    """
    reader = Reader(data)
    last = -1
    end = reader.size
    while end and last < 0:
        start = max(0, end - _CHUNK)
        last = bytes(reader.data[start:end]).rfind(SectionType.VMDESCRIPTION)
        last += ...
