"""What a machine needs so that it can be driven: by the name of its type, data."""

from fnmatch import fnmatchcase
from typing import NamedTuple

from adapters.qemu.devices.pci import ByMemory, ByPorts, ByRtas, Way, Windows

FIRMWARE_SIZE = 1 << 16
"""Bytes: the unit of a PC's firmware (hw/i386/x86.c, x86_bios_rom_init)."""


class Platform(NamedTuple):
    """Machine types of some architectures, and what they need.

    ``options`` are properties of the machine. ``firmware`` is one instruction that keeps a CPU
    where it is, of which all of its memory is full; ``memory`` is the smallest that will do, and
    the machine's own where there is none. ``way`` leads to configuration space, if there is one.
    """

    architectures: tuple[str, ...]
    types: tuple[str, ...]
    options: tuple[str, ...] = ()
    firmware: bytes = b""
    memory: str = ""
    way: Way | None = None
    windows: Windows = Windows(0, 0)


PLATFORMS = (
    # cli; hlt: a halted PC wakes for nothing. Its window of 32 bits begins behind the memory.
    Platform(
        ("x86_64", "i386"),
        ("pc*", "q35*"),
        ("vmport=off",),
        b"\xfa\xf4",
        "2M",
        ByPorts(),
        Windows(0xC0000000, 0xC000),
    ),
    # b . in both forms; addresses from hw/arm/virt.c, base_memmap, with all of it below 4 GiB.
    Platform(
        ("aarch64",),
        ("virt*",),
        ("highmem=off",),
        bytes.fromhex("00000014"),
        "2M",
        ByMemory(0x3F000000),
        Windows(0x10000000, 0x1000),
    ),
    Platform(
        ("arm",),
        ("virt*",),
        ("highmem=off",),
        bytes.fromhex("feffffea"),
        "2M",
        ByMemory(0x3F000000),
        Windows(0x10000000, 0x1000),
    ),
    # b .; memory comes in blocks of 256 MiB, the window of 32 bits of PCI is one at 2 GiB.
    Platform(
        ("ppc64",),
        ("pseries*",),
        (),
        bytes.fromhex("48000000"),
        "256M",
        ByRtas(),
        Windows(0x80000000, 0x1000),
    ),
)
ANY = Platform((), ("*",))
"""All others: boards without PCI, or of which nobody told us where it is."""


def platform_of(architecture: str, type_name: str) -> Platform:
    """What machines of a type need."""
    for one in PLATFORMS:
        if architecture in one.architectures and any(
            fnmatchcase(type_name, pattern) for pattern in one.types
        ):
            return one
    return ANY


def firmware_of(platform: Platform) -> bytes:
    """The image that a CPU runs; where it begins does not matter, but on a PC to its last bytes."""
    times, rest = divmod(FIRMWARE_SIZE, len(platform.firmware))
    assert not rest, platform.firmware
    return platform.firmware * times
