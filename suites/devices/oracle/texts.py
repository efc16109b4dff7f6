"""Scripts as text, a step a line: in lists of what is known, and in reports.

======================================  =====================================
``write uart+0x3 0x80 1``               a `Write`: register, value, bytes
``read uart+0x5 1``                     a `Read`: register, bytes
``fill 3 records``                      a `Fill`: page, contents
``reset``, ``moment``                   as the actions of these names
``migrate``, ``save``, ``sweep``        as the steps `Migration`, `Saving`, `Sweep`
``look``                                a `Look`
======================================  =====================================
"""

import difflib
import re
from collections.abc import Iterable

from adapters.driven import Contents, Fill, Look, Migration, Moment, Read, Reset, Saving, Write
from reference.vmstate.records import literal
from suites.devices.oracle.scripts import Script, Step, Sweep, place

PLAIN: dict[str, Step] = {
    "reset": Reset(),
    "moment": Moment(),
    "migrate": Migration(),
    "save": Saving(),
    "sweep": Sweep(),
    "look": Look(),
}
NUMBER = r"0x[0-9a-f]+|[0-9]+"
ACCESS = re.compile(
    rf"(?P<verb>read|write) (?P<region>.+)\+(?P<offset>{NUMBER})(?: (?P<value>{NUMBER}))?"
    r" (?P<size>[1248])"
)
FILL = re.compile(rf"fill (?P<page>[0-9]+) (?P<contents>{'|'.join(Contents)})")


class ScriptError(Exception):
    """A line that is no step; the message says what one is."""


def line_of(step: Step) -> str:
    """A step as its line."""
    if isinstance(step, Write):
        return f"write {place(step)} {literal(step.value)} {step.size}"
    if isinstance(step, Read):
        return f"read {place(step)} {step.size}"
    if isinstance(step, Fill):
        return f"fill {step.page} {step.contents}"
    return next(word for word, one in PLAIN.items() if one == step)


def script_of(lines: Iterable[str]) -> Script:
    """The steps of lines; raises `ScriptError`."""
    return tuple(step_of(line) for line in lines)


def step_of(line: str) -> Step:
    """The step of a line; raises `ScriptError`."""
    if line in PLAIN:
        return PLAIN[line]
    if match := FILL.fullmatch(line):
        return Fill(int(match["page"]), Contents(match["contents"]))
    match = ACCESS.fullmatch(line)
    if match and (match["verb"] == "write") == (match["value"] is not None):
        offset, size = int(match["offset"], 0), int(match["size"])
        if match["verb"] == "read":
            return Read(match["region"], offset, size)
        return Write(match["region"], offset, int(match["value"], 0), size)
    close = difflib.get_close_matches(line, PLAIN, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    raise ScriptError(
        f"{line!r} is no step{hint}; write 'write REGION+0x3 0x80 1', 'read REGION+0x5 1', "
        f"'fill 3 records', or one of {', '.join(PLAIN)}."
    )
