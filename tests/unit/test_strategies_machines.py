"""Machine states shrink to what matters, and what matters occurs in a default run."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import Phase, find, given, settings

from reference.compatibility.table import ITEMS
from reference.spapr.machine import ConfigureConnectorState, Machine
from strategies.numbers import boundaries
from strategies.pseries import machine_states, reachable_walks

SETTINGS = settings(max_examples=2000, derandomize=True, database=None, deadline=None)
RUN = settings(SETTINGS, max_examples=100, phases=[Phase.generate])
OLD = machine_states(version="3+ccs", machine_type="pseries-2.6")
NEW = machine_states(version="10.0+ccs", machine_type="pseries-10.0")

SIMPLEST = {
    "Machine(machine_type='pseries-2.6')": lambda _: True,
    "Machine(machine_type='pseries-2.6', ccs_list=(ConfigureConnectorState("
    "drc_index=0x40000010, fdt_offset=8, fdt_depth=1),))": lambda m: bool(m.ccs_list),
    "Machine(machine_type='pseries-2.6', ccs_list=(ConfigureConnectorState("
    "drc_index=0x40000010, fdt_offset=0x10, fdt_depth=2),))": lambda m: any(
        walk.fdt_depth > 1 for walk in m.ccs_list
    ),
    "Machine(machine_type='pseries-2.6', pending_events=(EventLogEntry(summary=0x6340040), "
    "EventLogEntry(summary=0x6340040)))": lambda m: len(m.pending_events) > 1,
    "Machine(machine_type='pseries-2.6', rtc_ns_offset=-1)": lambda m: m.rtc_ns_offset < 0,
}
"""By its text: the simplest machine of which something holds."""


@pytest.mark.parametrize(("text", "holds"), SIMPLEST.items(), ids=range(len(SIMPLEST)))
def test_a_counterexample_is_the_simplest_machine(
    text: str, holds: Callable[[Machine], bool]
) -> None:
    """What does not matter for a counterexample is not in it."""
    assert repr(find(OLD, holds, settings=SETTINGS)) == text


def test_what_matters_occurs_in_a_default_run() -> None:
    """The examples of three tests hold every kind of machine that has ever broken a format."""
    seen: Counter[str] = Counter()

    @settings(RUN, max_examples=300)
    @given(OLD)
    def look(machine: Machine) -> None:
        walks, events = machine.ccs_list, machine.pending_events
        numbers = {number for walk in walks for number in (walk.drc_index, walk.fdt_offset)}
        seen.update(
            {
                "two walks": len(walks) > 1,
                "many walks": len(walks) > 16,
                "a deep walk": any(walk.fdt_depth > 1 for walk in walks),
                "many events": len(events) > 16,
                "a walk and events": bool(walks and events),
                "a boundary": bool(numbers & set(boundaries(32)[1:])),
                "nothing": machine == machine.fresh(),
            }
        )

    look()
    assert not [what for what, times in seen.items() if not times], seen


def test_each_part_of_a_stream_is_needed_and_not_needed() -> None:
    """The examples of three tests have every optional part, and the important ones not, too."""
    needed: Counter[str] = Counter()

    @settings(RUN, max_examples=300)
    @given(NEW, OLD)
    def look(new: Machine, old: Machine) -> None:
        for item in ITEMS:
            machine = old if item.name.startswith("spapr/ccs") else new
            needed[item.name] += item.needed(machine)

    look()
    missing = {item.name for item in ITEMS if not needed[item.name]}
    assert not {name for name in missing if "cap" not in name}, missing
    both = {name for name, times in needed.items() if 0 < times < 300}
    assert {"spapr_drc", "spapr_pending_events", "spapr_irq_map", "spapr_fwnmi"} <= both


@given(reachable_walks())
@SETTINGS
def test_a_reachable_walk_stands_at_a_tag(walks: tuple[ConfigureConnectorState, ...]) -> None:
    """A walk that a guest can be in has an open node, and an offset behind its open nodes."""
    indexes = [walk.drc_index for walk in walks]
    assert len(set(indexes)) == len(indexes)
    for walk in walks:
        assert walk.fdt_depth >= 1
        assert walk.fdt_offset % 4 == 0
        assert walk.fdt_offset >= 8 * walk.fdt_depth
