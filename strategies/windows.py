"""DMA windows and message interrupts."""

from hypothesis import strategies as st

from reference.spapr.machine import IommuTable, Msi
from strategies.numbers import lengths, unsigned_words

SIZES = (1, 0, 2, 3, 5, 16, 64)
"""Numbers of TCEs. Real tables have 262144, which the captured streams cover."""
DEFAULT_LIOBN, SECOND_LIOBN = 0x80000000, 0x80000001


@st.composite
def iommu_tables(draw: st.DrawFn, *, dynamic: bool) -> tuple[IommuTable, ...]:
    """The windows of a host bridge.

    ``dynamic``: the guest may move the default window and ask for a second one, which is there,
    empty, from the start.
    """
    windows = []
    for liobn in (DEFAULT_LIOBN, SECOND_LIOBN) if dynamic else (DEFAULT_LIOBN,):
        number, bypass = divmod(draw(st.integers(0, len(SIZES) * 4 - 1)), 2)
        size, moved = divmod(number, 2)
        resting = IommuTable(liobn=liobn).fresh()
        first = draw(unsigned_words(bits=64)) if SIZES[size] else 0
        moved = moved and dynamic
        windows.append(
            IommuTable(
                liobn=liobn,
                bypass=bool(bypass),
                table=tuple((first + 0x1001 * index) % (1 << 64) for index in range(SIZES[size])),
                bus_offset=draw(unsigned_words(bits=64)) if moved else resting.bus_offset,
                page_shift=16 if moved else resting.page_shift,
                def_win=resting.def_win ^ bool(moved),
            )
        )
    return tuple(windows)


@st.composite
def msi_tables(draw: st.DrawFn) -> tuple[Msi, ...]:
    """The message interrupts of some devices, one entry for each: ``(Msi(0x800, 0x1300, 2),)``."""
    return tuple(
        Msi(key=0x800 * (position + 1), first_irq=draw(unsigned_words(bits=32)), num=position + 1)
        for position in range(min(draw(lengths()), 3))
    )
