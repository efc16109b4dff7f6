"""Subsections: their bytes, and by which rule a loader finds them (facts 1.5)."""

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import VMStateDescription
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.fields import qtailq, uint8, uint16
from reference.wire.errors import Truncated, UnknownSubsection, VersionRejected
from reference.wire.reader import Reader


class Element(msgspec.Struct, frozen=True):
    """An element of a queue."""

    x: int = 0


class State(msgspec.Struct, frozen=True):
    """A field, and what the subsections say."""

    a: int = 0
    b: int = 0
    c: int = 0
    deep: int = 0
    queue: tuple[Element, ...] = ()


def sub(name: str, version: int, payload: bytes) -> bytes:
    """The bytes of a subsection, as the fact sheet lays them out."""
    return b"\x05" + bytes((len(name),)) + name.encode() + version.to_bytes(4, "big") + payload


DEEP = VMStateDescription(
    name="test/b/deep", fields=(uint8("deep"),), needed=lambda state: state.deep
)
B = VMStateDescription(
    name="test/b",
    version_id=3,
    minimum_version_id=1,
    fields=(uint8("b"),),
    subsections=(DEEP,),
    needed=lambda state: state.b,
)
C = VMStateDescription(name="test_c", fields=(uint16("c"),), needed=lambda state: state.c)
QUEUE = VMStateDescription(
    name="test/queue",
    fields=(qtailq("queue", VMStateDescription(name="el", fields=(uint8("x"),), record=Element)),),
    needed=lambda state: state.queue,
)
PLAN = compile_plan(
    VMStateDescription(name="test", fields=(uint8("a"),), subsections=(B, C, QUEUE), record=State)
)

SUB_B = sub("test/b", 3, b"\x22")
SUB_C = sub("test_c", 1, b"\x03\x33")
SUB_DEEP = sub("test/b/deep", 1, b"\x44")
SUB_QUEUE = sub("test/queue", 1, b"\1\x55\0")
FULL = State(1, 0x22, 0x333, 0x44, (Element(0x55),))


def load(following: bytes, onto: State | None = None) -> tuple[State, int]:
    """What is loaded from a field and what follows it; and how many bytes are left."""
    reader = Reader(b"\1" + following)
    return PLAN.load(reader, onto), reader.remaining


def test_subsection_bytes() -> None:
    """A subsection is 0x05, its counted full name, its version in four bytes, and its fields."""
    assert PLAN.save(State(1, c=0x333)) == b"\1" + b"\5\6test_c" + b"\0\0\0\1" + b"\x03\x33"


def test_needed_subsections_are_saved_in_the_order_of_the_list() -> None:
    """A saver writes those subsections that are needed, in the order of the description."""
    assert PLAN.save(FULL) == b"\1" + SUB_B + SUB_DEEP + SUB_C + SUB_QUEUE
    assert PLAN.save(State(1, b=0x22)) == b"\1" + SUB_B
    assert PLAN.save(State(1)) == b"\1"


def test_subsection_without_needed_is_always_saved() -> None:
    """A subsection without a ``needed`` function is always saved."""
    always = VMStateDescription(name="test/b", fields=(uint8("b"),))
    vmsd = VMStateDescription(name="test", subsections=(always,), record=State)
    assert compile_plan(vmsd).save(State()) == sub("test/b", 1, b"\0")


def test_subsection_of_a_subsection_needs_its_parent() -> None:
    """What is below a subsection is saved only inside of it."""
    assert PLAN.save(State(1, deep=0x44)) == b"\1"


@pytest.mark.parametrize(
    "order",
    [
        (SUB_B, SUB_DEEP, SUB_C, SUB_QUEUE),
        (SUB_QUEUE, SUB_C, SUB_B, SUB_DEEP),
        (SUB_C, SUB_B, SUB_DEEP, SUB_QUEUE),
    ],
)
def test_order_of_subsections_is_free(order: tuple[bytes, ...]) -> None:
    """A loader takes subsections in any order; one below another follows its parent."""
    assert load(b"".join(order)) == (FULL, 0)


def test_repeated_subsection() -> None:
    """A subsection may be repeated: the last one counts, queues included."""
    again = sub("test/b", 3, b"\x66") + sub("test/queue", 1, b"\1\x77\0")
    loaded, _ = load(SUB_B + SUB_QUEUE + again)
    assert loaded == State(1, b=0x66, queue=(Element(0x77),))


