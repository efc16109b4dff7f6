"""Tests that hold for every generated machine, for stream versions that pytest chooses.

Hypothesis draws what `property_of` names; all other parameters of the test are pytest's, so that
``parametrize`` and fixtures work as ever, and the id of a test says on which road it is.
"""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, seed
from hypothesis.strategies import SearchStrategy

from suites.replay import seed_of

Test = Callable[..., None]
Strategy = Callable[..., SearchStrategy[Any]]


def property_of(**strategies: Strategy) -> Callable[[Test], Test]:
    """Make a test of a property: each of ``strategies`` gives the argument of its name.

    A strategy is given as a function of parameters of the test, such as
    ``lambda source, destination: machine_states(version=source, machine_type=...)``.
    """

    def decorate(test: Test) -> Test:
        def run(request: pytest.FixtureRequest, **parameters: Any) -> None:
            @seed(seed_of(request.node))
            @given(**{name: call(one, parameters) for name, one in strategies.items()})
            def example(**drawn: Any) -> None:
                test(**parameters, **drawn)

            example()

        parameters = inspect.signature(test).parameters.values()
        kept = [one for one in parameters if one.name not in strategies]
        request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY)
        run.__signature__ = inspect.Signature([*kept, request])  # type: ignore[attr-defined]
        run.__name__, run.__doc__ = test.__name__, test.__doc__
        run.__module__ = test.__module__
        return run

    return decorate


def call(strategy: Strategy, parameters: dict[str, Any]) -> SearchStrategy[Any]:
    """The strategy for the parameters that its function asks for."""
    return strategy(**{name: parameters[name] for name in inspect.signature(strategy).parameters})
