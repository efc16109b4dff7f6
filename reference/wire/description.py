"""The vmdescription, read from behind the stream or from its end.

No section says how long it is; the description does, behind the last of them. So whoever goes by
it has to find it first. Nothing in the text is trusted. Keys that are not in the grammar of
`reference.wire.description_records` are skipped. Source:
QEMU migration/vmstate.c, vmsd_desc_field_start; measured on 7.2 and 10.0.
"""

import json
from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec.structs import replace

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
_TYPE_AND_BRACE = bytes((SectionType.VMDESCRIPTION,)) + b"{"
_LAYOUT_KEYS = ("vmsd_name", "version", "fields", "subsections")
_INT64 = range(1 << 63)
_INSTANCE_IDS = range(-(1 << 31), 1 << 32)
_PAGE_SIZES = range(1 << 10, (1 << 16) + 1)
_LOOK = 1 << 16


def find_description(data: Buffer) -> Description | None:
    """The description that ends where ``data`` ends, or None if nothing there looks like one.

    What looks like one is the type byte, the length up to the end, and a brace. The byte 0x06
    cannot be in JSON text, so the last one in ``data`` is the type byte or in the length behind
    it: one look through ``data`` is enough, whatever lies in it. QEMU's loader ignores bytes
    behind the description; here there may be none. Raises `DescriptionRejected` if it is broken.
    """
    reader = Reader(data)
    start, found = reader.size, -1
    while start and found < 0:
        end, start = start, max(0, start - _LOOK)
        found = bytes(reader.data[start:end]).rfind(SectionType.VMDESCRIPTION)
    last = start + found
    for position in range(last, max(last - _HEAD_SIZE, -1), -1):
        start = position + _HEAD_SIZE
        head = bytes(reader.data[position : start + 1])
        length = int.from_bytes(head[1:_HEAD_SIZE], "big")
        if head[:1] + head[5:] == _TYPE_AND_BRACE and length == reader.size - start:
            reader.position = position
            return read_description(reader)
    return None


def read_description(reader: Reader) -> Description:
    """The description that starts at the position: type byte, be32 length, JSON text.

    Raises `DescriptionRejected`, with the offset of the text and the path to the object, and
    `Truncated`.
    """
    offset = reader.position
    kind = reader.u8()
    if kind != SectionType.VMDESCRIPTION:
        raise DescriptionRejected(f"Expected vmdescription section, but got {kind}", offset=offset)
    text = reader.take(reader.u32())
    offset += _HEAD_SIZE
    try:
        # Objects become tuples of pairs, because their keys may repeat.
        value = json.loads(str(text, "utf-8"), object_pairs_hook=tuple)
        found = _description(*_open(value, path=(), offset=offset))
    except (ValueError, RecursionError) as error:
        raise DescriptionRejected(f"this cannot be read: {error}", offset=offset) from None
    return replace(found, blanks=bytes(text[:2]) == b"{ ")


class _Object:
    """The members of a JSON object, and where it stands."""

    def __init__(self, *, path: tuple[str, ...], offset: int) -> None:
        self.members: dict[str, object] = {}
        self.path = path
        self.offset = offset

    def rejected(self, problem: str) -> DescriptionRejected:
        """The error that names this object."""
        return DescriptionRejected(problem, offset=self.offset, path=self.path)

    def value(self, key: str, kind: type[T]) -> T:
        """The member ``key``, which has to be there and of the type ``kind``."""
        value = self.members.get(key)
        if type(value) is not kind:
            raise self.rejected(f"{key} is missing or of another type than {kind.__name__}")
        return value

    def number(self, key: str, allowed: range = _INT64) -> int:
        """The number ``key``."""
        value = self.value(key, int)
        if value not in allowed:
            raise self.rejected(f"{key} is {value}, expected {allowed[0]} to {allowed[-1]}")
        return value

    def optional_number(self, key: str) -> int | None:
        """The number ``key``, or None."""
        return self.number(key) if key in self.members else None

    def array(self, key: str) -> Iterator[tuple["_Object", list["_Object"]]]:
        """The objects in the array ``key``, each opened."""
        for index, value in enumerate(self.value(key, list)):
            yield _open(value, path=(*self.path, f"{key}[{index}]"), offset=self.offset)


