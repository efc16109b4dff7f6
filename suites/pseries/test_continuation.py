"""CONT: the guest sees the same with a migration as without."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test, initialize, rule
from msgspec.structs import replace

from reference.compatibility.expectation import common_machine_type, has_whole_seconds
from reference.spapr.actions import (
    AnyAction,
    ConfigureConnector,
    HotPlug,
    PowerDown,
    RequestUnplug,
)
from strategies.pseries.actions import (
    Devices,
    Plug,
    give_back,
    guest_actions,
    host_actions,
    machine_with,
    plug,
    plugging,
    plugs,
    to_unisolated,
)
from suites.harness.clauses import clause
from suites.harness.properties import property_of
from suites.pseries.oracle.acting import Twins, Visit
from suites.pseries.oracle.guest import drain
from suites.pseries.oracle.needs import needs
from suites.pseries.oracle.parties import Fit, Party, devices_of, fit_of
from suites.pseries.oracle.roads import Road, hops
from suites.pseries.oracle.versions import versions

TURN = st.integers(0, 2)
OFFSETS = (0, 3600 * 10**9, -1, 10**9 + 1)
"""What the guest's clock is ahead, ns."""


def programs(type_name: str, version: str, roads: tuple[Road, ...]) -> tuple[str, ...]:
    """The versions to which roads lead machines of a type.

    ``version`` comes first and often: most others reject what it sends.
    """
    known = tuple(dict.fromkeys(destination for _, destination in hops(roads, type_name)))
    return (version,) * (len(known) // 3) + known


def of_the_machine(name: str) -> st.SearchStrategy[Any]:
    """What an attribute of the state machine draws from."""
    return st.runner().flatmap(lambda machine: getattr(machine, name))


class Continuation(RuleBasedStateMachine):
    """One machine and its twin. Subclasses say where it starts, and who takes part."""

    twins: Twins
    roads: ClassVar[tuple[Road, ...]]
    visit: ClassVar[Visit]
    version: ClassVar[str]
    offsets: ClassVar[st.SearchStrategy[int]]
    destinations: ClassVar[st.SearchStrategy[str]]
    fit: ClassVar[Fit]
    devices: ClassVar[Devices]
    actions: ClassVar[st.SearchStrategy[AnyAction]]
    plug: ClassVar[st.SearchStrategy[Plug]]
    plugs: ClassVar[st.SearchStrategy[list[Plug]]]
    events = 0
    failed = False

    @initialize(
        devices=of_the_machine("plugs"),
        negotiated=st.booleans(),
        ahead_ns=of_the_machine("offsets"),
    )
    def start(
        self,
        devices: list[Plug],
        negotiated: bool,  # noqa: FBT001 -- Hypothesis names it
        ahead_ns: int,
    ) -> None:
        """The guest was started, its clock set, and some devices have come already."""
        machine = machine_with(
            self.devices,
            version=self.version,
            machine_type=common_machine_type(self.version),
            negotiated=negotiated,
        )
        machine = replace(machine, rtc_ns_offset=ahead_ns)
        machine = type(self).fit(machine)
        self.twins = Twins(machine, self.version, self.roads[0].source, type(self).visit)
        for device in devices:
            self.hot_plug(device)

    def do(self, action: AnyAction) -> None:
        """Act; events have numbers, so that none can be taken for another."""
        if isinstance(action, HotPlug | RequestUnplug | PowerDown):
            self.events += 1
            action = replace(action, plid=self.events)
        with self.noticed():
            self.twins.act(action)

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Remember a failure, after which there is nothing more to ask for."""
        self.failed = True
        yield
        self.failed = False

    @rule(action=of_the_machine("actions"))
    def act(self, action: AnyAction) -> None:
        """Guest or host do something."""
        self.do(action)

    @rule(plug=of_the_machine("plug"))
    def hot_plug(self, plug: Plug) -> None:
        """A device comes, and the guest reads its tree, but not to the end."""
        for action in plugging(*plug):
            self.do(action)

    @rule(turn=TURN, calls=st.integers(1, 9))
    def walk_on(self, turn: int, calls: int) -> None:
        """The guest reads on in one of the trees that there are."""
        for index in self.plugged(turn):
            for _ in range(calls):
                self.do(ConfigureConnector(index))

    @rule(turn=TURN)
    def ask_back(self, turn: int) -> None:
        """The host wants a device back."""
        for index in self.plugged(turn):
            self.do(RequestUnplug(index))

    @rule(turn=TURN)
    def start_over(self, turn: int) -> None:
        """The guest isolates a connector, and takes it again."""
        for index in self.plugged(turn):
            for call in (*give_back(index), *to_unisolated(index)):
                self.do(call)

    def plugged(self, turn: int) -> list[int]:
        """One of the connectors that have a device, if any has."""
        found = [one.drc_index for one in self.twins.twin.connectors if one.device]
        return found[turn % len(found) :][:1] if found else []

    @rule(turn=TURN, destination=of_the_machine("destinations"))
    def migrate(self, turn: int, destination: str) -> None:
        """The machine moves; who saves and who loads takes turns."""
        version, type_name = self.twins.version, self.twins.twin.machine_type
        leading = [road for road in self.roads if road.leads(version, destination, type_name)]
        if leading:
            with self.noticed():
                self.twins.migrate(leading[turn % len(leading)], destination)

    def teardown(self) -> None:
        """It moves once more, and all that is wrong with it must show."""
        if hasattr(self, "twins") and not self.failed:
            self.migrate(0, self.twins.version)
            type(self).visit("roads", tuple(self.twins.road))
            machine, twin = self.twins.machine, self.twins.twin
            self.twins.drained = len(self.twins.story)
            drain(self.twins)
            self.twins.compare(machine, twin)


@pytest.fixture
def continuation(
    version: str, parties: tuple[Party, ...], roads: tuple[Road, ...], record_visit: Visit
) -> type[Continuation]:
    """The state machine that starts at ``version``; who knows its machine type takes part."""
    type_name = common_machine_type(version)
    offsets = [one for one in OFFSETS if not has_whole_seconds(version) or one % 10**9 == 0]
    devices = devices_of(parties, type_name)
    attributes = {
        "version": version,
        "roads": roads,
        "visit": staticmethod(record_visit),
        "fit": staticmethod(fit_of(parties)),
        "devices": devices,
        "offsets": st.sampled_from(offsets),
        "destinations": st.sampled_from(programs(type_name, version, roads)),
        "actions": st.one_of(guest_actions(indices=devices), host_actions(devices=devices)),
        "plug": plug(devices=devices),
        "plugs": plugs(devices=devices),
    }
    return type("Continuation", (Continuation,), attributes)


STEPS = 12
PLAYED = ContextVar[type[Continuation]]("PLAYED")
"""The state machine of the test that runs."""
play = get_state_machine_test(
    lambda: PLAYED.get()(),  # type: ignore[arg-type] # noqa: PLW0108 -- it is looked up each time
    settings=settings(stateful_step_count=STEPS),
).hypothesis.inner_test  # type: ignore[attr-defined]
"""Drives it; made once, as Hypothesis makes no test inside of another."""


@clause("CONT-1", "CONT-2", "CONT-3", "CONT-4", "CONT-5", "CONT-6", "CONT-7")
@needs(saves="version", loads="version")
@pytest.mark.parametrize("version", versions())
@property_of(part=4, data=st.data)  # each example is many steps long
def test_a_guest_never_notices(continuation: type[Continuation], data: st.DataObject) -> None:
    """Every answer is that of a machine that was never migrated, less the declared losses."""
    PLAYED.set(continuation)
    play(data)
