"""A decoded stream as a JSON document, for a program; docs/command-line.md has its keys."""

import base64
from typing import Any

from reference.inspection.decoded import DecodedSection, DecodedStream
from reference.inspection.naming import contents, described_by
from reference.wire.frames import Command


def as_document(stream: DecodedStream) -> dict[str, Any]:
    """The stream as JSON has it; docs/command-line.md has its keys. Bytes are base64."""
    configuration = stream.configuration
    document = {
        "size": stream.size,
        "machine_type": stream.type_name or None,
        "configuration": configuration and contents(configuration),
        "footers": stream.footers,
        "frames": [
            _command(frame) if isinstance(frame, Command) else _section(frame)
            for frame in stream.frames
        ],
        "end": stream.end,
        "vmdescription": stream.description is not None,
    }
    plain: dict[str, Any] = _plain(document)
    return plain


def _section(frame: DecodedSection) -> dict[str, Any]:
    """A section for a program."""
    section = frame.section
    return {
        "type": section.kind.name,
        "idstr": section.idstr,
        "instance_id": section.instance_id,
        "version_id": section.version_id,
        "section_id": section.section_id,
        "offset": section.offset,
        "size": frame.size,
        "described_by": described_by(frame.content),
        "fields": contents(frame.content),
    }


def _command(frame: Command) -> dict[str, Any]:
    """A command for a program."""
    return {
        "type": "COMMAND",
        "command": frame.command,
        "offset": frame.offset,
        "data": frame.data,
        "embedded": None if frame.embedded is None else len(frame.embedded),
    }


def _plain(value: Any) -> Any:
    """A value with what JSON lacks replaced."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list():
            # An array of numbers can be long, and holds nothing to replace.
            plain = value and isinstance(value[0], int)
            return value if plain else [_plain(one) for one in value]
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    return value
