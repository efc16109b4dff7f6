"""How machine states and streams are generated.

Every strategy is a plural noun and takes keywords only. All of them shrink towards the machine on
which nothing happened. A draw is what an example costs, not the saving or loading
(benchmarks/README.md), so that optional parts are chosen by the bits of one number, and parts
that are switched off cost nothing.
"""

from strategies.connectors import (
    arbitrary_walks,
    connectors,
    reachable_walks,
)
from strategies.events import event_logs
from strategies.journeys import Journey, journeys, upgrades
from strategies.machines import machine_states
from strategies.numbers import signed_words, unsigned_words
from strategies.windows import iommu_tables

__all__ = [
    "Journey",
    "arbitrary_walks",
    "connectors",
    "event_logs",
    "iommu_tables",
    "journeys",
    "machine_states",
    "reachable_walks",
    "signed_words",
    "unsigned_words",
    "upgrades",
]
