"""One step of a plan: a field, or a run of them, that is loaded, saved and described as one."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from reference.vmstate.errors import DoesNotFit, Rejected
from reference.wire.errors import FieldRejected
from reference.wire.reader import Reader

Values = dict[str, Any]
"""What the fields loaded so far hold, by attribute."""

Described = tuple[str, int]
"""JSON objects of the vmdescription, joined by commas; and how many bytes they stand for."""


class Step(Protocol):
    """A step; ``state`` is None where there is no local machine to compare with.

    ``fixed`` is what `describe` returns, where that is the same for every state.
    """

    minimum_size: int

    @property
    def fixed(self) -> Described | None:
        """None: what is said depends on the state."""
        return None

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Move the reader over the step's bytes and put what they say into ``values``."""

    def save(self, state: Any) -> bytes:
        """The step's bytes; raises `SaveError`."""

    def describe(self, state: Any) -> Described:
        """What the vmdescription says of the bytes that `save` returns for this state."""


def call_hook(reader: Reader, hook: Callable[..., Any], *arguments: Any) -> Any:
    """What a hook of the load returns; raises `FieldRejected` where it says `Rejected`."""
    try:
        return hook(*arguments)
    except Rejected as error:
        raise FieldRejected(str(error), offset=reader.position) from error


def entry(name: str, type_name: str, size: int, *, array: str = "", inner: str = "") -> str:
    """One field in the vmdescription, spelled as QEMU does (migration/vmstate.c, vmsd_desc_*)."""
    head, tail = around(name, type_name, size, array)
    return f"{head}{inner}{tail}"


@lru_cache(4096)
def around(name: str, type_name: str, size: int, array: str) -> tuple[str, str]:
    """What a field has before and behind what is inside of it; streams repeat few of them."""
    return f'{{"name": {json.dumps(name)}, {array}"type": "{type_name}", ', f'"size": {size}}}'


def elements(
    name: str, type_name: str, described: list[Described], *, compressed: bool, as_struct: bool
) -> Described:
    """The entries of an array's elements.

    A compressed array is described once, by its first element; without compression each element
    has an entry with its ``index``. An array of one element looks like no array, an empty one has
    no entry at all (QEMU migration/vmstate.c, vmsd_can_compress and vmsd_desc_field_start). Where
    elements differ after all, in the length of a list inside, QEMU still describes them by the
    first, and its sizes do not add up. Here they are not compressed then.
    """
    if not described:
        return "", 0
    total = sum(size for _, size in described)
    several = len(described) > 1
    compressed = compressed and described.count(described[0]) == len(described)
    shown = described[:1] if compressed else described
    entries = []
    for index, (inner, size) in enumerate(shown):
        if not several:
            array = ""
        elif compressed:
            array = f'"array_len": {len(described)}, '
        else:
            array = f'"index": {index}, '
        text = f'"struct": {{{inner}}}, ' if as_struct else inner and f"{inner}, "
        entries.append(entry(name, type_name, size, array=array, inner=text))
    return ", ".join(entries), total


class Count:
    """How many elements a field has: a number, or ``multiply`` times what another field says."""

    def __init__(
        self, count: int | str, multiply: int, stored: Callable[[Any], int] | None = None
    ) -> None:
        """``stored`` is what the other field is saved as, from the state."""
        self.count = count
        self.multiply = multiply
        self.stored = stored

    def loaded(self, reader: Reader, values: Values) -> int:
        """The number of elements to load; raises `FieldRejected` for a negative one."""
        if isinstance(self.count, int):
            return self.count * self.multiply
        if self.count not in values:
            raise FieldRejected(f"{self.count} is not in the stream", offset=reader.position)
        count = int(values[self.count])
        if count < 0:
            raise FieldRejected(f"{self.count} is {count}", offset=reader.position)
        return count * self.multiply

    def saved(self, state: Any) -> int:
        """The number of elements that the stream will announce."""
        count = self.count if self.stored is None else self.stored(state)
        return int(count) * self.multiply

    def check(self, actual: int, state: Any) -> None:
        """Raise `DoesNotFit` unless ``actual`` elements are what the stream will announce."""
        expected = self.saved(state)
        if actual != expected:
            raise DoesNotFit(f"{actual} elements, where the description says {expected}")
