"""Records with room for what only the stream holds.

QEMU keeps such fields in the device itself (``mig_liobn``, ``rtc_offset``, ``mig.caps``); here a
state gets them in pre_load or pre_save, and loses them in post_load.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from reference.vmstate.records import Record

T = TypeVar("T", bound=Record)


def widened(record: type[T], state: Record, **scratch: Any) -> T:
    """``state`` as a ``record``, which has its fields and the ``scratch`` ones."""
    return record(*fields_of(type(state))(state), **scratch)


def narrowed(record: type[T], state: Record) -> T:
    """``state`` as a ``record``, whose fields are the first ones of its own."""
    return record(*fields_of(record)(state))


@cache
def fields_of(record: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    """What takes the fields of ``record``, of which there are several, out of a state."""
    return attrgetter(*record.__struct_fields__)
