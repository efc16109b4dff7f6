"""The twin tells what a migration changed from what changes by itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.driven import (
    Contents,
    DrivenMachine,
    Fill,
    Handed,
    Look,
    Migration,
    Moment,
    Read,
    Reset,
    Saving,
    Write,
)
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import Finding
from suites.devices.oracle.noise import Kind, Known, Noise
from suites.devices.oracle.scripts import Script, Sweep
from suites.devices.oracle.twins import Twins
from suites.harness.failures import Violation
from tests.unit import toy_machines as toys

ROOT = Path(__file__).parents[2]
MIGRATED: Script = (Migration(), Moment())
END: Script = (Look(), Sweep())


def twins_of(
    machine: type[toys.ToyMachine], *noise: Noise, known: tuple[Finding, ...] = ()
) -> Twins:
    """A bench of machines of a type."""
    adapter = toys.Toys()
    adapter.machine = machine
    return Twins(Bench(adapter), "toy on toy board", Known(noise, ()), known)


def test_a_machine_that_loses_nothing_passes() -> None:
    """Whatever happens to it, and however often it is migrated."""
    script = (Write("toy", 3, 7, 1), Fill(1, Contents.ONES), *MIGRATED, Reset(), *MIGRATED, *END)
    twins = twins_of(toys.ToyMachine)
    twins.check(script, "TWIN-1")
    twins.check((Write("toy", 3, 7, 1), Saving(), *END), "TWIN-7")
    assert twins.tally == {"examples": 2, "accesses": 2}
    assert twins.reached == {"toy+0x3"}


def test_what_is_lost_is_told_as_a_story() -> None:
    """The guest's accesses, the migration, what it reads and what it would have read."""
    with pytest.raises(Violation) as caught:
        twins_of(toys.Forgetful).check((Write("toy", 3, 0x5A, 1), *MIGRATED, *END), "TWIN-1")
    assert str(caught.value).splitlines()[2:] == [
        "road      toy on toy board (toys 1.0)",
        "   1  the guest writes 0x5a to toy+0x3 (1 byte)",
        "   2  the machine is migrated",
        "   3  the guest reads toy+0x3 (1 byte)",
        "   4  the streams of the two cannot be compared",
        "expected  toy+0x3 reads 0x5a, as on a twin that stayed",
        "got       toy+0x3 reads 0",
    ]
    assert caught.value.clause == "TWIN-1"


def test_what_no_stream_carries_and_no_reset_clears_is_found() -> None:
    """The search has two machines: one that becomes itself again would have it still."""
    with pytest.raises(Violation, match=r"toy\+0x3 reads 0x5a, as on a twin that stayed"):
        twins_of(toys.Lasting).check((Write("toy", 3, 0x5A, 1), *MIGRATED, *END), "TWIN-1")


def test_what_differs_on_two_machines_that_stayed_is_no_finding() -> None:
    """A counter is no state; what else is lost on the same machine is found."""
    twins = twins_of(toys.Counting)
    twins.check((*MIGRATED, *END), "TWIN-1")
    assert twins.volatile == {"toy+0x2"}
    assert twins.tally == {"examples": 1, "accesses": 0}


def test_what_does_not_come_again_on_fresh_machines_is_counted_only() -> None:
    """A machine that is used again and again lies now and then."""

    class Fresh(toys.Toys):
        machine = toys.Sticky

        def load(self, handed: Handed) -> DrivenMachine:
            machine = toys.ToyMachine()
            machine.resume(handed)
            return machine

    twins = Twins(Bench(Fresh()), "toy", Known((), ()), ())
    twins.check((Write("toy", 3, 1, 1), Moment(), *MIGRATED, *END), "TWIN-1")
    assert twins.tally["unconfirmed"] == 1


def test_a_state_that_the_destination_does_not_take_is_a_finding() -> None:
    """Under the clause of what must be accepted, whatever was tried."""
    with pytest.raises(Violation, match="register 1 is too large") as caught:
        twins_of(toys.Picky).check((Write("toy", 1, 0x80, 1), *MIGRATED, *END), "TWIN-1")
    assert (caught.value.clause, caught.value.kind) == ("TWIN-4", "rejected")


