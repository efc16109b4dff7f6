"""How fast streams are read: ``python -m benchmarks.reader [MIB]``.

The captured streams are decoded into all their values; of streams that are nearly all memory, MIB
(256) of them, the pages are stepped over. Both are set beside a plain copy of the same bytes, and
beside the rate at which QEMU's scripts/analyze-migration.py reads a stream, 1.7 MB/s. At least 100
times that is wanted of memory.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter

from benchmarks.timing import per_call
from reference.inspection.decoding import decode
from reference.inspection.files import read_file
from reference.wire.frames import END_OF_STREAM, STREAM_HEADER, Section, SectionType, write_section
from reference.wire.ram_records import BlockList, Page, RamBlock, RamFlag, write_ram
from reference.wire.reader import Buffer

CAPTURES = Path(__file__).parents[1] / "tests" / "captures"
ANALYZE_MIGRATION = 1.7e6
"""Bytes a second of QEMU's script, measured on another machine."""
PAGE_SIZE = 4096
DATA, ZEROS = bytes(range(256)) * (PAGE_SIZE // 256), b"\0"


def memory_stream(mebibytes: int, kinds: str) -> bytes:
    """A stream that is nearly all memory, of about that size.

    ``kinds``: whether pages hold data (``d``) or are zero (``z``), a pattern that is repeated.
    """
    per_pattern = sum(8 + (PAGE_SIZE if kind == "d" else 1) for kind in kinds)
    count = (mebibytes << 20) // per_pattern * len(kinds)
    block = RamBlock(idstr="ppc_spapr.ram", used_length=count * PAGE_SIZE)
    pages = (page(place, kinds[place % len(kinds)]) for place in range(count))
    payloads = {
        SectionType.START: write_ram([BlockList(blocks=(block,))]),
        SectionType.PART: write_ram(pages),
        SectionType.END: write_ram([]),
    }
    sections = (
        write_section(Section(kind, 2, "ram", 0, 4), payload, footer=True)
        for kind, payload in payloads.items()
    )
    return b"".join((STREAM_HEADER, *sections, END_OF_STREAM))


def page(place: int, kind: str) -> Page:
    """The page at ``place``; the first names its block."""
    return Page(
        flag=RamFlag.PAGE if kind == "d" else RamFlag.ZERO,
        address=place * PAGE_SIZE,
        block=None if place else "ppc_spapr.ram",
        data=DATA if kind == "d" else ZEROS,
    )


def report(name: str, stream: Buffer) -> None:
    """Measure one stream, and print it beside a copy and QEMU's script."""
    size = len(stream)
    seconds = per_call(lambda: decode(stream), clock=perf_counter)
    copy = per_call(lambda: bytearray(stream), clock=perf_counter)
    rate = size / seconds
    print(
        f"{name:36} {size / 1e6:7.1f} MB {rate / 1e6:9.1f} MB/s "
        f"{copy / seconds:9.4f} of a copy {rate / ANALYZE_MIGRATION:10.0f}x analyze-migration.py",
        flush=True,
    )


def main(arguments: Iterable[str]) -> None:
    """Measure and print."""
    mebibytes = next(map(int, arguments), 256)
    for path in sorted(CAPTURES.glob("*.mig.gz")):
        report(path.name.removesuffix(".mig.gz"), read_file(str(path)))
    for name, kinds in (
        ("pages of data", "d"),
        ("zero pages", "z"),
        ("runs of 16 of each", "d" * 16 + "z" * 16),
        ("data and zero pages in turn", "dz"),
    ):
        report(name, memory_stream(mebibytes, kinds))


if __name__ == "__main__":
    main(sys.argv[1:])
