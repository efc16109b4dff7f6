"""One seed for a run, and the command that repeats a failure.

Every test draws from a seed of its own, made of the seed of the run and the id of the test. So no
two tests see the same machines, and a test alone sees those that it saw in the whole run.
"""

import os
import secrets
import shlex
from typing import Any

import pytest
from hypothesis import is_hypothesis_test, seed

SEED = pytest.StashKey[str]()
"""The seed of the run, in the stash of the configuration."""


def seed_of(item: pytest.Item) -> str:
    """The seed of a test."""
    return f"{item.config.stash[SEED]} {item.nodeid}"


class Replay:
    """A pytest plugin: seeds every test, and says how to run it again.

    The seed is that of ``--hypothesis-seed``, or drawn where there is none. A drawn one leaves
    the database of examples on, so that what failed last time is tried first.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.given: str | None = config.getoption("hypothesis_seed")
        drawn = getattr(config, "workerinput", {}).get("seed") or str(secrets.randbits(32))
        self.seed: str = self.given or drawn
        config.stash[SEED] = self.seed

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Give the seed to a worker of pytest-xdist."""
        node.workerinput["seed"] = self.seed

    def pytest_report_header(self) -> str:
        """The seed, and where it was drawn, the command that repeats the run."""
        if self.given:
            return f"seed: {self.seed}"
        arguments = map(str, self.config.invocation_params.args)
        return f"seed: {self.seed}; repeat this run with: {self.command(*arguments)}"

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Seed the test."""
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            drawing = item.function._hypothesis_internal_use_settings  # noqa: SLF001
            seed(seed_of(item))(item.function)
            if not self.given:  # a seed of one's own takes the database away
                item.function._hypothesis_internal_use_settings = drawing  # noqa: SLF001

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Add the command to the report of a failure."""
        report = yield
        if report.failed:
            adapters = self.config.getoption("adapter") or ()
            profile = self.config.getoption("hypothesis_profile")
            options = [f"--adapter={one}" for one in adapters]
            options += [f"--hypothesis-profile={profile}"] if profile else []
            path = os.path.relpath(item.path, self.config.invocation_params.dir)
            test = "::".join((path, *item.nodeid.split("::")[1:]))
            report.sections.append(("Replay", self.command(test, *options)))
        return report

    def command(self, *arguments: str) -> str:
        """The command line of pytest with ``arguments`` and the seed."""
        return shlex.join(["pytest", *arguments, f"--hypothesis-seed={self.seed}"])
