"""Arrays whose length another field says, and arrays of structs."""

import struct
from itertools import chain, starmap
from typing import TYPE_CHECKING, Any

from reference.vmstate.access import Access
from reference.vmstate.description import Field, Scalar, Unused
from reference.vmstate.errors import DoesNotFit, SaveError
from reference.vmstate.runs import check, code
from reference.vmstate.steps import Count, Described, Step, Values, elements
from reference.vmstate.subsections import MARK
from reference.wire.errors import StreamError
from reference.wire.reader import Reader

if TYPE_CHECKING:
    from reference.vmstate.plan import Plan


class ScalarArray(Step):
    """Numbers back to back, as many as another field says."""

    minimum_size = 0

    def __init__(self, field: Field, name: str, access: Access, count: Count) -> None:
        assert isinstance(field.info, Scalar)
        self.name = name
        self.attribute = field.attribute
        self.info = field.info
        self.code = code(field.info)
        self.size = struct.calcsize(">" + self.code)
        self.count = count
        self.compressed = field.field_exists is None
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """All of them at once."""
        offset = reader.position
        try:
            count = self.count.loaded(reader, values)
            reader.need(count * self.size)
            loaded = reader.unpack(struct.Struct(f">{count}{self.code}"))
            if self.info.check is not None:
                local = None if state is None else self.get(state)[0]
                for index, (one, other) in enumerate(
                    zip(loaded, local or (None,) * count, strict=False)
                ):
                    check(self.info.check, one, other, offset + index * self.size)
        except StreamError as error:
            raise error.inside(self.name) from None
        values[self.attribute] = loaded

    def save(self, state: Any) -> bytes:
        """All of them at once."""
        (numbers,) = self.get(state)
        try:
            self.count.check(len(numbers), state)
            return struct.pack(f">{len(numbers)}{self.code}", *numbers)
        except struct.error as error:
            raise DoesNotFit(f"no {self.info.type_name}: {error}").inside(self.name) from None
        except SaveError as error:
            raise error.inside(self.name) from None

    def describe(self, state: Any) -> Described:
        """One entry where the elements are alike, else one each."""
        described = [("", self.size)] * len(self.get(state)[0])
        return elements(
            self.name,
            self.info.type_name,
            described,
            compressed=self.compressed,
            as_struct=False,
        )


class UnusedArray(Step):
    """Blocks that are saved as zeros, as many as another field says (VMS_VARRAY_UINT32)."""

    minimum_size = 0

    def __init__(self, field: Field, name: str, count: Count) -> None:
        assert isinstance(field.info, Unused)
        self.name = name
        self.info = field.info
        self.count = count
        self.compressed = field.field_exists is None

    def load(self, reader: Reader, values: Values, state: Any) -> None:  # noqa: ARG002 -- a Step
        """Step over all of them."""
        try:
            reader.take(self.count.loaded(reader, values) * self.info.size)
        except StreamError as error:
            raise error.inside(self.name) from None

    def save(self, state: Any) -> bytes:
        """Zeros."""
        return bytes(self.count.saved(state) * self.info.size)

    def describe(self, state: Any) -> Described:
        """One entry where the blocks are alike, else one each."""
        described = [("", self.info.size)] * self.count.saved(state)
        return elements(
            self.name,
            self.info.type_name,
            described,
            compressed=self.compressed,
            as_struct=False,
        )


class StructArray(Step):
    """Structs back to back.

    Where they are fixed runs without hooks, all of them are read in one go. The format makes every
    struct end in a scan for subsections, so a byte 0x05 behind one may start a subsection: only
    then are they read one by one, to look at what follows (docs/specification.md, SUB).
    """

    def __init__(self, field: Field, name: str, access: Access, count: Count, plan: "Plan") -> None:
        self.name = name
        self.attribute = field.attribute
        self.count = count
        self.plan = plan
        self.compressed = field.field_exists is None and plan.compressible
        self.get = access.getter((field.attribute,))
        fixed = isinstance(count.count, int)
        self.minimum_size = plan.minimum_size * int(count.count) if fixed else 0

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """All structs; elements that hold state already are loaded onto."""
        try:
            count = self.count.loaded(reader, values)
        except StreamError as error:
            raise error.inside(self.name) from None
        size = count * self.plan.minimum_size
        local = () if state is None else self.get(state)[0] or ()
        if self.plan.run is not None and not local and 0 < size <= reader.remaining:
            behind = bytes(reader.data[reader.position : reader.position + size])
            if MARK not in behind[self.plan.minimum_size :: self.plan.minimum_size]:
                run = self.plan.run.layout.iter_unpack(reader.take(size))
                values[self.attribute] = tuple(starmap(self.plan.builder, run))
                self.scan_behind(reader, count)
                return
        loaded = []
        for index in range(count):
            try:
                loaded.append(self.plan.load(reader, local[index] if index < len(local) else None))
            except StreamError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        values[self.attribute] = tuple(loaded)

    def scan_behind(self, reader: Reader, count: int) -> None:
        """Scan for subsections of the last of ``count`` elements, which has none."""
        if count:
            try:
                self.plan.load_subsections(reader, None)
            except StreamError as error:
                raise error.inside(f"{self.name}[{count - 1}]") from None

    def save(self, state: Any) -> bytes:
        """All structs."""
        (structs,) = self.get(state)
        run = self.plan.run
        try:
            self.count.check(len(structs), state)
        except SaveError as error:
            raise error.inside(self.name) from None
        if run is not None and structs:
            try:
                layout = struct.Struct(">" + run.layout.format[1:] * len(structs))
                return layout.pack(*chain.from_iterable(map(run.get, structs)))
            except (struct.error, TypeError):
                pass  # the loop below finds the element and says which field it is
        parts = []
        for index, one in enumerate(structs):
            try:
                parts.append(self.plan.save(one))
            except SaveError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        return b"".join(parts)

    def describe(self, state: Any) -> Described:
        """One entry where the elements are alike, else one each."""
        structs = self.get(state)[0]
        described = [self.plan.describe(one) for one in structs]
        return elements(self.name, "struct", described, compressed=self.compressed, as_struct=True)
