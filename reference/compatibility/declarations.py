"""Features of somebody's own, as strictly parsed data: tables ``[[feature]]`` of a TOML file.

``name``: what follows the base in the id of a version. ``bases``: those that it can be added to.
``section``: where it hangs, one of `SECTIONS`. ``subsection``: its name, where it is one; else
``version_id``: that of the section, whose fields these follow. ``fields``: each a ``name`` and a
``type``, one of `TYPES`, and the ``size`` of a buffer in bytes. ``needed``: the condition under
which it is sent, a field, a comparison and a number (``guest_mood != 0``).

And one of these: ``carries``, the name of an aspect (`table.ASPECTS`) that the fields hold, which
are attributes of the model then; ``loses``, in words what the guest loses on a road without it; or
``opaque = true``, where it loses nothing.
"""

import difflib
import operator
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from reference.compatibility.table import ASPECTS
from reference.spapr.connector import Connector
from reference.spapr.features import FEATURES
from reference.spapr.machine import HostBridge, IommuTable, Machine
from reference.spapr.versions import BASES, stream_version
from reference.vmstate import fields as kinds
from reference.vmstate.description import Field
from reference.vmstate.records import Record


class Section(NamedTuple):
    """A section in which a feature can hang: its record, and those that a machine has of it.

    ``holds`` says how the machine is with others of them. A section that is sent ``always`` can
    have a higher version_id.
    """

    record: type[Record]
    parts: Callable[[Machine], Iterable[Any]]
    attribute: str = ""
    always: bool = True


