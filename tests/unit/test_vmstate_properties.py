"""What holds for every description and every state of it."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.vmstate.compiler import compile_decoder, compile_plan
from reference.vmstate.described import coverage, description_of
from reference.vmstate.description import VMStateDescription
from reference.wire.description import read_description
from reference.wire.errors import StreamError, Truncated
from reference.wire.reader import Reader
from tests.unit.vmstate_descriptions import State, descriptions, with_state


@given(descriptions().flatmap(with_state))
def test_load_is_the_inverse_of_save(case: tuple[VMStateDescription, State]) -> None:
    """What a state is saved as is loaded as that state, to the last byte."""
    vmsd, state = case
    reader = Reader(compile_plan(vmsd).save(state))
    assert compile_plan(vmsd).load(reader, None) == state
    assert reader.remaining == 0


@given(descriptions().flatmap(with_state))
def test_decoder_keeps_every_byte(case: tuple[VMStateDescription, State]) -> None:
    """What a plan saved and a decoder read is written by the decoder as the same bytes."""
    vmsd, state = case
    wire = compile_plan(vmsd).save(state)
    decoder = compile_decoder(vmsd, vmsd.version_id)
    assert decoder.save(decoder.load(Reader(wire), None)) == wire


def described_size(pairs: list[tuple[str, Any]]) -> int:
    """The bytes that a description stands for, whose sizes must agree at every level."""
    members = dict(pairs)
    total = 0
    for field in map(dict, members["fields"]):
        if "struct" in field:
            assert described_size(field["struct"]) == field["size"]
        total += field["size"] * field.get("array_len", 1)
    for sub in members.get("subsections", ()):
        total += 2 + len(dict(sub)["vmsd_name"]) + 4 + described_size(sub)
    return total


@given(descriptions().flatmap(with_state))
def test_description_adds_up(case: tuple[VMStateDescription, State]) -> None:
    """The description is JSON, and its sizes add up to the bytes that are saved."""
    vmsd, state = case
    text, size = compile_plan(vmsd).describe(state)
    assert size == len(compile_plan(vmsd).save(state))
    assert described_size(json.loads(f"{{{text}}}", object_pairs_hook=list)) == size


@given(descriptions().flatmap(with_state))
def test_description_is_enough_to_decode(case: tuple[VMStateDescription, State]) -> None:
    """What the engine says of its bytes is enough to decode them, and to write them again."""
    vmsd, state = case
    plan = compile_plan(vmsd)
    text, size = plan.describe(state)
    devices = f'{{"page_size": 4096, "devices": [{{"name": "d", "instance_id": 0, {text}}}]}}'
    wire = b"\6" + len(devices).to_bytes(4, "big") + devices.encode()
    (device,) = read_description(Reader(wire)).devices
    decoder = compile_decoder(description_of(device), device.version)
    reader = Reader(plan.save(state))
    assert decoder.save(decoder.load(reader, None)) == reader.data
    assert coverage(device) == (size, 0)


@given(descriptions(subsections=False).flatmap(with_state))
def test_every_cut_is_truncated(case: tuple[VMStateDescription, State]) -> None:
    """Fields that end anywhere before their end raise Truncated, with a path and an offset."""
    vmsd, state = case
    wire = compile_plan(vmsd).save(state)
    for size in range(0, len(wire), max(1, len(wire) // 40)):
        with pytest.raises(Truncated) as caught:
            compile_plan(vmsd).load(Reader(wire[:size]), None)
        assert caught.value.path
        assert 0 <= caught.value.offset <= size


@given(descriptions(), st.binary(max_size=80))
def test_any_bytes_are_loaded_or_rejected(
    described: tuple[VMStateDescription, st.SearchStrategy[State]], wire: bytes
) -> None:
    """Whatever the bytes, a load ends in a state or in a StreamError, without any other error."""
    reader = Reader(wire)
    with suppress(StreamError):
        loaded = compile_plan(described[0]).load(reader, None)
        assert isinstance(loaded, State)
    assert 0 <= reader.position <= len(wire)
