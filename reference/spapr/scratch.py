"""Records with room for what only the stream holds.

QEMU keeps such fields in the device itself (``mig_liobn``, ``rtc_offset``, ``mig.caps``); here a
state gets them in pre_load or pre_save, and loses them in post_load.
"""

from typing import Any, TypeVar

from reference.vmstate.records import Record

T = TypeVar("T", bound=Record)


def widened(record: type[T], state: Record, **scratch: Any) -> T:
    """``state`` as a ``record``, which has its fields and the ``scratch`` ones."""
    return record(*(getattr(state, name) for name in state.__struct_fields__), **scratch)


def narrowed(record: type[T], state: Record) -> T:
    """``state`` as a ``record``, whose fields are the first ones of its own."""
    return record(*(getattr(state, name) for name in record.__struct_fields__))
