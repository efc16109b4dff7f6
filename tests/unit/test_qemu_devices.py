"""A real QEMU is driven without a model."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.answers import AdapterError, SaveRefused, Unsupported
from adapters.driven import Contents, Fill, Read, Reset, Space, Write
from adapters.qemu.devices.adapter import QemuDevices
from adapters.qemu.devices.configuration import configuration, is_about_devices
from adapters.qemu.devices.snapshots import CLUSTER, ENTRIES, image, stream_in
from suites.devices.oracle.scripts import Sweep
from suites.devices.oracle.texts import script_of

Q35 = "qemu:qemu-system-x86_64,machine=q35,device="
needs_qemu = pytest.mark.skipif(
    shutil.which("qemu-system-x86_64") is None,
    reason="no qemu-system-x86_64: apt install qemu-system-x86",
)


def test_what_is_plugged_has_properties_behind_commas() -> None:
    """And so has what is there also: as one would type it for QEMU."""
    devices = "device=a,drive=d,device=b,also=-netdev user,id=n"
    found = configuration(f"qemu:chroot /x q,machine=virt,gic-version=3,{devices}")
    assert found.command == ("chroot", "/x", "q")
    assert (found.machine, found.type_name) == ("virt,gic-version=3", "virt")
    assert (found.devices, found.names) == (("a,drive=d", "b"), ("a", "b"))
    assert found.also == ("-netdev", "user,id=n")


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("qemu:q", False),
        ("qemu:q,machine=pseries-7.2", False),
        ("qemu:q,machine=virt", True),
        ("qemu:q,machine=pseries-7.2,device=e1000e", True),
    ],
)
def test_a_name_says_which_suite_it_is_for(name: str, *, about: bool) -> None:
    """Devices, and machines that are no pseries ones, are tested without a model."""
    assert is_about_devices(name) is about


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("qemu:q,device=e1000e", "expected qemu:BINARY,machine=TYPE,device=NAME"),
        ("qemu:q,machin=q35,device=e", r"unknown 'machin=q35' \(did you mean machine=\?\)"),
        ("qemu:q,machine=q35,machine=pc,device=e", "machine= is given more than once"),
        ("qemu:q,machine=q35,device=", "device= is empty"),
        ("qemu:q,machine=q35,device=e,also='", "is no command line"),
    ],
)
def test_a_name_that_is_wrong_is_one_sentence(name: str, said: str) -> None:
    """What is wrong, and what was meant."""
    with pytest.raises(AdapterError, match=said):
        configuration(name)


@pytest.mark.parametrize("size", [0, 1, CLUSTER, CLUSTER + 1, 3 * CLUSTER])
def test_an_image_holds_a_stream(size: int) -> None:
    """Of any length, whole clusters or not."""
    stream = bytes(range(256)) * (size // 256 + 1)
    assert stream_in(image(stream[:size])) == stream[:size]


def test_a_long_stream_has_several_tables() -> None:
    """An L2 table covers 512 MiB; the number of entries is what the format says."""
    assert ENTRIES * CLUSTER == 512 << 20


@pytest.fixture(scope="module")
def e1000e() -> Iterator[QemuDevices]:
    """A network card on a q35."""
    adapter = QemuDevices(f"{Q35}e1000e")
    yield adapter
    adapter.close()


@needs_qemu
def test_what_a_guest_reaches_is_asked_of_the_machine(e1000e: QemuDevices) -> None:
    """The registers of what is plugged, its configuration space, and nothing of the board."""
    found = {one.name: one for one in e1000e.start().regions}
    assert {"e1000e-mmio", "e1000e-io", "e1000e config"} <= found.keys()
    assert found["e1000e-mmio"].size == 0x20000
    assert found["e1000e config"].space is Space.CONFIG
    assert {one.owner for one in found.values()} == {"e1000e"}


@needs_qemu
def test_a_machine_is_handed_over_with_all_that_was_written(e1000e: QemuDevices) -> None:
    """In the same process and to another one; a reset sets the function up again."""
    machine = e1000e.start()
    itself = Read("e1000e config", 0x3C, 1)
    bases = Read("e1000e config", 0x10, 4)
    machine.perform([Write("e1000e config", 0x3C, 0x0B, 1), Fill(1, Contents.NOISE)])
    handed = machine.save()
    machine.perform([Reset()])
    assert machine.perform([itself, bases]) == [0, 0xC0000000]
    machine.resume(handed)
    assert machine.perform([itself]) == [0x0B]
    other = e1000e.load(machine.migrate())
    assert other.perform([itself, bases]) == [0x0B, 0xC0000000]
    assert other.memory() == machine.memory() != bytes(len(machine.memory()))


@needs_qemu
def test_what_does_not_start_says_so_in_its_own_words() -> None:
    """A device that is not there, and one that lacks its back end."""
    with pytest.raises(Unsupported, match="'e1000x' is not a valid device model name"):
        QemuDevices(f"{Q35}e1000x").start()
    with pytest.raises(Unsupported, match="drive property not set"):
        QemuDevices(f"{Q35}virtio-blk-pci").start()


@needs_qemu
def test_what_cannot_be_migrated_says_so_in_its_own_words() -> None:
    """A device that blocks migrations is refused when it is saved."""
    memory = "also=-object memory-backend-ram,size=4096,id=m"
    adapter = QemuDevices(f"{Q35}ivshmem-plain,memdev=m,master=off,{memory}")
    with pytest.raises(SaveRefused, match=r"(?i)migration is disabled|migratable"):
        adapter.start().save()
    adapter.close()


DIFFERENT = """\
A guest that stays where it is (<), and one that is migrated (>):
1c1
< sdhci+0x24: 0x0000000001fa0000
---
> sdhci+0x24: 0x0000000000000000"""
ALL_STEPS = (
    "write e1000e config+0x3c 0xb 1",
    "fill 1 records",
    "migrate",
    "moment",
    "read e1000e config+0x3c 1",
    "save",
    "look",
    "reset",
    "migrate",
    "read e1000e-mmio+0x0 4",
)


@needs_qemu
@pytest.mark.parametrize(
    ("device", "steps", "status", "said"),
    [
        ("e1000e", ALL_STEPS, 0, "The guest notices nothing.\n"),
        (
            "sdhci-pci",
            ("migrate", "read sdhci+0x24 4"),
            1,
            f"{DIFFERENT}\n",
        ),
    ],
)
def test_a_shell_script_shows_a_finding_without_us(
    device: str, steps: tuple[str, ...], status: int, said: str, tmp_path: Path
) -> None:
    """It runs in an empty folder, and says what differs, or that nothing does."""
    adapter = QemuDevices(f"{Q35}{device}")
    adapter.start()
    path = tmp_path / "reproducer.sh"
    spelled = [one for one in script_of(steps) if not isinstance(one, Sweep)]
    path.write_text(adapter.reproducer(spelled, adapter))
    adapter.close()
    done = subprocess.run(  # noqa: S603 -- our own script
        ("/bin/bash", path), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, said, "")
    assert [*tmp_path.iterdir()] == [path]
