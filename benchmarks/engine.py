"""The engine beside construct and struct: ``python -m benchmarks.engine``.

The section `spapr` of stream version 4 with 100 walks in progress: the timebase, a count, and an
array of records of three numbers; 1220 bytes. The engine must be at least 5 times as fast as
construct. What each library makes of the bytes differs, see the lines of the output.
"""

from collections.abc import Callable
from struct import Struct

import construct

from benchmarks.timing import per_call
from reference.spapr.machine import ConfigureConnectorState, Machine, Timebase
from reference.spapr.spapr import spapr
from reference.spapr.versions import stream_version
from reference.vmstate.compiler import compile_plan
from reference.wire.reader import Reader

WALKS = tuple(ConfigureConnectorState(0x40000000 + i, 8 + 4 * i, 1 + i % 4) for i in range(100))
MACHINE = Machine(
    machine_type="pseries-2.6", tb=Timebase(0x123456789ABCDEF, 10**18), ccs_list=WALKS
)
FRESH = MACHINE.fresh()
PLAN = compile_plan(spapr(stream_version("4")))
SECTION = PLAN.save(MACHINE)

DECLARED = construct.Struct(
    "guest_timebase" / construct.Int64ub,
    "time_of_the_day_ns" / construct.Int64sb,
    "ccs_list_num" / construct.Int32sb,
    "ccs_list"
    / construct.Array(
        construct.this.ccs_list_num,
        construct.Struct(
            "drc_index" / construct.Int32ub,
            "fdt_offset" / construct.Int32sb,
            "fdt_depth" / construct.Int32sb,
        ),
    ),
)
COMPILED = DECLARED.compile()
CONTAINER = DECLARED.parse(SECTION)

HEAD, WALK = Struct(">Qqi"), Struct(">Iii")
TUPLES = [(walk.drc_index, walk.fdt_offset, walk.fdt_depth) for walk in WALKS]


def load_tuples() -> tuple[tuple[int, int, int], list[tuple[int, int, int]]]:
    """With struct, to tuples."""
    head = HEAD.unpack_from(SECTION)
    return head, list(WALK.iter_unpack(memoryview(SECTION)[HEAD.size :]))


def load_records() -> Machine:
    """With struct, to the records of the reference; without a check of any kind."""
    (guest, day, _), walks = load_tuples()
    ccs_list = tuple(ConfigureConnectorState(*walk) for walk in walks)
    return Machine(machine_type="pseries-2.6", tb=Timebase(guest, day), ccs_list=ccs_list)


def save_tuples() -> bytes:
    """With struct, from tuples."""
    timebase = MACHINE.tb
    head = HEAD.pack(timebase.guest_timebase, timebase.time_of_the_day_ns, len(TUPLES))
    return head + b"".join([WALK.pack(*walk) for walk in TUPLES])


LOADS: dict[str, Callable[[], object]] = {
    "struct, to tuples": load_tuples,
    "struct, to records": load_records,
    "engine, to records": lambda: PLAN.load(Reader(SECTION), FRESH),
    "construct compiled, to containers": lambda: COMPILED.parse(SECTION),
    "construct, to containers": lambda: DECLARED.parse(SECTION),
}
SAVES: dict[str, Callable[[], object]] = {
    "struct, from tuples": save_tuples,
    "engine, from records": lambda: PLAN.save(MACHINE),
    "construct compiled, from containers": lambda: COMPILED.build(CONTAINER),
    "construct, from containers": lambda: DECLARED.build(CONTAINER),
}


def report(title: str, ways: dict[str, Callable[[], object]]) -> None:
    """Measure ``ways`` to do the same, and print them beside the engine."""
    seconds = {name: per_call(way) for name, way in ways.items()}
    engine = next(it for name, it in seconds.items() if name.startswith("engine"))
    print(title)
    for name, one in seconds.items():
        print(f"  {name:36} {one * 1e6:8.1f} us {one / engine:7.2f}x the engine")


def main() -> None:
    """Check that all do the same, measure, and print."""
    loaded = [LOADS["engine, to records"](), load_records()]
    assert loaded == [MACHINE, MACHINE]
    assert COMPILED.parse(SECTION) == CONTAINER
    assert {save() for save in SAVES.values()} == {SECTION}
    print(f"{len(SECTION)} bytes, {len(WALKS)} walks in progress")
    report("load", LOADS)
    report("save", SAVES)


if __name__ == "__main__":
    main()
