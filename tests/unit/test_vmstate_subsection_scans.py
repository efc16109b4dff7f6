"""Who scans for subsections: every description, nested ones included (facts 1.5, consequences)."""

import msgspec
import pytest

from reference.vmstate.compiler import compile_plan
from reference.vmstate.description import Field, VMStateDescription
from reference.vmstate.fields import int64, qtailq, struct, uint8, uint64
from reference.wire.errors import UnknownSubsection
from reference.wire.reader import Reader


class Timebase(msgspec.Struct, frozen=True):
    """The nested state of `spapr`."""

    guest_timebase: int = 0
    time_of_the_day_ns: int = 0
    extra: int = 0


class Four(msgspec.Struct, frozen=True):
    """An element of four bytes."""

    p: int = 0
    q: int = 0
    r: int = 0
    s: int = 0


class State(msgspec.Struct, frozen=True):
    """A nested state, elements, and what subsections say."""

    tb: Timebase = Timebase()
    values: tuple[Four, ...] = ()
    after: int = 0
    htm: int = 255


TIMEBASE = VMStateDescription(
    name="timebase",
    fields=(uint64("guest_timebase"), int64("time_of_the_day_ns")),
    record=Timebase,
)
HTM = VMStateDescription(name="spapr/cap/htm", fields=(uint8("htm"),))
TB = bytes.fromhex("000001bd88b09ffc18ea830b68028330")
"""A timebase of facts/spapr.md 4.2."""
CAP_HTM = b"\x05\x0dspapr/cap/htm\x00\x00\x00\x01\x00"
"""The subsection of facts/spapr.md 4.2."""


def spapr(*fields: Field, timebase: VMStateDescription = TIMEBASE) -> VMStateDescription:
    """The description `spapr`, with ``fields`` behind the timebase."""
    return VMStateDescription(
        name="spapr",
        version_id=3,
        fields=(struct("tb", timebase), *fields),
        subsections=(HTM,),
        record=State,
    )


def test_struct_leaves_the_subsections_of_its_parent() -> None:
    """A nested struct at the end leaves a subsection that carries the outer name to the outer."""
    loaded = compile_plan(spapr()).load(Reader(TB + CAP_HTM), None)
    assert loaded.tb.guest_timebase == 0x1BD88B09FFC
    assert loaded.htm == 0


@pytest.mark.parametrize("behind", [b"", CAP_HTM])
def test_struct_catches_its_own_prefix(behind: bytes) -> None:
    """A name that begins with the nested struct's is caught there, and unknown there."""
    foo = b"\x05\x0ctimebase/foo\x00\x00\x00\x01"
    with pytest.raises(UnknownSubsection, match="'timebase/foo' of 'timebase'") as caught:
        compile_plan(spapr()).load(Reader(TB + foo + behind), None)
    assert (caught.value.field, caught.value.offset) == ("tb", len(TB))


def test_struct_loads_its_own_subsection() -> None:
    """A subsection of a nested struct lies directly behind it, before the outer's next field."""
    extra = VMStateDescription(name="timebase/extra", fields=(uint8("extra"),))
    timebase = VMStateDescription(
        name="timebase", fields=TIMEBASE.fields, subsections=(extra,), record=Timebase
    )
    plan = compile_plan(spapr(uint8("after"), timebase=timebase))
    wire = TB + b"\x05\x0etimebase/extra\x00\x00\x00\x01\x07" + b"\x09" + CAP_HTM
    loaded = plan.load(Reader(wire), None)
    assert (loaded.tb.extra, loaded.after, loaded.htm) == (7, 9, 0)
    assert plan.save(loaded) == wire


def test_mark_as_data_behind_a_struct() -> None:
    """A data byte 0x05 behind a nested struct is data where no matching name follows."""
    loaded = compile_plan(spapr(uint8("after"))).load(Reader(TB + b"\x05" + CAP_HTM), None)
    assert (loaded.after, loaded.htm) == (5, 0)


FOUR = VMStateDescription(name="el", fields=tuple(map(uint8, ("p", "q", "r", "s"))), record=Four)
HOOKED = VMStateDescription(
    name="el", fields=FOUR.fields, record=Four, post_load=lambda state, _version: state
)
ELEMENTS = [FOUR, HOOKED]
"""Elements that are read in one go, and such that are not."""


@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("data", [b"\5\5\5\5", b"\5\0\0\0", b"\5\2el", b"\5\3fl", b"\5\xffel"])
def test_mark_as_data_between_elements(element: VMStateDescription, data: bytes) -> None:
    """An array element that begins with 0x05 is data where no whole matching name follows."""
    plan = compile_plan(spapr(struct("values", element, count=3), uint8("after")))
    values = b"abcd" + data + b"\5fgh"
    loaded = plan.load(Reader(TB + values + b"\5" + CAP_HTM), None)
    assert b"".join(bytes(msgspec.structs.astuple(one)) for one in loaded.values) == values
    assert (loaded.after, loaded.htm) == (5, 0)


@pytest.mark.parametrize("element", ELEMENTS)
@pytest.mark.parametrize("index", [0, 1, 2])
def test_name_between_elements_is_caught(element: VMStateDescription, index: int) -> None:
    """Data between or behind array elements that spells a matching name is taken for one."""
    plan = compile_plan(spapr(struct("values", element, count=3)))
    wire = TB + b"abcd" * (index + 1) + b"\5\3elx" + b"abcd" * 3
    with pytest.raises(UnknownSubsection, match="'elx' of 'el'") as caught:
        plan.load(Reader(wire), None)
    assert caught.value.field == f"values[{index}]"
    assert caught.value.offset == len(TB) + 4 * (index + 1)


@pytest.mark.parametrize("element", ELEMENTS)
def test_name_inside_of_an_element_is_data(element: VMStateDescription) -> None:
    """Nobody scans between the fields of one element, nor before the first one."""
    plan = compile_plan(spapr(struct("values", element, count=2)))
    loaded = plan.load(Reader(TB + b"\5\3el" + b"x\5\3e" + CAP_HTM), None)
    assert loaded.values == (Four(5, 3, 101, 108), Four(120, 5, 3, 101))


@pytest.mark.parametrize("element", ELEMENTS)
def test_elements_of_a_queue_scan_too(element: VMStateDescription) -> None:
    """The byte behind a queue's element may be any mark; only a matching name is caught."""
    plan = compile_plan(spapr(qtailq("values", element)))
    loaded = plan.load(Reader(TB + b"\1abcd" + b"\5\5fgh" + b"\0" + CAP_HTM), None)
    assert loaded.values == (Four(*b"abcd"), Four(*b"\5fgh"))
    with pytest.raises(UnknownSubsection) as caught:
        plan.load(Reader(TB + b"\1abcd" + b"\5\3elx" + b"\0"), None)
    assert caught.value.field == "values[0]"
