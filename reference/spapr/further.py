"""State that the model does not know, of patches that somebody declares.

A record has it in ``further``, by name, and only what is not at rest. The stream's fields lie where
the patch puts them; hooks take the values there and back.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from reference.spapr.scratch import narrowed, widened
from reference.vmstate.description import VMStateDescription


def further_value(state: Any, name: str, resting: Mapping[str, Any]) -> Any:
    """A value of a state or of what is sent of it, by the name of the field."""
    if name in type(state).__struct_fields__:
        return getattr(state, name)
    return state.further.get(name, resting[name])


def away_from_rest(values: Mapping[str, Any], resting: Mapping[str, Any]) -> dict[str, Any]:
    """What ``further`` has of values."""
    return {name: value for name, value in values.items() if value != resting[name]}


def with_further(vmsd: VMStateDescription, resting: Mapping[str, Any]) -> VMStateDescription:
    """The description of a section that holds further values, which are ``resting`` by default."""
    record = vmsd.record
    assert record is not None, f"{vmsd.name} describes no record"
    own = [(name, Any, value) for name, value in resting.items()]
    sent: Any = msgspec.defstruct(f"{record.__name__}Sent", own, bases=(record,), frozen=True)

    def pre_load(state: Any) -> Any:
        return widened(sent, vmsd.pre_load(state) if vmsd.pre_load else state, **resting)

    def pre_save(state: Any) -> Any:
        values = {name: further_value(state, name, resting) for name in resting}
        return widened(sent, vmsd.pre_save(state) if vmsd.pre_save else state, **values)

    def post_load(loaded: Any, version_id: int) -> Any:
        values = {name: getattr(loaded, name) for name in resting}
        state: Any = narrowed(record, loaded)
        if vmsd.post_load:
            state = vmsd.post_load(state, version_id)
        return msgspec.structs.replace(
            state, further={**state.further, **away_from_rest(values, resting)}
        )

    return replace(vmsd, record=sent, pre_load=pre_load, pre_save=pre_save, post_load=post_load)
