"""Drives many set-ups of real QEMUs unattended: ``python -m benchmarks.setups [FOLDER [WORD]]``.

Each of benchmarks/setups.toml whose name has WORD in it is tested in a run of its own, with the
options in ``PYTEST_ADDOPTS``; what is said of it is a file in FOLDER. A line for each is printed.
Without ``--hypothesis-profile`` among the options it is ``thorough``, which takes hours.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from time import monotonic

SETUPS = Path(__file__).with_suffix(".toml")
COMMAND = (
    *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=1"),
    *("suites/devices/test_twins.py", "suites/devices/test_known.py"),
)
SECONDS = 3600
"""After which a run is given up."""
FINDING = re.compile(r"^(TWIN-\d+): ", re.MULTILINE)
LINE = re.compile(r"^.* on .*: \d+ examples, .*$", re.MULTILINE)
REASON = re.compile(r"^not declared: (.*); tests skipped: \d+$", re.MULTILINE)


def names(word: str) -> list[str]:
    """The names of all set-ups with a word in them, as ``--adapter`` takes them."""
    listed = tomllib.loads(SETUPS.read_text(encoding="utf-8"))
    every = [f"qemu:{binary},{one}" for binary, ones in listed.items() for one in ones]
    return [one for one in every if word in one]


def summary(said: str) -> str:
    """What a run said of its device, in a line."""
    found = FINDING.findall(said)
    lines = LINE.findall(said) or [one for one in REASON.findall(said) if " which " in one]
    return f"{len(found)} found ({', '.join(found)}); {lines[0] if lines else said[-200:]!r}"


def main() -> None:
    """Run them one after the other."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    directory.mkdir(exist_ok=True)
    options = os.environ.get("PYTEST_ADDOPTS", "")
    if "--hypothesis-profile" not in options:
        options += " --hypothesis-profile=thorough"
    for name in names(sys.argv[2] if len(sys.argv) > 2 else ""):
        start = monotonic()
        with (directory / f"{re.sub(r'[^A-Za-z0-9_.=-]+', '_', name)}.txt").open("w+") as log:
            try:
                subprocess.run(  # noqa: S603 -- our own command
                    (*COMMAND, f"--adapter={name}"),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"PYTEST_ADDOPTS": options},
                    timeout=SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                log.write(f"\ngiven up after {SECONDS} s\n")
            log.seek(0)
            print(f"{name}: {summary(log.read())} ({monotonic() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
