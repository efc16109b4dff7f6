"""The machines that tests of one stream version are about."""

from hypothesis.strategies import SearchStrategy

from reference.compatibility.expectation import common_machine_type, refuses, without_walks
from reference.spapr.machine import Machine
from strategies.pseries import machine_states


def machines(version: str) -> SearchStrategy[Machine]:
    """The machines of the newest type that a version knows."""
    return machine_states(version=version, machine_type=common_machine_type(version))


def sendable_machines(version: str) -> SearchStrategy[Machine]:
    """Those of them that the version saves: without walks, where it defers."""
    every = machines(version)
    if not refuses(version):
        return every
    return every.map(without_walks)
