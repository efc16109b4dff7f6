"""The sections that the model of the machine lacks."""

from struct import pack
from typing import Any

import pytest

from reference.spapr.machine_types import machine_type
from reference.spapr.other_sections import other_sections
from reference.vmstate.access import SUBSECTIONS
from reference.vmstate.compiler import compile_decoder
from reference.vmstate.subsections import subsection
from reference.wire.errors import FieldRejected, UnknownSubsection
from reference.wire.reader import Reader

NEWEST = "pseries-10.0"


def decoded(name: str, wire: bytes, type_name: str = NEWEST) -> dict[str, Any]:
    """What a section says; the same bytes must come out of it again."""
    vmsd = other_sections(machine_type(type_name))[name]
    decoder = compile_decoder(vmsd, vmsd.version_id)
    reader = Reader(wire)
    values: dict[str, Any] = decoder.load(reader, None)
    assert reader.remaining == 0
    assert decoder.save(values) == wire
    return values


@pytest.mark.parametrize(
    ("type_name", "fields", "slb", "size"),
    [
        ("pseries-2.7", 8528 + 28, 1028, 10676),
        ("pseries-2.8", 8528, 1028, 10648),
        ("pseries-2.12", 8528, 1028, 10648),
        ("pseries-3.0", 8528, 1024, 10644),
    ],
)
def test_cpu_by_machine_type(type_name: str, fields: int, slb: int, size: int) -> None:
    """Later machine types send less of a CPU; the sizes are those that QEMU 7.2 writes."""
    parts = {"fpu": 264, "altivec": 516, "vsx": 256, "slb": slb}
    wire = bytes(fields) + b"".join(
        subsection(f"cpu/{name}", 1, bytes(length)) for name, length in parts.items()
    )
    assert len(wire) == size
    found = decoded("cpu", wire, type_name)[SUBSECTIONS]
    assert [name for name, _, _ in found] == [f"cpu/{name}" for name in parts]


def test_cpu_of_a_running_guest() -> None:
    """A CPU in a transaction, in compatibility mode, stopped by RTAS, or in a replay sends more."""
    more = {"tm": 1356, "compat": 4, "reservation": 32, "rtas_stopped": 1, "bhrb": 264}
    wire = bytes(8528) + b"".join(
        subsection(f"cpu/{name}", 1, bytes(length)) for name, length in more.items()
    )
    assert len(decoded("cpu", wire)[SUBSECTIONS]) == 5


def test_unused_bytes_are_kept() -> None:
    """Bytes without a meaning come out as they went in: the first releases had the PVR there."""
    assert decoded("cpu", pack(">Q", 0x4B0201) + bytes(8520))["unused"] == 0x4B0201


def test_vector_registers_are_16_bytes() -> None:
    """A vector register is one value of 16 bytes."""
    wire = bytes(8528) + subsection("cpu/altivec", 1, bytes(range(256)) * 2 + bytes(4))
    ((_, _, altivec),) = decoded("cpu", wire)[SUBSECTIONS]
    assert altivec["env.vsr"][1] == bytes(range(16, 32))


def test_virtual_processor_area() -> None:
    """The areas that a guest registered lie in subsections of subsections."""
    shadow = subsection("spapr_cpu/vpa/slb_shadow", 1, pack(">QQ", 2, 3))
    log = subsection("spapr_cpu/vpa/dtl", 1, pack(">QQ", 4, 5))
    values = decoded("spapr_cpu", subsection("spapr_cpu/vpa", 1, pack(">Q", 1) + shadow + log))
    ((name, _, vpa),) = values[SUBSECTIONS]
    assert name == "spapr_cpu/vpa"
    assert vpa["vpa_addr"] == 1
    assert [one for _, _, one in vpa[SUBSECTIONS]] == [
        {"slb_shadow_addr": 2, "slb_shadow_size": 3},
        {"dtl_addr": 4, "dtl_size": 5},
    ]


def test_timer_with_icount() -> None:
    """The clock of counted instructions lies in a subsection, with three of its own."""
    inner = (
        subsection("timer/icount/warp_timer", 1, pack(">qq", 1, -1))
        + subsection("timer/icount/timers", 1, pack(">qq", 5, 6))
        + subsection("timer/icount/shift", 2, pack(">hq", 7, -8))
    )
    wire = bytes(24) + subsection("timer/icount", 1, pack(">qq", 3, 4) + inner)
    ((_, _, icount),) = decoded("timer", wire)[SUBSECTIONS]
    assert icount["qemu_icount"] == 4
    assert icount[SUBSECTIONS][2] == (
        "timer/icount/shift",
        2,
        {"icount_time_shift": 7, "last_delta": -8},
    )


def test_bus_without_interrupts() -> None:
    """A bus behind a bridge has no interrupts of its own."""
    assert decoded("PCIBUS", pack(">i", 0)) == {"nirq": 0, "irq_count": ()}


def test_negative_count_of_interrupts() -> None:
    """A negative number of interrupts is rejected."""
    with pytest.raises(FieldRejected, match="nirq is -1"):
        decoded("PCIBUS", pack(">i", -1))


def test_interrupt_sources() -> None:
    """The interrupt controller has as many sources as it says."""
    values = decoded("ics", pack(">I", 2) + bytes(8) + pack(">IBBBB", 1, 5, 0xFF, 8, 2))
    assert values["irqs"][1] == {
        "server": 1,
        "priority": 5,
        "saved_priority": 0xFF,
        "status": 8,
        "flags": 2,
    }


def test_network_with_buffer_pools() -> None:
    """The buffer pools of a virtual network card come in a subsection of 163 880 bytes."""
    pools = subsection("spapr_llan/rx_pools", 1, bytes(5 * 32776))
    assert len(decoded("spapr_llan", bytes(61) + pools)[SUBSECTIONS][0][2]["rx_pool"]) == 5


def test_unknown_subsection() -> None:
    """A subsection that no release has is rejected."""
    with pytest.raises(UnknownSubsection, match="cpu_common/nonsense"):
        decoded("cpu_common", bytes(8) + subsection("cpu_common/nonsense", 1, b""))
