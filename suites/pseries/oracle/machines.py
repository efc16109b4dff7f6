"""The machines that tests of one stream version are about."""

from hypothesis.strategies import SearchStrategy

from reference.compatibility.expectation import common_machine_type, refuses, without_walks
from reference.spapr.machine import Machine
from strategies.pseries import machine_states


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
