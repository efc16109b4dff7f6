"""How the engine reads a state and makes the next one.

A state is a frozen record, read by attribute. Streams that are decoded without a machine to load
them into (`Mappings`) give plain dicts instead, by field name, with their subsections in the order
of the stream under the key ``subsections``.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from typing import Any, Protocol

import msgspec

from reference.vmstate.errors import DescriptionError

SUBSECTIONS = "subsections"
"""The key of a dict under which its subsections lie: a list of (idstr, version_id, dict)."""


class Access(Protocol):
    """Reads and makes the states of one description."""

    def getter(self, names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
        """A function from a state to the values of ``names``."""

    def build(self, state: Any, values: Mapping[str, Any]) -> Any:
        """The state with ``values``; ``state`` is None where there was none before."""

    def so_far(self, state: Any, values: Mapping[str, Any]) -> Any:
        """The same in the middle of a load, when ``values`` still has counts of arrays in it."""

    def builder(self, names: tuple[str, ...]) -> Callable[..., Any]:
        """A function from the values of ``names``, one argument each, to a new state."""


def _tuple_getter(
    kind: Callable[..., Callable[[Any], Any]], names: tuple[str, ...]
) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) == 1:
        get = kind(*names)
        return lambda state: (get(state),)
    return kind(*names) if names else lambda _state: ()


class Records:
    """States that are records of one type."""

    def __init__(self, record: type[msgspec.Struct]) -> None:
        self.record = record
        self.kept = frozenset(record.__struct_fields__)

    def getter(self, names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
        """A function from a record to some of its attributes."""
        return _tuple_getter(attrgetter, names)

    def build(self, state: Any, values: Mapping[str, Any]) -> Any:
        """A new record; what ``values`` leaves out is as in ``state``, or the type's default."""
        try:
            if state is None:
                return self.record(**values)
            return msgspec.structs.replace(state, **values) if values else state
        except TypeError as error:
            raise DescriptionError(f"{self.record.__name__} cannot be made: {error}") from None

    def so_far(self, state: Any, values: Mapping[str, Any]) -> Any:
        """The record without what it does not keep."""
        return self.build(state, {name: values[name] for name in self.kept & values.keys()})

    def builder(self, names: tuple[str, ...]) -> Callable[..., Any]:
        """The record type itself where its fields begin with ``names``, else by keyword."""
        record = self.record
        if record.__struct_fields__[: len(names)] == names:
            return record
        return lambda *values: record(**dict(zip(names, values, strict=True)))


class Mappings:
    """States that are dicts."""

    def getter(self, names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
        """A function from a dict to some of its values."""
        return _tuple_getter(itemgetter, names)

    def build(self, state: Any, values: Mapping[str, Any]) -> Any:
        """A dict; there is never one before."""
        return {**(state or {}), **values}

    so_far = build

    def builder(self, names: tuple[str, ...]) -> Callable[..., Any]:
        """A function that makes a dict."""
        return lambda *values: dict(zip(names, values, strict=True))
