"""How machine states and streams are generated.

Every strategy is a plural noun and takes keywords only. All of them shrink towards the machine on
which nothing happened. A draw is what an example costs, not the saving or loading
(benchmarks/README.md): each optional part has one right before what it needs, and parts that are
switched off cost nothing more.
"""

from strategies.numbers import signed_words, unsigned_words
from strategies.pseries.actions import connectors_in_progress, guest_actions, host_actions
from strategies.pseries.connectors import (
    arbitrary_walks,
    connectors,
    reachable_walks,
)
from strategies.pseries.device_trees import device_trees
from strategies.pseries.events import event_logs
from strategies.pseries.journeys import Journey, upgrades
from strategies.pseries.machines import machine_states
from strategies.pseries.windows import iommu_tables

__all__ = [
    "Journey",
    "arbitrary_walks",
    "connectors",
    "connectors_in_progress",
    "device_trees",
    "event_logs",
    "guest_actions",
    "host_actions",
    "iommu_tables",
    "machine_states",
    "reachable_walks",
    "signed_words",
    "unsigned_words",
    "upgrades",
]
