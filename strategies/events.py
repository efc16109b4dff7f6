"""Events that wait for the guest."""

from hypothesis import strategies as st

from reference.spapr.machine import EventLogEntry
from strategies.numbers import byte_strings, lengths, unsigned_words

SUMMARIES = (0x06340040, 0x063460E5)
"""What real event logs begin with: a power-off request (EPOW), and a hot-plug."""
DRAWN = 5
"""How many entries are drawn; those behind them in a long log follow a pattern."""


@st.composite
def event_logs(draw: st.DrawFn) -> tuple[EventLogEntry, ...]:
    """Logs of one or more entries: ``(EventLogEntry(summary=0x6340040, extended_log=b""),)``."""
    entries = []
    for position in range(draw(lengths())):
        if position < DRAWN:
            kind = draw(st.integers(0, 2))
            summary = SUMMARIES[kind] if kind < 2 else draw(unsigned_words(bits=32))
            entries.append(EventLogEntry(summary, draw(byte_strings())))
        else:
            log = position.to_bytes(4, "big")
            entries.append(EventLogEntry(SUMMARIES[position % 2], log))
    return tuple(entries)
