"""A finding as a shell script of QEMU's own words, which runs where nothing of ours is.

The machines are driven by qtest and QMP, each over two pipes with names.
"""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.contents import page_of
from adapters.driven import (
    PAGE_SIZE,
    Fill,
    Look,
    Migration,
    Moment,
    Read,
    Reset,
    Saving,
    Step,
    Write,
)
from adapters.qemu.devices.machine import PAGES, Layout
from adapters.qemu.devices.platforms import FIRMWARE_SIZE

FIRMWARE = "$work/firmware"
"""Where the image lies that a CPU runs."""
FUNCTIONS = Path(__file__).with_name("reproducer.sh").read_text(encoding="utf-8")
PLAIN = {Reset: "reset_machine", Moment: "moment", Saving: 'save "$1"'}


def script(
    steps: Sequence[Step], layout: Layout, commands: Sequence[Sequence[str]], instruction: bytes
) -> str:
    """The script; ``commands`` are those of the source and the destination.

    ``instruction`` is what fills the image that a CPU runs, if one is needed.
    """
    source, destination = (" ".join(map(quoted, one)) for one in commands)
    lines = [FUNCTIONS.rstrip("\n"), "", f"source_qemu=({source})"]
    lines += [f"destination_qemu=({destination})", ""]
    if instruction:
        octal = "".join(f"\\{byte:03o}" for byte in instruction)
        times = FIRMWARE_SIZE // len(instruction)
        lines += [
            "# An instruction that keeps the CPU where it is.",
            f"printf '{octal}%.0s' $(seq {times}) >\"{FIRMWARE}\"",
            "",
        ]
    lines += ["set_up() {", *indented(f"qtest '{line}'" for line in layout.begin)]
    lines += ["    :", "}", "", "guest() {", '    start "${source_qemu[@]}"', "    set_up"]
    lines += [*indented(said(steps, layout)), "}", "", "compare"]
    return "\n".join(lines) + "\n"


def quoted(word: str) -> str:
    """A word of a command line; that of the image has a variable in it."""
    return f'"{word}"' if word == FIRMWARE else shlex.quote(word)


def indented(lines: Iterator[str]) -> Iterator[str]:
    """Lines in the body of a function."""
    return (f"    {line}" for line in lines)


def said(steps: Sequence[Step], layout: Layout) -> Iterator[str]:
    """The steps, a call each."""
    there, by_name = True, {one.name: one for one in layout.regions}
    for one in steps:
        if isinstance(one, Read | Write):
            *before, last = layout.lines(one, by_name[one.region])
            yield from (f"qtest '{line}'" for line in before)
            place = shlex.quote(f"{one.region}+{one.offset:#x}")
            yield f"ask {place} '{last}'" if isinstance(one, Read) else f"qtest '{last}'"
        elif isinstance(one, Fill):
            data = page_of(one.contents, one.page, pages=PAGES, base=layout.memory_base)
            address = layout.memory_base + one.page * PAGE_SIZE
            yield f"qtest 'write {address:#x} {len(data):#x} 0x{data.hex()}'"
        elif isinstance(one, Look):
            for page in range(PAGES):
                address = layout.memory_base + page * PAGE_SIZE
                yield f"ask 'memory+{page * PAGE_SIZE:#x}' 'read {address:#x} {PAGE_SIZE:#x}'"
        elif isinstance(one, Migration):
            yield f'migrate "$1" "${{{"destination" if there else "source"}_qemu[@]}}"'
            there = not there
        else:
            yield PLAIN[type(one)]
