"""What an implementation says of itself: what it is, and what it can do. It knows no machine."""

from enum import StrEnum

import msgspec


class Ability(StrEnum):
    """What an adapter may declare beyond saving and loading."""

    QEMU_WIRE_FORMAT = "qemu-wire-format"
    """Its streams are QEMU's, byte for byte, so that it exchanges them with others."""
    LOAD_ONTO = "load-onto"
    """It can load onto a machine that already holds state."""
    MACHINE_TYPES = "machine-types"
    """It knows the versioned machine types, not only the newest that each version brought."""
    CALL = "call"
    """It lets guest and host act on a machine: it has the method `CallingAdapter.call`."""
    WHOLE_MACHINES = "whole-machines"
    """Its streams have all of a machine, CPUs and interrupt controllers too, and describe it."""
    FIT = "fit"
    """Its machines are not just any: it has the methods of `FittingAdapter`."""


class Support(msgspec.Struct, frozen=True):
    """What an implementation does at one stream version."""

    saves: bool = True
    loads: bool = True


class Implementation(msgspec.Struct, frozen=True):
    """What `Adapter.describe` returns.

    ``versions`` maps the id of a stream version (``3+ccs``) to what is supported there.
    ``machine_types`` are those that can be tested, all that its versions know if there are none.
    ``known_failures`` is the path of a file of failures that are known (`suites.harness.known`).
    ``behaves_as``, (5, 2): the release of QEMU as which guest and host are answered, where that is
    a later one than began with its stream version.
    ``excluded`` says of others why they cannot; ``unobserved`` says of aspects of a machine
    (`reference.compatibility.table.ASPECTS`) why the adapter does not see them. Both are shown.
    ``processors`` has the CPU that machines of a type start with, where an implementation has any:
    two builds between which it differs have not the same machine.
    """

    name: str
    release: str
    versions: dict[str, Support]
    abilities: frozenset[Ability] = frozenset()
    machine_types: tuple[str, ...] = ()
    excluded: dict[str, str] = {}
    unobserved: dict[str, str] = {}
    known_failures: str = ""
    processors: dict[str, str] = {}
    behaves_as: tuple[int, int] | None = None

    def has(self, type_name: str) -> bool:
        """Whether machines of a type can be tested."""
        return not self.machine_types or type_name in self.machine_types
