"""Numbers that lean towards where formats break, in one draw each."""

from functools import cache

from hypothesis import strategies as st

SMALL = 1 << 14
"""Draws below this become boundaries: four in ten of all draws from a wide range."""


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
    candidates = [0, 1, 2, *around, *marks, (1 << bits) - 2]
    return tuple(dict.fromkeys(value for value in candidates if value < 1 << bits))


@cache
def unsigned_words(*, bits: int) -> st.SearchStrategy[int]:
    """Unsigned numbers of ``bits`` bits, 32 or 64, such as ``0x80000000``."""
    known = boundaries(bits)

    def word(number: int) -> int:
        return known[number % len(known)] if number < SMALL else number - SMALL

    return st.integers(0, (1 << bits) - 1 + SMALL).map(word)


@cache
def signed_words(*, bits: int) -> st.SearchStrategy[int]:
    """Signed numbers of ``bits`` bits, 32 or 64, such as ``-1``."""
    half = 1 << (bits - 1)
    return unsigned_words(bits=bits).map(lambda word: (word ^ half) - half)


@cache
def lengths() -> st.SearchStrategy[int]:
    """Lengths of lists that are not empty: mostly short, one in sixteen long."""
    return st.integers(0, 63).map(
        lambda number: (
            (1, 2, 3, 2, 1, 3, 4, 5)[number % 8] if number < 60 else (17, 64, 100, 255)[number - 60]
        )
    )


@cache
def byte_strings() -> st.SearchStrategy[bytes]:
    """Bytes in one draw: a length, two bytes that vary, and a fill up to the length."""
    sizes = (0, 1, 2, 4, 8, 20, 96, 108, 255, 256, 4096)

    def content(number: int) -> bytes:
        number, size = divmod(number, len(sizes))
        number, fill = divmod(number, 256)
        return (number.to_bytes(2, "big") + bytes((fill,)) * sizes[size])[: sizes[size]]

    return st.integers(0, len(sizes) * 256 * 65536 - 1).map(content)
