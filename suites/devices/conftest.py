"""Who takes part in the tests of devices."""

from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace

from strategies.devices import Reach
from suites.devices.benches import BENCHES, DRIVEN, label_of, tried
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.twins import Twins
from suites.harness.declared import skip_undeclared

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


@pytest.fixture
def builds(twins: Twins) -> Twins:
    """The bench of one adapter whose machines migrate to another's, and back."""
    return twins


@pytest.fixture
def reach(twins: Twins) -> Reach:
    """What a guest can reach, and how drivers begin."""
    return replace(twins.bench.reach, programs=twins.programs)
