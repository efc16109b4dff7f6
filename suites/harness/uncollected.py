"""Suites of which nobody is under test."""

from collections.abc import Iterable
from pathlib import Path


class Uncollected:
    """A pytest plugin: collects nothing of the suites in ``folders``, and says so."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Leave out a suite, or a part of it."""
        above = (collection_path, *collection_path.parents)
        return True if any(folder in above for folder in self.folders) else None

    def pytest_report_header(self) -> list[str]:
        """What is left out."""
        return [
            f"not collected: {folder.parent.name}/{folder.name}, as no adapter is of its kind"
            for folder in self.folders
        ]
