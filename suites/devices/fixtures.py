"""Who takes part in the tests of devices: a pytest plugin of fixtures."""

from pathlib import Path

import pytest

from adapters.answers import SaveRefused, Unsupported
from adapters.driven import DrivenAdapter, Plugged
from strategies.devices import Reach
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.noise import Noise, check_regions, noise_of
from suites.devices.oracle.twins import Twins
from suites.harness.declared import skip_undeclared

DRIVEN = pytest.StashKey[tuple[DrivenAdapter, ...]]()
"""The adapters of machines without a model, in the stash of the configuration."""
BENCHES = pytest.StashKey[dict[int, Twins | str]]()
"""What was made of them in this worker, by their place."""
FOLDER = Path(__file__).parent


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Collect nothing of this suite where no adapter is one of machines without a model."""
    if FOLDER in (collection_path, *collection_path.parents) and not config.stash[DRIVEN]:
        return True
    return None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests for each adapter, and those of what is known for each entry."""
    if "twins" not in metafunc.fixturenames:
        return
    adapters = metafunc.config.stash[DRIVEN]
    names = [label_of(one.describe()) for one in adapters]
    if "finding" in metafunc.fixturenames:
        entries = [
            pytest.param(place, one, id=f"{name}: {one.reason}")
            for place, name in enumerate(names)
            for one in findings_of(adapters[place].describe())
        ]
        metafunc.parametrize(("place", "finding"), entries)
    else:
        metafunc.parametrize("place", range(len(adapters)), ids=names)


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
def twins(place: int, request: pytest.FixtureRequest) -> Twins:
    """The bench of an adapter, and what may differ there; one for all tests of a worker.

    A test is skipped, with the program's own words, where its machine cannot be started or saved.
    """
    made = request.config.stash.setdefault(BENCHES, {})
    if place not in made:
        made[place] = tried(request.config.stash[DRIVEN][place])
    one = made[place]
    if isinstance(one, str):
        skip_undeclared(request.node, [one])
    return one


def tried(adapter: DrivenAdapter) -> Twins | str:
    """The bench of an adapter, or why there is none."""
    plugged = adapter.describe()
    label = label_of(plugged)
    bench = Bench(adapter)
    try:
        bench.machine().save()
    except Unsupported as no:
        return f"{label}, which does not start: {no.reason}"
    except SaveRefused as no:
        bench.close()
        return f"{label}, which cannot be migrated: {no.reason}"
    regions = [one.name for one in bench.reach.regions]
    noise: list[Noise] = []
    for device in plugged.devices:
        entries = noise_of(device, plugged.machine)
        check_regions(entries, regions, device)
        noise += entries
    return Twins(bench, label, tuple(noise), findings_of(plugged))


@pytest.fixture
def reach(twins: Twins) -> Reach:
    """What a guest can reach."""
    return twins.bench.reach


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what benches run."""
    for one in config.stash.get(BENCHES, {}).values():
        if isinstance(one, Twins):
            one.bench.close()
