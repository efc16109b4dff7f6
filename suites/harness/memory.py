"""What is collected stays: the garbage collector need not look at it again and again."""

import gc

import pytest


class Kept:
    """A pytest plugin: tests, strategies and modules are taken out of the collector's sight.

    They live as long as the run. Looking at them is some hundredths of the time of a run that makes
    as many small records as ours (benchmarks/README.md).
    """

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Leave out all that is there when the first test begins."""
        gc.collect()
        gc.freeze()
