"""A real QEMU as an implementation; skipped where none is installed."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from adapters.protocol import Cause, Died, LoadRejected, SaveRefused, Unsupported
from adapters.qemu.pseries.adapter import QemuAdapter
from reference.spapr.actions import (
    AnyAction,
    ConfigureConnector,
    GetTimeOfDay,
    HotPlug,
    RequestUnplug,
    Reset,
)
from reference.spapr.connector import Connector
from reference.spapr.guest import act
from reference.spapr.machine import EventLogEntry, IommuTable, Machine, OptionVector
from reference.spapr.saving import save_machine
from reference.vmstate.subsections import subsection
from reference.wire.frames import END_OF_STREAM
from strategies.pseries import machine_states
from strategies.pseries.actions import machine_with, to_unisolated

BINARY = "qemu-system-ppc64"
KIND = "pseries-5.0"
SLOT, MEMORY = 0x40000010, 0x80000004
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    shutil.which(BINARY) is None, reason=f"no {BINARY}: apt install qemu-system-ppc"
)


@pytest.fixture(scope="module")
def adapter() -> Iterator[QemuAdapter]:
    """The QEMU that is installed."""
    one = QemuAdapter(f"qemu:{BINARY}")
    yield one
    one.close()


@pytest.fixture(scope="module")
def version(adapter: QemuAdapter) -> str:
    """Its stream version."""
    return adapter.binary.version


@pytest.fixture
def machine(adapter: QemuAdapter) -> Machine:
    """A machine that it can hold."""
    return adapter.fitted(Machine(machine_type=KIND, rtc_ns_offset=-1))


def test_the_binary_says_what_it_is(adapter: QemuAdapter) -> None:
    """Release and machine types are those of the program, and none is named that does not start."""
    said = subprocess.run((BINARY, "--version"), capture_output=True, text=True, check=True)  # noqa: S603
    assert adapter.describe().release in said.stdout
    assert KIND in adapter.describe().machine_types


def test_a_cpu_is_known_by_its_type(adapter: QemuAdapter) -> None:
    """An alias on the command line is the same CPU as that which is the default."""
    default = adapter.describe().processors[KIND]
    assert default.endswith("-powerpc64-cpu")
    alias = default.partition("_")[0].upper()
    other = QemuAdapter(f"qemu:{BINARY},machine={KIND},cpu={alias}")
    assert other.describe().processors[KIND] == default
    other.close()


def test_a_build_that_is_gone_is_said_to_be_gone(tmp_path: Path, version: str) -> None:
    """What started when the run began and starts no more has died; whoever looks is told why."""
    build = tmp_path / "build"
    build.symlink_to(str(shutil.which(BINARY)))
    one = QemuAdapter(f"qemu:{build},machine={KIND}")
    machine = one.fitted(Machine(machine_type=KIND))
    stream = one.save(machine, version)
    build.unlink()
    one.close()
    with pytest.raises(Died, match=r"No such file.*Was it rebuilt or removed\?"):
        one.load(stream, version, machine.fresh())


@settings(max_examples=20, deadline=None)
@given(machine=machine_states(version="5.0", machine_type=KIND))
def test_a_machine_that_fits_stays_as_it_is(adapter: QemuAdapter, machine: Machine) -> None:
    """Fitting twice is fitting once."""
    fitting = adapter.fitted(machine)
    assert adapter.fitted(fitting) == fitting


def test_a_machine_comes_out_as_it_went_in(
    adapter: QemuAdapter, machine: Machine, version: str
) -> None:
    """Twice saved, loaded each time: it is the same machine."""
    holding = replace(machine, pending_events=(EventLogEntry(0x06340040, b"log"),))
    for _ in range(2):
        assert adapter.load(adapter.save(holding, version), version, holding.fresh()) == holding


HEADER = b"\x05spapr" + bytes(4)
"""The idstr of the section and its instance_id; its version_id follows."""


def with_unknown_subsection(stream: bytes) -> bytes:
    """The stream with something that no QEMU knows at the end of its last section, `spapr`."""
    section, end, described = stream.rpartition(END_OF_STREAM + b"\x06")
    return section[:-5] + subsection("spapr/ccs", 1, b"") + section[-5:] + end + described


REJECTED: tuple[tuple[Callable[[bytes], bytes], Cause, str], ...] = (
    (lambda _: b"QEVX", Cause.FRAMING, "Not a migration stream"),
    (
        lambda stream: stream.replace(HEADER + b"\0\0\0\x03", HEADER + b"\0\0\0\x04"),
        Cause.TOO_NEW,
        "spapr version 4, destination knows 3",
    ),
    (with_unknown_subsection, Cause.UNKNOWN_PART, "spapr"),
)


@pytest.mark.parametrize(("change", "cause", "words"), REJECTED)
def test_a_rejection_has_its_cause(  # noqa: PLR0913, PLR0917 -- a row, and fixtures
    change: Callable[[bytes], bytes],
    cause: Cause,
    words: str,
    adapter: QemuAdapter,
    machine: Machine,
    version: str,
) -> None:
    """Why a stream is not accepted is read from what QEMU says."""
    with pytest.raises(LoadRejected) as caught:
        adapter.load(change(save_machine(machine, version)), version, machine.fresh())
    assert caught.value.cause is cause
    assert words in caught.value.reason


def test_an_abort_is_no_rejection(adapter: QemuAdapter, machine: Machine, version: str) -> None:
    """A stream that kills QEMU is told from one that QEMU does not accept."""
    holding = replace(machine, pending_events=(EventLogEntry(0x06340040, bytes(0x12345)),))
    stream = save_machine(holding, version)
    hostile = stream.replace((0x12345).to_bytes(4, "big"), (0xFFFFFFF0).to_bytes(4, "big"))
    with pytest.raises(Died, match=r"(?s)killed by SIG.*failed to allocate"):
        adapter.load(hostile, version, machine.fresh())


SHORT_OF = {
    # What QEMU has and the machine under test lacks: a section of it, by what is made of it.
    "slot": Connector(0x40000028, device=False, dr_indicator=1),
    "memory": Connector(0x80000006, device=False),
    "host bridge": Connector(0x20000003, device=False),
    "window": IommuTable(liobn=0x80000001, page_shift=16, bus_offset=1 << 59, table=(3, 4)),
}


@pytest.mark.parametrize("part", SHORT_OF.values(), ids=SHORT_OF)
def test_a_part_that_only_qemu_has_is_passed_over(
    part: Connector | IommuTable, adapter: QemuAdapter, version: str
) -> None:
    """A section that went to another instance is no crash, whatever it is a section of."""
    machine = replace(adapter.fitted(Machine(KIND)), iommu_tables=(IommuTable(table=(1,)),))
    own = Connector(SLOT, device=False, dr_indicator=1)
    machine = replace(machine, connectors=(own,))
    larger = replace(machine, connectors=(part,))
    if isinstance(part, IommuTable):
        larger = replace(machine, iommu_tables=(*machine.iommu_tables, part))
    arrived = adapter.load(save_machine(larger, version), version, machine.fresh())
    assert [one.drc_index for one in arrived.connectors] == [SLOT]
    assert [one.liobn for one in arrived.iommu_tables] == [0x80000000]


def test_what_no_stream_carries_is_put_into_no_qemu(adapter: QemuAdapter) -> None:
    """Options that a guest negotiated are in no stream of a machine type up to 2.7."""
    options = OptionVector((45,))
    old, new = (Machine(kind, ov5_cas=options) for kind in ("pseries-2.7", KIND))
    assert adapter.fitted(old).ov5_cas == OptionVector()
    assert adapter.fitted(new).ov5_cas == options


@pytest.mark.parametrize(
    ("options", "said"), [((), ""), ((45,), ""), ((46,), "Memory hot unplug not supported")]
)
def test_the_words_of_a_refusal_are_qemus(
    options: tuple[int, ...], said: str, adapter: QemuAdapter, version: str
) -> None:
    """Memory is asked back of a guest that knows the events, or has not said yet what it knows."""
    machine = machine_with([MEMORY], version=version, machine_type=KIND)
    machine = adapter.fitted(replace(machine, ov5_cas=OptionVector(options)))
    plug: tuple[AnyAction, ...] = (HotPlug(MEMORY, adapter.devices(KIND)[MEMORY]),)
    for action in (*plug, *to_unisolated(MEMORY)):
        _, machine = adapter.call(machine, version, action)
    reply, _ = adapter.call(machine, version, RequestUnplug(MEMORY))
    must, _ = act(machine, version, RequestUnplug(MEMORY), release=adapter.binary.release)
    assert (reply.said[: len(said)], bool(reply.said)) == (said, bool(said))
    assert reply.heard() == must


def test_what_the_binary_is_not_is_refused(
    adapter: QemuAdapter, machine: Machine, version: str
) -> None:
    """Another stream version, a machine type and a device that it lacks are said to be so."""
    with pytest.raises(Unsupported, match=f"is of {version}"):
        adapter.save(machine, "3")
    future = replace(machine, machine_type="pseries-99.0")
    with pytest.raises(SaveRefused, match=r"starts no machine pseries-99\.0"):
        adapter.save(future, version)
    with pytest.raises(LoadRejected, match=r"starts no machine pseries-99\.0"):
        adapter.load(b"", version, future)
    other = HotPlug(SLOT, adapter.devices(KIND)[0x40000018])
    with pytest.raises(Unsupported, match="no device for 0x40000010 has the tree"):
        adapter.call(machine, version, other)


def test_a_guest_goes_on_where_it_was_loaded(adapter: QemuAdapter, version: str) -> None:
    """A walk is gone after a migration, and goes on where there was none."""
    tree = adapter.devices(KIND)[SLOT]
    machine = adapter.fitted(machine_with([SLOT], version=version, machine_type=KIND))
    actions: list[AnyAction] = [HotPlug(SLOT, tree), *to_unisolated(SLOT)]
    for action in (*actions, *[ConfigureConnector(SLOT)] * 2):
        _, machine = adapter.call(machine, version, action)
    arrived = adapter.load(adapter.save(machine, version), version, machine.fresh())
    names = []
    for one in (machine, arrived):
        reply, _ = adapter.call(one, version, ConfigureConnector(SLOT))
        names.append(reply.memory[20:].split(b"\0")[0].decode())
    assert names == [tree.properties[1].name, tree.name]


@pytest.mark.parametrize("ahead_ns", [0, 1, -1, 10**9, -(10**9) - 1, 2**62, -(2**62)])
@pytest.mark.parametrize("host_ns", [0, 1_795_500_000 * 10**9])
def test_the_clock_is_read_to_the_nanosecond(
    ahead_ns: int, host_ns: int, adapter: QemuAdapter, machine: Machine, version: str
) -> None:
    """What the guest is told is its offset and the host's time that the action names."""
    ahead = replace(machine, rtc_ns_offset=ahead_ns)
    reply, _ = adapter.call(ahead, version, GetTimeOfDay(host_ns))
    assert reply.words[6] == (ahead_ns + host_ns) & 0xFFFFFFFF


