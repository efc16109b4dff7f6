"""What a build sends again of what it was sent: all of a machine, also what nobody modelled."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from reference.inspection.comparing import Change, changes


class Noise(NamedTuple):
    """Fields that may differ without a loss, by section and path with ``*``; and why."""

    section: str
    field: str
    reason: str

    def covers(self, change: Change) -> bool:
        """Whether it is about a change."""
        section = change.section.partition("/0x")[0]
        return fnmatchcase(section, self.section) and fnmatchcase(change.field, self.field)


NOISE = (
    Noise("spapr*", "*", "the model has it: machines are compared, and clocks go on"),
    Noise(
        "cpu_common",
        "interrupt_request",
        "a load asks the translator to leave its block (CPU_INTERRUPT_EXITTB)",
    ),
    Noise(
        "cpu",
        "mig_insns_flags*",
        "what instructions a program knows; no load looks at it (target/ppc/machine.c, since 2.8)",
    ),
)


def lost(sent: bytes, again: bytes, type_name: str) -> Iterator[Change]:
    """What ``again``, saved right after a load of ``sent``, does not say as ``sent`` does.

    Both describe themselves; raises `StreamError` where that is not so.
    """
    for one in changes(sent, again, type_name):
        section = one.section.partition("/0x")[0]
        if not any(
            fnmatchcase(section, it.section) and fnmatchcase(one.field, it.field) for it in NOISE
        ):
            yield one
