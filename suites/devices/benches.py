"""The benches of a worker: one for each adapter, and for each two of them."""

import pytest

from adapters.answers import SaveRefused, Unsupported
from adapters.driven import DrivenAdapter, Plugged
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.noise import known_of
from suites.devices.oracle.twins import Twins

DRIVEN = pytest.StashKey[tuple[DrivenAdapter, ...]]()
"""The adapters of machines without a model, in the stash of the configuration."""
BENCHES = pytest.StashKey[dict[tuple[int, int | None], Twins | str]]()
"""What was made of them in this worker, by their places."""


def label_of(plugged: Plugged) -> str:
    """What a configuration is called: its devices, and the machine type."""
    return f"{', '.join(plugged.devices)} on {plugged.machine}"


def tried(adapter: DrivenAdapter, destination: DrivenAdapter | None) -> Twins | str:
    """The bench of an adapter, or why there is none."""
    plugged = adapter.describe()
    label = label_of(plugged)
    if destination is not None:
        label = f"{label}, {plugged.release} to {destination.describe().release}"
    bench = Bench(adapter, destination)
    try:
        bench.machine().save()
        regions = [one.name for one in bench.reach.regions]
    except Unsupported as no:
        return f"{label}, which does not start: {no.reason}"
    except SaveRefused as no:
        bench.close()
        return f"{label}, which cannot be migrated: {no.reason}"
    return Twins(bench, label, known_of(plugged, regions), findings_of(plugged))
