"""Who takes part in the tests of devices."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from strategies.devices import Reach
from suites.devices.benches import BENCHES, DRIVEN, DRIVEN_BUILDS, label_of, labels_of, tried
from suites.devices.oracle.known import findings_of
from suites.devices.oracle.noise import NoiseError
from suites.devices.oracle.twins import Twins
from suites.harness.declared import skip_undeclared

FOR_EACH = {"finding", "builds"}
"""What there may be none of: a list of what is known, two builds."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests for each adapter, those of builds for each two, of what is known for each."""
    if "twins" not in metafunc.fixturenames:
        return
    plugged = [one.describe() for one in metafunc.config.stash[DRIVEN]]
    builds = metafunc.config.stash[DRIVEN_BUILDS]
    labels = labels_of(plugged, builds)
    places = range(len(plugged))
    if "finding" in metafunc.fixturenames:
        found = [(place, one) for place in places for one in findings_of(plugged[place])]
        ids = [f"{labels[place]}: {one.reason}" for place, one in found]
        metafunc.parametrize(("place", "finding"), found, ids=ids)
    elif "builds" in metafunc.fixturenames:
        pairs = [
            (one, other)
            for one, other in permutations(places, 2)
            if label_of(plugged[one]) == label_of(plugged[other])
        ]
        ids = ["->".join(builds[place] for place in pair) for pair in pairs]
        metafunc.parametrize(("place", "destination"), pairs, ids=ids)
    else:
        metafunc.parametrize("place", places, ids=labels)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is run for each of a list that is empty."""
    items[:] = [one for one in items if not is_of_none(one)]


def is_of_none(item: pytest.Item) -> bool:
    """Whether a test is there only because pytest has one for a list that is empty."""
    names = getattr(item, "fixturenames", ())
    return item.name.endswith("[NOTSET]") and "twins" in names and bool(FOR_EACH & {*names})


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
    made = request.config.stash.setdefault(BENCHES, {})
    if (place, destination) not in made:
        try:
            made[place, destination] = tried(request.config, place, destination)
        except NoiseError as error:
            pytest.fail(str(error), pytrace=False)
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
