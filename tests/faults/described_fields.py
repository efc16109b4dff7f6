"""Faults in vmdescriptions whose names of sections and sums of sizes are right.

Who reads a stream by them (scripts/analyze-migration.py) takes its bytes for something else.
"""

import re
from abc import ABC, abstractmethod

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import Machine
from tests.faults.vmdescriptions import redescribed


class Redescribes(ReferenceAdapter, ABC):
    """The reference with another text in the vmdescription."""

    @staticmethod
    @abstractmethod
    def change(text: bytes) -> bytes:
        """The text in place of ``text``."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Describe it otherwise."""
        return redescribed(super().save(machine, version), self.change)


class MisnamesAField(Redescribes):
    """The indicator of a connector is described under a name that it had once (6783ecf144c8)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Give it the other name."""
        return text.replace(b'"name": "dr_indicator"', b'"name": "indicator_state"')


class CallsSignedUnsigned(Redescribes):
    """Signed numbers of 64 bits are described as unsigned: a clock that is behind is far ahead.

    A reader took the one for the other (caea03279e11).
    """

    @staticmethod
    def change(text: bytes) -> bytes:
        """Call them so."""
        return text.replace(b'"type": "int64"', b'"type": "uint64"')


class DescribesTheVersionOfAnother(Redescribes):
    """A subsection is described with its program's version, the stream has 1 (c1990468d5a1)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Describe 4 for the device tree."""
        name = b'"vmsd_name": "spapr_dtb", "version": '
        return text.replace(name + b"1", name + b"4")


class DescribesAnOlderSection(Redescribes):
    """The section of the machine is described with version 1, the stream has 3 (4efef9864082)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Describe 1."""
        name = b'"vmsd_name": "spapr", "version": '
        return text.replace(name + b"3", name + b"1")


class DescribesTwoFieldsAsOne(Redescribes):
    """A field is described with the size of two, and the second is missing (35049eb0d2fc)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Leave the depth of walks and the number of interrupts out."""
        for one, other, kind in (
            (b"ccs_offset", b"ccs_depth", b"int32"),
            (b"value.first_irq", b"value.num", b"uint32"),
        ):
            entry = b'{"name": "%s", "type": "%s", "size": %d}'
            both = entry % (one, kind, 4) + b", " + entry % (other, kind, 4)
            text = text.replace(both, entry % (one, b"buffer", 8))
        return text


class MovesABoundary(Redescribes):
    """Of two neighbours one is described too long, the other too short (efd6b3d1768d's like)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Let the size of a device tree begin two bytes late."""
        entry = b'{"name": "%s", "type": "%s", "size": %d}'
        names = b"fdt_initial_size", b"fdt_size"
        right = b", ".join(entry % (name, b"uint32", 4) for name in names)
        wrong = b", ".join(
            entry % (name, b"buffer", size) for name, size in zip(names, (6, 2), strict=True)
        )
        return text.replace(right, wrong)


class DescribesFieldsInAnotherOrder(Redescribes):
    """Two addresses are described in the other order than they are sent (032ab092904c)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Exchange the names."""
        one, other = b"fwnmi_system_reset_addr", b"fwnmi_machine_check_addr"
        return text.replace(one, b"?").replace(other, one).replace(b"?", other)


class MiscountsAnArray(Redescribes):
    """An array is described as half as many elements, each twice as long (35049eb0d2fc)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Halve the interrupts of the host bridge."""
        right = b'{"name": "irq", "type": "uint32 equal", "size": 4}]}, "size": 4}'
        wrong = b'{"name": "irq", "type": "uint64", "size": 8}]}, "size": 8}'
        return text.replace(
            b'"name": "lsi_table", "array_len": 4', b'"name": "lsi_table", "array_len": 2'
        ).replace(right, wrong)


class DescribesAnotherLayout(Redescribes):
    """The indicators of connectors are described under the name of their states (203beb6f0474)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Use one name for both."""
        return text.replace(b'"vmsd_name": "spapr_drc/physical"', b'"vmsd_name": "spapr_drc"')


class DescribesTheTreeFirst(Redescribes):
    """The subsections are described in another order than they are sent (adc4fda6d564's like)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Describe the device tree before all others."""
        found = re.search(rb', (\{"vmsd_name": "spapr_dtb", [^]]*\]\})', text)
        if found is None:
            return text
        rest = text[: found.start()] + text[found.end() :]
        first = b'"subsections": [{"vmsd_name": "spapr_option_vector_ov5_cas"'
        where = rest.index(first) + len(b'"subsections": [')
        return rest[:where] + found[1] + b", " + rest[where:]


class DescribesLargePages(Redescribes):
    """The vmdescription has the page size of the host, not that of the target (6c2b24d1d2b1)."""

    @staticmethod
    def change(text: bytes) -> bytes:
        """Say 64 KiB."""
        return text.replace(b'"page_size": 4096', b'"page_size": 65536')
