"""From a description to a plan: which fields are there, and which are read together."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any

import msgspec

from reference.vmstate.access import Access, Mappings, Records
from reference.vmstate.arrays import ScalarArray, StructArray, UnusedArray
from reference.vmstate.conditions import ConditionalStep, ValidateStep
from reference.vmstate.description import (
    Bitmap,
    Buffer,
    Field,
    Info,
    Pointers,
    Queue,
    Scalar,
    Structure,
    Temporary,
    Tree,
    Unused,
    Validate,
    VersionBefore,
    VMStateDescription,
)
from reference.vmstate.errors import DescriptionError
from reference.vmstate.lists import QueueStep, TreeStep
from reference.vmstate.plan import Plan
from reference.vmstate.pointers import PointerArray, ScalarTarget
from reference.vmstate.runs import FixedRun, is_fixed
from reference.vmstate.steps import Count, Step
from reference.vmstate.variable import BitmapStep, BufferStep, StructStep, TemporaryStep

PLANS = 4096
"""How many plans are kept: those of all stream versions, and not of every stream ever seen."""


@lru_cache(PLANS)
def compile_plan(vmsd: VMStateDescription, version_id: int | None = None) -> Plan:
    """The plan that loads and saves the records of ``vmsd``, at its own version by default.

    Raises `DescriptionError` where the description contradicts itself.
    """
    version_id = vmsd.version_id if version_id is None else version_id
    return Compiler(vmsd, version_id, _access(vmsd)).plan()


@lru_cache(PLANS)
def compile_decoder(vmsd: VMStateDescription, version_id: int) -> Plan:
    """The plan that turns the bytes of ``vmsd`` into dicts and back, hooks and checks left out.

    It needs no local machine and keeps all that the stream says, so that the same bytes can be
    written again.
    """
    return Compiler(vmsd, version_id, Mappings()).plan()


def _access(vmsd: VMStateDescription) -> Access:
    if vmsd.record is None:
        return Mappings()
    if not issubclass(vmsd.record, msgspec.Struct):
        raise DescriptionError(
            f"{vmsd.name}: the record {vmsd.record.__name__} is no msgspec.Struct"
        )
    return Records(vmsd.record)


class Compiler:
    """Makes the plan of one description."""

    def __init__(self, vmsd: VMStateDescription, version_id: int, access: Access) -> None:
        self.vmsd = vmsd
        self.version_id = version_id
        self.access = access
        self.derived = not isinstance(access, Mappings)
        self.plans: dict[tuple[VMStateDescription, int], Plan] = {}
        self.multiples = {
            field.attribute: field.multiply * getattr(field.info, "multiply", 1)
            for field in vmsd.fields
        }
        names = Counter(field.name for field in vmsd.fields)
        attributes = Counter(field.attribute for field in filter(self.may_exist, vmsd.fields))
        seen: Counter[str] = Counter()
        self.fields: list[tuple[Field, str]] = []
        for field in vmsd.fields:
            name = f"{field.name}[{seen[field.name]}]" if names[field.name] > 1 else field.name
            seen[field.name] += 1
            # A dict has room for one value a name; a record has whatever its hooks make of them.
            clash = not self.derived and attributes[field.attribute] > 1
            self.fields.append((replace(field, attribute=name) if clash else field, name))

    def plan(self) -> Plan:
        """Consecutive fields of fixed size become one step, the others a step each."""
        present = [pair for pair in self.fields if self.may_exist(pair[0])]
        steps: list[Step] = []
        for together, group in groupby(present, lambda pair: self.fuses(pair[0])):
            fields = list(group)
            steps += [self.run(fields)] if together else [self.step(*one) for one in fields]
        return Plan(
            self.vmsd,
            self.version_id,
            self.access,
            steps=tuple(steps),
            transient=tuple(
                field.attribute for field, _ in present if self.derived and field.counts
            ),
            compressible=not self.vmsd.subsections and all(map(compressible, self.vmsd.fields)),
            compile_subsection=self.subsection,
        )

    def may_exist(self, field: Field) -> bool:
        """Whether the field is in this version, as far as the version decides it."""
        if isinstance(field.info, Validate):
            return self.derived
        if field.field_exists is None:
            return field.version_id <= self.version_id
        if isinstance(field.field_exists, VersionBefore):
            return field.field_exists(None, self.version_id)
        return True

    @staticmethod
    def conditional(field: Field) -> bool:
        """Whether the state decides if the field is there."""
        return not isinstance(field.field_exists, VersionBefore | None)

    def fuses(self, field: Field) -> bool:
        """Whether the field can be read together with its neighbours."""
        return is_fixed(field) and not self.conditional(field)

    def run(self, fields: list[tuple[Field, str]]) -> FixedRun:
        """One step for fields of fixed size."""
        return FixedRun(fields, self.access, self.multiples, derived=self.derived)

    def step(self, field: Field, name: str) -> Step:
        """The step of a field that is not fused."""
        if isinstance(field.info, Validate):
            return ValidateStep(field, self.access, self.version_id)
        inner = self.run([(field, name)]) if is_fixed(field) else self.variable(field, name)
        if not self.conditional(field):
            return inner
        assert field.field_exists is not None
        if not self.derived:
            raise DescriptionError(
                f"{self.vmsd.name}: whether {name} is there depends on the machine; "
                "a stream of it cannot be decoded without one"
            )
        return ConditionalStep(field.field_exists, inner, self.access, self.version_id)

    def variable(self, field: Field, name: str) -> Step:  # noqa: C901, PLR0911 -- a table of kinds
        """The step of a field whose size is not fixed."""
        access = self.access
        match field.info:
            case Buffer(size=size, multiply=multiply) if field.count is None:
                return BufferStep(field, name, access, self.count(field, size, multiply))
            case Bitmap() if field.count is None:
                return BitmapStep(field, name, access)
            case Structure() as info:
                plan = self.nested(info.vmsd, info.version_id)
                if field.count is None:
                    return StructStep(field, name, access, plan)
                if isinstance(field.count, str) and not plan.minimum_size:
                    raise DescriptionError(
                        f"{self.vmsd.name}: {name} is counted, and has elements that may take no "
                        "byte, so that no stream bounds their number"
                    )
                count = self.count(field, field.count, field.multiply)
                return StructArray(field, name, access, count, plan)
            case Pointers(target=target) if field.count is not None:
                count = self.count(field, field.count, field.multiply)
                return PointerArray(field, name, access, count, self.target(target))
            case Queue(vmsd=vmsd) if field.count is None:
                return QueueStep(field, name, access, self.nested(vmsd))
            case Tree(key=key, value=value) if field.count is None:
                keys = self.nested(key) if key is not None else None
                return TreeStep(field, name, access, keys, self.nested(value))
            case Temporary() as info if field.count is None:
                plan = self.nested(info.vmsd)
                if not self.derived:
                    return StructStep(field, name, access, plan)
                return TemporaryStep(info, name, access, plan)
            case Scalar() | Unused() if isinstance(field.count, str):
                count = self.count(field, field.count, field.multiply)
                if isinstance(field.info, Unused):
                    return UnusedArray(field, name, count)
                return ScalarArray(field, name, access, count)
        raise DescriptionError(f"{self.vmsd.name}: {name} cannot be an array")

    def count(self, field: Field, count: int | str, multiply: int) -> Count:
        """How many elements ``field`` has; the counting field must come before it."""
        if isinstance(count, int):
            return Count(count, multiply)
        for other, _ in self.fields:
            if other is field:
                break
            if other.name == count and self.may_exist(other):
                return Count(other.attribute, multiply, self.stored(other))
        raise DescriptionError(
            f"{self.vmsd.name}: {field.name} is counted by {count}, which is no field before it "
            f"in version {self.version_id}"
        )

    def stored(self, field: Field) -> Callable[[Any], int]:
        """What the counting ``field`` is saved as, from the state."""
        if self.derived and field.counts:
            counted = self.access.getter((field.counts,))
            each = self.multiples.get(field.counts, 1)
            return lambda state: len(counted(state)[0]) // each
        get = self.access.getter((field.attribute,))
        return lambda state: int(get(state)[0])

    def nested(self, vmsd: VMStateDescription, version_id: int | None = None) -> Plan:
        """The plan of a description inside this one, at its own version."""
        version_id = vmsd.version_id if version_id is None else version_id
        return compile_plan(vmsd, version_id) if self.derived else compile_decoder(vmsd, version_id)

    def target(self, info: Info) -> Plan | ScalarTarget:
        """What loads and saves what a pointer leads to."""
        if isinstance(info, Structure):
            return self.nested(info.vmsd, info.version_id)
        assert isinstance(info, Scalar)
        return ScalarTarget(info)

    def subsection(self, vmsd: VMStateDescription, version_id: int) -> Plan:
        """The plan of a subsection, which describes the same state."""
        key = (vmsd, version_id)
        if key not in self.plans:
            self.plans[key] = Compiler(vmsd, version_id, self.access).plan()
        return self.plans[key]


def compressible(field: Field) -> bool:
    """Whether all elements of an array of it are alike (QEMU vmstate.c, vmsd_can_compress)."""
    if field.field_exists is not None:
        return False
    if isinstance(field.info, Structure):
        vmsd = field.info.vmsd
        return not vmsd.subsections and all(map(compressible, vmsd.fields))
    return True
