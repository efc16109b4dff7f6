"""Ends what an interrupted run leaves behind: ``python -m adapters.qemu.guardian MARK``.

Each worker that starts processes has one guardian, and ``MARK`` in the environment of all that it
starts. The guardian's input ends when the worker does, however that happened; then it kills every
process with the mark. So none is forgotten, be it that the worker died while it was starting one.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "VM_MIGRATION_CONFORMANCE_RUN"
"""The variable that has the mark."""
PAUSE = 0.1
"""Seconds between two looks: what was just being started is there at the second."""


def marked(mark: str) -> Iterator[int]:
    """The processes whose environment has the mark (proc(5))."""
    entry = f"{MARK}={mark}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it is over, or somebody else's
            if entry in path.read_bytes().split(b"\0"):
                yield int(path.parent.name)


def main() -> None:
    """Wait for the end of the input, then kill until nothing is left."""
    for _ in sys.stdin:
        pass
    quiet = 0
    while quiet < 2:
        found = list(marked(sys.argv[1]))
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        quiet = 0 if found else quiet + 1
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
