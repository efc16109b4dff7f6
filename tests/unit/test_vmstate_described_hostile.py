"""Decoding by a vmdescription that lies: sizes, numbers, nesting and names from outside."""

from contextlib import suppress
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.vmstate.compiler import compile_decoder
from reference.vmstate.described import MAXIMUM_DEPTH, MAXIMUM_SIZE, description_of
from reference.vmstate.fields import SCALARS
from reference.wire.description_records import FieldDescription, LayoutDescription
from reference.wire.errors import DescriptionRejected, StreamError, Truncated
from reference.wire.reader import Reader


def layout(*fields: FieldDescription, **options: Any) -> LayoutDescription:
    """What is said of a section."""
    return LayoutDescription(vmsd_name="v", version=1, fields=fields, **options)


def deep(levels: int) -> LayoutDescription:
    """Structs inside each other."""
    said = layout()
    for _ in range(levels):
        said = layout(FieldDescription(name="a", type="struct", size=0, struct=said))
    return said


ONE = layout(FieldDescription(name="x", type="uint8", size=1))
HOSTILE = {
    "negative size": layout(FieldDescription(name="a", type="buffer", size=-1)),
    "negative length": layout(FieldDescription(name="a", type="uint8", size=1, array_len=-1)),
    "both": layout(FieldDescription(name="a", type="buffer", size=-2, array_len=-2)),
    "huge": layout(FieldDescription(name="a", type="uint64", size=8, array_len=MAXIMUM_SIZE)),
    "huge buffer": layout(FieldDescription(name="a", type="buffer", size=MAXIMUM_SIZE + 1)),
    "deep": deep(MAXIMUM_DEPTH + 1),
    "very deep": deep(400),
    "no name": layout(subsections=(LayoutDescription(vmsd_name="\ud800", version=1, fields=()),)),
}


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_rejected(said: LayoutDescription) -> None:
    """Sizes and numbers below zero or beyond reason, and endless nesting, are rejected."""
    with pytest.raises(DescriptionRejected):
        description_of(said)


def test_rejection_names_the_field() -> None:
    """The rejection of a field names the path to it."""
    inner = FieldDescription(name="bad", type="buffer", size=-1)
    outer = FieldDescription(name="outer", type="struct", size=-1, struct=layout(inner))
    sub = LayoutDescription(vmsd_name="v/x", version=1, fields=(inner,))
    for said, path in [(layout(subsections=(sub,)), ("v/x", "bad")), (layout(outer), ("outer",))]:
        with pytest.raises(DescriptionRejected) as caught:
            description_of(said)
        assert caught.value.path == path


def test_deepest_nesting_is_accepted() -> None:
    """As many levels as are allowed can be decoded."""
    assert compile_decoder(description_of(deep(MAXIMUM_DEPTH)), 1).load(Reader(b""), None)


SUB = LayoutDescription(vmsd_name="v/x", version=1, fields=ONE.fields)
EMPTY = [
    FieldDescription(name="x", type="buffer", size=0),
    FieldDescription(name="x", type="uint8", size=1, array_len=0),
    FieldDescription(name="x", type="struct", size=10, struct=layout(subsections=(SUB,))),
]
LARGE = [
    *(
        FieldDescription(name="a", type="struct", size=said.size, struct=said, array_len=1 << 20)
        for said in (layout(one, subsections=(SUB,)) for one in EMPTY)
    ),
    FieldDescription(name="a", type="uint64", size=8, array_len=1 << 44),
    FieldDescription(name="a", type="buffer", size=1 << 46),
    FieldDescription(name="a", type="bitmap", size=1 << 46),
    FieldDescription(name="a", type="unused_buffer", size=1 << 23, array_len=1 << 23),
    FieldDescription(name="a", type="struct", size=1, struct=ONE, array_len=1 << 46),
    FieldDescription(name="a", type="virtio", size=8, array_len=1 << 40),
]


@pytest.mark.parametrize("said", LARGE, ids=lambda said: said.type)
def test_large_sizes_are_bounded_by_the_stream(said: FieldDescription) -> None:
    """A size beyond the stream raises Truncated at once, and takes no memory."""
    started = process_time()
    with pytest.raises(Truncated) as caught:
        compile_decoder(description_of(layout(said)), 1).load(Reader(bytes(100)), None)
    assert process_time() - started < 0.1
    assert caught.value.path


sizes = st.integers(0, 9) | st.sampled_from((-1, 1 << 31, 1 << 40, MAXIMUM_SIZE, 1 << 63))
types = st.sampled_from((*SCALARS, "buffer", "bitmap", "unused_buffer", "struct", "tmp", "qtailq"))


def layouts(inner: st.SearchStrategy[LayoutDescription]) -> st.SearchStrategy[LayoutDescription]:
    """Texts of any kind."""
    fields = st.builds(
        FieldDescription,
        name=st.text("a[0]#2", max_size=4),
        type=types | st.just("gtree"),
        size=sizes,
        array_len=st.none() | sizes,
        index=st.none() | sizes,
        struct=st.none() | inner,
        elements=st.lists(inner, max_size=2).map(tuple),
    )
    return st.builds(
        LayoutDescription,
        vmsd_name=st.text("v/", max_size=3),
        version=st.integers(0, 300),
        fields=st.lists(fields, max_size=4).map(tuple),
        subsections=st.lists(inner, max_size=2).map(tuple),
    )


@given(st.recursive(st.just(ONE), layouts, max_leaves=6), st.binary(max_size=60))
def test_whatever_a_text_says(said: LayoutDescription, wire: bytes) -> None:
    """Whatever text and bytes say, a decoder makes as many bytes again, or a StreamError."""
    reader = Reader(wire)
    with suppress(StreamError):
        decoder = compile_decoder(description_of(said), said.version)
        assert len(decoder.save(decoder.load(reader, None))) == reader.position
