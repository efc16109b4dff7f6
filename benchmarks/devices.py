"""Examples a second of one small device: ``python -m benchmarks.devices [NAME]``.

An example is a guest of 40 accesses on a machine that migrates and on its twin, with all registers
read on both (`suites.devices.oracle.twins.Twins.check`, where nothing is found). What this process
does not compute is QEMU's own, or the way to it and back.
"""

import sys
from itertools import chain, islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from adapters.loading import is_driven, load_adapter
from strategies.devices import stepped_lists
from suites.devices.oracle.bench import Bench
from suites.devices.oracle.noise import Known
from suites.devices.oracle.scripts import EVERYTHING, MIGRATED, reads
from suites.devices.oracle.twins import Twins

NAME = "qemu:qemu-system-x86_64,machine=q35,device=e1000e"
ACCESSES = 40
EXAMPLES = 50
REPETITIONS = 5


def main() -> None:
    """Measure and print."""
    adapter = load_adapter(sys.argv[1] if len(sys.argv) > 1 else NAME, Path.cwd())
    assert is_driven(adapter)
    twins = Twins(Bench(adapter), "measured", Known((), ()), ())
    reach = twins.bench.reach
    accesses = chain.from_iterable(stepped_lists(reach=reach, number=EXAMPLES * ACCESSES))
    guests = [tuple(islice(accesses, ACCESSES)) for _ in range(EXAMPLES)]
    scripts = [(*guest, *MIGRATED, *EVERYTHING) for guest in guests]
    measured = []
    for _ in range(REPETITIONS):
        start, ours = perf_counter(), process_time()
        for script in scripts:
            twins.check(script, "TWIN-1")
        measured.append((perf_counter() - start, process_time() - ours))
    twins.bench.close()
    seconds = median(one for one, _ in measured) / EXAMPLES
    share = median(1 - ours / whole for whole, ours in measured)
    print(
        f"{1 / seconds:.1f} examples a second of {ACCESSES} accesses, "
        f"{2 * len(reads(reach.regions))} reads and a migration: {seconds * 1e3:.0f} ms each, "
        f"{share:.0%} of them QEMU's own; {twins.tally['unconfirmed']} unconfirmed"
    )


if __name__ == "__main__":
    main()