SECTIONS = {
    "spapr": Section(Machine, lambda machine: (machine,)),
    "spapr_drc": Section(Connector, lambda machine: machine.connectors, "connectors", always=False),
    "spapr_iommu": Section(IommuTable, lambda machine: machine.iommu_tables, "iommu_tables"),
    "spapr_pci": Section(HostBridge, lambda machine: (machine.host_bridge,), "host_bridge"),
}
TYPES: dict[str, Callable[..., Field]] = {
    name: getattr(kinds, name)
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
} | {"bool": kinds.bool_, "buffer": kinds.buffer}
COMPARISONS = {
    "!=": operator.ne,
    "==": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
CONDITION = re.compile(r"(\w+)\s*(\S+)\s*(-?(?:0x[0-9a-fA-F]+|\d+))")


class DeclarationError(Exception):
    """A file of versions that cannot be used; the message says where and why."""


class DeclaredField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field: ``size`` is that of a buffer, in bytes."""

    name: str
    type: str
    size: int = 0

    @property
    def resting(self) -> int | bytes:
        """What it is after a reset."""
        if self.type == "buffer":
            return bytes(self.size)
        return False if self.type == "bool" else 0

    def described(self, version_id: int) -> Field:
        """As a description has it."""
        given = {"size": self.size} if self.type == "buffer" else {}
        return TYPES[self.type](self.name, version_id=version_id, **given)


class Declaration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One feature, as the file has it; see the module."""

    name: str
    bases: tuple[str, ...]
    section: str
    fields: tuple[DeclaredField, ...]
    subsection: str = ""
    version_id: int = 0
    needed: str = ""
    carries: str = ""
    loses: str = ""
    opaque: bool = False

    @property
    def key(self) -> str:
        """What tells it from the features that come with the project."""
        return f"declared {self.name}"

    @property
    def aspect(self) -> str:
        """The name of what it carries."""
        return self.carries or self.loses or self.name

    @property
    def resting(self) -> dict[str, int | bytes]:
        """The values of a machine on which nothing happened; none of what the model knows."""
        return {} if self.carries else {one.name: one.resting for one in self.fields}


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file."""

    feature: tuple[Declaration, ...] = ()


def read_declarations(path: Path) -> tuple[Declaration, ...]:
    """The features of a TOML file; raises `DeclarationError`."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Declared).feature
    except OSError as error:
        raise DeclarationError(f"{path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{path} is no TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise DeclarationError(f"{path}: {error}; {_key_meant(str(error))}") from error
    for place, one in enumerate(found, 1):
        before = [it.name for it in found[: place - 1]]
        for problem in problems(one, before):
            raise DeclarationError(f"{path}, feature {place} ({one.name}): {problem}")
    return found


def _key_meant(said: str) -> str:
    """Which keys there are, where an unknown one was given."""
    own = DeclaredField if "fields[" in said else Declaration
    keys = own.__struct_fields__ if "feature[" in said else Declared.__struct_fields__
    unknown = re.search(r"unknown field `(.+?)`", said)
    return f"{meant(unknown[1], keys)}." if unknown else f"the keys are {', '.join(keys)}."


def meant(wrong: str, known: Iterable[str]) -> str:
    """What was probably meant, or else all that there is."""
    known = list(known)
    close = difflib.get_close_matches(wrong, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"


def problems(one: Declaration, before: list[str]) -> Iterator[str]:
    """What is wrong with a feature, of which others come ``before`` in the file."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", one.name):
        yield "a name has lower-case letters, digits and dashes, such as 'mood'."
    if one.name in before:
        yield "the file has two features of this name; give one another."
    if one.name in {it.name for it in FEATURES}:
        yield "there is a feature of this name already; give yours another."
    if not one.bases:
        yield f"bases is empty; name one of {', '.join(BASES)}."
    for base in one.bases:
        if base not in BASES:
            yield f"unknown base {base!r}; {meant(base, BASES)}."
    if one.section not in SECTIONS:
        yield f"unknown section {one.section!r}; {meant(one.section, SECTIONS)}."
        return
    yield from _wire_problems(one)
    yield from _field_problems(one)
    yield from _condition_problems(one)
    yield from _meaning_problems(one)


def _wire_problems(one: Declaration) -> Iterator[str]:
    """What is wrong with where it hangs."""
    if bool(one.subsection) == bool(one.version_id):
        yield "it has either a subsection or a version_id of its section; give one of them."
    if one.subsection and (
        not one.subsection.startswith(one.section) or len(one.subsection) <= len(one.section)
    ):
        yield (
            f"subsection {one.subsection!r} does not begin with {one.section!r}: no loader would "
            f"find it; call it {one.section}/{one.subsection.rpartition('/')[2]}."
        )
    if one.version_id and not SECTIONS[one.section].always:
        yield f"{one.section} is not always sent, so its version cannot rise; use a subsection."
    if one.version_id and one.needed:
        yield "fields of the section itself are always sent: leave needed out."


def _field_problems(one: Declaration) -> Iterator[str]:
    """What is wrong with its fields."""
    names = [field.name for field in one.fields]
    record = SECTIONS[one.section].record
    if not names:
        yield "fields is empty; name one at least."
    for field in one.fields:
        if field.type not in TYPES:
            yield f"field {field.name!r}: unknown type {field.type!r}; {meant(field.type, TYPES)}."
        if (field.type == "buffer") != (field.size > 0):
            yield f"field {field.name!r}: a buffer has a size in bytes, and nothing else has one."
        if names.count(field.name) > 1:
            yield f"there are two fields {field.name!r}; give one another name."
        known = record.__struct_fields__
        if one.carries and field.name not in known:
            yield f"the model has no {field.name!r} in {one.section}; {meant(field.name, known)}."
        if not one.carries and field.name in known:
            yield f"the model has {field.name!r}: say with carries which aspect that is."


def _condition_problems(one: Declaration) -> Iterator[str]:
    """What is wrong with its condition."""
    if one.subsection and not one.needed:
        yield 'a subsection is sent when it is needed; give a condition, such as needed = "x != 0".'
    if not one.needed:
        return
    found = CONDITION.fullmatch(one.needed)
    names = [field.name for field in one.fields if field.type != "buffer"]
    if not found:
        yield (
            f"unknown condition {one.needed!r}; it is a field, a comparison and a number, such as "
            f"{(names or ['x'])[0]} != 0."
        )
    elif found[1] not in names:
        yield f"condition {one.needed!r} is about no number of it; {meant(found[1], names)}."
    elif found[2] not in COMPARISONS:
        yield f"condition {one.needed!r}: unknown comparison; use one of {', '.join(COMPARISONS)}."


def _meaning_problems(one: Declaration) -> Iterator[str]:
    """What is wrong with what it means to a guest."""
    if [bool(one.carries), bool(one.loses), one.opaque].count(True) != 1:
        yield (
            "say what it is to the guest with one of carries (an aspect), loses (words) or "
            "opaque = true."
        )
    names = [aspect.name for aspect in ASPECTS]
    if one.carries and one.carries not in names:
        yield f"unknown aspect {one.carries!r}; {meant(one.carries, names)}."
    if one.loses in names:
        yield f"{one.loses!r} is an aspect of the model: say carries in place of loses."


def condition(one: Declaration) -> Callable[[Callable[[str], Any]], bool]:
    """Whether a feature is needed, asked of what gives the value of a field by name."""
    found = CONDITION.fullmatch(one.needed)
    assert found is not None, f"{one.needed!r} was not checked"
    name, compare, number = found[1], COMPARISONS[found[2]], int(found[3], 0)
    return lambda value: bool(compare(value(name), number))


def versions_of(one: Declaration) -> list[str]:
    """The ids of its bases with it; raises `UnknownStreamVersion`."""
    return [stream_version(f"{base}+{one.name}").id for base in one.bases]
