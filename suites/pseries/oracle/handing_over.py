"""Which builds hand over machines of which types, and in which situations."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from adapters.implementation import Implementation
from reference.compatibility.expectation import machine_types
from reference.spapr.actions import AnyAction, ConfigureConnector, HotPlug, PowerDown
from reference.spapr.device_tree import Node
from reference.spapr.versions import STREAM_VERSIONS
from strategies.pseries.actions import to_unisolated

Situation = Callable[[int, Node], Iterable[AnyAction]]
"""What has happened on a machine, of whose connectors one is named, with a device for it."""

SITUATIONS: dict[str, Situation] = {
    "idle": lambda _index, _tree: (),
    "hot-plugged": lambda index, tree: (HotPlug(index, tree),),
    "events": lambda index, tree: (PowerDown(), HotPlug(index, tree, plid=2), PowerDown(plid=3)),
    "mid-walk": lambda index, tree: (
        HotPlug(index, tree),
        *to_unisolated(index),
        *[ConfigureConnector(index)] * 3,
    ),
}


def newest_version(implementation: Implementation) -> str:
    """The newest stream version that a build both saves and loads; empty if there is none."""
    both = [
        version
        for version in STREAM_VERSIONS
        if (support := implementation.versions.get(version)) and support.saves and support.loads
    ]
    return both[-1] if both else ""


def known_types(implementation: Implementation) -> Sequence[str]:
    """The machine types of a build, oldest first."""
    version = newest_version(implementation)
    return implementation.machine_types or (machine_types(version) if version else ())


def handovers(implementations: Sequence[Implementation]) -> list[tuple[int, int, str]]:
    """Each ordered pair of builds, by their places, with each machine type that both know."""
    return [
        (source, destination, name)
        for source, destination in product(range(len(implementations)), repeat=2)
        for name in known_types(implementations[source])
        if name in known_types(implementations[destination])
    ]
