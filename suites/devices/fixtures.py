"""Who takes part in the tests of devices: a pytest plugin of fixtures."""

from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from adapters.answers import SaveRefused, Unsupported
from adapters.driven import DrivenAdapter, Plugged
from strategies.devices import Reach
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.noise import known_of
from suites.devices.oracle.twins import Twins
from suites.harness.declared import skip_undeclared

DRIVEN = pytest.StashKey[tuple[DrivenAdapter, ...]]()
"""The adapters of machines without a model, in the stash of the configuration."""
BENCHES = pytest.StashKey[dict[tuple[int, int | None], Twins | str]]()
"""What was made of them in this worker, by their places."""
FOLDER = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect nothing of this suite where no adapter is one of machines without a model."""
    if FOLDER in (collection_path, *collection_path.parents) and not config.stash[DRIVEN]:
        return True
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests for each adapter, those of builds for each two, of what is known for each."""
    if "twins" not in metafunc.fixturenames:
        return
    plugged = [one.describe() for one in metafunc.config.stash[DRIVEN]]
    labels = [label_of(one) for one in plugged]
    places = range(len(plugged))
    if "finding" in metafunc.fixturenames:
        found = [(place, one) for place in places for one in findings_of(plugged[place])]
        ids = [f"{labels[place]}: {one.reason}" for place, one in found]
        metafunc.parametrize(("place", "finding"), found, ids=ids)
    elif "builds" in metafunc.fixturenames:
        pairs = [pair for pair in permutations(places, 2) if len({labels[it] for it in pair}) == 1]
        ids = ["->".join(plugged[it].release for it in pair) for pair in pairs]
        metafunc.parametrize(("place", "destination"), pairs, ids=ids)
    else:
        metafunc.parametrize("place", places, ids=labels)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the test of what is known where nothing is."""
    items[:] = [one for one in items if not one.name.endswith("[NOTSET]")]


def label_of(plugged: Plugged) -> str:
    """What a configuration is called: its devices, and the machine type."""
    return f"{', '.join(plugged.devices)} on {plugged.machine}"


@pytest.fixture
def place() -> int:
    """The place of the adapter among those that were named."""
    return 0


@pytest.fixture
def destination() -> None:
    """The place of the adapter to which machines migrate, where that is another."""


@pytest.fixture
def twins(place: int, destination: int | None, request: pytest.FixtureRequest) -> Twins:
    """The bench of an adapter, and what may differ there; one for all tests of a worker.

    A test is skipped, with the program's own words, where its machine cannot be started or saved.
    """
    made, adapters = request.config.stash.setdefault(BENCHES, {}), request.config.stash[DRIVEN]
    if (place, destination) not in made:
        other = None if destination is None else adapters[destination]
        made[place, destination] = tried(adapters[place], other)
    one = made[place, destination]
    if isinstance(one, str):
        skip_undeclared(request.node, [one])
    return one


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


@pytest.fixture
def builds(twins: Twins) -> Twins:
    """The bench of one adapter whose machines migrate to another's, and back."""
    return twins


@pytest.fixture
def reach(twins: Twins) -> Reach:
    """What a guest can reach, and how drivers begin."""
    return replace(twins.bench.reach, programs=twins.programs)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what benches run."""
    for one in config.stash.get(BENCHES, {}).values():
        if isinstance(one, Twins):
            one.bench.close()
