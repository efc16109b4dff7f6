"""What an example costs on a real QEMU: ``python -m benchmarks.qemu [qemu:BINARY]``.

Each example is a machine that a QEMU loads, in a process of its own, and is asked for again: the
stream comes in, the state goes out and is decoded. All runs on one core. Processor time of QEMU and
of us is counted apart: the first is what QEMU itself needs for these steps, and the ratio of the
sum to it must be at most 1.15. At least 20 examples a second are wanted.
"""

import os
import sys
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from adapters.qemu.pseries.adapter import QemuAdapter
from reference.compatibility.expectation import common_machine_type
from reference.spapr.machine import Machine
from reference.spapr.saving import save_machine
from strategies.pseries import machine_states

EXAMPLES = 200


def machines(adapter: QemuAdapter, version: str) -> list[Machine]:
    """Machines that the adapter can hold, always the same."""
    drawn: list[Machine] = []

    @seed(0)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(machine_states(version=version, machine_type=common_machine_type(version)))
    def draw(machine: Machine) -> None:
        drawn.append(adapter.fitted(machine))

    draw()
    return drawn


def spent(whose: int) -> float:
    """Seconds of the processor that were used."""
    usage = getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Load all machines, and print what that took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    adapter = QemuAdapter(sys.argv[1] if len(sys.argv) > 1 else "qemu:qemu-system-ppc64")
    version = adapter.binary.version
    streams = [(one, save_machine(one, version)) for one in machines(adapter, version)]
    for machine, stream in streams:  # what is done once for each kind of machine is done now
        adapter.load(stream, version, machine.fresh())
    adapter.close()
    ours, theirs, start = spent(RUSAGE_SELF), spent(RUSAGE_CHILDREN), perf_counter()
    for machine, stream in streams:
        adapter.load(stream, version, machine.fresh())
    adapter.close()
    took = perf_counter() - start
    ours, theirs = spent(RUSAGE_SELF) - ours, spent(RUSAGE_CHILDREN) - theirs
    number = len(streams)
    print(f"QEMU {adapter.binary.release_name}, {number} machines, on one core")
    print(f"examples a second              {number / took:6.1f}")
    print(f"processor time of QEMU, each   {1000 * theirs / number:6.1f} ms")
    print(f"processor time of ours, each   {1000 * ours / number:6.1f} ms")
    print(f"both, of QEMU's alone          {(ours + theirs) / theirs:6.2f}")


if __name__ == "__main__":
    main()
