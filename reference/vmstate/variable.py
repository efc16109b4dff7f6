"""Single fields whose size depends on the state: buffers, bitmaps, structs, scratch values."""

import struct
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reference.vmstate.access import Access
from reference.vmstate.description import Bitmap, Field, Temporary
from reference.vmstate.errors import DoesNotFit, SaveError
from reference.vmstate.steps import (
    Count,
    Described,
    Step,
    Values,
    call_hook,
    elements,
    entry,
)
from reference.wire.errors import StreamError
from reference.wire.reader import Reader

if TYPE_CHECKING:
    from reference.vmstate.plan import Plan

WORD = 64


class BufferStep(Step):
    """Raw bytes, as many as another field says (VMS_VBUFFER)."""

    minimum_size = 0

    def __init__(self, field: Field, name: str, access: Access, count: Count) -> None:
        self.name = name
        self.attribute = field.attribute
        self.count = count
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:  # noqa: ARG002 -- a Step
        """Copy the bytes out of the stream."""
        try:
            values[self.attribute] = bytes(reader.take(self.count.loaded(reader, values)))
        except StreamError as error:
            raise error.inside(self.name) from None

    def save(self, state: Any) -> bytes:
        """The bytes as they are."""
        (data,) = self.get(state)
        try:
            self.count.check(len(data), state)
        except SaveError as error:
            raise error.inside(self.name) from None
        return bytes(data)

    def describe(self, state: Any) -> Described:
        """One entry with the whole size."""
        size = len(self.get(state)[0])
        return entry(self.name, "buffer", size), size


class BitmapStep(Step):
    """A bitmap: 64-bit words, big-endian each, word 0 first (vmstate-types.c, put_bitmap)."""

    def __init__(self, field: Field, name: str, access: Access) -> None:
        assert isinstance(field.info, Bitmap)
        self.name = name
        self.attribute = field.attribute
        self.bits = field.info.bits
        self.words = -(-self.bits // WORD)
        self.layout = struct.Struct(f">{self.words}Q")
        self.minimum_size = self.layout.size
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:  # noqa: ARG002 -- a Step
        """The numbers of the bits that are set, ascending."""
        try:
            words = reader.unpack(self.layout)
        except StreamError as error:
            raise error.inside(self.name) from None
        bits = []
        for first, word in zip(range(0, self.words * WORD, WORD), words, strict=True):
            rest = word
            while rest:
                bits.append(first + (rest & -rest).bit_length() - 1)
                rest &= rest - 1
        values[self.attribute] = tuple(bits)

    def save(self, state: Any) -> bytes:
        """The words, the padding of the last one included."""
        words = [0] * self.words
        for bit in self.get(state)[0]:
            if not 0 <= bit < self.words * WORD:
                raise DoesNotFit(f"bit {bit} of {self.bits}").inside(self.name)
            words[bit // WORD] |= 1 << bit % WORD
        return self.layout.pack(*words)

    def describe(self, state: Any) -> Described:  # noqa: ARG002 -- the same for every state
        """One entry with the whole size."""
        return entry(self.name, "bitmap", self.minimum_size), self.minimum_size


class StructStep(Step):
    """A nested description: no header, its own hooks and its own scan for subsections."""

    def __init__(self, field: Field, name: str, access: Access, plan: "Plan") -> None:
        self.name = name
        self.attribute = field.attribute
        self.plan = plan
        self.minimum_size = plan.minimum_size
        self.get = access.getter((field.attribute,))

    @cached_property
    def fixed(self) -> Described | None:
        """The entry, where the nested description says the same of every state."""
        return self.around(self.plan.fixed) if self.plan.fixed is not None else None

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Load onto the nested state that is there already, if any."""
        local = None if state is None else self.get(state)[0]
        try:
            values[self.attribute] = self.plan.load(reader, local)
        except StreamError as error:
            raise error.inside(self.name) from None

    def save(self, state: Any) -> bytes:
        """The nested description's bytes."""
        try:
            return self.plan.save(self.get(state)[0])
        except SaveError as error:
            raise error.inside(self.name) from None

    def describe(self, state: Any) -> Described:
        """One entry that holds the nested description."""
        return self.fixed or self.around(self.plan.describe(self.get(state)[0]))

    def around(self, inner: Described) -> Described:
        """The entry with the nested description in it."""
        return elements(self.name, "struct", [inner], compressed=True, as_struct=True)


class TemporaryStep(Step):
    """A scratch value that exists only while the field is loaded or saved (VMS_WITH_TMP)."""

    def __init__(self, info: Temporary, name: str, access: Access, plan: "Plan") -> None:
        self.info = info
        self.name = name
        self.access = access
        self.plan = plan
        self.minimum_size = plan.minimum_size

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Load the scratch value, and take over the attributes that it decides."""
        try:
            scratch = self.plan.load(reader, None)
            local = self.access.so_far(state, values)
            values.update(call_hook(reader, self.info.into_state, local, scratch))
        except StreamError as error:
            raise error.inside(self.name) from None

    def save(self, state: Any) -> bytes:
        """Make the scratch value from the state and save it."""
        try:
            return self.plan.save(self.info.from_state(state))
        except SaveError as error:
            raise error.inside(self.name) from None

    def describe(self, state: Any) -> Described:
        """One entry with the scratch value's own description inside."""
        inner, size = self.plan.describe(self.info.from_state(state))
        return entry(self.name, "tmp", size, inner=f"{inner}, "), size
