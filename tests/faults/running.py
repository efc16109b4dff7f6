"""Runs the real suites against a fault, and says what became of each test."""

import importlib
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from inspect import isabstract
from pathlib import Path

from msgspec import Struct

from adapters.reference import ReferenceAdapter
from adapters.reference_devices import ReferenceDevices
from tests.faults.counting import EXAMPLES

ROOT = Path(__file__).parents[2]
REFERENCE_DEVICES = "adapters.reference_devices:ReferenceDevices"
HANDED = "test_handed_over.py"
EXAMPLE = "Failing test case: "
"""How a failure goes on that Hypothesis found."""
FRAMES = re.compile(r"    Traceback .*\n(?=    \S)", re.DOTALL)
"""A traceback up to its last line that is not indented further."""


class Outcome(Struct, frozen=True):
    """What a test said: the ``text`` of its failure, empty where it passed.

    ``examples``: how many it tried until one failed; 0 where it has none, or none failed.
    """

    text: str
    examples: int = 0

    @property
    def witness(self) -> str:
        """The failure without the rule, which the clause says, and of a traceback the last line."""
        found, *example = self.text.partition("\n\n")[2].strip().partition(EXAMPLE)
        return FRAMES.sub("", found) + "".join(example)


def adapters_in(module: str) -> list[str]:
    """The implementations that a module of `tests.faults` makes."""
    return [
        f"{module}:{name}"
        for name, value in vars(importlib.import_module(f"tests.faults.{module}")).items()
        if isinstance(value, type)
        and issubclass(value, ReferenceAdapter | ReferenceDevices)
        and value.__module__ == f"tests.faults.{module}"
        and not isabstract(value)
    ]


def run(
    *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """What pytest says of tests of the suites; ``environment`` is added to our own."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(  # noqa: S603 -- our own command
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def outcomes(
    adapter: str,
    tests: Iterable[str],
    *,
    profile: str = "default-fresh",
    seed: int = 0,
    options: Iterable[str] = (),
) -> dict[str, Outcome]:
    """By test, what became of it with ``adapter`` under test; ``options`` are those of pytest.

    Tests that hand a machine from one build to another are run against the reference, too.
    """
    tests = list(tests)
    adapters = [REFERENCE_DEVICES] if any(HANDED in test for test in tests) else []
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        result = run(
            *tests,
            *options,
            "-p",
            "tests.faults.counting",
            *(f"--adapter={one}" for one in (*adapters, adapter)),
            f"--hypothesis-profile={profile}",
            f"--hypothesis-seed={seed}",
            f"--junitxml={report}",
        )
        assert report.exists(), result.stdout + result.stderr
        cases = ET.parse(report).iter("testcase")  # noqa: S314 -- pytest has just written it
    return {
        f"{case.attrib['classname'].replace('.', '/')}.py::{case.attrib['name']}": Outcome(
            "".join(one.text or "" for one in case if one.tag in {"failure", "error"}),
            sum(
                int(one.attrib["value"])
                for one in case.iter("property")
                if one.attrib["name"] == EXAMPLES
            ),
        )
        for case in cases
    }
