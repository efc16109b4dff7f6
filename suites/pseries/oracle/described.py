"""What a vmdescription says, field by field, so that two of them can be compared."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec.structs import replace

from reference.wire.description import read_description
from reference.wire.description_records import Description, FieldDescription, LayoutDescription
from reference.wire.errors import StreamError
from reference.wire.reader import Reader
from suites.harness.failures import fail


def description_of(text: bytes, *, clause: str, road: str) -> Description:
    """The vmdescription that is behind a stream; fail where there is something else."""
    try:
        return read_description(Reader(text))
    except StreamError as error:
        fail(clause, expected="a vmdescription", got=str(error), road=road)


def together(fields: Iterable[FieldDescription]) -> Iterator[FieldDescription]:
    """The fields, with the elements of an array that are alike described together.

    QEMU does so where the type of the field allows it (migration/vmstate.c, vmsd_can_compress).
    """
    for _, group in groupby(fields, lambda one: (one.name, one.index is None)):
        elements = list(group)
        alike = {replace(one, index=None) for one in elements}
        if elements[0].index is not None and len(alike) == 1 and len(elements) > 1:
            yield replace(*alike, array_len=len(elements))
        else:
            yield from elements


def said(layout: LayoutDescription, path: str = "") -> dict[str, str]:
    """Each statement of a layout, by where it is made; subsections in whatever order."""
    lines = {f"{path}vmsd_name": f"{layout.vmsd_name}, version {layout.version}"}
    for place, field in enumerate(together(layout.fields)):
        at = f"{path}fields[{place}]"
        times = "" if field.array_len is None else f", {field.array_len} times"
        index = "" if field.index is None else f"[{field.index}]"
        lines[at] = f"{field.name}{index}: {field.type}, {field.size} bytes{times}"
        for number, inner in enumerate((field.struct, *field.elements)):
            if inner is not None:
                lines |= said(inner, f"{at}.struct." if number == 0 else f"{at}[{number - 1}].")
    for one in layout.subsections:
        lines |= said(one, f"{path}{one.vmsd_name}.")
    return lines


def differ(
    one: LayoutDescription, other: LayoutDescription
) -> tuple[dict[str, str], dict[str, str]] | None:
    """What two layouts say, where that is not the same; of subsections those that both have.

    Which there are is for those to say who look at what is sent.
    """
    both = {it.vmsd_name for it in one.subsections} & {it.vmsd_name for it in other.subsections}
    first, second = (
        said(
            replace(
                layout,
                subsections=tuple(it for it in layout.subsections if it.vmsd_name in both),
            )
        )
        for layout in (one, other)
    )
    return None if first == second else (first, second)
