"""What a test needs of who takes part, said with a mark."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import pytest

from adapters.implementation import Ability, Implementation
from reference.compatibility.expectation import common_machine_type, machine_types
from reference.spapr.versions import stream_version
from strategies.pseries import Journey
from suites.harness.failures import Violation

SOME = "some version"
"""In place of a version: any that knows the machine type."""


def needs(
    *abilities: Ability,
    saves: str | None = None,
    loads: str | None = None,
    travels: str | None = None,
    machine_type: str | None = None,
    any_machine: bool = False,
) -> pytest.MarkDecorator:
    """The mark of a test that runs only if what it needs is declared.

    ``saves`` and ``loads``: the name of the parameter that holds the stream version, or the id of
    one, or `SOME`. ``travels``: the name of the parameter that holds the versions of a journey.
    ``machine_type``: the same for a machine type; the newest that all these versions know, unless
    it is given. ``any_machine``: machines must be configured at will. A test of roads needs one
    that leads from a saver to a loader, one of which may be the reference; for a journey, one for
    each hop.
    """
    named = {
        "saves": saves,
        "loads": loads,
        "travels": travels,
        "machine_type": machine_type,
        "any_machine": any_machine,
    }
    return pytest.mark.needs(*abilities, **{verb: name for verb, name in named.items() if name})


class Needs(NamedTuple):
    """What a test needs, with the versions and machine types that its parameters stand for.

    Raises `UnknownStreamVersion` for a name that is neither a parameter nor a version.
    """

    abilities: tuple[Ability, ...]
    saves: tuple[str, ...]
    loads: tuple[str, ...]
    machine_type: str
    any_machine: bool
    somehow: tuple[str, ...] = ()
    """What is to be done at some version that knows the machine type: ``saves``, ``loads``."""
    travels: tuple[str, ...] = ()
    """The versions of a journey."""

    @classmethod
    def of(cls, mark: pytest.Mark, parameters: Mapping[str, Any]) -> "Needs":
        """What the mark `needs` asks for."""

        def versions(verb: str) -> tuple[str, ...]:
            name = mark.kwargs.get(verb, ())
            if name == SOME:
                return ()
            wanted = parameters.get(name, name)
            wanted = (wanted,) if isinstance(wanted, str) else wanted
            return tuple(stream_version(one).id for one in wanted)

        saves, loads, travels = versions("saves"), versions("loads"), versions("travels")
        named = mark.kwargs.get("machine_type", "")
        stated = (*saves, *loads, *travels)
        newest = common_machine_type(*stated) if stated else ""
        return cls(
            mark.args,
            saves,
            loads,
            parameters.get(named, named) or newest,
            bool(mark.kwargs.get("any_machine")),
            tuple(verb for verb in ("saves", "loads") if mark.kwargs.get(verb) == SOME),
            travels,
        )

    @property
    def stages(self) -> list["Needs"]:
        """What each hop of a journey needs; itself where there is none."""
        return [
            self._replace(saves=(source,), loads=(destination,), travels=())
            for source, destination in pairwise(self.travels)
        ] or [self]

    def missing(self, saver: Implementation, loader: Implementation) -> Iterator[str]:
        """What is not declared of what it needs."""
        for ability in self.abilities:
            if ability not in saver.abilities & loader.abilities:
                yield f"the ability {ability}"
        if self.any_machine and Ability.FIT in saver.abilities | loader.abilities:
            yield "machines configured at will"
        for verb, versions, one in (("saves", self.saves, saver), ("loads", self.loads, loader)):
            for version in versions:
                support = one.versions.get(version)
                if support is None or not getattr(support, verb):
                    yield f"{verb} {version}"
        if self.machine_type and not self.is_known(saver, loader):
            yield f"machine type {self.machine_type}"

    def is_known(self, saver: Implementation, loader: Implementation) -> bool:
        """Whether the machine type can be tested, at some version where none is named."""
        name = self.machine_type
        if not (saver.has(name) and loader.has(name)):
            return False
        if saver is loader and self.somehow:
            return bool(programs(saver, name, *self.somehow))
        both = {"saves": saver, "loads": loader}
        return all(programs(both[verb], name, verb) for verb in self.somehow)


def programs(implementation: Implementation, type_name: str, *verbs: str) -> list[str]:
    """The versions that it ``saves`` or ``loads``, or both, and that know a machine type."""
    return [
        version
        for version, support in implementation.versions.items()
        if all(getattr(support, verb) for verb in verbs) and type_name in machine_types(version)
    ]


def needs_of(item: pytest.Item) -> list[Needs]:
    """What the marks of a test ask for."""
    callspec = getattr(item, "callspec", None)
    parameters = callspec.params if callspec else {}
    return [Needs.of(mark, parameters) for mark in item.iter_markers("needs")]


def hops_of(item: pytest.Item, error: BaseException | None) -> Iterator[tuple[str, str]]:
    """The pairs of stream versions that a test is about: from one that saves to one that loads.

    A test of one version is about that and itself, one of a journey about each of its hops. Where
    a journey was drawn, they are those of the one that failed.
    """
    drawn = error.example.values() if isinstance(error, Violation) else ()
    for journey in (one for one in drawn if isinstance(one, Journey)):
        yield from pairwise(journey.versions)
    for one in needs_of(item):
        for stage in one.stages:
            yield from zip(stage.saves or stage.loads, stage.loads or stage.saves, strict=True)
