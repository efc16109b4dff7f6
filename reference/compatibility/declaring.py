"""Makes declared features known: to the engine as descriptions, to the table as rows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from reference.compatibility.declarations import (
    SECTIONS,
    Declaration,
    DeclarationError,
    condition,
    read_declarations,
    versions_of,
)
from reference.compatibility.table import ASPECTS, ITEMS, SECTION_VERSIONS, Aspect, Item
from reference.spapr.features import FEATURES, NEVER, Change, Feature
from reference.spapr.further import further_value, with_further
from reference.spapr.machine import Machine
from reference.spapr.sections import plans
from reference.spapr.versions import BASES, stream_version
from reference.vmstate.description import VMStateDescription

DECLARED: list[Declaration] = []
"""The features that were declared in this run."""


def declare_all(path: Path) -> tuple[str, ...]:
    """Make the features of a file known; the ids of their bases with them.

    Raises `DeclarationError`.
    """
    declarations = read_declarations(path)
    for one in declarations:
        for base in one.bases:
            for problem in contradictions(one, base):
                raise DeclarationError(f"{path}, feature {one.name}: {problem}")
        declare(one)
    return tuple(version for one in declarations for version in versions_of(one))


def contradictions(one: Declaration, base: str) -> Iterator[str]:
    """What a base has already, or has not."""
    version = stream_version(base)
    plan = plans(version, version.newest_machine_type).get(one.section)
    if plan is None:
        yield f"{base} has no section {one.section}; take {base} out of bases."
        return
    if one.subsection in {part.name for part in plan.vmsd.subsections}:
        yield f"{base} has {one.subsection} already; call yours otherwise."
    if one.version_id and one.version_id <= plan.vmsd.version_id:
        yield (
            f"{one.section} has version {plan.vmsd.version_id} in {base} already; "
            f"give version_id {plan.vmsd.version_id + 1} or more."
        )


def declare(one: Declaration) -> None:
    """Make a feature known. It can be part of a stream version from now on."""
    stream_version.cache_clear()
    DECLARED.append(one)
    FEATURES.append(
        Feature(
            one.name,
            one.loses or one.carries or "opaque",
            key=one.key,
            since=min(BASES[base] for base in one.bases),
            changes=(change(one),),
            claims=frozenset(
                {one.subsection or f"{one.section} version"}
                | {f"{one.section}:{name}" for name in one.resting}
            ),
        )
    )
    keys = frozenset({one.key})
    if one.carries:
        place = next(at for at, aspect in enumerate(ASPECTS) if aspect.name == one.carries)
        known = ASPECTS[place]
        ASPECTS[place] = replace(known, features=known.features | keys)
    else:
        held = min(BASES[base] for base in one.bases) if one.loses else NEVER
        ASPECTS.append(
            Aspect(
                one.aspect,
                lambda machine: without(machine, one),
                held=held,
                carried=NEVER,
                features=keys,
                hidden=one.opaque,
            )
        )
    if one.version_id:
        SECTION_VERSIONS.append((one.section, one.key, one.version_id))
        return
    needed = needed_by(one)
    where = SECTIONS[one.section]
    sent = [one.subsection] if where.always else [one.section, one.subsection]
    ITEMS.extend(
        Item(
            name,
            NEVER,
            lambda machine: any(map(needed, where.parts(machine))),
            one.needed,
            features=keys,
        )
        for name in sent
    )


def needed_by(one: Declaration) -> Callable[[Any], bool]:
    """Whether a part of a machine, or what is sent of it, needs the feature."""
    holds, resting = condition(one), one.resting
    return lambda state: holds(lambda name: further_value(state, name, resting))


def change(one: Declaration) -> Change:
    """What a feature does to its section."""
    resting = one.resting
    fields = tuple(field.described(one.version_id) for field in one.fields)

    def shape(vmsd: VMStateDescription) -> VMStateDescription:
        return with_further(vmsd, resting) if resting else vmsd

    if one.version_id:
        return Change(one.section, fields, one.version_id, shape=shape)
    needed = needed_by(one)
    part = VMStateDescription(name=one.subsection, needed=needed, fields=fields)
    return Change(one.section, subsections=(part,), needed=needed, shape=shape)


def with_values(machine: Machine, one: Declaration, values: dict[str, Any]) -> Machine:
    """The machine, of which each part of the section has the values of a feature.

    ``values`` are those that are not at rest.
    """
    where = SECTIONS[one.section]

    def valued(part: Any) -> Any:
        others = {name: it for name, it in part.further.items() if name not in one.resting}
        return replace(part, further={**others, **values})

    if not where.attribute:
        valued_machine: Machine = valued(machine)
        return valued_machine
    parts = tuple(map(valued, where.parts(machine)))
    alone = where.attribute == "host_bridge"
    return replace(machine, **{where.attribute: parts[0] if alone else parts})


def sent_by(version: str, machine: Machine) -> Machine:
    """The machine as far as declared features go: what a version does not send is at rest."""
    for one in DECLARED:
        if not one.carries and not stream_version(version).has_any({one.key}):
            machine = without(machine, one)
    return machine


def without(machine: Machine, one: Declaration) -> Machine:
    """The machine with the values of a feature at rest."""
    return with_values(machine, one, {})
