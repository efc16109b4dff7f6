"""Numbers that lean towards where formats break, in one draw each.

The functions that take ``draw`` are for use inside of strategies, where they cost less than a
strategy of their own would: what Hypothesis notes of each strategy that it enters is most of what
an example costs.
"""

from functools import cache

from hypothesis import strategies as st

SPREAD = 0x9E3779B97F4A7C15
"""What makes a number of all bits out of one of few; odd, so that no two become the same."""
LENGTHS = (
    (1,) * 16 + (2,) * 16 + (3,) * 10 + (4,) * 4 + (5,) * 4 + (17,) * 8 + (64,) * 4 + (100, 255)
)
"""Lengths of lists: mostly short, at times long."""
SIZES = (0, 1, 2, 4, 8, 20, 96, 108, 255, 256, 4096)
"""Numbers of bytes."""

NUMBER = st.integers(0, (1 << 20) - 1)
"""Narrow enough that Hypothesis draws all alike: of a wide range it prefers small numbers."""
LENGTH = st.integers(0, len(LENGTHS) - 1)
CONTENT = st.integers(0, len(SIZES) * 256 * 65536 - 1)


@cache
def boundaries(bits: int) -> tuple[int, ...]:
    """The values at which a field of ``bits`` bits may break, simplest first.

    Beside the ends of signed and unsigned ranges, and those of narrower fields, these are bytes
    with a meaning in the format: 0x05 starts a subsection, 0x30 is a NULL pointer, 0x7e a footer.
    """
    widths = [width for width in (8, 16, 32, 64) if width <= bits]
    ends = [end for width in widths for end in (1 << (width - 1), 1 << width)]
    around = [value for end in ends for value in (end - 1, end)]
    marks = [mark << (bits - 8) for mark in (0x05, 0x30, 0x7E)]
    candidates = [0, 1, 2, (1 << bits) - 1, *around, *marks, (1 << bits) - 2]
    return tuple(dict.fromkeys(value for value in candidates if value < 1 << bits))


@cache
def steps(bits: int) -> tuple[int, ...]:
    """Values that together show which bits of a field are kept: boundaries, a middle, each bit."""
    middle = (1 << bits) // 3
    return tuple(dict.fromkeys((*boundaries(bits), middle, *(1 << bit for bit in range(bits)))))


def unsigned(draw: st.DrawFn, bits: int) -> int:
    """An unsigned number of ``bits`` bits, 32 or 64: half of them boundaries, a quarter wide."""
    number = draw(NUMBER)
    known = boundaries(bits)
    place, kind = divmod(number, 4)
    if number < len(known) or kind < 2:
        return known[(number if number < len(known) else place) % len(known)]
    return place if kind == 2 else place * SPREAD % (1 << bits)


def signed(draw: st.DrawFn, bits: int) -> int:
    """A signed number of ``bits`` bits, 32 or 64: 0, -1, 1, -2 and so on."""
    number = unsigned(draw, bits)
    return -(number + 1 >> 1) if number & 1 else number >> 1


def length(draw: st.DrawFn) -> int:
    """The length of a list that is not empty."""
    return LENGTHS[draw(LENGTH)]


def content(draw: st.DrawFn) -> bytes:
    """Bytes: two that vary, and a fill up to one of `SIZES`."""
    number, size = divmod(draw(CONTENT), len(SIZES))
    number, fill = divmod(number, 256)
    return (number.to_bytes(2, "big") + bytes((fill,)) * SIZES[size])[: SIZES[size]]


@st.composite
def unsigned_words(draw: st.DrawFn, *, bits: int) -> int:
    """Unsigned numbers of ``bits`` bits, 32 or 64, such as ``0x80000000``."""
    return unsigned(draw, bits)


@st.composite
def signed_words(draw: st.DrawFn, *, bits: int) -> int:
    """Signed numbers of ``bits`` bits, 32 or 64, such as ``-1``."""
    return signed(draw, bits)
