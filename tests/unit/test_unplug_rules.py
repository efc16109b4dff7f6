"""Whether a host gets a device back: rules with a since and an until (hw/ppc/spapr.c)."""

import pytest

from reference.spapr.actions import DONE, IMPOSSIBLE, RequestUnplug
from reference.spapr.connector import Connector
from reference.spapr.events import OV5_HP_EVT
from reference.spapr.guest import act
from reference.spapr.host import UNPLUG_RULES
from reference.spapr.machine import Machine, OptionVector
from reference.spapr.machine_types import Release

CPU, PHB, PCI, LMB = 0x10000001, 0x20000001, 0x40000010, 0x80000004
NONE, EVENTS, OTHERS = (), (OV5_HP_EVT,), (OV5_HP_EVT + 1,)


def asked(
    drc_index: int, release: Release, options: tuple[int, ...], *, times: int
) -> tuple[bool, int]:
    """Whether the last of so many requests was granted, and how many events there are then."""
    machine = Machine(
        "pseries-2.12",
        connectors=(Connector(drc_index).fresh(),),
        ov5_cas=OptionVector(options),
    )
    for _ in range(times):
        reply, machine = act(machine, "5.0", RequestUnplug(drc_index), release=release)
        assert reply in {DONE, IMPOSSIBLE}
    return reply == DONE, len(machine.pending_events)


@pytest.mark.parametrize(
    ("release", "options", "granted"),
    [
        ((2, 7), NONE, True),
        ((2, 8), NONE, False),
        ((5, 2), NONE, False),
        ((5, 2), OTHERS, False),
        ((5, 2), EVENTS, True),
        ((6, 0), NONE, True),
        ((6, 0), OTHERS, False),
        ((10, 0), OTHERS, False),
        ((10, 0), EVENTS, True),
    ],
)
def test_memory_is_asked_back_of_guests_that_know_the_events(
    release: Release, options: tuple[int, ...], *, granted: bool
) -> None:
    """From 2.8 on a guest had to negotiate them; since 6.0 one that negotiated nothing will do."""
    assert asked(LMB, release, options, times=1) == (granted, int(granted))


@pytest.mark.parametrize(
    ("drc_index", "release", "granted", "events"),
    [
        (PCI, (2, 9), False, 1),
        (PCI, (5, 2), True, 1),
        (PCI, (6, 0), False, 1),
        (PHB, (5, 2), True, 1),
        (PHB, (6, 0), False, 1),
        (CPU, (5, 2), True, 1),
        (CPU, (6, 0), True, 2),
        (LMB, (5, 2), False, 1),
        (LMB, (6, 0), False, 1),
    ],
)
def test_a_second_request_is_refused_or_not_noticed_or_a_second_event(
    drc_index: int, release: Release, events: int, *, granted: bool
) -> None:
    """Until 6.0 nothing more came of it, and nobody was told, but for memory."""
    assert asked(drc_index, release, EVENTS, times=2) == (granted, events)


def test_a_rule_has_a_release_to_be_about() -> None:
    """What begins after it ended is never asked for."""
    assert all(one.since < one.until for one in UNPLUG_RULES)
