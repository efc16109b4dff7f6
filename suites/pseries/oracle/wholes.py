"""What a build sends again of what it was sent: all of a machine, also what nobody modelled."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import NamedTuple

from reference.inspection.comparing import Change, changes


class Noise(NamedTuple):
    """Fields that may differ without a loss, by section and path with ``*``; and why.

    ``bits`` are those of a number that may; all, where none are named.
    """

    section: str
    field: str
    reason: str
    bits: int = 0

    def covers(self, change: Change) -> bool:
        """Whether it is about a change."""
        section = change.section.partition("/0x")[0]
        named = fnmatchcase(section, self.section) and fnmatchcase(change.field, self.field)
        if not (named and self.bits):
            return named
        return isinstance(change.one, int) and not (change.one ^ change.other) & ~self.bits


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
    Noise(
        "cpu",
        "env.msr",
        "a CPU that was loaded may take machine checks, one that never ran may not (ME; measured "
        "on 10.0 and 11.1): no guest clears it",
        bits=0x1000,
    ),
    Noise(
        "globalstate",
        "*",
        "whether a machine ran, was paused or not yet started is for who migrates it; what stands "
        "behind the end of the word was there before (migration/global_state.c)",
    ),
    Noise(
        "*/virtio-*",
        "virtio",
        "a blob that its stream does not describe, whose subsections 10.0 and 11.1 have in another "
        "order (hw/virtio/virtio.c, virtio_save)",
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
