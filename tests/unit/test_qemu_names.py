"""What follows ``qemu:`` on the command line, and the command line that it makes."""

import pytest

from adapters.protocol import AdapterError
from adapters.qemu.program import Program, program
from adapters.qemu.pseries.kinds import Kind, arguments, capabilities_of, kind_of
from reference.spapr.connector import Connector
from reference.spapr.machine import Machine

NAMES = {
    "qemu:qemu-system-ppc64": Program(("qemu-system-ppc64",)),
    "qemu:./build/qemu,machine=pseries-7.1": Program(("./build/qemu",), "pseries-7.1"),
    "qemu:chroot '/opt/a b' qemu,cpu=power9_v2.0,option=cap-htm=off,option=cap-dfp=off": Program(
        ("chroot", "/opt/a b", "qemu"), "", "power9_v2.0", ("cap-htm=off", "cap-dfp=off")
    ),
}

BAD_NAMES = {
    "qemu:": "expected qemu:BINARY[,machine=TYPE][,option=...].",
    "qemu:qemu 'x": '"qemu \'x" is no command line: No closing quotation.',
    "qemu:qemu,pseries-7.1": "unknown 'pseries-7.1'; after BINARY come machine=TYPE, cpu=MODEL",
    "qemu:qemu,machine=": "unknown 'machine='; after BINARY come machine=TYPE, cpu=MODEL",
    "qemu:qemu,kvm=on": "unknown 'kvm=on'; after BINARY come machine=TYPE, cpu=MODEL",
    "qemu:qemu,machine=a,machine=b": "machine= is given more than once; name one.",
    "qemu:qemu,cpu=a,cpu=b": "cpu= is given more than once; name one.",
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_a_name_has_a_command_and_options(name: str, expected: Program) -> None:
    """The command is split as a shell splits it; what follows has a key each."""
    assert program(name) == expected


@pytest.mark.parametrize(("name", "problem"), BAD_NAMES.items())
def test_a_bad_name_is_refused_in_one_sentence(name: str, problem: str) -> None:
    """Who misspells a name is told what it must look like."""
    with pytest.raises(AdapterError) as caught:
        program(name)
    assert str(caught.value).startswith(f"adapter {name!r}: {problem}")


def test_a_machine_is_started_with_its_devices_and_capabilities() -> None:
    """Where a connector has a device, the device is on the command line, with its memory."""
    connectors = (
        Connector(0x80000004),
        Connector(0x40000018, device=False),
        Connector(0x40000010),
    )
    machine = Machine("pseries-7.1", capabilities={"ibs": 2, "htm": 0}, connectors=connectors)
    kind = kind_of(machine)
    assert kind == Kind("pseries-7.1", (("htm", 0), ("ibs", 2)), (0x40000010, 0x80000004))
    command = arguments(
        Program(("qemu",), cpu="power9", options=("cap-htm=off",)), kind, incoming=True
    )
    words = list(command)
    assert words[0] == "qemu"
    assert words[words.index("-machine") + 1] == (
        "pseries-7.1,memory-backend=memory,cap-htm=off,cap-ibs=fixed-ibs"
    )
    assert words[words.index("-cpu") + 1] == "power9"
    assert words[-2:] == ["-incoming", "defer"]
    options = [words[at + 1] for at, word in enumerate(words) if word in {"-device", "-object"}]
    assert options == [
        "memory-backend-file,id=memory,size=268435456,share=on,mem-path=/tmp",
        "virtio-rng-pci,id=device-40000010,addr=2",
        "memory-backend-file,id=memory-80000004,size=268435456,share=on,mem-path=/tmp",
        "pc-dimm,id=device-80000004,addr=1073741824,memdev=memory-80000004",
    ]


def test_options_that_are_capabilities_are_those_of_the_machine() -> None:
    """What all machines are given is part of their configuration."""
    options = ("cap-htm=off", "cap-hpt-max-page-size=16MiB", "usb=off")
    assert capabilities_of(options) == {"htm": 0, "hpt_maxpagesize": 24}
