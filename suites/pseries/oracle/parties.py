"""Who takes part in a run, and what they can hold and show of a machine."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn

from hypothesis.strategies import just

from adapters import asking
from adapters.protocol import Ability, Adapter, Implementation
from adapters.reference import ReferenceAdapter
from adapters.verdicts import Verdict
from reference.compatibility.table import ASPECTS
from reference.spapr.device_tree import Node
from reference.spapr.machine import Machine
from strategies.pseries.actions import ANY_DEVICES, Devices
from suites.harness.failures import fail
from suites.pseries.oracle.trees import TREES

Fit = Callable[[Machine], Machine]
"""The fixture ``fit``: makes of a machine one that all who take part can hold."""


class Party(NamedTuple):
    """One who takes part: an adapter, what it says of itself, and what a report calls it."""

    adapter: Adapter
    implementation: Implementation
    name: str

    @property
    def speaks_qemu(self) -> bool:
        """Whether it exchanges streams with others."""
        return Ability.QEMU_WIRE_FORMAT in self.implementation.abilities


REFERENCE = Party(ReferenceAdapter(), ReferenceAdapter().describe(), "reference")


def parties_of(
    adapters: Sequence[tuple[Adapter, Implementation]], names: Sequence[str]
) -> tuple[Party, ...]:
    """The adapters under test; by their ``names`` where there are several."""
    if len(adapters) == 1:
        return tuple(Party(*one, "adapter") for one in adapters)
    return tuple(Party(*one, name) for one, name in zip(adapters, names, strict=True))


def observed(machine: Machine, implementation: Implementation) -> Machine:
    """The machine, with what an adapter does not see of it as after a reset."""
    for aspect in ASPECTS:
        if aspect.name in implementation.unobserved:
            machine = aspect.without(machine)
    return machine


def pluggable(party: Party, type_name: str) -> dict[int, Node] | None:
    """What can be plugged into the machines of a party; nothing is said by who can hold any."""
    implementation = party.implementation
    if Ability.FIT not in implementation.abilities or not implementation.has(type_name):
        return None
    theirs = asking.devices(party.adapter, type_name)  # type: ignore[arg-type] # it is declared
    return theirs if isinstance(theirs, dict) else unusable(theirs, type_name)


def unusable(why: Verdict, type_name: str) -> NoReturn:
    """Fail because of a machine on which nothing has happened yet."""
    road = f"{type_name} is started, and saved before anything happened"
    fail("WIRE-1", expected="a stream that its format explains", got=why, road=road)


def devices_of(parties: Sequence[Party], type_name: str) -> Devices:
    """What can be plugged into the machines of all parties: anything, or what all of them have."""
    devices = ANY_DEVICES
    for one in parties:
        theirs = pluggable(one, type_name)
        if theirs is not None:
            known = devices is ANY_DEVICES
            devices = {
                index: just(tree) for index, tree in theirs.items() if known or index in devices
            }
    return devices


def trees_of(parties: Sequence[Party], type_name: str) -> dict[int, Node]:
    """The trees of real devices that can be plugged into the machines of all parties."""
    trees = TREES
    for one in parties:
        theirs = pluggable(one, type_name)
        if theirs is not None:
            trees = {index: theirs[index] for index in trees if index in theirs}
    return trees


def unchanged(machine: Machine) -> Machine:
    """The machine itself: who can hold any is not asked."""
    return machine


def fit_of(parties: Sequence[Party]) -> Fit:
    """What makes a machine fit for all who say that they cannot hold every one."""
    choosy = [one for one in parties if Ability.FIT in one.implementation.abilities]

    def fit(machine: Machine) -> Machine:
        for one in choosy:
            if one.implementation.has(machine.machine_type):
                answer = asking.fitted(one.adapter, machine)  # type: ignore[arg-type] # it is declared
                if not isinstance(answer, Machine):
                    unusable(answer, machine.machine_type)
                machine = answer
        return machine

    return fit if choosy else unchanged