def test_a_machine_that_dies_by_itself_is_no_finding_of_ours() -> None:
    """It is counted, and the next script has another machine."""
    twins = twins_of(toys.Fragile)
    twins.check((Write("toy", 0, 0xFF, 1), *MIGRATED, *END), "TWIN-1")
    twins.check((Write("toy", 0, 0x0F, 1), *MIGRATED, *END), "TWIN-1")
    assert twins.tally["died by itself"] == 1


def test_work_that_was_put_off_is_done_by_both() -> None:
    """After a migration both have time for it."""
    twins_of(toys.Eager).check((Read("toy", 7, 1), *MIGRATED, *END), "TWIN-1")


NOISE = Noise(kind=Kind.RESERVED, reason="reserved", source="data sheet", registers=("toy+0x3",))
REFUSAL = Noise(kind=Kind.REFUSAL, reason="broken", source="toy.c", says="register 1 is too large")


def test_what_a_data_file_names_is_no_finding() -> None:
    """A register that means nothing, and a refusal that is right."""
    twins = twins_of(toys.Forgetful, NOISE)
    twins.check((Write("toy", 3, 1, 1), *MIGRATED, *END), "TWIN-1")
    twins = twins_of(toys.Picky, REFUSAL)
    twins.check((Write("toy", 1, 0xFF, 1), *MIGRATED, *END), "TWIN-1")
    assert twins.tally["expected refusals"] == 1


KNOWN = Finding(
    setup="toys",
    devices=("toy",),
    machines=("toy *",),
    reason="Register 3 reads 0.",
    source="toy.c",
    clause="TWIN-1",
    script=("write toy+0x3 1 1", "migrate", "sweep"),
    where=("toy+0x3",),
)


def test_what_is_known_is_counted_and_pinned() -> None:
    """What is drawn looks for others, and the entry itself is tried on fresh machines."""
    twins = twins_of(toys.Forgetful, known=(KNOWN,))
    twins.check((Write("toy", 3, 1, 1), *MIGRATED, *END), "TWIN-1")
    assert twins.met == {KNOWN.reason}
    assert twins.of(KNOWN) is not None
    assert twins_of(toys.ToyMachine).of(KNOWN) is None


def says(*adapters: str) -> str:
    """What a short run of the suite says of adapters."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "suites/devices"]
    named = [f"--adapter={one}" for one in adapters]
    options = ["--hypothesis-profile=smoke", "--hypothesis-seed=1"]
    return subprocess.run(  # noqa: S603 -- our own command
        [*command, *named, *options], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout


def test_two_of_one_name_have_a_line_each() -> None:
    """What is found in one build is not said of another that has the same devices."""
    said = says("tests.unit.toy_machines:Toys", "tests.unit.toy_machines:Forgetting")
    devices = [one for one in said.splitlines() if one.startswith("toy on toy board")]
    lines = {one.partition(":")[0]: one for one in devices}
    assert "found" not in lines["toy on toy board, toys 1.0 Toys"]
    assert "found" in lines["toy on toy board, toys 1.0 Forgetting"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("Absent", "does not start: 'toy' is not a valid"), ("Blocked", "cannot be migrated: toy")],
)
def test_what_cannot_be_tested_is_said_in_its_own_words(name: str, why: str) -> None:
    """A device that does not start, and one that cannot be saved; no test counts as passed."""
    said = says(f"tests.unit.toy_machines:{name}")
    assert f"not declared: toy on toy board, which {why}" in said
    assert "not collected: suites/pseries, as no adapter is of its kind" in said
    assert " passed" not in said


def test_a_stream_that_describes_nothing_is_not_tested_for_its_fields() -> None:
    """It is listed, and no test of it is green."""
    said = says("tests.unit.toy_machines:Toys")
    assert "not tested at all: TWIN-9 (not declared: a stream that describes itself" in said
