"""With what command line a machine is started: its type, options, devices and capabilities."""

from collections.abc import Iterator, Mapping

from adapters.qemu.program import Program
from reference.spapr.capabilities import CAPABILITIES
from reference.spapr.machine import Machine
from reference.vmstate.records import Record

MEMORY: dict[str, str | int | bool] = {"size": 1 << 28, "share": True, "mem-path": "/tmp"}  # noqa: S108
"""Memory that x-ignore-shared keeps out of the stream: a file that QEMU unlinks at once, for since
10.0 memory without a name does not count as shared (system/physmem.c, qemu_ram_is_named_file)."""

SPELLINGS: dict[str, tuple[str, dict[int, str]]] = {
    # capability: its machine property, and how its values are spelled where not off and on
    # (QEMU hw/ppc/spapr_caps.c, capability_table)
    "cfpc": ("cap-cfpc", {0: "broken", 1: "workaround", 2: "fixed"}),
    "sbbc": ("cap-sbbc", {0: "broken", 1: "workaround", 2: "fixed"}),
    "ibs": (
        "cap-ibs",
        {0: "broken", 1: "workaround", 2: "fixed-ibs", 3: "fixed-ccd", 4: "fixed-na"},
    ),
    "hpt_maxpagesize": (
        "cap-hpt-max-page-size",
        {12: "4kiB", 16: "64kiB", 24: "16MiB", 34: "16GiB"},
    ),
    "nested_kvm_hv": ("cap-nested-hv", {}),
}
SWITCH = {0: "off", 1: "on"}


class Device(Record, frozen=True):
    """A device that can be plugged into one connector: what it is made of, what it is called."""

    driver: str
    options: dict[str, str | int]
    memory: bool = False
    """Whether it brings memory, which needs an object of its own."""


DEVICES = {
    # By DRC index: PCI slots of the first host bridge, and blocks of 256 MiB above 1 GiB. Cores
    # are left out: under TCG, QEMU 7.2 dies now and then when one is given back.
    0x40000010: Device("virtio-rng-pci", {"addr": "2"}),
    0x40000018: Device("virtio-rng-pci", {"addr": "3"}),
    0x80000004: Device("pc-dimm", {"addr": 0x40000000}, memory=True),
    0x80000005: Device("pc-dimm", {"addr": 0x50000000}, memory=True),
}


def device_arguments(drc_index: int) -> dict[str, str | int]:
    """What makes the device of a connector, for ``-device`` and ``device_add``."""
    device = DEVICES[drc_index]
    memory = {"memdev": memory_id(drc_index)} if device.memory else {}
    return {"driver": device.driver, "id": device_id(drc_index)} | device.options | memory


def memory_arguments(name: str) -> dict[str, str | int | bool]:
    """What makes 256 MiB of memory, for ``-object`` and ``object-add``."""
    return {"qom-type": "memory-backend-file", "id": name, **MEMORY}


def option(first: str, arguments: Mapping[str, str | int | bool]) -> str:
    """Arguments of QMP as an option of the command line, which has no name for the ``first``."""
    words = {name: SWITCH[it] if isinstance(it, bool) else it for name, it in arguments.items()}
    rest = (f"{name}={it}" for name, it in words.items() if name != first)
    return ",".join((str(words[first]), *rest))


def device_id(drc_index: int) -> str:
    """What the device in a connector is called."""
    return f"device-{drc_index:x}"


def memory_id(drc_index: int) -> str:
    """What the memory of a device is called."""
    return f"memory-{drc_index:x}"


def spelling(name: str) -> str:
    """The property of the machine that a capability is: ``cap-htm``."""
    return SPELLINGS[name][0] if name in SPELLINGS else f"cap-{name.replace('_', '-')}"


def spelled(name: str, value: int) -> str:
    """A capability as a property of the machine with its value: ``cap-htm=off``."""
    values = SPELLINGS[name][1] if name in SPELLINGS else {}
    return f"{spelling(name)}={(values or SWITCH)[value]}"


def capability_value(name: str, said: bool | int | str) -> int:  # noqa: FBT001 -- JSON
    """A capability as QMP has it: a truth, a number of bytes, or a word."""
    if isinstance(said, bool):
        return int(said)
    if isinstance(said, int):
        return said.bit_length() - 1
    _, values = SPELLINGS[name]
    return next(value for value, word in values.items() if word == said)


def capabilities_of(options: tuple[str, ...]) -> dict[str, int]:
    """The capabilities that are among the options of a machine."""
    known = {
        spelled(one.name, value): (one.name, value) for one in CAPABILITIES for value in one.values
    }
    return dict(known[option] for option in options if option in known)


class Kind(Record, frozen=True):
    """Machines that are started alike."""

    machine_type: str
    capabilities: tuple[tuple[str, int], ...] = ()
    devices: tuple[int, ...] = ()


def kind_of(machine: Machine) -> Kind:
    """How a machine is started."""
    return Kind(
        machine_type=machine.machine_type,
        capabilities=tuple(sorted(machine.capabilities.items())),
        devices=tuple(sorted(one.drc_index for one in machine.connectors if one.device)),
    )


def arguments(program: Program, kind: Kind, *, incoming: bool) -> tuple[str, ...]:
    """The command line of a machine that waits for a stream, or does not."""
    capabilities = tuple(
        text for text in (spelled(*one) for one in kind.capabilities) if text not in program.options
    )
    machine = ",".join(
        (kind.machine_type, "memory-backend=memory", *program.options, *capabilities)
    )
    return (
        *program.command,
        *("-nodefaults", "-no-user-config", "-display", "none", "-vga", "none", "-S"),
        *("-accel", "tcg,tb-size=1", "-m", "256M,slots=2,maxmem=1G", "-machine", machine),
        # The virtual clock stands still: so do the guest's clock and the dates of its events.
        *("-rtc", "clock=vm"),
        *("-object", option("qom-type", memory_arguments("memory"))),
        *(("-cpu", program.cpu) if program.cpu else ()),
        *plugged(kind),
        *(("-incoming", "defer") if incoming else ()),
    )


def plugged(kind: Kind) -> Iterator[str]:
    """The options that plug the devices of a kind."""
    for drc_index in kind.devices:
        if DEVICES[drc_index].memory:
            yield from ("-object", option("qom-type", memory_arguments(memory_id(drc_index))))
        yield from ("-device", option("driver", device_arguments(drc_index)))
