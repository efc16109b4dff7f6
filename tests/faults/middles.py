"""Faults in the middle of a range, whose ends are right."""

from msgspec.structs import replace

from adapters.reference import ReferenceAdapter
from reference.spapr.machine import EventLogEntry, Machine, OptionVector
from tests.faults.values import each_window, with_msis

RADIX_AND_XIVE = range(184, 208)
"""The options of bytes 23 to 25 of the vector: interrupt mode, and MMU (PAPR, option vector 5)."""
MIDDLE_WORDS = range(2, 26)
"""Words of 64 bits of the interrupt map that are neither its first nor its last."""
PAGE_SHIFTS = (12, 16, 24, 34)


class ForgetsTheModeOfTheMmu(ReferenceAdapter):
    """Options from 184 to 207 are not loaded: radix and XIVE (as in 62ef3760d4e4, all of them)."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Leave some bytes out."""
        machine = super().load(stream, version, onto)
        kept = (bit for bit in machine.ov5_cas.bitmap if bit not in RADIX_AND_XIVE)
        return replace(machine, ov5_cas=OptionVector(tuple(kept)))


class TurnsMiddleWords(ReferenceAdapter):
    """Words in the middle of the interrupt map have their halves exchanged, as 32-bit words do."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Exchange the halves."""
        machine = super().load(stream, version, onto)
        bits = (bit ^ 32 if bit // 64 in MIDDLE_WORDS else bit for bit in machine.irq_map)
        return replace(machine, irq_map=tuple(sorted(bits)))


class KnowsFourPageSizes(ReferenceAdapter):
    """Pages of 2 MiB and 32 to 256 MiB, for which a guest may ask, are loaded as of 16 MiB."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Have no other pages."""
        machine = super().load(stream, version, onto)
        return each_window(
            machine,
            lambda one: replace(one, page_shift=24) if 16 < one.page_shift < 34 else one,
        )


class TurnsTheWordsOfATree(ReferenceAdapter):
    """A device tree is saved in words of the host's order, all but its magic and size."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Reverse the bytes of each whole word."""
        head, body = machine.fdt_blob[:8], machine.fdt_blob[8:]
        whole = len(body) // 4 * 4
        words = (body[place : place + 4][::-1] for place in range(0, whole, 4))
        blob = head + b"".join(words) + body[whole:]
        return super().save(replace(machine, fdt_blob=blob), version)


class TurnsTheEndOfALog(ReferenceAdapter):
    """An event log beyond 256 bytes is loaded in two pieces, the later back to front."""

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Turn what is behind the first piece."""
        machine = super().load(stream, version, onto)
        events = (
            EventLogEntry(one.summary, one.extended_log[:256] + one.extended_log[:255:-1])
            for one in machine.pending_events
        )
        return replace(machine, pending_events=tuple(events))


class ExchangesBitsOfTheCpu(ReferenceAdapter):
    """Of the CPU that handles a machine check bits 9 and 10 are exchanged: 512 becomes 1024.

    As bits of XER were not where they should be (aa378598fea8).
    """

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Exchange the bits where they differ."""
        machine = super().load(stream, version, onto)
        cpu = machine.fwnmi_machine_check_interlock
        if cpu >> 9 & 1 != cpu >> 10 & 1:
            cpu ^= 3 << 9
        return replace(machine, fwnmi_machine_check_interlock=cpu)


class ExchangesBitsOfABus(ReferenceAdapter):
    """Of a device's config address bits 17 and 18 are exchanged: bus 2 becomes bus 4.

    As bits of XER were not where they should be (aa378598fea8).
    """

    def load(self, stream: bytes, version: str, onto: Machine) -> Machine:
        """Exchange the bits where they differ."""
        machine = super().load(stream, version, onto)
        return with_msis(
            machine,
            tuple(
                replace(one, key=one.key ^ 3 << 17) if (one.key >> 17) & 3 in {1, 2} else one
                for one in machine.host_bridge.msis
            ),
        )


class DropsABitForOneType(ReferenceAdapter):
    """For machine type 5.2 the process table loses bit 37 (575a6f4082c4: 2.2 alone)."""

    def save(self, machine: Machine, version: str) -> bytes:
        """Drop the bit."""
        if machine.machine_type == "pseries-5.2":
            machine = replace(machine, patb_entry=machine.patb_entry & ~(1 << 37))
        return super().save(machine, version)