def test_a_reset_ends_a_walk(adapter: QemuAdapter, version: str) -> None:
    """After a reset the machine is one that can be put into another QEMU."""
    machine = adapter.fitted(machine_with([SLOT], version=version, machine_type=KIND))
    _, machine = adapter.call(machine, version, HotPlug(SLOT, adapter.devices(KIND)[SLOT]))
    _, machine = adapter.call(machine, version, Reset())
    assert machine.connectors[0].device
    assert adapter.load(adapter.save(machine, version), version, machine.fresh()) == machine


BAD = {
    f"{BINARY},machine=pseries-7.11": "this QEMU has no machine type 'pseries-7.11'; did you mean",
    f"{BINARY},option=cap-x=1": "does not start: QEMU exited with status 1; it said:",
    f"{BINARY},machine=pseries-3.1,option=cap-htm=on": "No Transactional Memory support in TCG",
}


@pytest.mark.parametrize("name", BAD)
def test_a_machine_that_does_not_start_ends_the_run_in_a_sentence(name: str) -> None:
    """Nothing is tested with a binary that lacks what was named; its own words say why."""
    result = run(name)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.startswith(f"ERROR: adapter 'qemu:{name}'")
    assert BAD[name] in result.stderr


def run(name: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of a QEMU."""
    command = (sys.executable, "-m", "pytest", "suites", "-q", f"--adapter=qemu:{name}")
    return subprocess.run(  # noqa: S603 -- our own command
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
