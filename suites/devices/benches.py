"""The benches of a worker: one for each adapter, and for each two of them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.answers import Died, Hung, SaveRefused, Unsupported
from adapters.driven import DrivenAdapter, Plugged
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.noise import known_of
from suites.devices.oracle.twins import Twins

DRIVEN = pytest.StashKey[tuple[DrivenAdapter, ...]]()
"""The adapters of machines without a model, in the stash of the configuration."""
DRIVEN_BUILDS = pytest.StashKey[Sequence[str]]()
"""What they are called in reports, in the same place."""
FOLDER = Path(__file__).parent
"""Where this suite is."""
REPRODUCERS = Path(".conformance/reproducers")
"""The folder for programs that show what was found, in that of the project under test."""
BENCHES = pytest.StashKey[dict[tuple[int, int | None], Twins | str]]()
"""What was made of them in this worker, by their places."""


def label_of(plugged: Plugged) -> str:
    """What a configuration is called: its devices, and the machine type."""
    return f"{', '.join(plugged.devices)} on {plugged.machine}"


def labels_of(plugged: Sequence[Plugged], builds: Sequence[str]) -> list[str]:
    """What the configurations are called in reports; by their builds where several are alike."""
    labels = [label_of(one) for one in plugged]
    return [
        f"{label}, {build}" if labels.count(label) > 1 else label
        for label, build in zip(labels, builds, strict=True)
    ]


def tried(config: pytest.Config, place: int, destination: int | None) -> Twins | str:
    """The bench of an adapter, or why there is none; raises `NoiseError`.

    ``place`` is the adapter's, and ``destination`` that of the one to which it migrates, if any.
    """
    adapters, builds = config.stash[DRIVEN], config.stash[DRIVEN_BUILDS]
    plugged = adapters[place].describe()
    label = labels_of([one.describe() for one in adapters], builds)[place]
    if destination is not None:
        label = f"{label_of(plugged)}, {builds[place]} to {builds[destination]}"
    other = None if destination is None else adapters[destination]
    bench = Bench(adapters[place], other)
    try:
        regions = [one.name for one in bench.reach.regions]
        bench.machine().save()
    except Unsupported as no:
        return f"{label}, which does not start: {no.reason}"
    except SaveRefused as no:
        bench.close()
        return f"{label}, which cannot be migrated: {no.reason}"
    except (Died, Hung):
        bench.close()  # that is what the tests are about
    data, known = known_of(plugged, regions), findings_of(plugged)
    return Twins(bench, label, data, known, config.rootpath / REPRODUCERS)
