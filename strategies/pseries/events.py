"""Events that wait for the guest."""

from hypothesis import strategies as st

from reference.spapr.machine import EventLogEntry
from strategies.numbers import content, length, unsigned

SUMMARIES = (0x06340040, 0x063460E5)
"""What real event logs begin with: a power-off request (EPOW), and a hot-plug."""
DRAWN = 4
"""How many entries are drawn; those behind them in a long log follow a pattern."""
KIND = st.integers(0, len(SUMMARIES))


@st.composite
def event_logs(draw: st.DrawFn) -> tuple[EventLogEntry, ...]:
    """Logs of one or more entries: ``(EventLogEntry(summary=0x6340040),)``."""
    entries = []
    for place in range(length(draw)):
        kind = draw(KIND) if place < DRAWN else place % len(SUMMARIES)
        summary = SUMMARIES[kind] if kind < len(SUMMARIES) else unsigned(draw, 32)
        log = content(draw) if place < DRAWN else place.to_bytes(4, "big")
        entries.append(EventLogEntry(summary, log))
    return tuple(entries)
