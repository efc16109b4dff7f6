"""No clause is tied to a version: whoever has one version only is tested by all that it has."""

from collections.abc import Callable

import pytest

from adapters.protocol import Implementation, Support
from adapters.reference import ReferenceAdapter
from reference.compatibility.expectation import machine_types
from reference.spapr.machine_types import machine_type
from reference.spapr.versions import STREAM_VERSIONS
from suites.harness.clauses import clauses
from suites.pseries.fixtures import leading_roads, missing
from suites.pseries.oracle.needs import needs_of
from suites.pseries.oracle.parties import parties_of
from suites.pseries.oracle.roads import roads_of
from suites.pseries.oracle.versions import carrying, versions, with_feature
from suites.pseries.test_backward import without_the_feature
from suites.pseries.test_machine_types import is_newest
from suites.pseries.test_roads import is_open

WALKS = {*carrying("ccs_list"), *carrying("connectors.ccs")}


def has_type(feature: str) -> Callable[[str], bool]:
    """Whether a machine type that a version knows has a feature."""
    return lambda version: any(machine_type(one).has(feature) for one in machine_types(version))


HAS: dict[str, Callable[[str], bool]] = {
    # clause: which versions have what it is about
    "LIST-1": lambda one: one in carrying("ccs_list"),
    "LIST-2": lambda one: one in carrying("pending_events"),
    "BWD-3": lambda one: any(one in hop for hop in (*without_the_feature(), ("3+ccs", "2.7"))),
    "FWD-5": lambda one: one != "1",  # it has no unused field
    "ROAD-2": lambda one: any(is_open(one, other, one) for other in versions() if other != one),
    "MT-1": is_newest,
    "MT-2": lambda one: not is_newest(one),
    "MT-4": lambda one: not is_newest(one),  # no machine type is from its future
    "MT-8": has_type("send-configuration"),
    "MT-10": lambda one: STREAM_VERSIONS[one].release >= (2, 7),
    "BUSY-1": lambda one: one in with_feature("busy"),
    "BUSY-2": lambda one: one in with_feature("busy"),
    "WALK-1": lambda one: STREAM_VERSIONS[one].release >= (2, 3),
    "WALK-2": lambda one: one in WALKS,
    "WALK-3": lambda one: one in with_feature("ccs-connector"),
    "WALK-4": lambda one: one in (*with_feature("bump"), *carrying("ccs_list")),
    "BAD-4": has_type("send-section-footer"),
}
"""Clauses that not every version can be held to."""


class OneVersion(ReferenceAdapter):
    """The reference, which says that it has one stream version."""

    def __init__(self, version: str) -> None:
        self.version = version

    def describe(self) -> Implementation:
        """One version, and its machine types."""
        every = super().describe()
        return Implementation(
            name="one",
            release="1",
            versions={self.version: Support()},
            abilities=every.abilities,
            machine_types=machine_types(self.version),
        )


class Items:
    """A pytest plugin that keeps what was collected."""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests."""
        self.collected = session.items


@pytest.fixture(scope="module")
def items() -> list[pytest.Item]:
    """All tests of the pseries machine."""
    plugin = Items()
    options = ["--collect-only", "-qq", "-p", "no:randomly", "-W", "ignore", "suites/pseries"]
    assert pytest.main(options, plugins=[plugin]) == pytest.ExitCode.OK
    return plugin.collected


@pytest.mark.parametrize("version", STREAM_VERSIONS)
def test_one_version_is_tested_by_each_clause_that_is_about_it(
    version: str, items: list[pytest.Item]
) -> None:
    """An implementation of one version is held to all that this version has."""
    adapter = OneVersion(version)
    parties = parties_of([(adapter, adapter.describe())], ["one"])
    theirs, roads = parties[0].implementation, roads_of(parties)
    reached = set()
    for item in items:
        needed = needs_of(item)
        if "roads" in item.fixturenames:  # type: ignore[attr-defined] # of a function
            _, lacking = leading_roads(needed, roads)
        else:
            lacking = missing(needed, theirs, theirs)
        if not lacking:
            reached |= {name for mark in item.iter_markers("clause") for name in mark.args}
    about = {one for one in clauses() if one not in HAS or HAS[one](version)}
    every = {name for item in items for mark in item.iter_markers("clause") for name in mark.args}
    assert about & every - reached == set()
    assert reached - about == set()
