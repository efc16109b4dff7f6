"""Known failures: what an implementation is known to do wrong, as strictly parsed data.

A listed test has to fail, as it is listed: one that passes, or fails otherwise, fails the run, and
so does an entry that matches no test. What is known is not shrunk again.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import msgspec

from adapters.implementation import Implementation
from suites.harness.clauses import UnknownClause, find_clause
from suites.harness.failures import KINDS
from suites.harness.tables import meant, read_tables


class KnownFailuresError(Exception):
    """A file of known failures that cannot be used; the message says where and why."""


class KnownFailure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One failure that is known.

    ``reason``: what is wrong. ``source``: where that is to be seen. ``witness``: the smallest case
    that shows it.

    ``clauses``, one of which fails; ``kind``, one of `failures.KINDS`; and ``says``, a regular
    expression that is found in their text: how tests fail because of it. ``tests``: those
    that do, by their ids, in which ``*`` stands for anything, and ``{version}`` for each version of
    the implementation under test. ``sometimes``: others that meet it only in some of their
    examples.

    ``since`` and ``until``, as ``10.1``: the first release that does it, and the first that does
    not any more. There must be a release between them.
    """

    reason: str
    source: str
    witness: str
    clauses: tuple[str, ...]
    kind: str
    says: str
    tests: tuple[str, ...]
    sometimes: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def certain(self, nodeid: str) -> bool:
        """Whether a test fails in every run."""
        return any(matches(pattern, nodeid) for pattern in self.tests)

    def possible(self, nodeid: str) -> bool:
        """Whether a test may fail."""
        return any(matches(pattern, nodeid) for pattern in (*self.tests, *self.sometimes))

    def at(self, version: str) -> Self:
        """The entry for an implementation at one version."""
        tests, sometimes = (
            tuple(one.replace("{version}", version) for one in patterns)
            for patterns in (self.tests, self.sometimes)
        )
        return msgspec.structs.replace(self, tests=tests, sometimes=sometimes)

    def concerns(self, release: str) -> bool:
        """Whether a release (``7.2.22``) does it."""
        return is_between(release, self.since, self.until)


def matches(pattern: str, nodeid: str) -> bool:
    """Whether a pattern is about a test."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), nodeid) is not None


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file: tables ``[[failure]]``."""

    failure: tuple[KnownFailure, ...] = ()


def number(release: str) -> tuple[int, ...]:
    """A release for comparison; raises `ValueError`."""
    return tuple(int(part) for part in release.split(".")) if release else ()


def read_known_failures(path: Path) -> tuple[KnownFailure, ...]:
    """The entries of a TOML file; raises `KnownFailuresError`."""
    listed = read_tables(path, Listed, KnownFailuresError).failure
    for place, one in enumerate(listed, 1):
        for problem in problems(one):
            raise KnownFailuresError(f"{path}, failure {place} ({one.reason}): {problem}")
    return listed


def problems(one: KnownFailure) -> Iterable[str]:
    """What is wrong with an entry."""
    yield from common_problems(one.clauses, one.says, one.since, one.until)
    if one.kind not in KINDS:
        yield f"unknown kind {one.kind!r}{meant(one.kind, KINDS)}; use one of {', '.join(KINDS)}."
    if not one.tests:
        yield "tests is empty; name one at least that fails in every run."
    for pattern in (*one.tests, *one.sometimes):
        if "::" not in pattern:
            yield f"{pattern!r} is no id of pytest, such as suites/pseries/test_pairs.py::*[3->4]."


def common_problems(clauses: Iterable[str], says: str, since: str, until: str) -> Iterator[str]:
    """What is wrong with what every entry has, of whatever is known."""
    try:
        for clause in clauses:
            find_clause(clause)
        number(since)
        number(until)
        re.compile(says)
    except UnknownClause as error:
        yield str(error)
    except ValueError:
        yield "since and until are releases, such as 10.1."
    except re.error as error:
        yield f"says is no regular expression: {error}."
    else:
        yield from empty_range(since, until)


def empty_range(since: str, until: str) -> Iterator[str]:
    """What is wrong with a since and an until between which there is no release."""
    if until and number(since) >= number(until):
        hint = f"leave until out for all since {since}"
        if number(since) > number(until):
            hint = f"was since = {until!r}, until = {since!r} meant?"
        yield (
            f"no release is since {since} and before {until}, which is the first that "
            f"does not do it any more; {hint}"
        )


def is_between(release: str, since: str, until: str) -> bool:
    """Whether a release (``7.2.22``) is one of those that do it."""
    now = number(release)
    return number(since) <= now and (not until or now < number(until))


def known_failures(
    implementations: Iterable[Implementation], named: Iterable[Path]
) -> tuple[KnownFailure, ...]:
    """The entries of the files named, and of those that implementations come with.

    Only those that concern a release under test. Raises `KnownFailuresError`.
    """
    implementations = tuple(implementations)
    paths = [*named, *(Path(one.known_failures) for one in implementations if one.known_failures)]
    return tuple(
        dict.fromkeys(
            one.at(version)
            for path in dict.fromkeys(paths)
            for one in read_known_failures(path)
            for it in implementations
            if one.concerns(it.release)
            for version in it.versions
        )
    )
