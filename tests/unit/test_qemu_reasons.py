"""What QEMU says when it gives up (facts measured on 7.2, 10.0 and 11.1)."""

import pytest

from adapters.qemu.reasons import cause_of, quoted
from reference.wire.errors import Cause

SAID = {
    "savevm: unsupported version 4 for 'spapr' v3": (
        Cause.TOO_NEW,
        "spapr version 4, destination knows 3",
    ),
    "unsupported version -1 for 'spapr' v3": (
        Cause.TOO_NEW,
        "spapr version -1, destination knows 3",
    ),
    "spapr_pending_events: incoming version_id 2 is too new for local version_id 1": (
        Cause.TOO_NEW,
        "spapr_pending_events version 2, destination knows 1",
    ),
    "spapr: incoming version_id 0 is too old for local minimum version_id  1": (
        Cause.TOO_OLD,
        "spapr version 0, destination knows 1 and up",
    ),
    "VM subsection 'spapr/ccs' in 'spapr' does not exist": (
        Cause.UNKNOWN_PART,
        "subsection spapr/ccs of spapr is unknown",
    ),
    "Unknown savevm section or instance 'spapr' 1. Make sure that your current VM setup": (
        Cause.UNKNOWN_PART,
        "section spapr 1 is unknown",
    ),
    "error while loading state for instance 0x0 of device 'spapr'\n"
    "load of migration failed: No such file or directory": (
        Cause.UNKNOWN_PART,
        "spapr has a subsection that is unknown",
    ),
    "cap-htm higher level (1) in incoming stream than on destination (0)": (
        Cause.CAPABILITY,
        "cap-htm is 1, destination has 0",
    ),
    "Machine type received is 'pseries-2.7' and local is 'pseries-2.6'": (
        Cause.MACHINE_TYPE,
        "machine type pseries-2.7, destination is pseries-2.6",
    ),
    "Missing section footer for spapr": (Cause.FRAMING, "spapr does not end with its footer"),
    "Mismatched section id in footer for spapr - read 0x214 expected 0x215": (
        Cause.FRAMING,
        "spapr ends with the footer of another section",
    ),
    "Not a migration stream": (Cause.FRAMING, "Not a migration stream"),
    "Unknown savevm section type 85": (Cause.FRAMING, "Unknown savevm section"),
    "1200 != 1002\nFailed to load spapr_pci/lsi:irq": (
        Cause.VALUE,
        "1200 != 1002, ours and theirs",
    ),
    "load of migration failed: Input/output error": (
        None,
        "load of migration failed: Input/output error",
    ),
}


@pytest.mark.parametrize(("said", "expected"), SAID.items())
def test_what_qemu_says_has_a_cause(said: str, expected: tuple[Cause | None, str]) -> None:
    """A report has few words of its own for what is known; for the rest it has QEMU's."""
    assert cause_of(said) == expected


def test_warnings_are_no_reason() -> None:
    """What QEMU says at every start is not why it gave up."""
    said = "warning: TCG doesn't support requested feature\nNot a migration stream"
    assert cause_of(said) == (Cause.FRAMING, "Not a migration stream")
    assert cause_of("warning: deprecated\nout of luck") == (None, "out of luck")


def test_what_qemu_says_can_be_quoted() -> None:
    """The line that has the cause is quoted as it is; of what is not known, the first."""
    said = "warning: x\nb: incoming version_id 2 is too new for local version_id 1\nload failed"
    assert quoted(said) == "b: incoming version_id 2 is too new for local version_id 1"
    assert quoted("warning: x\nVQ 0 vring.num 1024 exceeds\nload failed") == (
        "VQ 0 vring.num 1024 exceeds"
    )
    assert not quoted("warning: x")
