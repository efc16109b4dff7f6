"""Faults in what follows the end: the vmdescription, and what should not be there."""

import json
import re
from collections.abc import Callable
from typing import ClassVar

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from tests.faults.wrong import OtherTypes

DESCRIPTION = re.compile(rb'\x06.{4}(\{"(?:configuration|page_size)".*)', re.DOTALL)
"""Type byte, length, and the text of a vmdescription."""


def redescribed(stream: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The stream with another text in its vmdescription, if it has one."""
    found = DESCRIPTION.search(stream)
    if found is None:
        return stream
    text = change(found[1])
    return stream[: found.start()] + b"\x06" + len(text).to_bytes(4, "big") + text


class DescribesOldTypes(OtherTypes):
    """The vmdescription is there for machine types before 2.3 too (cba0e7796be1)."""

    since: ClassVar = {"vmdescription": (2, 1)}


class MiscountsStructs(ReferenceAdapter):
    """The vmdescription has the size of a struct without its last field (35049eb0d2fc)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Describe a timebase of eight bytes."""
        stream = super().save(machine, version)
        return redescribed(stream, lambda text: text.replace(b'"size": 16}', b'"size": 8}'))


class DescribesNoHostBridge(ReferenceAdapter):
    """The vmdescription leaves a section out."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Call a section something else."""
        stream = super().save(machine, version)
        return redescribed(stream, lambda text: text.replace(b'"name": "spapr_pci"', b'"name": ""'))


class NamesAFieldOtherwise(ReferenceAdapter):
    """The vmdescription calls a field what it was called before it was renamed."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Describe the interrupts by another name."""
        stream = super().save(machine, version)
        return redescribed(stream, lambda text: text.replace(b'"name": "irq"', b'"name": "lsi"'))


class ForgetsTheSign(ReferenceAdapter):
    """The vmdescription has unsigned numbers where there are signed ones."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Describe no sign."""
        stream = super().save(machine, version)
        return redescribed(stream, lambda text: text.replace(b'"type": "int', b'"type": "uint'))


class EndsWithAComma(ReferenceAdapter):
    """The vmdescription is no JSON: there is a comma behind the last section."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Write the comma."""
        return redescribed(super().save(machine, version), lambda text: text[:-2] + b", ]}")


class DescribesLessTheSecondTime(ReferenceAdapter):
    """What was saved just now is described without its structure when it is saved again."""

    saved: Machine | None = None

    def save(self, machine: Machine, version: str) -> bytes:
        """Have no vmdescription for the same machine again."""
        stream = super().save(machine, version)
        again, self.saved = machine is self.saved, machine
        return redescribed(stream, lambda _text: b"{}") if again else stream


class LeavesALongerStreamBehind(ReferenceAdapter):
    """The file is not cut: behind a stream is the rest of a longer one (Firecracker cd47c0e94)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Save with something left over."""
        return super().save(machine, version) + b'"}]}'


class ReadsTheDescription(ReferenceAdapter):
    """A loader reads the vmdescription, and does not expect that it could be damaged."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Parse the text, without a plan for when that fails, and load what is before it."""
        found = DESCRIPTION.search(stream)
        if found is None:
            return super().load(stream, version, onto)
        json.loads(found[1])
        return super().load(stream[: found.start()], version, onto)
