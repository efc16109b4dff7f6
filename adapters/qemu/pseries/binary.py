"""What a binary is, asked of the binary; and QEMUs started ahead of need."""

import re
from collections import Counter
from difflib import get_close_matches

from adapters.protocol import AdapterError, Died
from adapters.qemu.process import Process, QemuDied, QemuHung, QemuSaidNo
from adapters.qemu.program import Program
from adapters.qemu.pseries.carriers import Carrier
from adapters.qemu.pseries.kinds import Kind, arguments, capability_value, spelling
from adapters.qemu.pseries.running import Running
from reference.spapr.capabilities import default_capabilities
from reference.spapr.machine_types import Release, machine_type
from reference.spapr.versions import BASES, UnknownStreamVersion, stream_version
from reference.wire.errors import StreamError

NOT_FOUND = 127
"""The exit status of a shell that finds no such program (POSIX, Exit Status for Commands)."""
VERSIONED = re.compile(r"pseries-\d+\.\d+(-sxxm)?")


class Binary:
    """The program that a user named."""

    def __init__(self, name: str, program: Program) -> None:
        self.name = name
        self.program = program
        self.ready: dict[Kind, Process] = {}
        self.asked: Counter[Kind] = Counter()
        self.carriers: dict[Kind, Carrier] = {}
        self.usual: dict[str, frozenset[str]] = {}
        version, self.processors = self.identity()
        self.release: Release = version["major"], version["minor"]
        self.release_name = "{major}.{minor}.{micro}".format(**version)
        machines = sorted(self.processors, key=lambda name: (machine_type(name).release, name))
        self.machine_types, self.excluded = self.startable(machines)
        self.natural = [one for one, since in BASES.items() if since <= self.release][-1]
        try:
            self.version = stream_version(program.version or self.natural).id
        except UnknownStreamVersion as error:
            raise AdapterError(f"adapter {name!r}: version= names none: {error}") from None

    def identity(self) -> tuple[dict[str, int], dict[str, str]]:
        """The version, and the versioned pseries machine types with the CPU that each starts with.

        CPUs are named by their types, as ``cpu=`` may name one by an alias.
        """
        bare = ("-nodefaults", "-no-user-config", "-display", "none", "-machine", "none")
        try:
            process = Process((*self.program.command, *bare))
        except OSError as error:
            raise AdapterError(f"adapter {self.name!r}: it does not start: {error}.") from error
        try:
            version = process.execute("query-version")["qemu"]
            machines = process.execute("query-machines")
            models = process.execute("query-cpu-definitions")
        except (QemuDied, QemuHung, QemuSaidNo) as problem:
            raise AdapterError(f"adapter {self.name!r} is no QEMU: {problem}") from problem
        finally:
            process.close()
        named = {one["name"].lower(): one["typename"] for one in models}
        chosen = named.get(self.program.cpu.lower(), self.program.cpu)
        types = {
            one["name"]: chosen or one.get("default-cpu-type", "")
            for one in machines
            if VERSIONED.fullmatch(one["name"])
        }
        if not types:
            raise AdapterError(
                f"adapter {self.name!r}: this QEMU has no pseries machine; name a "
                "qemu-system-ppc64."
            )
        return version, types

    def startable(self, machines: list[str]) -> tuple[tuple[str, ...], dict[str, str]]:
        """The machine types that start with the options given; and of others, why they do not."""
        if (wanted := self.program.machine_type) and wanted not in machines:
            close = get_close_matches(wanted, machines)
            hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(machines)}."
            raise AdapterError(
                f"adapter {self.name!r}: this QEMU has no machine type {wanted!r}; {hint}"
            )
        asked = [wanted] if wanted else machines
        problems = {}
        for first in range(0, len(asked), 8):  # together they are up sooner
            batch = asked[first : first + 8]
            starting = [self.start(Kind(one)) for one in batch]
            for name, process in zip(batch, starting, strict=True):
                try:
                    process.connect()
                except (QemuDied, QemuHung) as problem:
                    problems[name] = str(problem).replace("\n", "; ")
                finally:
                    process.close()
        if len(problems) == len(asked):
            raise AdapterError(
                f"adapter {self.name!r}: {asked[-1]} does not start: {problems[asked[-1]]}"
            )
        return tuple(name for name in asked if name not in problems), problems

    def start(self, kind: Kind, *, incoming: bool = True) -> Process:
        """A process of a kind that waits for a stream, if it is to; raises `QemuDied`."""
        try:
            return Process(arguments(self.program, kind, incoming=incoming))
        except OSError as error:
            raise QemuDied(NOT_FOUND, str(error)) from error

    def waiting(self, kind: Kind) -> Running:
        """A QEMU that waits for a stream.

        One of the kind that is asked for most is started ahead; it waits until it is its turn, so
        that none is started in vain.
        """
        process = self.ready.pop(kind, None) or self.start(kind)
        self.asked[kind] += 1
        ((favourite, _),) = self.asked.most_common(1)
        if favourite not in self.ready:
            self.ready[favourite] = self.start(favourite)
        return running(process)

    def idle(self, kind: Kind) -> Running:
        """A QEMU on which nothing has happened, and which waits for nothing."""
        return running(self.start(kind, incoming=False))

    def carrier(self, kind: Kind) -> Carrier:
        """The carrier of a kind; capabilities do not matter to it."""
        plain = Kind(kind.machine_type, devices=kind.devices)
        if plain not in self.carriers:
            source = self.idle(plain)
            try:
                self.carriers[plain] = Carrier(source.migrate(), plain.machine_type, self.version)
            except StreamError as error:
                raise Died(
                    f"what QEMU {self.release_name} wrote when nothing had happened cannot be "
                    f"read as {self.version}: {error}"
                ) from None
            finally:
                source.close()
        return self.carriers[plain]

    def usual_capabilities(self, type_name: str) -> frozenset[str]:
        """The capabilities whose default is that of the model; others depend on the CPU.

        Newer releases have another CPU by default, and with it other capabilities.
        """
        if type_name not in self.usual:
            idle = self.idle(Kind(type_name))
            try:
                self.usual[type_name] = frozenset(
                    name
                    for name, value in default_capabilities(type_name).items()
                    if default_of(idle, name) == value
                )
            finally:
                idle.close()
        return self.usual[type_name]

    def starts(self, kind: Kind) -> bool:
        """Whether a machine of a kind can be started at all."""
        try:
            process = self.start(kind)
        except QemuDied:
            return False
        try:
            process.connect()
        except (QemuDied, QemuHung):
            return False
        finally:
            process.close()
        return True

    def close(self) -> None:
        """End the processes that wait."""
        for process in self.ready.values():
            process.close()
        self.ready.clear()


def default_of(idle: Running, name: str) -> int | None:
    """What a capability is where it was not given; nothing where QEMU does not know it."""
    try:
        said = idle.process.execute("qom-get", path="/machine", property=spelling(name))
    except QemuSaidNo:
        return None
    return capability_value(name, said)


def running(process: Process) -> Running:
    """The process, ready for streams; ended where it is not."""
    try:
        return Running(process)
    except BaseException:
        process.close()
        raise
