"""Ends what an interrupted run leaves behind: ``python -m adapters.qemu.guardian``.

Each worker that starts processes has one guardian, which reads ``+123`` when the process group 123
was started and ``-123`` when it was ended. Its input ends when the worker does, however that
happened, and then it kills what is left.
"""

import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    """Read to the end, then kill."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
