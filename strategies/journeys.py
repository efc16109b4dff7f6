"""Machines with the versions between which they travel."""

from hypothesis import strategies as st

from reference.compatibility.expectation import machine_types
from reference.spapr.machine import Machine
from reference.spapr.records import Record
from reference.spapr.versions import STREAM_VERSIONS
from strategies.machines import machine_states


class Journey(Record, frozen=True):
    """A machine, and the versions that it goes through, the first of which saves it."""

    versions: tuple[str, ...]
    machine: Machine


def programs(machine_type: str) -> st.SearchStrategy[str]:
    """Versions that know the machine type."""
    known = [version for version in STREAM_VERSIONS if machine_type in machine_types(version)]
    return st.sampled_from(known)


@st.composite
def journeys(draw: st.DrawFn, *, machine_type: str) -> Journey:
    """Journeys from one version to another that both know the machine type."""
    versions = draw(st.tuples(*[programs(machine_type)] * 2))
    return Journey(versions, draw(machine_states(version=versions[0], machine_type=machine_type)))


@st.composite
def upgrades(draw: st.DrawFn, *, machine_type: str) -> Journey:
    """Journeys through three versions that know the machine type, oldest first."""
    drawn = draw(st.tuples(*[programs(machine_type)] * 3))
    versions = tuple(sorted(drawn, key=list(STREAM_VERSIONS).index))
    return Journey(versions, draw(machine_states(version=versions[0], machine_type=machine_type)))
