"""Who takes part in the tests of the pseries machine: a pytest plugin of fixtures."""

from collections.abc import Iterable, Sequence
from inspect import signature
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis.strategies import DrawFn, SearchStrategy, composite
from msgspec.structs import replace

from adapters.loading import declared
from adapters.protocol import Ability, Adapter, AdapterError, Implementation
from reference.spapr.machine import Machine
from strategies.pseries import Journey
from suites.harness.declared import skip_undeclared
from suites.pseries.oracle.handing_over import handovers
from suites.pseries.oracle.needs import Needs, needs_of
from suites.pseries.oracle.parties import Fit, Party, fit_of, parties_of
from suites.pseries.oracle.roads import Road, roads_of

ADAPTERS = pytest.StashKey[tuple[Adapter, ...]]()
"""The adapters that were named, in the stash of the configuration."""
BUILDS = pytest.StashKey[Sequence[str]]()
"""What they are called in reports, in the same place."""

FOLDER = Path(__file__).parent
"""Where this suite is."""
SUBJECT = (
    "Of what the model has of a machine: no memory, no CPUs, no interrupt controllers. Whether\n"
    "whole machines get there, only several builds can show (suites/pseries/test_builds.py)."
)
"""What the matrix of versions is about."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line(
        "markers", "needs(*abilities, saves, loads, machine_type): what must be declared"
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of what adapters hold."""
    for adapter in config.stash.get(ADAPTERS, ()):
        if callable(close := getattr(adapter, "close", None)):
            close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where several adapters are named, run the tests of one adapter for each.

    Tests of builds have each pair of them, and each machine type that both know.
    """
    names = metafunc.config.getoption("adapter") or ()
    if "record_handover" in metafunc.fixturenames:
        builds = [one.describe() for one in metafunc.config.stash[ADAPTERS]]
        called = metafunc.config.stash[BUILDS]
        metafunc.parametrize(
            ("source", "destination", "machine_type"),
            handovers(builds),
            ids=[f"{called[a]}->{called[b]}-{name}" for a, b, name in handovers(builds)],
        )
    if len(names) > 1 and {"adapter", "party"} & signature(metafunc.function).parameters.keys():
        metafunc.parametrize("adapter", range(len(names)), ids=names, indirect=True)


@pytest.fixture(scope="session")
def adapter(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Adapter:
    """The implementation under test; override this fixture, or name another with --adapter."""
    return pytestconfig.stash[ADAPTERS][getattr(request, "param", 0)]


@pytest.fixture(scope="session")
def implementation(adapter: Adapter) -> Implementation:
    """What the adapter says of itself."""
    try:
        return declared(adapter, f"{type(adapter).__module__}:{type(adapter).__name__}")
    except AdapterError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def party(adapter: Adapter, implementation: Implementation) -> Party:
    """The adapter, with what it says of itself."""
    return parties_of([(adapter, implementation)], [implementation.name])[0]


@pytest.fixture(scope="session")
def parties(party: Party, pytestconfig: pytest.Config) -> tuple[Party, ...]:
    """All adapters under test: those that were named, or the one that a fixture put instead."""
    named = pytestconfig.stash[ADAPTERS]
    if party.adapter not in named:
        return (party,)
    return parties_of([(one, one.describe()) for one in named], pytestconfig.stash[BUILDS])


@pytest.fixture(scope="session")
def builds(pytestconfig: pytest.Config) -> Sequence[str]:
    """What the adapters that were named are called in reports."""
    return pytestconfig.stash[BUILDS]


@pytest.fixture(scope="session")
def all_roads(parties: tuple[Party, ...]) -> tuple[Road, ...]:
    """Who saves and who loads: all parties, and the reference where it speaks their format."""
    return roads_of(parties)


@pytest.fixture(scope="session")
def fit(parties: tuple[Party, ...]) -> Fit:
    """Makes of a machine one that all parties can hold."""
    return fit_of(parties)


@composite
def fitted(draw: DrawFn, drawn_from: SearchStrategy[Any], item: pytest.Function) -> Any:
    """Machines, alone or on a journey, as all who take part can hold them; others as they are."""
    drawn, fit = draw(drawn_from), item._request.getfixturevalue("fit")  # noqa: SLF001 -- as `request`
    if isinstance(drawn, Journey):
        return replace(drawn, machine=fit(drawn.machine))
    return fit(drawn) if isinstance(drawn, Machine) else drawn


def fitting(item: pytest.Function, strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """A strategy of a test, and the same where anybody can hold every machine.

    That is known of the adapters that were named, not of one that a fixture puts in their place.
    """
    named = item.config.stash[ADAPTERS]
    replaced = len(item._fixtureinfo.name2fixturedefs.get("adapter", ())) > 1  # noqa: SLF001 -- it is not public
    choosy = any(Ability.FIT in one.describe().abilities for one in named)
    return fitted(strategy, item) if replaced or choosy else strategy


def missing(needed: Iterable[Needs], saver: Implementation, loader: Implementation) -> list[str]:
    """What is not declared of what a test needs."""
    return [what for one in needed for what in one.missing(saver, loader)]


def leading_roads(
    needed: Iterable[Needs], roads: Sequence[Road]
) -> tuple[tuple[Road, ...], list[str]]:
    """The roads on which all is declared for a hop; and what is not where one hop has none."""
    leading: set[int] = set()
    for stage in product(*(one.stages for one in needed)):
        lacking = [
            missing(stage, road.source.implementation, road.destination.implementation)
            for road in roads
        ]
        if all(lacking):
            return (), lacking[0]
        leading.update(place for place, what in enumerate(lacking) if not what)
    return tuple(roads[place] for place in sorted(leading)), []


@pytest.fixture
def roads(request: pytest.FixtureRequest, all_roads: tuple[Road, ...]) -> tuple[Road, ...]:
    """The roads on which all is declared that a test needs; it is skipped if there is none."""
    leading, lacking = leading_roads(needs_of(request.node), all_roads)
    if lacking:
        skip_undeclared(request.node, lacking)
    return leading


@pytest.fixture(autouse=True)
def _declared(request: pytest.FixtureRequest) -> None:
    """Skip a test of one adapter that does not declare what it needs."""
    if "roads" in request.fixturenames:
        return
    if needed := needs_of(request.node):
        implementation = request.getfixturevalue("implementation")
        if lacking := missing(needed, implementation, implementation):
            skip_undeclared(request.node, lacking)
