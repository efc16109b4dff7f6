"""Wires the suites into pytest: options, the adapters, the plugins."""

from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pytest

from adapters.loading import DEFAULT_ADAPTER, declared, load_adapter
from adapters.protocol import Adapter, AdapterError, Implementation
from reference.spapr.versions import STREAM_VERSIONS
from suites.builds import SITUATIONS, Builds, build_name, handovers
from suites.declared import Completeness, Declared
from suites.expected_failures import KnownFailures
from suites.known import KnownFailuresError, known_failures
from suites.matrix import Matrix
from suites.order import Order
from suites.parties import Fit, Party, fit_of, parties_of
from suites.profiles import check_profile, register_profiles
from suites.replay import Replay
from suites.roads import Road, roads_of
from suites.visits import Visits

register_profiles()
ADAPTERS = pytest.StashKey[tuple[Adapter, ...]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which implementations to test."""
    parser.addoption(
        "--adapter",
        action="append",
        metavar="NAME",
        help="an implementation under test: module:attribute, or qemu:BINARY[,machine=TYPE]"
        "[,option=...]; again for another, to test all pairs; see docs/adapters.md "
        f"(default {DEFAULT_ADAPTER})",
    )
    parser.addoption(
        "--known-failures",
        action="append",
        type=Path,
        metavar="FILE",
        help="a list of failures that are known, beside the one that an implementation comes with",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register marks and plugins; refuse an adapter that cannot be used."""
    config.addinivalue_line("markers", "clause(*ids): the clauses that the test checks")
    config.addinivalue_line(
        "markers", "needs(*abilities, saves, loads, machine_type): what must be declared"
    )
    check_profile(config.getoption("hypothesis_profile") or "default")
    names = config.getoption("adapter") or [DEFAULT_ADAPTER]
    try:
        adapters = tuple(load_adapter(name, config.invocation_params.dir) for name in names)
        config.stash[ADAPTERS] = adapters
        implementations = [one.describe() for one in adapters]
        known = known_failures(implementations, config.getoption("known_failures") or ())
    except (AdapterError, KnownFailuresError) as error:
        raise pytest.UsageError(str(error)) from None
    register = config.pluginmanager.register
    if not hasattr(config, "workerinput"):  # workers of pytest-xdist report to the controller
        register(Completeness(implementations))
    register(KnownFailures(known))
    register(Matrix(STREAM_VERSIONS), "matrix")
    register(Visits(), "visits")
    register(Builds(SITUATIONS), "builds")
    register(Declared())
    register(Order())
    register(Replay(config))


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
        called = [build_name(one) for one in builds]
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
    return parties_of([(adapter, implementation)])[0]


@pytest.fixture(scope="session")
def parties(party: Party, pytestconfig: pytest.Config) -> tuple[Party, ...]:
    """All adapters under test: those that were named, or the one that a fixture put instead."""
    named = pytestconfig.stash[ADAPTERS]
    if party.adapter not in named:
        return (party,)
    return parties_of([(one, one.describe()) for one in named])


@pytest.fixture(scope="session")
def all_roads(parties: tuple[Party, ...]) -> tuple[Road, ...]:
    """Who saves and who loads: all parties, and the reference where it speaks their format."""
    return roads_of(parties)


@pytest.fixture(scope="session")
def fit(parties: tuple[Party, ...]) -> Fit:
    """Makes of a machine one that all parties can hold."""
    return fit_of(parties)


@pytest.fixture(scope="session")
def record_verdict(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with the verdict of each example; see `suites.matrix.Matrix.record`."""
    matrix = pytestconfig.pluginmanager.get_plugin("matrix")
    return matrix.record  # type: ignore[union-attr,no-any-return] # registered above


@pytest.fixture(scope="session")
def record_handover(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with how a handover went; see `suites.builds.Builds.record`."""
    builds = pytestconfig.pluginmanager.get_plugin("builds")
    return builds.record  # type: ignore[union-attr,no-any-return] # registered above


@pytest.fixture(scope="session")
def record_visit(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with where it was; see `suites.visits.Visits.record`."""
    visits = pytestconfig.pluginmanager.get_plugin("visits")
    return visits.record  # type: ignore[union-attr,no-any-return] # registered above