def _open(value: object, *, path: tuple[str, ...], offset: int) -> tuple[_Object, list[_Object]]:
    """An object without its layouts, and the layouts: each starts with the key "vmsd_name"."""
    own = _Object(path=path, offset=offset)
    layouts: list[_Object] = []
    if not isinstance(value, tuple):
        raise own.rejected("this is not an object")
    for key, member in value:
        if key == "vmsd_name":
            layouts.append(_Object(path=path, offset=offset))
        target = layouts[-1] if layouts and key in _LAYOUT_KEYS else own
        if key in target.members:
            raise own.rejected(f"{key} is there twice")
        target.members[key] = member
    return own, layouts


def _description(own: _Object, _: list[_Object]) -> Description:
    """The production ``description``."""
    page_size = own.number("page_size", _PAGE_SIZES)
    if page_size.bit_count() != 1:
        raise own.rejected(f"page_size is {page_size}, expected a power of two")
    return Description(
        page_size=page_size,
        devices=tuple(_device(*device) for device in own.array("devices")),
        configuration=_inner_layout(own, "configuration"),
    )


def _device(own: _Object, layouts: list[_Object]) -> DeviceDescription:
    """The production ``device``. QEMU before 5.0 wrote the instance_id as a signed number."""
    members = _layout(_only(own, layouts)) if layouts else _old_style(own)
    return DeviceDescription(
        name=own.value("name", str),
        instance_id=own.number("instance_id", _INSTANCE_IDS) & 0xFFFFFFFF,
        **members,
    )


def _old_style(own: _Object) -> dict[str, Any]:
    """What stands in the place of a layout in a section of the old style."""
    fields = tuple(_field(*field) for field in own.array("fields"))
    if fields != (FieldDescription(name="data", type="buffer", size=own.number("size")),):
        raise own.rejected("without vmsd_name, one field with all the data is expected")
    return {"vmsd_name": "", "version": 0, "fields": fields}


def _layout(own: _Object) -> dict[str, Any]:
    """The production ``layout``, member by member."""
    vmsd_name = own.value("vmsd_name", str)
    if not vmsd_name:
        raise own.rejected("vmsd_name is empty")
    subsections = own.array("subsections") if "subsections" in own.members else ()
    return {
        "vmsd_name": vmsd_name,
        "version": own.number("version"),
        "fields": tuple(_field(*field) for field in own.array("fields")),
        "subsections": tuple(
            LayoutDescription(**_layout(_only(*subsection))) for subsection in subsections
        ),
    }


def _field(own: _Object, layouts: list[_Object]) -> FieldDescription:
    """The production ``field``."""
    return FieldDescription(
        name=own.value("name", str),
        type=own.value("type", str),
        size=own.number("size"),
        array_len=own.optional_number("array_len"),
        index=own.optional_number("index"),
        struct=_inner_layout(own, "struct"),
        elements=tuple(LayoutDescription(**_layout(layout)) for layout in layouts),
    )


def _inner_layout(own: _Object, key: str) -> LayoutDescription | None:
    """The layout that is an object of its own under ``key``, or None."""
    if key not in own.members:
        return None
    inner = _open(own.members[key], path=(*own.path, key), offset=own.offset)
    return LayoutDescription(**_layout(_only(*inner)))


def _only(own: _Object, layouts: list[_Object]) -> _Object:
    """The one layout of an object that has to have one."""
    if len(layouts) != 1:
        raise own.rejected(f"vmsd_name is there {len(layouts)} times, expected once")
    return layouts[0]
