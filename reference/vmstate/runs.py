"""A run of fields of fixed size: one struct.Struct, one call."""

import struct
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import Any

from reference.vmstate.access import Access
from reference.vmstate.description import Buffer, Check, Field, Scalar, Unused
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.steps import Described, Step, Values, elements
from reference.wire.errors import FieldRejected, Truncated
from reference.wire.reader import Reader

NULL_MARKER = 0x30
"""The byte '0' on the wire where a pointer is NULL (QEMU vmstate-types.c, VMS_NULLPTR_MARKER)."""


def is_fixed(field: Field) -> bool:
    """Whether the field takes the same number of bytes in every stream of the version."""
    if not isinstance(field.count, int | None):
        return False
    match field.info:
        case Scalar() | Unused():
            return True
        case Buffer(size=int()):
            return field.count is None
        case _:
            return False


def code(info: Scalar | Unused | Buffer) -> str:
    """The letters of one element in the struct module."""
    match info:
        case Scalar():
            return info.code
        case Unused():
            return f"{info.size}x"
        case Buffer():
            return f"{info.size}s"


def repeat(one: str, count: int) -> str:
    """The letters of ``count`` elements with the letters of ``one``, no longer than need be."""
    return f"{count}{one}" if one.isalpha() or one == "?" else one * count


def check(kind: Check, received: int, local: int | None, offset: int) -> None:
    """Raise `FieldRejected` where a loaded integer is not what it must be.

    Texts as in QEMU migration/vmstate-types.c. ``local`` is None without a local machine.
    """
    problem = None
    if kind is Check.NULL_MARKER and received != NULL_MARKER:
        problem = f"{received:#04x} where a NULL pointer is marked by {NULL_MARKER:#04x}"
    elif kind is Check.EQUAL and local is not None and received != local:
        problem = f"{local:x} != {received:x} (local, then received)"
    elif kind is Check.LESS_OR_EQUAL and local is not None and not 0 <= received <= local:
        problem = f"Invalid value {received} expecting positive value <= {local}"
    if problem:
        raise FieldRejected(problem, offset=offset)


class Slot:
    """Where one field lies in a run: which values of the Struct are its own, and at which byte."""

    def __init__(self, field: Field, name: str, start: int, offset: int) -> None:
        assert isinstance(field.info, Scalar | Unused | Buffer)
        self.field = field
        self.name = name
        self.start = start
        self.offset = offset
        self.info = field.info
        self.scalar = field.count is None
        self.count = 1 if field.count is None else int(field.count)
        self.code = repeat(code(self.info), self.count)
        self.size = struct.calcsize(">" + self.code)
        self.values = 0 if isinstance(self.info, Unused) else self.count
        self.exact: int | None = None if self.scalar else self.count
        """The length that a value must have, where it has one."""
        if isinstance(self.info, Buffer):
            self.exact = int(self.info.size)
        self.check = self.info.check if isinstance(self.info, Scalar) else None

    def compare(self, values: Values, local: Any, offset: int) -> None:
        """Compare what was loaded with what the local machine has, if there is one."""
        assert self.check is not None
        received = values[self.field.attribute]
        if self.scalar:
            received, local = (received,), (local,)
        for one, other in zip(received, local or (None,) * self.count, strict=False):
            try:
                check(self.check, one, other, offset + self.offset)
            except FieldRejected as error:
                raise error.inside(self.name) from None

    def describe(self) -> str:
        """The field's entries in the vmdescription; empty for an array without elements."""
        each = struct.calcsize(">" + code(self.info))
        text, _ = elements(
            self.name,
            self.info.type_name,
            [("", each)] * self.count,
            compressed=self.field.field_exists is None,
            as_struct=False,
        )
        return text


