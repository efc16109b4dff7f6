"""A decoded stream as text for a person."""

from collections.abc import Iterator
from itertools import groupby, islice
from typing import Any

from reference.inspection.decoded import DecodedStream
from reference.inspection.naming import contents, described_by
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.records import literal
from reference.wire.frames import Command

LONGEST = 8
"""How many different elements of an array a person is shown."""
LONGEST_BYTES = 24
"""How many bytes of a buffer."""
INDENT = "    "


def as_text(stream: DecodedStream) -> Iterator[str]:
    """The lines that show a stream to a person: long values cut, equal neighbours put together."""
    yield f"{stream.size} bytes, machine type {stream.type_name or 'not named'}"
    if stream.configuration is not None:
        yield "CONFIGURATION at 0x8"
        yield from _lines(contents(stream.configuration), 1)
    for frame in stream.frames:
        if isinstance(frame, Command):
            embedded = f", {len(frame.embedded)} bytes follow" if frame.embedded else ""
            yield f"COMMAND {frame.command} at {frame.offset:#x}: {_text(frame.data)}{embedded}"
            continue
        section = frame.section
        yield (
            f"{section.kind.name} {section.name} version {section.version_id}, "
            f"id {section.section_id}, {frame.size} bytes at {section.offset:#x}, "
            f"described by {described_by(frame.content)}"
        )
        yield from _lines(contents(frame.content), 1)
    yield f"EOF at {stream.end:#x}"
    if stream.description is not None:
        yield f"VMDESCRIPTION at {stream.end + 1:#x}: {len(stream.description.devices)} devices"


def _lines(values: dict[str, Any], depth: int) -> Iterator[str]:
    """The lines of a dict."""
    margin = INDENT * depth
    for name, value in values.items():
        if name == SUBSECTIONS:
            for one in value:
                yield f"{margin}> {one['name']} version {one['version_id']}"
                yield from _lines(one["fields"], depth + 1)
        elif isinstance(value, dict):
            yield f"{margin}{name}:"
            yield from _lines(value, depth + 1)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _elements(name, value, depth)
        else:
            yield f"{margin}{name}: {_text(value)}"


def _elements(name: str, values: list[Any], depth: int) -> Iterator[str]:
    """The lines of an array of structs; equal neighbours are shown once."""
    first = 0
    for element, group in islice(groupby(values), LONGEST):
        last = first + sum(1 for _ in group) - 1
        index = str(first) if first == last else f"{first} to {last}"
        line = f"{INDENT * depth}{name}[{index}]:"
        if any(isinstance(value, dict | list) for value in element.values()):
            yield line
            yield from _lines(element, depth + 1)
        else:
            values_text = ", ".join(f"{key} {_text(value)}" for key, value in element.items())
            yield f"{line} {values_text}"
        first = last + 1
    if first < len(values):
        yield f"{INDENT * depth}{name}[{first} to {len(values) - 1}]: not shown"


def _text(value: Any) -> str:
    """A value on one line: numbers above nine in hexadecimal, as addresses are read."""
    match value:
        case list():
            groups = [(one, sum(1 for _ in group)) for one, group in groupby(value)]
            shown = (
                _text(one) + (f" ({times} times)" if times > 1 else "")
                for one, times in groups[:LONGEST]
            )
            rest = f", ... {len(value)} in all" if len(groups) > LONGEST else ""
            return f"[{', '.join(shown)}{rest}]"
        case bytes() | memoryview():
            return _buffer(bytes(value))
    return literal(value)


def _buffer(data: bytes) -> str:
    """Bytes: the text that they are, or hexadecimal."""
    text = data.rstrip(b"\0")
    if not text:
        return f"{len(data)} bytes of 0" if data else "no bytes"
    if text.isascii() and text.decode().isprintable():
        data, shown = text, repr(text[:LONGEST_BYTES].decode())
    else:
        shown = data[:LONGEST_BYTES].hex()
    return shown + (f" ... {len(data)} bytes" if len(data) > LONGEST_BYTES else "")
