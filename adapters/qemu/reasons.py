"""What QEMU says when it gives up, read as causes.

An incoming migration that fails ends QEMU with status 1; why stands on stderr, in words that
differ between releases (migration/savevm.c, vmstate.c and vmstate-types.c of 7.2, 10.0 and 11.1;
facts measured on all three).
"""

import re

from reference.wire.errors import Cause

TEXTS: tuple[tuple[str, Cause, str], ...] = (
    # What QEMU says, what that means, and the same for a report. The first that is found counts.
    (
        r"unsupported version (-?\d+) for '([^']+)' v(\d+)",
        Cause.TOO_NEW,
        "{1} version {0}, destination knows {2}",
    ),
    (
        r"(\S+): incoming version_id (-?\d+) is too new for local version_id (\d+)",
        Cause.TOO_NEW,
        "{0} version {1}, destination knows {2}",
    ),
    (
        r"(\S+): incoming version_id (-?\d+) is too old for local minimum version_id +(\d+)",
        Cause.TOO_OLD,
        "{0} version {1}, destination knows {2} and up",
    ),
    (
        r"VM subsection '([^']+)' in '([^']+)' does not exist",
        Cause.UNKNOWN_PART,
        "subsection {0} of {1} is unknown",
    ),
    (
        r"Unknown savevm section or instance '([^']+)' (\S+?)\.? ",
        Cause.UNKNOWN_PART,
        "section {0} {1} is unknown",
    ),
    (
        r"(?s)error while loading state.* of device '([^']+)'.*: No such file or directory",
        Cause.UNKNOWN_PART,
        "{0} has a subsection that is unknown",
    ),
    (
        r"cap-(\S+) higher level \((\d+)\) in incoming stream than on destination \((\d+)\)",
        Cause.CAPABILITY,
        "cap-{0} is {1}, destination has {2}",
    ),
    (
        r"Machine type received is '([^']*)' and local is '([^']*)'",
        Cause.MACHINE_TYPE,
        "machine type {0}, destination is {1}",
    ),
    (r"Missing section footer for (\S+)", Cause.FRAMING, "{0} does not end with its footer"),
    (
        r"Mismatched section id in footer for (\S+)",
        Cause.FRAMING,
        "{0} ends with the footer of another section",
    ),
    (r"(Not a migration stream|Unsupported migration stream version)", Cause.FRAMING, "{0}"),
    (r"(SaveVM v2 format is obsolete|Unknown savevm section)", Cause.FRAMING, "{0}"),
    (r"(?m)^(\S+ != \S+)$", Cause.VALUE, "{0}, ours and theirs"),
)


def cause_of(said: str) -> tuple[Cause | None, str]:
    """Why QEMU gave up, and the same in words; all but its warnings where they are not known."""
    said = "\n".join(lines_of(said))
    for pattern, cause, words in TEXTS:
        if found := re.search(pattern, said):
            return cause, words.format(*found.groups())
    return None, said


def lines_of(said: str) -> list[str]:
    """What QEMU said, but for warnings."""
    return [line for line in said.splitlines() if "warning: " not in line]


def quoted(said: str) -> str:
    """The line in which QEMU says why it gave up: that which has the cause, or the first."""
    lines = lines_of(said)
    for pattern, _, _ in TEXTS:
        for line in lines:
            if re.search(pattern, line):
                return line
    return lines[0] if lines else ""
