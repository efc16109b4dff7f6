"""The machines that tests of one stream version, or of one machine type, are about."""

from collections.abc import Iterator

import pytest
from hypothesis.strategies import SearchStrategy
from msgspec.structs import replace

from reference.compatibility.expectation import common_machine_type, refuses, without_walks
from reference.spapr.capabilities import default_capabilities
from reference.spapr.machine import Machine
from reference.spapr.machine_types import MACHINE_TYPES
from reference.spapr.versions import STREAM_VERSIONS
from strategies.pseries import machine_states
from strategies.pseries.machines import held, settable
from suites.pseries.oracle.boundaries import without
from suites.pseries.oracle.combinations import whole_machine

every_type = pytest.mark.parametrize("kind", MACHINE_TYPES)
"""A test for each machine type of QEMU."""


def machines(version: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that a version knows."""
    return machine_states(version=version, machine_type=common_machine_type(version))


def sendable(machine: Machine, version: str) -> Machine:
    """The machine as the version saves it: without walks, where it defers."""
    return without_walks(machine) if refuses(version) else machine


def sendable_machines(version: str) -> SearchStrategy[Machine]:
    """Those of them that the version saves."""
    every = machines(version)
    return every.map(without_walks) if refuses(version) else every


def telling_machines(version: str, machine_type: str) -> Iterator[Machine]:
    """Machines of a type that show what is sent for it.

    One of which all is away from rest; one at rest; and one of which a part alone is not, by turns,
    with every capability given as it is anyway.
    """
    whole = sendable(whole_machine(version, machine_type), version)
    yield whole
    yield replace(whole.fresh(), capabilities={})
    names = held(version, machine_type)
    turn = MACHINE_TYPES.index(machine_type) + [*STREAM_VERSIONS].index(version)
    alone = sorted(names)[turn % len(names)]
    usual = default_capabilities(machine_type)
    given = {one.name: usual[one.name] for one in settable(version, machine_type)}
    yield replace(without(whole, set(names - {alone})), capabilities=given)
