"""What adapters are asked before a test begins."""

import pytest

from adapters.protocol import Ability, Died, Implementation
from adapters.reference import ReferenceAdapter
from reference.spapr.device_tree import Node
from reference.spapr.machine import Machine
from suites.harness.failures import Violation
from suites.pseries.oracle.parties import Party, devices_of, fit_of, trees_of

MACHINE = Machine(machine_type="pseries-5.0")
SAID = "what it wrote when nothing had happened cannot be read: 3 bytes, where 4 are described"


class Unreadable(ReferenceAdapter):
    """One that finds out that its own streams cannot be read."""

    def describe(self) -> Implementation:
        """It cannot hold any machine."""
        return Implementation("unreadable", "1", {}, frozenset({Ability.FIT}))

    def fitted(self, machine: Machine) -> Machine:  # noqa: ARG002 -- as any
        """Say so, in the words of the protocol."""
        raise Died(SAID)

    def devices(self, type_name: str) -> dict[int, Node]:
        """Say so, as code does that nobody foresaw."""
        raise KeyError(type_name)


def test_who_cannot_be_asked_for_its_machines_fails_by_a_rule() -> None:
    """What an adapter does before a test is no traceback of the suite: it has a clause."""
    one = Unreadable()
    parties = [Party(one, one.describe(), "adapter")]
    with pytest.raises(Violation, match=r"(?s)^WIRE-1: .*pseries-5.0 is started.*cannot be read"):
        fit_of(parties)(MACHINE)
    for asking in (devices_of, trees_of):
        with pytest.raises(Violation, match=r"(?s)^WIRE-1: .*KeyError: 'pseries-5.0'"):
            asking(parties, "pseries-5.0")
