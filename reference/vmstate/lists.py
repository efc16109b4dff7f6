"""Lists whose end is marked, not counted: queues, lists and trees."""

from struct import Struct
from typing import TYPE_CHECKING, Any

from reference.vmstate.access import Access
from reference.vmstate.description import Field, Queue
from reference.vmstate.errors import DoesNotFit, SaveError
from reference.vmstate.steps import Described, Step, Values, entry
from reference.wire.errors import FieldRejected, StreamError
from reference.wire.reader import Reader

if TYPE_CHECKING:
    from reference.vmstate.plan import Plan

MORE = b"\x01"
END = b"\x00"
DIRECT_KEY = Struct(">Q")
NODE_COUNT = Struct(">I")


class QueueStep(Step):
    """Elements in order, each behind a byte that is not zero (vmstate-types.c, put_qtailq).

    Writers put 0x01 there; readers go on at any other byte but zero. What was in the queue before
    the load is gone afterwards. QEMU appends instead, and relies on the queue being empty.
    """

    minimum_size = 1

    def __init__(self, field: Field, name: str, access: Access, plan: "Plan") -> None:
        assert isinstance(field.info, Queue)
        self.name = name
        self.type_name = field.info.type_name
        self.attribute = field.attribute
        self.plan = plan
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:  # noqa: ARG002 -- a Step
        """All elements up to the end mark."""
        loaded: list[Any] = []
        while True:
            try:
                if not reader.u8():
                    break
                loaded.append(self.plan.load(reader, None))
            except StreamError as error:
                raise error.inside(f"{self.name}[{len(loaded)}]") from None
        values[self.attribute] = tuple(loaded)

    def save(self, state: Any) -> bytes:
        """Mark and element, in order, and the end mark."""
        parts: list[bytes] = []
        for index, one in enumerate(self.get(state)[0]):
            try:
                parts += (MORE, self.plan.save(one))
            except SaveError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        return b"".join((*parts, END))

    def describe(self, state: Any) -> Described:
        """One entry in which each element repeats the keys of its description."""
        described = [self.plan.describe(one) for one in self.get(state)[0]]
        size = sum(1 + size for _, size in described) + 1
        inner = "".join(f"{text}, " for text, _ in described)
        return entry(self.name, self.type_name, size, inner=inner), size


class TreeStep(Step):
    """A count, then a mark, a key and a value for each node, and the end mark (put_gtree)."""

    minimum_size = NODE_COUNT.size + 1

    def __init__(
        self, field: Field, name: str, access: Access, key: "Plan | None", value: "Plan"
    ) -> None:
        self.name = name
        self.attribute = field.attribute
        self.key = key
        self.value = value
        self.get = access.getter((field.attribute,))

    def load(self, reader: Reader, values: Values, state: Any) -> None:  # noqa: ARG002 -- a Step
        """All nodes; their number must be the one announced."""
        nodes: list[tuple[Any, Any]] = []
        start = reader.position
        try:
            announced = reader.u32()
        except StreamError as error:
            raise error.inside(self.name) from None
        while True:
            try:
                if not reader.u8():
                    break
                key = reader.u64() if self.key is None else self.key.load(reader, None)
                nodes.append((key, self.value.load(reader, None)))
            except StreamError as error:
                raise error.inside(f"{self.name}[{len(nodes)}]") from None
        if len(nodes) != announced:
            raise FieldRejected(
                f"{len(nodes)} nodes, where {announced} were announced",
                offset=start,
                path=(self.name,),
            )
        values[self.attribute] = tuple(nodes)

    def save(self, state: Any) -> bytes:
        """Count, nodes in the order of the value, end mark."""
        (nodes,) = self.get(state)
        parts = [NODE_COUNT.pack(len(nodes))]
        for index, (key, value) in enumerate(nodes):
            try:
                parts += (MORE, self.save_key(key), self.value.save(value))
            except SaveError as error:
                raise error.inside(f"{self.name}[{index}]") from None
        return b"".join((*parts, END))

    def save_key(self, key: Any) -> bytes:
        """A key: by its description, or a 64-bit number."""
        if self.key is not None:
            return self.key.save(key)
        if not 0 <= key < 1 << 64:
            raise DoesNotFit(f"{key!r} is no direct key of 64 bits")
        return DIRECT_KEY.pack(key)

    def describe(self, state: Any) -> Described:
        """One entry in which each node repeats the keys of its descriptions."""
        inner = ""
        total = self.minimum_size
        for key, value in self.get(state)[0]:
            text, size = self.key.describe(key) if self.key else ("", DIRECT_KEY.size)
            inner += text and f"{text}, "
            total += 1 + size
            text, size = self.value.describe(value)
            inner += f"{text}, "
            total += size
        return entry(self.name, "gtree", total, inner=inner), total