class FixedRun(Step):
    """Consecutive fields of fixed size."""

    def __init__(
        self,
        fields: Iterable[tuple[Field, str]],
        access: Access,
        multiples: dict[str, int],
        *,
        derived: bool,
    ) -> None:
        """Prepare the run.

        ``multiples``: by counted attribute, how many elements one of its count stands for.
        ``derived``: counts are the lengths of what they count, instead of values of their own.
        """
        self.slots: list[Slot] = []
        start = offset = 0
        for field, name in fields:
            slot = Slot(field, name, start, offset)
            self.slots.append(slot)
            start += slot.values
            offset += slot.size
        self.layout = struct.Struct(">" + "".join(slot.code for slot in self.slots))
        self.minimum_size = self.layout.size
        self.stored = [slot for slot in self.slots if not isinstance(slot.info, Unused)]
        self.attributes = tuple(slot.field.attribute for slot in self.stored)
        sources = tuple(
            (derived and slot.field.counts) or slot.field.attribute for slot in self.stored
        )
        self.checked = [
            (slot, access.getter((source,)), bool(derived and slot.field.counts))
            for slot, source in zip(self.stored, sources, strict=True)
            if slot.check
        ]
        self.exact = [
            (index, slot.exact) for index, slot in enumerate(self.stored) if slot.exact is not None
        ]
        self.plain = all(slot.scalar for slot in self.stored)
        self.get = access.getter(sources)
        self.counted = {
            index: multiples.get(slot.field.counts, 1)
            for index, slot in enumerate(self.stored)
            if slot.field.counts and derived
        }
        self.is_plain = self.plain and not (self.checked or self.counted or self.exact)

    @cached_property
    def fixed(self) -> Described:
        """The fields' entries in the vmdescription, the same for every state."""
        entries = filter(None, (slot.describe() for slot in self.slots))
        return ", ".join(entries), self.minimum_size

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Read all fields at once."""
        offset = reader.position
        try:
            loaded = reader.unpack(self.layout)
        except Truncated:
            raise self.truncated(reader) from None
        if self.plain:
            values.update(zip(self.attributes, loaded, strict=True))
        else:
            for slot in self.stored:
                values[slot.field.attribute] = (
                    loaded[slot.start]
                    if slot.scalar
                    else loaded[slot.start : slot.start + slot.values]
                )
        for slot, get, counts in self.checked:
            local = None if state is None else get(state)[0]
            if counts and local is not None:
                local = len(local)
            slot.compare(values, local, offset)

    def truncated(self, reader: Reader) -> Truncated:
        """The error that names the first field which is not there whole."""
        slot = next(s for s in self.slots if s.offset + s.size > reader.remaining)
        here = reader.remaining - slot.offset
        return Truncated(
            f"the stream ends after {here} of {slot.size} bytes",
            offset=reader.position + slot.offset,
            path=(slot.name,),
        )

    def save(self, state: Any) -> bytes:
        """Write all fields at once."""
        values = self.get(state)
        if self.counted:
            values = tuple(
                len(value) // self.counted[index] if index in self.counted else value
                for index, value in enumerate(values)
            )
        for index, size in self.exact:
            if len(values[index]) != size:
                raise self.misfit(values)
        try:
            if self.plain:
                return self.layout.pack(*values)
            return self.layout.pack(
                *chain.from_iterable(
                    (value,) if slot.scalar else value
                    for slot, value in zip(self.stored, values, strict=True)
                )
            )
        except (struct.error, TypeError):
            raise self.misfit(values) from None

    def misfit(self, values: tuple[Any, ...]) -> DoesNotFit:
        """The error that names the first value which does not fit its field."""
        for slot, value in zip(self.stored, values, strict=True):
            if slot.exact is not None and len(value) != slot.exact:
                problem = f"a length of {len(value)}, where the description says {slot.exact}"
                return DoesNotFit(problem).inside(slot.name)
            try:
                struct.pack(">" + slot.code, *((value,) if slot.scalar else value))
            except (struct.error, TypeError):
                return DoesNotFit(f"{value!r} is no {slot.info.type_name}").inside(slot.name)
        raise AssertionError(values)

    def describe(self, state: Any) -> Described:  # noqa: ARG002 -- the same for every state
        """The run's entries do not depend on the state."""
        return self.fixed
