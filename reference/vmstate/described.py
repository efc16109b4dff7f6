"""A description made from a stream's own vmdescription, to decode a section without its machine.

    vmsd = description_of(device)
    compile_decoder(vmsd, vmsd.version_id).load(reader, None)

gives the section as a dict of named values, and ``save`` makes the same bytes of it again. The text
comes from outside: where what it says of a field contradicts the type, the field is opaque, a
buffer with the name of the type. Source: facts/spapr.md 1.6 and 1.8; QEMU migration/vmstate.c,
vmsd_desc_field_start, and vmstate-types.c, put_qtailq and put_gtree.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from struct import calcsize
from typing import NamedTuple

from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.description import (
    Bitmap,
    Buffer,
    Field,
    Info,
    Scalar,
    Structure,
    Unused,
    VMStateDescription,
)
from reference.vmstate.fields import SCALARS, struct, uint8, uint32, uint64
from reference.wire.description_records import FieldDescription, LayoutDescription
from reference.wire.errors import DescriptionRejected

MAXIMUM_DEPTH = 32
"""How deep descriptions may lie inside each other; those of real machines go down to four."""
MAXIMUM_SIZE = 1 << 48
"""How many bytes a section may be said to have. What is read of them, the stream bounds."""

RAW = "buffer"
"""The type of bytes that are no more than bytes."""
INLINE = ("tmp", "vstruct")
"""The types that put one layout directly into the field."""
LISTS = ("qtailq", "qlist", "gtree")
"""The types that put the layouts of all elements directly into the field."""
NAMELESS = "\0"
"""The name of a section of the old style: no subsection begins with it."""


def description_of(layout: LayoutDescription) -> VMStateDescription:
    """The description of what ``layout`` says was written; it has that one version.

    Numbers are compared with nothing. An array that is described once is a tuple. In any other
    array each element has a key of its own, ``name[0]``. So have the elements of queues and trees:
    ``name[0].mark`` is the byte before an element, ``name[0].key`` the key of one in a tree,
    ``name.end`` the byte behind the last, ``name.count`` the count of a tree. A key that is taken
    gets a number, ``name#2``.

    Raises `DescriptionRejected`, without an offset, for a size or a number of elements below zero,
    more than `MAXIMUM_SIZE` bytes, more than `MAXIMUM_DEPTH` levels, a name outside of ASCII.
    """
    vmsd = _describe(layout, ())
    if layout.size > MAXIMUM_SIZE:
        raise _rejected(f"a size of {layout.size} bytes", ())
    return vmsd


class Coverage(NamedTuple):
    """Bytes of a payload: those with a type that we know, and those of an opaque one."""

    named: int
    opaque: int


def coverage(layout: LayoutDescription) -> Coverage:
    """How much of its payload `description_of` explains; marks and names of subsections count."""
    opaque = _opaque(description_of(layout))
    return Coverage(layout.size - opaque, opaque)


def _opaque(vmsd: VMStateDescription) -> int:
    """How many bytes are in opaque fields."""
    total = sum(map(_opaque, vmsd.subsections))
    for field in vmsd.fields:
        match field.info:
            case Structure(vmsd=inner):
                total += _opaque(inner) * (1 if field.count is None else int(field.count))
            case Buffer(size=int(size), type_name=type_name) if type_name != RAW:
                total += size
    return total


def _rejected(problem: str, path: tuple[str, ...]) -> DescriptionRejected:
    """The error; where in the stream the text lay is not known here."""
    return DescriptionRejected(problem, offset=0, path=path)


def _describe(layout: LayoutDescription, path: tuple[str, ...]) -> VMStateDescription:
    """The description of the layout at ``path``."""
    if len(path) > MAXIMUM_DEPTH:
        raise _rejected(f"more than {MAXIMUM_DEPTH} descriptions inside each other", path)
    if not layout.vmsd_name.isascii():
        raise _rejected(f"the name {layout.vmsd_name!r} is not ASCII", path)
    fields = (one for field in layout.fields for one in _fields(field, (*path, field.name)))
    return VMStateDescription(
        name=layout.vmsd_name or NAMELESS,
        version_id=layout.version,
        minimum_version_id=layout.version,
        fields=tuple(_distinct(fields)),
        subsections=tuple(_describe(one, (*path, one.vmsd_name)) for one in layout.subsections),
    )


def _distinct(fields: Iterable[Field]) -> Iterator[Field]:
    """The fields under names that differ, none of them that of the subsections."""
    taken = {SUBSECTIONS}
    uses: Counter[str] = Counter()
    for field in fields:
        name = field.name
        while name in taken:
            uses[field.name] += 1
            name = f"{field.name}#{uses[field.name] + 1}"
        taken.add(name)
        yield replace(field, name=name, attribute=name)


def _fields(field: FieldDescription, path: tuple[str, ...]) -> Iterator[Field]:
    """The field, or the fields that a list is made of."""
    if field.size < 0 or field.total_size < 0:
        raise _rejected(f"{field.array_len} elements of {field.size} bytes", path)
    name = field.name if field.index is None else f"{field.name}[{field.index}]"
    if field.type in LISTS and (parts := list(_list(name, field, path))):
        yield from parts
        return
    info = _info(field, path)
    count = field.array_len if isinstance(info, Scalar | Structure) else None
    yield Field(name=name, info=info, count=count)


def _list(name: str, field: FieldDescription, path: tuple[str, ...]) -> Iterator[Field]:
    """The fields that a queue or tree is made of; none where its size is another.

    A tree has a layout for each value, and another before it for the key if that is no number.
    """
    layouts = field.elements
    rest = field.total_size - sum(layout.size for layout in layouts)
    tree = field.type == "gtree"
    keyed = tree and 2 * (rest - 5) == len(layouts)
    if not keyed and rest != (5 + 9 * len(layouts) if tree else 1 + len(layouts)):
        return
    if tree:
        yield uint32(f"{name}.count")
    step = 2 if keyed else 1
    for index in range(0, len(layouts), step):
        element = f"{name}[{index // step}]"
        yield uint8(f"{element}.mark")
        if keyed:
            yield struct(f"{element}.key", _describe(layouts[index], path))
        elif tree:
            yield uint64(f"{element}.key")
        yield struct(element, _describe(layouts[index + step - 1], path))
    yield uint8(f"{name}.end")


def _info(field: FieldDescription, path: tuple[str, ...]) -> Info:
    """What type and size together make of the field."""
    inline = field.elements[0] if field.type in INLINE and len(field.elements) == 1 else None
    layout = field.struct if field.type == "struct" else inline
    scalar = SCALARS.get(field.type)
    if layout is not None:
        vmsd = _describe(layout, path)
        if layout.size == field.size and (field.array_len is None or _takes_bytes(vmsd)):
            return Structure(vmsd)
    elif scalar is not None and calcsize(f">{scalar.code}") == field.size:
        return Scalar(scalar.type_name, scalar.code)
    elif field.type == "unused_buffer":
        return Unused(field.total_size)
    elif field.type == "bitmap" and field.array_len is None and field.size % 8 == 0:
        return Bitmap(field.size * 8)
    return Buffer(field.total_size, type_name=field.type)


def _takes_bytes(vmsd: VMStateDescription) -> bool:
    """Whether it takes bytes without its subsections: then the stream bounds an array of it."""
    for field in vmsd.fields:
        match field.info:
            case Structure(vmsd=inner):
                takes = _takes_bytes(inner)
            case Buffer(size=size) | Unused(size=size) | Bitmap(bits=size):
                takes = bool(size)
            case _:
                takes = True
        if takes and field.count != 0:
            return True
    return False
