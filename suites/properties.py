"""Tests that hold for every generated machine, for stream versions that pytest chooses.

Hypothesis draws what `property_of` names; all other parameters of the test are pytest's, so that
``parametrize`` and fixtures work as ever, and the id of a test says on which road it is.
"""

from collections.abc import Callable
from hashlib import sha256
from inspect import Parameter, Signature, signature
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import FlakyFailure
from hypothesis.strategies import DrawFn, SearchStrategy, composite
from msgspec.structs import replace

from reference.spapr.machine import Machine
from strategies import Journey
from suites.expected_failures import phases_of
from suites.failures import Violation
from suites.parties import Fit, unchanged
from suites.replay import seed_of

Test = Callable[..., None]
Strategy = Callable[..., SearchStrategy[Any]]

NOT_ALWAYS = (
    "The same example passed when it was tried again: "
    "the implementation keeps something from one call to the next."
)


@composite
def fitted(draw: DrawFn, drawn_from: SearchStrategy[Any], fit: Fit) -> Any:
    """Machines, alone or on a journey, as all who take part can hold them; others as they are."""
    drawn = draw(drawn_from)
    if isinstance(drawn, Journey):
        return replace(drawn, machine=fit(drawn.machine))
    return fit(drawn) if isinstance(drawn, Machine) else drawn


def own_database(nodeid: str) -> ExampleDatabase | None:
    """Where the failures of one test are kept, so that no other test tries them."""
    shared = settings().database
    if not isinstance(shared, DirectoryBasedExampleDatabase):
        return shared
    return DirectoryBasedExampleDatabase(shared.path / sha256(nodeid.encode()).hexdigest()[:16])


def property_of(*, part: int = 1, **strategies: Strategy) -> Callable[[Test], Test]:
    """Make a test of a property: each of ``strategies`` gives the argument of its name.

    ``part`` divides the number of examples that the profile asks for, where a test is one of many
    alike and an example shows as much as it does in the others.

    A strategy is given as a function of parameters that pytest chooses, such as
    ``lambda source, destination: machine_states(version=source, machine_type=...)``.
    """

    def decorate(test: Test) -> Test:
        chosen = {name: list(signature(one).parameters) for name, one in strategies.items()}
        own = [name for name in signature(test).parameters if name not in strategies]
        asked = dict.fromkeys([*own, *(name for names in chosen.values() for name in names)])

        def run(request: pytest.FixtureRequest, **values: Any) -> None:
            drawn_from = {
                name: one(**{given_to: values[given_to] for given_to in chosen[name]})
                for name, one in strategies.items()
            }
            if (fit := request.getfixturevalue("fit")) is not unchanged:
                drawn_from = {name: fitted(one, fit) for name, one in drawn_from.items()}

            @seed(seed_of(request.node))
            @settings(
                database=own_database(request.node.nodeid),
                max_examples=max(1, settings().max_examples // part),
                phases=phases_of(request.node),
            )
            @given(**drawn_from)
            def example(**drawn: Any) -> None:
                try:
                    test(**{name: values[name] for name in own}, **drawn)
                except Violation as violation:
                    failed[:] = [violation, f"Failing test case: {drawn}"]
                    raise

            failed: list[Any] = []
            try:
                example()
            except FlakyFailure:
                if not failed:
                    raise
                first, case = failed
                again = Violation("\n".join((str(first), NOT_ALWAYS, case)), pytrace=False)
                again.clause, again.kind = first.clause, first.kind
                raise again from None

        parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in ("request", *asked)]
        run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate
