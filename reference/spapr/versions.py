"""The stream versions: each is one way of writing a whole pseries machine as a stream.

A version is a base and features. ``7.1+ccs`` is what QEMU 7.1 to 9.2 write, with the feature `ccs`.
Any sensible composition has a name; those in `STREAM_VERSIONS` are tested.
"""

import difflib
import re
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise

from reference.spapr.features import FEATURES, NEVER, Change, Feature
from reference.spapr.machine_types import MachineType, Release, UnknownMachineType, machine_type
from reference.vmstate.records import Record

OLDEST_TYPE: Release = (2, 1)
"""The first versioned machine type. It stands for the one before it, which framed streams alike."""

BASES: dict[str, Release] = {
    # id: the release that began to write so
    "1": (1, 6),
    "2": (2, 1),
    "3": (2, 3),
    "2.7": (2, 7),
    "2.8": (2, 8),
    "2.9": (2, 9),
    "2.10": (2, 10),
    "2.12": (2, 12),
    "3.1": (3, 1),
    "4.0": (4, 0),
    "5.0": (5, 0),
    "7.1": (7, 1),
    "10.0": (10, 0),
    "10.2": (10, 2),
}
"""What was released, oldest first. A base stands for all releases before the next one."""
ALIASES = {"4": "3+bump"}
"""Ids of their own, for compositions that always had one."""
TESTED = (
    *("1", "2", "3", "4", "3+ccs", "3+ccs-queue", "3+busy", "3+series"),
    *("2.7", "2.8", "2.9", "2.10", "2.12", "3.1", "4.0", "5.0", "7.1", "10.0", "10.0+ccs", "10.2"),
)
"""The versions that are tested by default."""


class UnknownStreamVersion(Exception):
    """An id that no stream version has, or that makes no sense; the message says what does."""


class StreamVersion(Record, frozen=True, cache_hash=True):
    """One stream version.

    ``id`` appears in test ids; ``base`` is one of `BASES`. ``release`` is the program's: the base's
    own, or the later one for which a feature was written. ``features`` in the order of the id.
    """

    id: str
    base: str
    release: Release
    features: tuple[Feature, ...] = ()

    def has(self, since: Release | str) -> bool:
        """Whether its programs have what a release brought, or a feature by its key."""
        if isinstance(since, str):
            brought = next(one.brought for one in FEATURES if one.key == since)
            return self.release >= brought or self.has_any({since})
        return self.release >= since

    def has_any(self, keys: AbstractSet[str]) -> bool:
        """Whether one of its features has one of the keys."""
        return any(one.key in keys for one in self.features)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What its features do to sections of the base."""
        return tuple(change for one in self.features for change in one.changes)

    @property
    def spapr_version_id(self) -> int:
        """The version_id of the section `spapr` of its base."""
        return next(
            version_id
            for since, version_id in (((2, 3), 3), ((2, 1), 2), ((0, 0), 1))
            if self.release >= since
        )

    @property
    def newest_machine_type(self) -> str:
        """The newest machine type that its programs know."""
        major, minor = max(self.release, OLDEST_TYPE)
        return f"pseries-{major}.{minor}"


@cache
def stream_version(name: str) -> StreamVersion:
    """The stream version with the id ``name``; raises `UnknownStreamVersion`."""
    base, *names = ALIASES.get(name, name).split("+")
    if base not in BASES or not all(names):
        raise UnknownStreamVersion(f"{name!r} is no stream version. {_meant(name, base)}")
    if name in ALIASES.values():
        called = next(alias for alias, composed in ALIASES.items() if composed == name)
        raise UnknownStreamVersion(f"{name!r} is called {called!r}.")
    named = [_feature(name, base, one) for one in names]
    _check_order(name, base, named)
    whole = [part for one in named for part in (one, *(_feature(name, base, it) for it in one.of))]
    _check_together(name, base, whole)
    release = max([BASES[base], *(one.since for one in whole)])
    return StreamVersion(name, base, release, tuple(whole))


def _meant(name: str, base: str) -> str:
    """What was meant by an id that is none: the base of a release, or one that is close."""
    if re.fullmatch(r"\d+\.\d+", base) and base not in BASES:
        release = tuple(map(int, base.split(".")))
        known = [one for one, since in BASES.items() if since <= release]
        if known:
            return (
                f"QEMU {base} writes as {known[-1]!r} does: name {name.replace(base, known[-1])!r}."
            )
    close = difflib.get_close_matches(name, dict.fromkeys((*TESTED, *BASES)))
    return f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(BASES)}."


def _feature(name: str, base: str, feature: str) -> Feature:
    """The feature that a base can be given; raises `UnknownStreamVersion`."""
    known = dict.fromkeys(one.name for one in FEATURES)
    if feature not in known:
        close = difflib.get_close_matches(feature, known)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}."
        raise UnknownStreamVersion(f"{name!r}: there is no feature {feature!r}; {hint}")
    rows = [one for one in FEATURES if one.name == feature]
    for one in rows:
        if BASES[base] >= one.brought:
            since = ".".join(map(str, one.brought))
            raise UnknownStreamVersion(
                f"{name!r}: {base} has {feature!r} already, since {since}; leave it out."
            )
        if one.since < _end(base) and BASES[base] < one.until:
            return one
    fitting = [
        other
        for other in BASES
        if any(
            one.since < _end(other) and BASES[other] < min(one.until, one.brought) for one in rows
        )
    ]
    raise UnknownStreamVersion(
        f"{name!r}: {feature!r} cannot be added to {base}; it can be to {', '.join(fitting)}."
    )


def _end(base: str) -> Release:
    """The release of the next base."""
    return next((BASES[later] for one, later in pairwise(BASES) if one == base), NEVER)


def _check_order(name: str, base: str, named: list[Feature]) -> None:
    """One version has one name; raises `UnknownStreamVersion`."""
    ordered = sorted({one.key: one for one in named}.values(), key=FEATURES.index)
    if ordered != named:
        called = "+".join((base, *(one.name for one in ordered)))
        raise UnknownStreamVersion(f"{name!r} is called {called!r}.")


def _check_together(name: str, base: str, features: list[Feature]) -> None:
    """Raise `UnknownStreamVersion` for features that do not go together."""
    for place, one in enumerate(features):
        for other in features[:place]:
            if one == other:
                raise UnknownStreamVersion(f"{name!r} has {one.name!r} twice; leave one out.")
            if both := sorted(one.claims & other.claims):
                raise UnknownStreamVersion(
                    f"{name!r}: {other.name!r} and {one.name!r} both claim {both[0]}; name one."
                )
    there = {one.name for one in features}
    for one in features:
        for needed in one.needs:
            if needed not in there and not BASES[base] >= next(
                it.brought for it in FEATURES if it.name == needed
            ):
                raise UnknownStreamVersion(
                    f"{name!r}: {one.name!r} needs {needed!r}, which {base} lacks; "
                    f"name {base}+{needed}+{one.name}."
                )


STREAM_VERSIONS: dict[str, StreamVersion] = {name: stream_version(name) for name in TESTED}
"""The stream versions that are tested, by id, oldest first."""


def put_to_test(name: str) -> None:
    """Add a version to those that are tested, behind its base; raises `UnknownStreamVersion`."""
    STREAM_VERSIONS[name] = stream_version(name)
    order = [*BASES]
    places = {one: place for place, one in enumerate(STREAM_VERSIONS)}
    ordered = sorted(
        STREAM_VERSIONS.values(), key=lambda one: (order.index(one.base), places[one.id])
    )
    STREAM_VERSIONS.clear()
    STREAM_VERSIONS.update((one.id, one) for one in ordered)


def known_machine_type(name: str, version: StreamVersion) -> MachineType:
    """The machine type ``name``; raises `UnknownMachineType` if programs of ``version`` lack it.

    A version stands for the releases up to the next one, and so for their machine types: that of
    7.1 is also the one of 7.2.
    """
    kind = machine_type(name)
    later = [one.release for one in STREAM_VERSIONS.values() if one.release > version.release]
    if later and kind.release >= min(later) and kind.release > OLDEST_TYPE:
        raise UnknownMachineType(
            f"stream version {version.id} has no machine type {name}; "
            f"its newest is {version.newest_machine_type}"
        )
    return kind
