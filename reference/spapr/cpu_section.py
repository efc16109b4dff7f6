"""The section ``cpu`` of a PowerPC CPU, as data (QEMU target/ppc/machine.c, vmstate_ppc_cpu)."""

from functools import cache

from reference.spapr.machine_types import MachineType, Release
from reference.vmstate.description import Field, Scalar, VMStateDescription
from reference.vmstate.fields import bool_, int32, uint32, uint64

SHORT_CPU: Release = (2, 8)
"""The machine type that stopped sending what a destination compared with its own."""
SIZED_SLB: Release = (3, 0)
"""The machine type that stopped sending the size of the SLB."""

KEPT = Field(name="unused", info=Scalar("unused_buffer", "Q"))
"""8 bytes without a meaning, written as they were: earlier releases had a value there."""

FLOATING_POINT_REGISTER = Scalar("fpr", "Q")
VECTOR_REGISTER = Scalar("avr", "16s")
VECTOR_SCALAR_REGISTER = Scalar("vsr", "Q")
VECTOR_STATUS = Scalar("cpu/altivec/vscr", "I")
SEGMENT_ENTRY = Scalar("slbe", "16s")
"""The ESID and the VSID, 8 bytes each."""

COMPARED = (
    uint64("mig_msr_mask"),
    uint64("mig_insns_flags"),
    uint64("mig_insns_flags2"),
    uint32("mig_nb_BATs"),
)
"""What machine types up to 2.7 send."""

TRANSACTIONAL_MEMORY = VMStateDescription(
    name="cpu/tm",
    fields=(
        uint64("env.tm_gpr", count=32),
        Field(name="env.tm_vsr", info=VECTOR_REGISTER, count=64),
        uint64("env.tm_cr"),
        uint64("env.tm_lr"),
        uint64("env.tm_ctr"),
        uint64("env.tm_fpscr"),
        uint64("env.tm_amr"),
        uint64("env.tm_ppr"),
        uint64("env.tm_vrsave"),
        uint32("env.tm_vscr"),
        uint64("env.tm_dscr"),
        uint64("env.tm_tar"),
    ),
)

RESERVATION = VMStateDescription(
    name="cpu/reservation",
    fields=(
        uint64("env.reserve_addr"),
        uint64("env.reserve_length"),
        uint64("env.reserve_val"),
        uint64("env.reserve_val2"),
    ),
)


@cache
def cpu(machine_type: MachineType) -> VMStateDescription:
    """A CPU; its instance_id is its index.

    ``env.reserve_addr`` is unused, and called so, since QEMU 8.2.
    """
    sizes = () if machine_type.release >= SIZED_SLB else (int32("mig_slb_nr"),)
    return VMStateDescription(
        name="cpu",
        version_id=5,
        minimum_version_id=5,
        fields=(
            KEPT,
            uint64("env.gpr", count=32),
            uint32("env.crf", count=8),
            uint64("env.nip"),
            uint64("env.spr", count=1024),
            uint64("env.spe_acc"),
            uint64("env.reserve_addr"),
            uint64("env.msr"),
            uint64("env.hflags_compat_nmsr"),
            *(() if machine_type.release >= SHORT_CPU else COMPARED),
        ),
        subsections=(
            VMStateDescription(
                name="cpu/fpu",
                fields=(
                    Field(name="env.vsr", info=FLOATING_POINT_REGISTER, count=32),
                    uint64("env.fpscr"),
                ),
            ),
            VMStateDescription(
                name="cpu/altivec",
                fields=(
                    Field(name="env.vsr", info=VECTOR_REGISTER, count=32),
                    Field(name="vscr", info=VECTOR_STATUS),
                ),
            ),
            VMStateDescription(
                name="cpu/vsx",
                fields=(Field(name="env.vsr", info=VECTOR_SCALAR_REGISTER, count=32),),
            ),
            TRANSACTIONAL_MEMORY,
            VMStateDescription(
                name="cpu/slb",
                version_id=2,
                fields=(*sizes, Field(name="env.slb", info=SEGMENT_ENTRY, count=64)),
            ),
            VMStateDescription(
                name="cpu/bhrb",
                fields=(uint64("env.bhrb_offset"), uint64("env.bhrb", count=32)),
            ),
            VMStateDescription(name="cpu/compat", fields=(uint32("compat_pvr"),)),
            RESERVATION,
            VMStateDescription(name="cpu/rtas_stopped", fields=(bool_("env.quiesced"),)),
        ),
    )
