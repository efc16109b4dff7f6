"""The vmdescription as records, and its wire form.

    0x06 | be32 length | JSON

The JSON is what QEMU's own writer makes of this grammar, in this order of keys, with ", " and
": " between them, before QEMU 6.0 with further blanks; [x] may be left out, and x... may repeat:

    description := {["configuration": {layout},] "page_size": n, "devices": [device...]}
    device      := {"name": s, "instance_id": n, layout}
                 | {"name": s, "instance_id": n, "size": n, "fields": [data]}
    layout      := "vmsd_name": s, "version": n, "fields": [field...]
                   [, "subsections": [{layout}...]]
    field       := {"name": s [, "array_len": n | , "index": n], "type": s,
                    ["struct": {layout},] [layout,...] "size": n}
    data        := {"name": "data", "size": n, "type": "buffer"}

Source: QEMU migration/vmstate.c, vmstate_save_state_v, vmsd_desc_field_start
and vmstate_subsection_save; migration/savevm.c, vmstate_save_old_style; migration/vmstate-types.c,
put_qtailq and put_gtree; qobject/json-writer.c, before 6.0 migration/qjson.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii as _quoted
from struct import Struct as Layout

from msgspec import Struct

from reference.wire.frames import SectionType

_HEAD = Layout(">BI")
_SUBSECTION_HEAD_SIZE = 1 + 1 + 4
"""The type byte, the length of the name, the version."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
_BLANKS = {"{": "{ ", "}": " }", "[": "[ ", "]": " ]", ":": " :"}
"""What stands around the marks of a text that QEMU wrote before 6.0 (migration/qjson.c)."""


class LayoutDescription(Struct, frozen=True):
    """What one VMStateDescription wrote: fields, then subsections."""

    vmsd_name: str
    version: int
    fields: tuple[FieldDescription, ...]
    subsections: tuple[LayoutDescription, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the fields and of the subsections with their heads."""
        return sum(field.total_size for field in self.fields) + sum(
            _SUBSECTION_HEAD_SIZE + len(subsection.vmsd_name) + subsection.size
            for subsection in self.subsections
        )


class FieldDescription(Struct, frozen=True):
    """One field, or one element of an array.

    ``size`` counts the bytes of one element, with all that is nested in it, the subsections of a
    struct included. An array whose elements all have the same layout is there once, with
    ``array_len``; of any other array each element is a field with the ``index``.

    ``struct`` is the layout of a field of type "struct". ``elements`` are the layouts that the
    types "qtailq", "qlist", "gtree", "tmp" and "vstruct" put directly into the field: one for each
    element, in a gtree one for its key and one for its value. They repeat their keys inside one
    JSON object.
    """

    name: str
    type: str
    size: int
    array_len: int | None = None
    index: int | None = None
    struct: LayoutDescription | None = None
    elements: tuple[LayoutDescription, ...] = ()

    @property
    def total_size(self) -> int:
        """Bytes of all elements."""
        return self.size if self.array_len is None else self.size * self.array_len


class DeviceDescription(LayoutDescription, frozen=True, kw_only=True):
    """One FULL section: ``name`` is its idstr, ``instance_id`` is unsigned and 32 bits wide.

    A section of the old style, written by a function of its device, has no VMStateDescription:
    its ``vmsd_name`` is empty, its ``version`` 0, and one field "data" has all its bytes.
    """

    name: str
    instance_id: int


class Description(Struct, frozen=True):
    """The whole description: target page size in bytes, and the FULL sections in stream order.

    ``configuration`` is there since QEMU 8.2. The live sections, ``ram`` and ``spapr/htab``, never
    are. ``blanks``: whether its text has a blank inside of every bracket and before every colon, as
    QEMU wrote it before 6.0 (measured on 5.2).
    """

    page_size: int
    devices: tuple[DeviceDescription, ...]
    configuration: LayoutDescription | None = None
    blanks: bool = False


def write_description(description: Description) -> bytes:
    """The description behind its type byte and length, in the bytes QEMU writes.

    Names are taken to be printable ASCII, as all names in QEMU are.
    """
    members = [
        f'"page_size": {description.page_size}',
        f'"devices": {_array(map(_device, description.devices))}',
    ]
    if description.configuration is not None:
        members.insert(0, f'"configuration": {{{_layout(description.configuration)}}}')
    text = "{" + ", ".join(members) + "}"
    if description.blanks:
        text = _TOKEN.sub(lambda token: _BLANKS.get(token[0], token[0]), text)
    return _HEAD.pack(SectionType.VMDESCRIPTION, len(text)) + text.encode("ascii")


def _device(device: DeviceDescription) -> str:
    """The production ``device``."""
    head = f'{{"name": {_quoted(device.name)}, "instance_id": {device.instance_id}, '
    if device.vmsd_name:
        return head + _layout(device) + "}"
    data = f'{{"name": "data", "size": {device.size}, "type": "buffer"}}'
    return head + f'"size": {device.size}, "fields": [{data}]}}'


def _layout(layout: LayoutDescription) -> str:
    """The production ``layout``."""
    text = (
        f'"vmsd_name": {_quoted(layout.vmsd_name)}, "version": {layout.version}, '
        f'"fields": {_array(map(_field, layout.fields))}'
    )
    if layout.subsections:
        text += f', "subsections": {_array(f"{{{_layout(s)}}}" for s in layout.subsections)}'
    return text


def _field(field: FieldDescription) -> str:
    """The production ``field``."""
    members = [f'"name": {_quoted(field.name)}']
    if field.array_len is not None:
        members.append(f'"array_len": {field.array_len}')
    if field.index is not None:
        members.append(f'"index": {field.index}')
    members.append(f'"type": {_quoted(field.type)}')
    if field.struct is not None:
        members.append(f'"struct": {{{_layout(field.struct)}}}')
    members += map(_layout, field.elements)
    members.append(f'"size": {field.size}')
    return "{" + ", ".join(members) + "}"


def _array(items: Iterable[str]) -> str:
    """A JSON array of ``items``."""
    return f"[{', '.join(items)}]"
