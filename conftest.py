"""Wires the suites into pytest: options, the adapter, the plugins."""

from collections.abc import Callable

import pytest

from adapters.loading import DEFAULT_ADAPTER, AdapterError, declared, load_adapter
from adapters.protocol import Adapter, Implementation
from reference.spapr.versions import STREAM_VERSIONS
from suites.declared import Completeness, Declared
from suites.matrix import Matrix
from suites.profiles import check_profile, register_profiles
from suites.replay import Replay
from suites.roads import Road, roads_of
from suites.visits import Visits

register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which implementation to test."""
    parser.addoption(
        "--adapter",
        metavar="MODULE:ATTRIBUTE",
        help=f"the implementation under test; see docs/adapters.md (default {DEFAULT_ADAPTER})",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register marks and plugins; refuse an adapter that cannot be used."""
    config.addinivalue_line("markers", "clause(*ids): the clauses that the test checks")
    config.addinivalue_line("markers", "needs(*abilities, saves, loads): what must be declared")
    check_profile(config.getoption("hypothesis_profile") or "default")
    if name := config.getoption("adapter"):
        try:
            load_adapter(name, config.invocation_params.dir)
        except AdapterError as error:
            raise pytest.UsageError(str(error)) from None
    register = config.pluginmanager.register
    if not hasattr(config, "workerinput"):  # workers of pytest-xdist report to the controller
        register(Completeness())
    register(Matrix(STREAM_VERSIONS), "matrix")
    register(Visits(), "visits")
    register(Declared())
    register(Replay(config))


@pytest.fixture(scope="session")
def adapter(pytestconfig: pytest.Config) -> Adapter:
    """The implementation under test; override this fixture, or name another with --adapter."""
    name = pytestconfig.getoption("adapter") or DEFAULT_ADAPTER
    return load_adapter(name, pytestconfig.invocation_params.dir)


@pytest.fixture(scope="session")
def implementation(adapter: Adapter) -> Implementation:
    """What the adapter says of itself."""
    try:
        return declared(adapter, f"{type(adapter).__module__}:{type(adapter).__name__}")
    except AdapterError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def roads(adapter: Adapter, implementation: Implementation) -> tuple[Road, ...]:
    """Who saves and who loads: the adapter, and the reference where they speak one format."""
    return roads_of(adapter, implementation)


@pytest.fixture(scope="session")
def record_verdict(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with the verdict of each example; see `suites.matrix.Matrix.record`."""
    matrix = pytestconfig.pluginmanager.get_plugin("matrix")
    return matrix.record  # type: ignore[union-attr,no-any-return] # registered above


@pytest.fixture(scope="session")
def record_visit(pytestconfig: pytest.Config) -> Callable[..., None]:
    """What a test calls with where it was; see `suites.visits.Visits.record`."""
    visits = pytestconfig.pluginmanager.get_plugin("visits")
    return visits.record  # type: ignore[union-attr,no-any-return] # registered above
