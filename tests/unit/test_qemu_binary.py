"""What is no QEMU is refused in one sentence, before any test runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.qemu.pseries.carriers import Carrier
from reference.wire.errors import VersionRejected
from tests.unit.captured import captured

ROOT = Path(__file__).parents[2]

NO_QEMU = {
    "no-such-program": "it does not start: [Errno 2] No such file or directory: 'no-such-program'.",
    "true": "is no QEMU: QEMU exited with status 0; it said: nothing",
    "sh -c 'echo no licence >&2; exit 3' sh": (
        "is no QEMU: QEMU exited with status 3; it said: no licence"
    ),
    "sh -c 'kill -SEGV $$' sh": "is no QEMU: QEMU was killed by SIGSEGV; it said: nothing",
}


@pytest.mark.parametrize(("binary", "problem"), NO_QEMU.items())
def test_what_is_no_qemu_is_refused(binary: str, problem: str) -> None:
    """The sentence has the binary, how it ended, and its own words."""
    command = (sys.executable, "-m", "pytest", "suites", "-q", f"--adapter=qemu:{binary}")
    result = subprocess.run(  # noqa: S603 -- our own command
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"adapter {f'qemu:{binary}'!r}" in result.stderr
    assert problem in result.stderr
    assert "Traceback" not in result.stderr


def test_a_section_of_another_version_is_no_carrier() -> None:
    """Nothing is left out of a stream in silence: the section is named, and both versions."""
    stream = captured("qemu-7.2_pseries-3.0_hotplug")
    with pytest.raises(VersionRejected, match=r"spapr_iommu has version 3, where 5\.0 has 2"):
        Carrier(stream, "pseries-3.0", "5.0")
