"""What a user names to test devices: ``qemu:BINARY,machine=TYPE,device=NAME,PROPERTY=VALUE``."""

import difflib
import shlex

from adapters.answers import AdapterError
from adapters.qemu.program import SCHEME
from reference.vmstate.records import Record

KEYS = ("machine", "cpu", "device", "also", "memory")
"""The words of ours; what follows a device or what is there also and is none of them is theirs."""
OPEN = ("device", "also", "machine")
"""Those that go on behind a comma."""
PSERIES = "pseries"


class Configuration(Record, frozen=True):
    """What the user named: a command, a machine type, what is plugged, and what else is needed.

    ``command`` is split as a shell does. ``machine`` has its properties, ``virt,gic-version=3``,
    and each of ``devices`` too, ``virtio-blk-pci,drive=d0``. ``also`` are further arguments of the
    command line: ``-blockdev``, ``null-co,node-name=d0``. ``memory`` is what ``-m`` gets.
    """

    command: tuple[str, ...]
    machine: str
    devices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    cpu: str = ""
    memory: str = ""

    @property
    def type_name(self) -> str:
        """The machine type."""
        return self.machine.partition(",")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """What is plugged, by name; the board where nothing is."""
        return tuple(one.partition(",")[0] for one in self.devices) or ("board",)


def is_about_devices(name: str) -> bool:
    """Whether a name is one of machines without a model: it has a device, or no pseries machine."""
    words = name.split(",")[1:]
    machines = [one.partition("=")[2] for one in words if one.startswith("machine=")]
    return any(one.startswith("device=") for one in words) or any(
        not one.startswith(PSERIES) for one in machines
    )


def configuration(name: str) -> Configuration:
    """What ``qemu:BINARY,machine=TYPE,device=NAME,...,also=ARGUMENT VALUE,...`` names.

    Raises `AdapterError`.
    """
    binary, *words = name.removeprefix(SCHEME).split(",")
    found: list[tuple[str, str]] = []
    for word in words:
        key, equals, value = word.partition("=")
        if key in KEYS and equals:
            if not value:
                raise AdapterError(f"adapter {name!r}: {key}= is empty.")
            found.append((key, value))
        elif found and found[-1][0] in OPEN:
            key, value = found.pop()
            found.append((key, f"{value},{word}"))
        else:
            close = difflib.get_close_matches(key, KEYS, n=1)
            hint = f" (did you mean {close[0]}=?)" if close else ""
            raise AdapterError(
                f"adapter {name!r}: unknown {word!r}{hint}; after BINARY come machine=TYPE, "
                "device=NAME with its properties, also=ARGUMENTS such as also=-netdev user,id=n0, "
                "cpu=MODEL and memory=SIZE."
            )
    for key in ("machine", "cpu", "memory"):
        if sum(one == key for one, _ in found) > 1:
            raise AdapterError(f"adapter {name!r}: {key}= is given more than once; name one.")
    values = {key: tuple(value for one, value in found if one == key) for key in KEYS}
    try:
        command = tuple(shlex.split(binary))
        also = tuple(word for one in values["also"] for word in shlex.split(one))
    except ValueError as error:
        raise AdapterError(f"adapter {name!r}: this is no command line: {error}.") from error
    if not (command and values["machine"]):
        raise AdapterError(
            f"adapter {name!r}: expected qemu:BINARY,machine=TYPE,device=NAME, as in "
            "qemu:qemu-system-x86_64,machine=q35,device=e1000e."
        )
    (machine,), cpu, memory = values["machine"], values["cpu"], values["memory"]
    return Configuration(command, machine, values["device"], also, "".join(cpu), "".join(memory))