def test_absent_subsection_leaves_the_state() -> None:
    """What no subsection of the stream says stays as it was."""
    assert load(SUB_C, onto=FULL) == load(b"", onto=FULL) == (FULL, 0)


def test_loader_does_not_ask_whether_it_is_needed() -> None:
    """A loader accepts a subsection that it would not save itself."""
    assert load(sub("test/b", 3, b"\0")) == (State(1), 0)


LEFT_ALONE = {
    "no mark": b"\4\6test/b\0\0\0\3\x22",
    "the parent's own name": sub("test", 1, b"\0"),
    "a shorter name": sub("tes", 1, b"\0"),
    "an empty name": sub("", 1, b"\0"),
    "another parent's name": sub("foobar/b", 3, b"\x22"),
    "a name that only ends in the parent's": sub("a/test", 1, b"\0"),
    "a name in capitals": sub("TEST/b", 3, b"\x22"),
    "a mark alone": b"\5",
    "a name cut off": b"\5\6test/",
    "a name cut off, of another parent": b"\5\xfffoobar",
    "a mark and zeros": b"\5" + bytes(20),
}


@pytest.mark.parametrize("following", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_is_left_alone(following: bytes) -> None:
    """What is no subsection of this parent ends the scan without an error, not a byte consumed."""
    assert load(following) == (State(1), len(following))
    assert load(SUB_C + following) == (State(1, c=0x333), len(following))


@pytest.mark.parametrize("name", ["test/x", "testx", "test/bb", "test/", "test/b/", "test" * 63])
def test_unknown_subsection(name: str) -> None:
    """A name that only begins with the parent's is an error at its mark; no '/' is required."""
    with pytest.raises(UnknownSubsection, match=name) as caught:
        load(SUB_C + sub(name, 1, b"\0"))
    assert caught.value.offset == 1 + len(SUB_C)


def test_unknown_subsection_below_a_known_one() -> None:
    """The longest parent wins: below test/b, its own list counts, and the path says so."""
    with pytest.raises(UnknownSubsection, match="'test/bx' of 'test/b'") as caught:
        load(SUB_B + sub("test/bx", 1, b"\0"))
    assert caught.value.field == "test/b"


@pytest.mark.parametrize(("version", "taken"), [(3, 3), (1, 1), (257, 1), (0xFFFFFF02, 2)])
def test_version_of_a_subsection_has_eight_bits(version: int, taken: int) -> None:
    """Of a subsection's version only the low eight bits count: 257 is accepted as 1."""
    fields = (uint8("a"), uint8("b", version_id=2), uint8("c", version_id=3))
    known = VMStateDescription(name="test/v", version_id=3, fields=fields)
    vmsd = VMStateDescription(name="test", subsections=(known,), record=State)
    reader = Reader(sub("test/v", version, b"\1\2\3"))
    compile_plan(vmsd).load(reader, None)
    assert reader.remaining == 3 - taken


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (0, "test/b: incoming version_id 0 is too old"),
        (256, "test/b: incoming version_id 0 is too old"),
        (4, "test/b: incoming version_id 4 is too new"),
        (0x104, "test/b: incoming version_id 4 is too new"),
    ],
)
def test_version_of_a_subsection_is_checked(version: int, problem: str) -> None:
    """A subsection's version must lie between its own bounds, and the error names it."""
    with pytest.raises(VersionRejected, match=problem) as caught:
        load(sub("test/b", version, b"\x22"))
    assert caught.value.field == "test/b"


@pytest.mark.parametrize("size", range(1, 5 + 3))
def test_cut_subsection_is_truncated(size: int) -> None:
    """A stream that ends behind the name of a subsection raises Truncated with its name."""
    with pytest.raises(Truncated) as caught:
        load(SUB_QUEUE[:-size])
    assert caught.value.path[0] == "test/queue"


def test_value_that_does_not_fit_a_subsection() -> None:
    """A value that a subsection cannot hold is named with the subsection."""
    with pytest.raises(DoesNotFit) as caught:
        PLAN.save(State(b=1, deep=256))
    assert caught.value.path == ("test/b", "test/b/deep", "deep")
