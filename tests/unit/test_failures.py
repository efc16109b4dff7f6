"""What a person reads when a test fails."""

from pathlib import Path

import msgspec
import pytest

from adapters.verdicts import Crashed, Equivalent, Lossy, Rejected
from reference.spapr.machine import ConfigureConnectorState, EventLogEntry, Machine, Timebase
from reference.vmstate.records import literal
from suites.harness.clauses import clauses
from suites.harness.differences import LONGEST_LIST, differences, parting, table
from suites.harness.failures import Violation, fail
from tests.faults.running import run

WALK = ConfigureConnectorState(drc_index=0x40000010, fdt_offset=0x3C, fdt_depth=1)
MACHINE = Machine("pseries-2.6", ccs_list=(WALK,), tb=Timebase(7, -1), capabilities={"htm": 1})


def test_equal_machines_have_no_differences() -> None:
    """Two records with the same content are the same."""
    assert not list(differences(MACHINE, msgspec.structs.replace(MACHINE)))


def test_a_difference_is_named_by_the_path_to_the_innermost_field() -> None:
    """Records, tuples and dictionaries are entered; a missing element is absent."""
    other = msgspec.structs.replace(
        MACHINE,
        tb=Timebase(0x20, -1),
        ccs_list=(msgspec.structs.replace(WALK, fdt_depth=2), WALK),
        capabilities={},
        fdt_blob=b"\xd0\x0d",
    )
    assert table(MACHINE, other) == [
        "field                  expected   got",
        "capabilities[htm]      1          absent",
        "tb.guest_timebase      7          0x20",
        "ccs_list[0].fdt_depth  1          2",
        "ccs_list[1]            absent     ConfigureConnectorState(drc_index=0x40000010,...",
        "fdt_blob               (0 bytes)  d00d (2 bytes)",
    ]


def test_long_values_and_long_lists_are_cut() -> None:
    """A table stays a table, however large the machines."""
    long = msgspec.structs.replace(MACHINE, ccs_list=(), irq_map=tuple(range(40)))
    lines = table(MACHINE, long)
    assert len(lines) == 1 + LONGEST_LIST + 1
    assert lines[-1] == "... and 29 more"
    (wide,) = differences(MACHINE, msgspec.structs.replace(MACHINE, fdt_blob=bytes(100)))
    assert wide.got == f"{'00' * 22}0... (100 bytes)"


def test_a_failure_says_the_rule_and_how_it_was_broken() -> None:
    """The text begins with the clause, and shows what was expected and what came."""
    with pytest.raises(Violation) as caught:
        fail("PAIR-1", expected=Rejected("too new"), got=Lossy(("ccs_list",)), road="4->3")
    assert str(caught.value).splitlines() == [
        f"PAIR-1: {clauses()['PAIR-1'].rule}",
        "",
        "road      4->3",
        "expected  rejected: too new",
        "got       lossy: ccs_list",
    ]


def test_a_failure_shows_where_two_machines_differ() -> None:
    """Of two machines only the fields that differ are shown."""
    other = msgspec.structs.replace(MACHINE, ccs_list=())
    with pytest.raises(Violation) as caught:
        fail("RT-1", expected=MACHINE, got=other, road="4->4")
    assert str(caught.value).splitlines()[3:] == [
        "the machines differ:",
        "    field        expected                                          got",
        "    ccs_list[0]  ConfigureConnectorState(drc_index=0x40000010,...  absent",
    ]


def test_a_crash_shows_the_traceback_of_the_implementation() -> None:
    """The traceback that came with the verdict is part of the text."""
    with pytest.raises(Violation) as caught:
        fail("RT-1", expected=Equivalent(), got=Crashed("Traceback:\n  KeyError"), road="4->4")
    assert str(caught.value).splitlines()[3:] == [
        "expected  equivalent",
        "got       crashed",
        "",
        "    Traceback:",
        "      KeyError",
    ]


def test_two_streams_are_shown_from_where_they_part() -> None:
    """Of two byte strings the first difference is shown, also where one is the start of another."""
    assert parting(b"QEVM\0\1\2", b"QEVM\0\3") == [
        "from byte 0x5 on, of 0x7 and 0x6:",
        "    expected  01 02",
        "    got       03",
    ]
    assert parting(b"QE", b"Q")[0] == "from byte 0x1 on, of 0x2 and 0x1:"
    with pytest.raises(Violation, match="the bytes differ:\n    from byte 0x1 on"):
        fail("RT-4", expected=b"Q1", got=b"Q2", road="save twice at 3")


def test_two_decoded_sections_differ_in_a_field() -> None:
    """Dictionaries are entered from their first key on, and lists like tuples."""
    expected = {"tb": {"guest_timebase": 1}, "walks": [{"fdt_depth": 1}]}
    got = {"tb": {"guest_timebase": 2}, "walks": [{"fdt_depth": 3}]}
    assert [it.path for it in differences(expected, got)] == [
        "tb[guest_timebase]",
        "walks[0][fdt_depth]",
    ]
    with pytest.raises(Violation, match="the fields differ:"):
        fail("WIRE-1", expected=expected, got=got, road="save at 3")


def test_a_machine_that_should_not_have_arrived_is_called_accepted() -> None:
    """Beside a verdict, what matters of a machine is that it was accepted."""
    with pytest.raises(Violation, match="expected  rejected: too new\ngot       accepted"):
        fail("BWD-2", expected=Rejected("too new"), got=MACHINE, road="4->3")


LONG = (
    bytes(4096),
    b"\x01\x02" + b"r" * 70000 + b"end",
    (5,) * 70000,
    (0, 1, *[7] * 300, 2),
)


@pytest.mark.parametrize("value", LONG, ids=len)
def test_what_is_long_and_regular_is_printed_as_python(value: object) -> None:
    """A run of one byte or element is a product; the text makes the value again."""
    text = literal(value)
    assert len(text) < 100
    assert ast_value(text) == value


def ast_value(text: str) -> object:
    """What sums and products of literals make."""
    return eval(text, {"__builtins__": {}})  # noqa: S307 -- our own text, without names


def test_what_is_long_and_irregular_is_printed_in_part() -> None:
    """Its beginning is printed, and how much follows: no machine has a text of a megabyte."""
    assert literal(bytes(range(256)) * 20).endswith("\\x07' + 5112 bytes more")
    assert literal(tuple(range(100))) == "(0, 1, 2, 3, 4, 5, 6, 7) + 92 elements more"
    events = tuple(EventLogEntry(index, bytes(range(256)) * 16) for index in range(300))
    assert len(repr(Machine("pseries-2.6", pending_events=events))) < 2000


def test_a_loss_of_much_is_told_like_any_other(tmp_path: Path) -> None:
    """A machine of many KiB that fails is reported with clause, road, difference and example."""
    (tmp_path / "much.py").write_text(LOSES_MUCH)
    result = run(
        "suites/pseries/test_round_trip.py",
        "--adapter=much:LosesMuch",
        "-k",
        "loses_only and 10.0",
        "--hypothesis-seed=1",
        environment={"PYTHONPATH": str(tmp_path)},
    )
    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "RT-1: " in result.stdout
    assert "pending_events[0]" in result.stdout
    assert "Warning" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) < 1000


LOSES_MUCH = """
from msgspec.structs import replace
from adapters.reference import ReferenceAdapter

class LosesMuch(ReferenceAdapter):
    def load(self, stream, version, onto):
        machine = super().load(stream, version, onto)
        size = sum(len(one.extended_log) for one in machine.pending_events)
        return replace(machine, pending_events=()) if size > 4096 else machine
"""
