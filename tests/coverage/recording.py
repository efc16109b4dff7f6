"""The reference under test, and what the tests ask of it written down; a plugin of pytest.

Nothing here knows what is asked: it takes streams apart and notes what is in them.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.reference import ReferenceAdapter
from reference.compatibility.table import ASPECTS
from reference.spapr.machine import Machine
from reference.vmstate.description import (
    Bitmap,
    Buffer,
    Check,
    Field,
    Queue,
    Scalar,
    Structure,
    VMStateDescription,
)
from suites.pseries.oracle import parts
from suites.pseries.oracle.combinations import CAPABILITIES
from suites.pseries.oracle.dissection import Part, dissect
from suites.pseries.oracle.parts import Change, Whole
from tests.coverage.asked import INSTANCES, Kind, bits_of

FILE = "COVERAGE_FILE"
"""The variable of the environment that says where what was reached is written."""
MANY = 64
"""How many elements of a list are looked at; the others only count."""


class Reached(msgspec.Struct):
    """What was reached.

    ``numbers``: by kind, line and version the numbers, in hexadecimal, as JSON has no large ones;
    of a bitmap each of its states. ``tests``: by kind, line and test the same. ``changes``: by what
    was changed of a part, "missing spapr", the versions. ``combinations``: by the id of a road,
    each set of parts that were away from rest together.
    """

    numbers: dict[str, dict[str, dict[str, set[str]]]] = {}
    tests: dict[str, dict[str, dict[str, set[str]]]] = {}
    changes: dict[str, set[str]] = {}
    combinations: dict[str, set[tuple[str, ...]]] = {}

    def note(self, kind: Kind, line: str, version: str, number: int) -> None:
        """A number was reached by the test that runs."""
        for noted, where in ((self.numbers, version), (self.tests, running()[1])):
            lines = noted.setdefault(kind, {}).setdefault(line, {})
            lines.setdefault(where, set()).add(f"{number:x}")


REACHED = Reached()


def running() -> tuple[str, str, str]:
    """The test that runs: its chapter, its function, and what is in brackets."""
    chapter, _, name = os.environ["PYTEST_CURRENT_TEST"].rpartition(" ")[0].partition("::")
    function, _, case = name.partition("[")
    return Path(chapter).stem, function, case.removesuffix("]")


def note_state(vmsd: VMStateDescription, state: dict[str, Any], version: str) -> None:
    """Note all that a decoded section holds."""
    for field in vmsd.fields:
        if field.attribute in state:
            note_field(vmsd.name, field, state[field.attribute], version)
    known = {one.name: one for one in vmsd.subsections}
    for name, _, inner in state.get("subsections", ()):
        note_state(known[name], inner, version)


def note_field(vmsd_name: str, field: Field, value: Any, version: str) -> None:
    """Note what one field holds."""
    line = f"{vmsd_name} {field.name}"
    several = field.count is not None or isinstance(field.info, Queue)
    if isinstance(field.count, str) or isinstance(field.info, Queue | Buffer):
        REACHED.note(Kind.LENGTH, line, version, len(value))
    for one in islice(value, MANY) if several else (value,):
        match field.info:
            case Scalar() as info:
                REACHED.note(Kind.VALUE, line, version, int(one) % (1 << bits_of(info)))
            case Bitmap():
                REACHED.note(Kind.BITMAP, line, version, sum(1 << bit for bit in one))
            case Structure(vmsd=inner) | Queue(vmsd=inner):
                note_state(inner, one, version)


def note_values(sections: Sequence[Part], version: str) -> None:
    """Note what a stream holds."""
    for part in sections:
        if part.section.idstr in INSTANCES:
            line = f"{part.section.idstr} instance_id"
            REACHED.note(Kind.INSTANCE, line, version, part.section.instance_id)
        note_state(part.plan.vmsd, part.state, version)


def note_mismatches(sent: Part, own: Part, version: str) -> None:
    """Note the number that is compared and not the same in what is sent and what the loader has.

    It counts where it is the only one.
    """
    found = [*mismatches(sent.plan.vmsd, sent.state, own.state)]
    if len(found) == 1:
        REACHED.note(Kind.COMPARED, found[0][0], version, found[0][1])


def mismatches(
    vmsd: VMStateDescription, sent: dict[str, Any], own: dict[str, Any]
) -> Iterator[tuple[str, int]]:
    """Each number that is compared and differs, and by what: its bits, or of a count how many."""
    for field in vmsd.fields:
        if field.attribute not in sent:
            continue
        theirs, ours = sent[field.attribute], own[field.attribute]
        match field.info:
            case Scalar(check=Check.EQUAL) if theirs != ours:
                yield f"{vmsd.name} {field.name}", theirs - ours if field.counts else theirs ^ ours
            case Structure(vmsd=inner) if field.count == 4:
                for one, other in zip(theirs, ours, strict=True):
                    yield from mismatches(inner, one, other)


class Recording(ReferenceAdapter):
    """The reference, and what it is asked noted by chapter."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save, and note what is in the stream, or of which machine it is."""
        stream = super().save(machine, version)
        chapter, _, case = running()
        if chapter == "test_pairs":
            away = [one.name for one in ASPECTS if one.without(machine) != machine]
            away += [CAPABILITIES] if machine.capabilities else []
            REACHED.combinations.setdefault(case, set()).add(tuple(away))
        elif chapter in {"test_values", "test_lists", "test_subsections"}:
            found = dissect(stream, version, machine.machine_type, clause="RT-1")
            note_values(found.parts, version)
        return stream

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Note in what the stream differs from what is there, and load."""
        if running()[0] == "test_load":
            theirs = dissect(stream, version, onto.machine_type, clause="RT-1").parts
            ours = dissect(super().save(onto, version), version, onto.machine_type, clause="RT-1")
            own = {part.section.name: part for part in ours.parts}
            for part in theirs:
                if part.section.name in own:
                    note_mismatches(part, own[part.section.name], version)
        return super().load(stream, version, onto)


def recorded(changes: Callable[[Whole], Iterator[Change]]) -> Callable[[Whole], Iterator[Change]]:
    """The changes of a clause, each noted when it is asked for."""

    @wraps(changes)
    def noting(whole: Whole) -> Iterator[Change]:
        for change in changes(whole):
            what = change.what.partition(" in ")[0].partition("/0x")[0]
            REACHED.changes.setdefault(f"{changes.__name__} {what}", set()).add(running()[2])
            yield change

    return noting


def pytest_configure() -> None:
    """Listen to the changes of parts."""
    parts.CHANGES |= {clause: recorded(changes) for clause, changes in parts.CHANGES.items()}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was reached."""
    assert not session.testsfailed, "a test fails for the reference"
    Path(os.environ[FILE]).write_bytes(msgspec.json.encode(REACHED, order="sorted"))
