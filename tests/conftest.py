"""Fixtures of the project's own tests."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TINY_ADAPTER = '''
"""An adapter that declares three versions, of which it cannot save the last."""

from adapters.protocol import Implementation, Support


class Tiny:
    def describe(self):
        return Implementation(
            name="tiny",
            release="1",
            versions={"3": Support(), "3+ccs": Support(), "4": Support(saves=False)},
        )

    def save(self, machine, version):
        return b""

    def load(self, stream, version, onto):
        return onto
'''


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was skipped, and why: what is missing on this machine."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(
        str(one.longrepr[-1]) for one in skipped if one.nodeid.startswith("tests/")
    )  # pytest reads this file for the suites, too
    for reason, number in reasons.items():
        terminalreporter.line(f"{number} tests not run: {reason}")


class Project:
    """A directory with our conftest.py, an adapter ``tiny:Tiny``, and one file of tests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copy(ROOT / "conftest.py", path)
        (path / "pytest.ini").write_text(
            "[pytest]\naddopts = --strict-markers -p no:cacheprovider\nfilterwarnings = error\n"
        )
        (path / "tiny.py").write_text(TINY_ADAPTER)
        (path / "suites").mkdir()

    def run(self, suite: str, *options: str, select: str = "") -> subprocess.CompletedProcess[str]:
        """What pytest says of the tests in ``suite``, or of one (``::test_pair``)."""
        file = "suites/test_fake.py"
        (self.path / file).write_text(suite)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        for name in ("CI", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
            environment.pop(name, None)
        command = [sys.executable, "-m", "pytest", file + select, "--adapter=tiny:Tiny", *options]
        return subprocess.run(  # noqa: S603 - our own command
            command, cwd=self.path, env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose tests are run by another pytest."""
    return Project(tmp_path)
