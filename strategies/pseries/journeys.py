"""Machines with the versions between which they travel."""

from collections.abc import Sequence

from hypothesis import strategies as st

from reference.spapr.machine import Machine
from reference.spapr.versions import STREAM_VERSIONS
from reference.vmstate.records import Record
from strategies.pseries.machines import machine_states


class Journey(Record, frozen=True):
    """A machine, and the versions that it goes through, the first of which saves it."""

    versions: tuple[str, ...]
    machine: Machine


@st.composite
def upgrades(draw: st.DrawFn, *, machine_type: str, hops: Sequence[tuple[str, str]]) -> Journey:
    """Journeys over two of ``hops``, the second from where the first led, no step back in time."""
    age = list(STREAM_VERSIONS).index
    up = [hop for hop in hops if age(hop[0]) <= age(hop[1])]
    first = draw(st.sampled_from(up))
    further = [hop[1:] for hop in up if hop[0] == first[1]]
    versions = first + (draw(st.sampled_from(further)) if further else ())
    return Journey(versions, draw(machine_states(version=versions[0], machine_type=machine_type)))
