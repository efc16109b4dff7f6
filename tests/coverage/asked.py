"""What is asked of the tests, derived from the descriptions of every stream version."""

from collections.abc import Iterator
from enum import StrEnum
from struct import calcsize

from msgspec import Struct

from reference.compatibility.expectation import machine_types
from reference.spapr.capabilities import CAPABILITIES, default_capabilities
from reference.spapr.capabilities import HPT_MAX_PAGE_SIZE as HPT
from reference.spapr.connector import ConnectorState
from reference.spapr.sections import plans
from reference.spapr.versions import STREAM_VERSIONS, StreamVersion
from reference.vmstate.access import Mappings
from reference.vmstate.compiler import Compiler
from reference.vmstate.description import (
    Bitmap,
    Buffer,
    Field,
    Queue,
    Scalar,
    Structure,
    Unused,
    VMStateDescription,
)
from strategies.numbers import steps
from strategies.pseries.connectors import ALL_TYPES, ID_BITS
from strategies.pseries.windows import ALL_PAGE_SHIFTS, DEFAULT_LIOBN
from suites.pseries.oracle.boundaries import DEPTHS, LIOBN_BITS, OFFSETS, PMEM_CONNECTORS
from suites.pseries.oracle.compared import COUNTED_OTHERWISE
from suites.pseries.oracle.lengths import BYTES, ELEMENTS, UNCOUNTED


class Kind(StrEnum):
    """What a line is about, and so what is asked of it."""

    VALUE = "values"
    BITMAP = "bitmaps"
    LENGTH = "lists and buffers"
    COMPARED = "compared numbers"
    INSTANCE = "instances"


class Line(Struct, frozen=True):
    """One line: a field of a description, or the instances of a section.

    ``name`` is the name of the description and that of the field. ``asked`` is what must be
    reached in each of ``versions``: values as they are in the stream, without a sign; lengths; for
    a compared number by what it must differ; bits of a bitmap.
    """

    kind: Kind
    name: str
    type: str
    versions: dict[str, frozenset[int]]


LIMITED: dict[str, frozenset[int]] = {
    # Numbers with a meaning each, of which there are no others; places in a tree.
    "spapr_drc state": frozenset(range(ConnectorState.LOGICAL_UNUSABLE, len(ConnectorState))),
    "spapr_drc/physical dr_indicator": frozenset(range(4)),
    "spapr_iommu_ex page_shift": frozenset(ALL_PAGE_SHIFTS),
    "spapr_drc/ccs ccs_offset": frozenset(OFFSETS),
    "spapr_drc/ccs ccs_depth": frozenset(DEPTHS),
}
INSTANCES = ("spapr_drc", "spapr_drc/physical", "spapr_iommu")
"""The sections of which a machine has several."""


def fields_of(vmsd: VMStateDescription, version_id: int) -> Iterator[tuple[str, Field]]:
    """Each field that a description has at a version, with the name of the innermost one."""
    present = Compiler(vmsd, version_id, Mappings()).may_exist
    for field in filter(present, vmsd.fields):
        yield vmsd.name, field
        if isinstance(field.info, Structure | Queue):
            yield from fields_of(field.info.vmsd, field.info.vmsd.version_id)
    for one in vmsd.subsections:
        yield from fields_of(one, one.version_id)


def bits_of(scalar: Scalar) -> int:
    """How many bits a number has in the stream."""
    return 8 * calcsize(f">{scalar.code}")


def values_of(name: str, scalar: Scalar, type_name: str) -> frozenset[int]:
    """The values that a number must have had: of a capability those that are sent."""
    for one in CAPABILITIES:
        if name == f"spapr/cap/{one.name} mig.caps[0x{one.index:02X}]":
            unsent = default_capabilities(type_name)[one.name] if one.name != HPT else None
            return frozenset(one.values) - {unsent}
    return LIMITED.get(name, frozenset(steps(bits_of(scalar))))


def asked_of(
    vmsd_name: str, field: Field, type_name: str
) -> Iterator[tuple[Kind, str, frozenset[int]]]:
    """The kinds of lines that a field has; its type; and what is asked."""
    name = f"{vmsd_name} {field.name}"
    match field.info:
        case Scalar() as info if info.check is not None:
            turned = (1 << bit for bit in range(bits_of(info)))
            by = COUNTED_OTHERWISE if field.counts else turned
            yield Kind.COMPARED, info.type_name, frozenset(by)
        case Scalar(type_name="bool"):
            yield Kind.VALUE, "bool", frozenset((0, 1))
        case Scalar() as info if not field.counts:
            yield Kind.VALUE, info.type_name, values_of(name, info, type_name)
        case Bitmap(bits=bits):
            yield Kind.BITMAP, f"{bits} bits", frozenset(range(bits))
        case Buffer(size=str(size)):
            yield Kind.LENGTH, f"buffer[{size}]", frozenset(BYTES)
        case Queue() as info:
            yield Kind.LENGTH, info.type_name, frozenset(UNCOUNTED)
        case Unused(size=size):
            yield Kind.VALUE, f"{size} unused bytes", frozenset(steps(8 * size))
    if isinstance(field.count, str):
        yield Kind.LENGTH, f"{field.info.type_name}[{field.count}]", frozenset(ELEMENTS)


def instances_of(idstr: str, version: StreamVersion) -> frozenset[int]:
    """The instance_ids of which each has one bit of those that the type allows."""
    if idstr == "spapr_iommu":
        return frozenset(DEFAULT_LIOBN | 1 << bit for bit in LIOBN_BITS)
    kinds = (one for one in ALL_TYPES if one.name != "PMEM" or version.release >= PMEM_CONNECTORS)
    physical = idstr.endswith("/physical")
    return frozenset(
        kind << 28 | 1 << bit
        for kind in kinds
        if not physical or kind.name in {"VIO", "PCI"}
        for bit in range(ID_BITS)
    )


def lines() -> list[Line]:
    """All lines, as the newest machine type of each version has them, or the newest that does."""
    found: dict[tuple[Kind, str], Line] = {}

    def add(kind: Kind, name: str, version: str, type_name: str, asked: frozenset[int]) -> None:
        line = found.setdefault((kind, name), Line(kind, name, type_name, {}))
        line.versions.setdefault(version, asked)

    for version in STREAM_VERSIONS.values():
        for type_name in reversed(machine_types(version.id)):
            for idstr, plan in plans(version, type_name).items():
                if idstr in INSTANCES:
                    asked = instances_of(idstr, version)
                    add(Kind.INSTANCE, f"{idstr} instance_id", version.id, "uint32", asked)
                for vmsd_name, field in fields_of(plan.vmsd, plan.version_id):
                    for kind, field_type, asked in asked_of(vmsd_name, field, type_name):
                        add(kind, f"{vmsd_name} {field.name}", version.id, field_type, asked)
    return list(found.values())


def parts() -> dict[str, list[str]]:
    """Each section and subsection, with the versions that have it for some machine type."""
    found: dict[str, dict[str, None]] = {}
    for version in STREAM_VERSIONS.values():
        for type_name in machine_types(version.id):
            for idstr, plan in plans(version, type_name).items():
                for name in (idstr, *(one.name for one in plan.vmsd.subsections)):
                    found.setdefault(name, {})[version.id] = None
    return {name: [*versions] for name, versions in found.items()}
