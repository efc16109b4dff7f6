"""The short forms that descriptions are written with, named after QEMU's VMSTATE macros.

``uint32("summary")`` is VMSTATE_UINT32(summary, ...). Each takes the keywords of `Field`:
``version_id`` for the macros that end in _V, ``field_exists`` for those in _TEST, ``count`` for the
ARRAY and VARRAY ones, ``counts`` for the field that holds such a count.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from reference.vmstate.description import (
    Bitmap,
    Buffer,
    Check,
    Field,
    FieldTest,
    Info,
    Pointers,
    Queue,
    Scalar,
    Structure,
    Temporary,
    Tree,
    Unused,
    Validate,
    VMStateDescription,
)

SCALARS = {
    scalar.type_name: scalar
    for scalar in (
        Scalar("bool", "?"),
        Scalar("int8", "b"),
        Scalar("uint8", "B"),
        Scalar("int16", "h"),
        Scalar("uint16", "H"),
        Scalar("int32", "i"),
        Scalar("uint32", "I"),
        Scalar("int64", "q"),
        Scalar("uint64", "Q"),
        Scalar("int32 equal", "i", Check.EQUAL),
        Scalar("uint8 equal", "B", Check.EQUAL),
        Scalar("uint16 equal", "H", Check.EQUAL),
        Scalar("uint32 equal", "I", Check.EQUAL),
        Scalar("int64 equal", "Q", Check.EQUAL),
        Scalar("int32 le", "i", Check.LESS_OR_EQUAL),
        Scalar("CPU_Double_U", "Q"),
        Scalar("float64", "Q"),
        Scalar("timer", "q"),
        Scalar("nullptr", "B", Check.NULL_MARKER),
    )
}
"""QEMU's VMStateInfos of fixed size, by the type name in the vmdescription.

QEMU has no "uint64 equal": the one for 64 bits is called "int64 equal" and compares unsigned
(migration/vmstate-types.c). A timer is its expire time in ns, -1 while it is not pending. Floating
point numbers are their bit pattern, so that no NaN changes on the way.
"""


def _field(info: Info, name: str, **options: Any) -> Field:
    return Field(name=name, info=info, **options)


bool_ = partial(_field, SCALARS["bool"])
int8 = partial(_field, SCALARS["int8"])
uint8 = partial(_field, SCALARS["uint8"])
int16 = partial(_field, SCALARS["int16"])
uint16 = partial(_field, SCALARS["uint16"])
int32 = partial(_field, SCALARS["int32"])
uint32 = partial(_field, SCALARS["uint32"])
int64 = partial(_field, SCALARS["int64"])
uint64 = partial(_field, SCALARS["uint64"])
int32_equal = partial(_field, SCALARS["int32 equal"])
uint8_equal = partial(_field, SCALARS["uint8 equal"])
uint16_equal = partial(_field, SCALARS["uint16 equal"])
uint32_equal = partial(_field, SCALARS["uint32 equal"])
uint64_equal = partial(_field, SCALARS["int64 equal"])
int32_positive_le = partial(_field, SCALARS["int32 le"])
cpudouble = partial(_field, SCALARS["CPU_Double_U"])
float64 = partial(_field, SCALARS["float64"])
timer = partial(_field, SCALARS["timer"])


def unused(size: int, **options: Any) -> Field:
    """``size`` bytes that once meant something."""
    return _field(Unused(size), "unused", **options)


def buffer(name: str, *, size: int | str, multiply: int = 1, **options: Any) -> Field:
    """Raw bytes: ``size`` of them, or as many as the field ``size`` says, times ``multiply``."""
    return _field(Buffer(size, multiply), name, **options)


def bitmap(name: str, *, bits: int, **options: Any) -> Field:
    """A bitmap of ``bits`` bits."""
    return _field(Bitmap(bits), name, **options)


def struct(name: str, vmsd: VMStateDescription, **options: Any) -> Field:
    """A nested description, at its own version."""
    return _field(Structure(vmsd), name, **options)


def vstruct(
    name: str, vmsd: VMStateDescription, *, struct_version_id: int, **options: Any
) -> Field:
    """A nested description, at ``struct_version_id`` on both sides."""
    return _field(Structure(vmsd, struct_version_id), name, **options)


def with_tmp(
    vmsd: VMStateDescription,
    *,
    from_state: Callable[[Any], Any],
    into_state: Callable[[Any, Any], dict[str, Any]],
    **options: Any,
) -> Field:
    """A scratch value: made by ``from_state`` on save, taken apart by ``into_state`` on load."""
    return _field(Temporary(vmsd, from_state, into_state), "tmp", **options)


def qtailq(name: str, vmsd: VMStateDescription, **options: Any) -> Field:
    """A tail queue of elements."""
    return _field(Queue(vmsd, "qtailq"), name, **options)


def qlist(name: str, vmsd: VMStateDescription, **options: Any) -> Field:
    """A list of elements; on the wire the same as `qtailq`."""
    return _field(Queue(vmsd, "qlist"), name, **options)


def gtree(
    name: str, *, key: VMStateDescription | None, value: VMStateDescription, **options: Any
) -> Field:
    """A tree; ``key`` is None for direct keys."""
    return _field(Tree(key, value), name, **options)


def array_of_pointer(
    name: str, target: Scalar | Structure, *, count: int | str, **options: Any
) -> Field:
    """An array of pointers, of which some may be NULL."""
    return _field(Pointers(target), name, count=count, **options)


def validate(name: str, test: FieldTest) -> Field:
    """No bytes; ``test`` must hold."""
    return _field(Validate(), name, field_exists=test)
