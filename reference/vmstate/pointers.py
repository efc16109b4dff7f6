"""Arrays of pointers, of which some may be NULL."""

import struct
from typing import TYPE_CHECKING, Any

from reference.vmstate.access import Access
from reference.vmstate.description import Check, Field, Scalar
from reference.vmstate.errors import DoesNotFit, SaveError
from reference.vmstate.runs import NULL_MARKER, check
from reference.vmstate.steps import Count, Described, Step, Values, entry
from reference.wire.errors import FieldRejected, StreamError
from reference.wire.reader import Reader

if TYPE_CHECKING:
    from reference.vmstate.plan import Plan


class ScalarTarget:
    """A number that a pointer leads to."""

    def __init__(self, info: Scalar) -> None:
        self.type_name = info.type_name
        self.layout = struct.Struct(">" + info.code)

    def load(self, reader: Reader, state: Any) -> Any:  # noqa: ARG002 -- as `Plan.load`
        """The number."""
        return reader.unpack(self.layout)[0]

    def save(self, state: Any) -> bytes:
        """The number's bytes."""
        try:
            return self.layout.pack(state)
        except struct.error:
            raise DoesNotFit(f"{state!r} is no {self.type_name}") from None

    def describe(self, state: Any) -> Described:  # noqa: ARG002 -- as `Plan.describe`
        """Nothing inside; its size."""
        return "", self.layout.size


class PointerArray(Step):
    """Pointers, of which those that are NULL locally are one byte 0x30 on the wire.

    The stream does not say which are NULL. Without a local machine none is.
    """

    minimum_size = 0

    def __init__(
        self,
        field: Field,
        name: str,
        access: Access,
        count: Count,
        target: "Plan | ScalarTarget",
    ) -> None:
        self.name = name
        self.type_name = field.info.type_name
        self.attribute = field.attribute
        self.count = count
        self.target = target
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Load what the pointers that are not NULL lead to."""
        try:
            count = self.count.loaded(reader, values)
            reader.need(count)
        except StreamError as error:
            raise error.inside(self.name) from None
        local = None if state is None else self.get(state)[0]
        if local is None:
            local = (...,) * count
        if len(local) < count:
            raise FieldRejected(
                f"{count} pointers, of which only {len(local)} are known here",
                offset=reader.position,
                path=(self.name,),
            )
        loaded: list[Any] = []
        for index, pointer in enumerate(local[:count]):
            try:
                if pointer is None:
                    check(Check.NULL_MARKER, reader.u8(), None, reader.position - 1)
                    loaded.append(None)
                else:
                    loaded.append(self.target.load(reader, None if pointer is ... else pointer))
            except StreamError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        values[self.attribute] = tuple(loaded)

    def save(self, state: Any) -> bytes:
        """A marker for each NULL pointer, else what it leads to."""
        (pointers,) = self.get(state)
        parts = []
        try:
            self.count.check(len(pointers), state)
        except SaveError as error:
            raise error.inside(self.name) from None
        for index, pointer in enumerate(pointers):
            try:
                parts.append(
                    bytes((NULL_MARKER,)) if pointer is None else self.target.save(pointer)
                )
            except SaveError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        return b"".join(parts)

    def describe(self, state: Any) -> Described:
        """One entry each: an array of mixed pointers has no common element.

        QEMU 10.0 does the same; 7.2 described the whole array by its first element, which is how
        35049eb0d2fc came about.
        """
        entries = []
        (pointers,) = self.get(state)
        total = 0
        for index, pointer in enumerate(pointers):
            array = f'"index": {index}, ' if len(pointers) > 1 else ""
            if pointer is None:
                entries.append(entry(self.name, "nullptr", 1, array=array))
                total += 1
                continue
            inner, size = self.target.describe(pointer)
            text = f'"struct": {{{inner}}}, ' if inner else ""
            entries.append(entry(self.name, self.type_name, size, array=array, inner=text))
            total += size
        return ", ".join(entries), total
