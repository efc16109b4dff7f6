"""The vocabulary: what a VMStateDescription is made of (QEMU include/migration/vmstate.h).

Nothing here does anything. `reference.vmstate.fields` has the short forms that descriptions are
written with, and `reference.vmstate.plan` the engine that interprets them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

FieldTest = Callable[[Any, int], bool]
"""``field_exists``: from the state and the version_id to whether the field is in the stream."""


@dataclass(frozen=True, slots=True)
class VersionBefore:
    """The field test that holds in versions below ``version_id``."""

    version_id: int

    def __call__(self, state: Any, version_id: int) -> bool:  # noqa: ARG002 -- a FieldTest
        """Whether ``version_id`` is below ours."""
        return version_id < self.version_id


class Check(Enum):
    """What a loaded integer is compared with."""

    EQUAL = "equal"
    """The local value, which it must equal (vmstate_info_uint32_equal and its kin)."""
    LESS_OR_EQUAL = "le"
    """0 and the local value, between which it must lie (vmstate_info_int32_le)."""
    NULL_MARKER = "nullptr"
    """The byte 0x30 that stands for a NULL pointer (vmstate_info_nullptr)."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One big-endian number; ``code`` is its letter in the struct module."""

    type_name: str
    code: str
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Unused:
    """``size`` bytes that are saved as zeros and skipped on load."""

    size: int
    type_name: str = "unused_buffer"


@dataclass(frozen=True, slots=True)
class Buffer:
    """Raw bytes: a fixed number of them, or as many as the named field says."""

    size: int | str
    multiply: int = 1
    type_name: str = "buffer"


@dataclass(frozen=True, slots=True)
class Bitmap:
    """``bits`` bits in 64-bit words, word 0 first; the value is a tuple of the numbers set."""

    bits: int
    type_name: str = "bitmap"


@dataclass(frozen=True, slots=True)
class Structure:
    """A nested description; with ``version_id``, its fields at that version (VMS_VSTRUCT)."""

    vmsd: "VMStateDescription"
    version_id: int | None = None
    type_name: str = "struct"


@dataclass(frozen=True, slots=True)
class Temporary:
    """A description of a scratch value that is made from the state (VMS_WITH_TMP).

    ``into_state`` gets the state and the loaded scratch value, and says which attributes of the
    state change to what.
    """

    vmsd: "VMStateDescription"
    from_state: Callable[[Any], Any]
    into_state: Callable[[Any, Any], dict[str, Any]]
    type_name: str = "tmp"


@dataclass(frozen=True, slots=True)
class Queue:
    """Elements marked by 0x01 each and ended by 0x00; the value is a tuple (qtailq and qlist)."""

    vmsd: "VMStateDescription"
    type_name: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A count, then marked pairs of key and value, ended by 0x00 (gtree).

    The value is a tuple of pairs. ``key`` is None for direct keys, a 64-bit number each.
    """

    key: "VMStateDescription | None"
    value: "VMStateDescription"
    type_name: str = "gtree"


@dataclass(frozen=True, slots=True)
class Pointers:
    """An array of pointers to ``target``; None is a NULL pointer, one byte 0x30 on the wire.

    Which pointers are NULL is not in the stream: source and destination must agree.
    """

    target: "Scalar | Structure"

    @property
    def type_name(self) -> str:
        """The type of what the pointers lead to."""
        return self.target.type_name


@dataclass(frozen=True, slots=True)
class Validate:
    """No bytes; the field's test must hold for the state (VMSTATE_VALIDATE)."""

    type_name: str = "uint8"


Info = (
    Scalar | Unused | Buffer | Bitmap | Structure | Temporary | Queue | Tree | Pointers | Validate
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a description.

    ``count`` makes it an array: of a fixed number of elements, or of as many as the named field
    says, times ``multiply``. A field with ``counts`` is such a number: when it is saved, it is the
    length of the attribute ``counts`` of the state, so that the two cannot disagree.
    ``attribute`` is what the state calls it, where that differs from ``name``.
    """

    name: str
    info: Info
    version_id: int = 0
    field_exists: FieldTest | None = None
    count: int | str | None = None
    multiply: int = 1
    counts: str | None = None
    attribute: str = ""

    def __post_init__(self) -> None:
        """An attribute is called like the field unless said otherwise."""
        object.__setattr__(self, "attribute", self.attribute or self.name)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VMStateDescription:
    """How one kind of state is laid out in a stream.

    ``record`` is the type of the state: it is read by attribute and made by keyword. Hooks take
    the state and return what goes on in its place; ``post_load`` also gets the version_id that
    was loaded. They run in the order of QEMU's migration/vmstate.c: pre_load, fields,
    subsections, post_load; pre_save, fields, subsections, post_save. A subsection describes
    further attributes of its parent's state; only a saver asks whether it is ``needed``.
    """

    name: str
    version_id: int = 1
    minimum_version_id: int = 1
    fields: tuple[Field, ...] = ()
    subsections: tuple["VMStateDescription", ...] = ()
    needed: Callable[[Any], bool] | None = None
    pre_load: Callable[[Any], Any] | None = None
    post_load: Callable[[Any, int], Any] | None = None
    pre_save: Callable[[Any], Any] | None = None
    post_save: Callable[[Any], None] | None = None
    record: type | None = None
