"""Decoded values under the names that they have in a vmdescription, as plain dicts and lists."""

from typing import Any

from reference.inspection.decoded import Content, Fields
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.description import Queue, Structure, VMStateDescription
from reference.wire.htab import HashChunks, HashTable
from reference.wire.ram_records import BlockList, Page, PageRun, RamRecord


def named(vmsd: VMStateDescription, values: dict[str, Any]) -> dict[str, Any]:
    """``values``, which ``vmsd`` decoded, by the names of its fields.

    Structs are dicts, arrays and lists are lists, bytes stay bytes.
    Subsections are a list under the key ``subsections``, each with ``name``, ``version_id`` and
    ``fields``.
    """
    result = {
        field.name: _named(field.info, values[field.attribute])
        for field in vmsd.fields
        if field.attribute in values
    }
    if SUBSECTIONS in values:
        known = {one.name: one for one in vmsd.subsections}
        result[SUBSECTIONS] = [
            {"name": name, "version_id": version_id, "fields": named(known[name], inner)}
            for name, version_id, inner in values[SUBSECTIONS]
        ]
    return result


def _named(info: Any, value: Any) -> Any:
    """One value; an array of structs is a tuple of them."""
    match info:
        case Structure(vmsd=vmsd) | Queue(vmsd=vmsd):
            if isinstance(value, dict):
                return named(vmsd, value)
            return [named(vmsd, one) for one in value]
    return list(value) if isinstance(value, tuple) else value


def described_by(content: Content) -> str:
    """Whose description explains a payload: the reference's, the stream's, or the format's."""
    if not isinstance(content, Fields):
        return "format"
    return "reference" if content.described is None else "stream"


def contents(content: Content) -> dict[str, Any]:
    """What a payload says, by name. Memory is not in it, only how much there is."""
    match content:
        case Fields(plan=plan, values=values):
            return named(plan.vmsd, values)
        case HashTable(shift=shift):
            return {"shift": shift}
        case HashChunks(chunks=chunks):
            return {
                "chunks": [
                    {
                        "index": one.index,
                        "n_valid": len(one.valid) // 16,
                        "n_invalid": one.n_invalid,
                    }
                    for one in chunks
                ]
            }
    assert isinstance(content, tuple)
    return {"records": [_record(record) for record in content]}


def _record(record: RamRecord) -> dict[str, Any]:
    """One record of ``ram``."""
    match record:
        case BlockList(blocks=blocks):
            keys = ("idstr", "used_length", "page_size", "guest_address")
            values = [{key: getattr(block, key) for key in keys} for block in blocks]
            return {"blocks": [{k: v for k, v in one.items() if v is not None} for one in values]}
        case Page(flag=flag, address=address, block=block):
            return {"flag": flag.name, "block": block, "address": address, "pages": 1}
        case PageRun(flag=flag, count=count):
            return {
                "flag": flag.name,
                "block": None,
                "address": next(iter(record)).address,
                "pages": count,
            }
    return {"flag": "MULTIFD_FLUSH"}
