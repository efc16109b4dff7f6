"""DMA windows and message interrupts."""

from functools import cache

from hypothesis import strategies as st

from reference.spapr.machine import IommuTable, Msi
from strategies.numbers import unsigned

TABLES = (1, 0, 2, 3, 5, 16, 64)
"""Numbers of TCEs. Real tables have 262144, which the captured streams cover."""
PAGE_SHIFTS = (16, 12, 24, 34)
"""Pages of 64 KiB, 4 KiB, 16 MiB and 16 GiB, as guests ask for (QEMU hw/ppc/spapr_rtas_ddw.c)."""
ALL_PAGE_SHIFTS = (12, 16, 24, 25, 26, 27, 28, 34)
"""Those that QEMU knows, with pages of 32 to 256 MiB (hw/ppc/spapr_rtas_ddw.c)."""
WINDOW = st.integers(0, len(TABLES) * 2 * (1 + len(PAGE_SHIFTS)) - 1)
MSI_DEVICES = st.integers(1, 5)
DMA64_WIN_ADDR = 0x800000000000000
"""Where the second window lies if not elsewhere; never at 0 (rtas_ibm_create_pe_dma_window)."""
DEFAULT_LIOBN, SECOND_LIOBN = 0x80000000, 0x80000001


@cache
def resting_tables(*, dynamic: bool) -> tuple[IommuTable, ...]:
    """The windows of a machine that was just started."""
    liobns = (DEFAULT_LIOBN, SECOND_LIOBN) if dynamic else (DEFAULT_LIOBN,)
    return tuple(IommuTable(liobn=liobn).fresh() for liobn in liobns)


@st.composite
def iommu_tables(draw: st.DrawFn, *, dynamic: bool) -> tuple[IommuTable, ...]:
    """The windows of a host bridge.

    ``dynamic``: the guest may move the default window and ask for a second one, which is there,
    empty, from the start.
    """
    windows = []
    for resting in resting_tables(dynamic=dynamic):
        number, bypass = divmod(draw(WINDOW), 2)
        size, moves = divmod(number, 1 + len(PAGE_SHIFTS))
        moved = dynamic and bool(moves)
        first = unsigned(draw, 64) if TABLES[size] else 0
        lowest = 0 if resting.default_window else DMA64_WIN_ADDR
        windows.append(
            IommuTable(
                liobn=resting.liobn,
                bypass=bool(bypass),
                table=tuple((first + 0x1001 * index) % (1 << 64) for index in range(TABLES[size])),
                bus_offset=unsigned(draw, 64) or lowest if moved else resting.bus_offset,
                page_shift=PAGE_SHIFTS[moves - 1] if moved else resting.page_shift,
                def_win=resting.def_win ^ moved,
            )
        )
    return tuple(windows)


@st.composite
def msi_tables(draw: st.DrawFn) -> tuple[Msi, ...]:
    """The message interrupts of up to five devices: ``(Msi(key=0x800, first_irq=0, num=0),)``."""
    return tuple(
        Msi(key=0x800 * (place + 1), first_irq=unsigned(draw, 32), num=unsigned(draw, 32))
        for place in range(draw(MSI_DEVICES))
    )
