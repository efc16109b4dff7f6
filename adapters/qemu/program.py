"""What a user names to test a real QEMU: ``qemu:BINARY[,machine=TYPE][,option=...]``."""

import shlex

from adapters.answers import AdapterError
from reference.vmstate.records import Record

SCHEME = "qemu:"


class Program(Record, frozen=True):
    """What the user named: a command, perhaps one machine type, and options of every machine.

    ``command`` is split as a shell does. ``cpu``: the model of the CPU, where it is not to be that
    which the release has for the machine type. ``version``: the stream version that it writes,
    where it is not that of its release (``7.1+ccs``). ``options`` are properties of the machine
    (``cap-htm=off``).
    """

    command: tuple[str, ...]
    machine_type: str = ""
    cpu: str = ""
    options: tuple[str, ...] = ()
    version: str = ""


def program(name: str) -> Program:
    """What ``qemu:BINARY[,machine=TYPE][,cpu=MODEL][,version=ID][,option=NAME=VALUE]...`` names.

    Raises `AdapterError`.
    """
    binary, *words = name.removeprefix(SCHEME).split(",")
    try:
        command = tuple(shlex.split(binary))
    except ValueError as error:
        raise AdapterError(f"adapter {name!r}: {binary!r} is no command line: {error}.") from error
    if not command:
        raise AdapterError(f"adapter {name!r}: expected qemu:BINARY[,machine=TYPE][,option=...].")
    once = ("machine", "cpu", "version")
    values: dict[str, list[str]] = {key: [] for key in (*once, "option")}
    for word in words:
        key, equals, value = word.partition("=")
        if key not in values or not (equals and value):
            raise AdapterError(
                f"adapter {name!r}: unknown {word!r}; after BINARY come machine=TYPE, cpu=MODEL, "
                "version=ID such as version=7.1+ccs, and option=NAME=VALUE, a property of the "
                "machine such as option=cap-htm=off."
            )
        values[key].append(value)
    for key in once:
        if len(values[key]) > 1:
            raise AdapterError(f"adapter {name!r}: {key}= is given more than once; name one.")
    machine_type, cpu, version = ("".join(values[key]) for key in once)
    return Program(command, machine_type, cpu, tuple(values["option"]), version)
