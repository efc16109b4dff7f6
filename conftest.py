"""Wires the suites into pytest: options, the adapters, the plugins."""

from pathlib import Path

import pytest

from adapters.loading import (
    DEFAULT_ADAPTERS,
    check_names,
    is_driven,
    load_adapter,
    makers_of,
)
from adapters.protocol import AdapterError
from reference.compatibility.declarations import DeclarationError
from reference.compatibility.declaring import declare_all
from reference.spapr.versions import STREAM_VERSIONS, put_to_test
from suites.devices import benches
from suites.devices.oracle.known import findings_of
from suites.devices.report import Devices
from suites.harness import recorders
from suites.harness.declared import Completeness
from suites.harness.expected_failures import KnownFailures
from suites.harness.handovers import Builds, build_names
from suites.harness.known import KnownFailuresError, known_failures
from suites.harness.matrix import Matrix
from suites.harness.order import Order
from suites.harness.profiles import check_profile, register_profiles
from suites.harness.properties import Properties
from suites.harness.replay import Replay
from suites.harness.uncollected import Uncollected
from suites.harness.visits import Visits
from suites.pseries import fixtures
from suites.pseries.oracle.anew import Anew
from suites.pseries.oracle.handing_over import SITUATIONS
from suites.pseries.oracle.needs import hops_of

register_profiles()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which implementations to test."""
    parser.addoption(
        "--adapter",
        action="append",
        metavar="NAME",
        help="an implementation under test: module:attribute, or qemu:BINARY[,machine=TYPE]"
        "[,version=ID][,option=...]; again for another, to test all pairs; see docs/adapters.md "
        f"(default {' and '.join(DEFAULT_ADAPTERS)})",
    )
    parser.addoption(
        "--versions",
        action="append",
        type=Path,
        metavar="FILE",
        help="features of your own patch, each tested on its bases; see docs/testing-a-patch.md",
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
    check_profile(config.getoption("hypothesis_profile") or "default")
    named = config.getoption("adapter") or DEFAULT_ADAPTERS
    try:
        check_names(named)
        for path in config.getoption("versions") or ():
            for version in declare_all(path):
                put_to_test(version)
        loaded = {one: load_adapter(one, config.invocation_params.dir) for one in named}
        driven = {name: one for name, one in loaded.items() if is_driven(one)}
        names = [name for name in loaded if name not in driven]
        adapters = tuple(one for one in loaded.values() if not is_driven(one))
        config.stash[fixtures.ADAPTERS] = adapters
        config.stash[benches.DRIVEN] = tuple(driven.values())
        plugged = [one.describe() for one in driven.values()]
        config.stash[benches.DRIVEN_BUILDS] = build_names(plugged, [*driven])
        for configuration in plugged:
            findings_of(configuration)
        for version in (version for one in adapters for version in one.describe().versions):
            put_to_test(version)
        implementations = [one.describe() for one in adapters]
        config.stash[fixtures.BUILDS] = builds = build_names(implementations, names)
        known = known_failures(implementations, config.getoption("known_failures") or ())
    except (AdapterError, DeclarationError, KnownFailuresError) as error:
        raise pytest.UsageError(str(error)) from None
    register = config.pluginmanager.register
    if not hasattr(config, "workerinput"):  # workers of pytest-xdist report to the controller
        register(Completeness(implementations, STREAM_VERSIONS))
    suites = {fixtures.FOLDER: adapters, benches.FOLDER: driven}
    register(Uncollected(folder for folder, tested in suites.items() if not tested))
    register(recorders)
    register(Devices(), "devices")
    register(fixtures)
    register(KnownFailures(known))
    register(Matrix(STREAM_VERSIONS, hops_of, fixtures.SUBJECT), "matrix")
    register(Visits(), "visits")
    register(Builds(SITUATIONS, builds), "builds")
    register(Order())
    register(Properties(fixtures.fitting))
    register(Replay(config))
    register(Anew(makers_of(names, adapters, config.invocation_params.dir)))
