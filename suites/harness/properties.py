"""Tests that hold for everything that Hypothesis draws, for parameters that pytest chooses.

Hypothesis draws what `property_of` names; all other parameters of the test are pytest's, so that
``parametrize`` and fixtures work as ever, and the id of a test says what it is about. When a test
is collected, `Properties` makes an ordinary Hypothesis test of it for the parameters that it has:
``-m hypothesis``, statistics, seeds and fuzzers see what they always see.
"""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis.control import current_build_context, currently_in_test_context
from hypothesis.errors import FlakyFailure
from hypothesis.strategies import DrawFn, SearchStrategy, composite

from reference.vmstate.records import literal
from suites.harness.expected_failures import phases_of
from suites.harness.failures import Violation

Test = Callable[..., None]
Strategy = Callable[..., SearchStrategy[Any]]
Adapt = Callable[[pytest.Function, SearchStrategy[Any]], SearchStrategy[Any]]
"""Makes of what a test draws what those who take part can hold."""

DRAWN = "drawn"
"""The attribute of a collected function that holds its `Drawn`."""
NOT_ALWAYS = (
    "The same example passed when it was tried again: "
    "the implementation keeps something from one call to the next."
)


class Drawn(NamedTuple):
    """A test as it was written, what it draws, and the part of the profile's examples it runs.

    ``shrinks``: whether a failure is made smaller.
    """

    test: Test
    strategies: dict[str, Strategy]
    part: int
    shrinks: bool

    @property
    def own(self) -> list[str]:
        """The parameters of the test that pytest chooses."""
        return [name for name in signature(self.test).parameters if name not in self.strategies]

    @property
    def asked(self) -> list[str]:
        """All that pytest is asked for: also what only a strategy depends on."""
        further = (name for one in self.strategies.values() for name in signature(one).parameters)
        return list(dict.fromkeys([*self.own, *further]))


def property_of(
    *, part: int = 1, shrinks: bool = True, **strategies: Strategy
) -> Callable[[Test], Test]:
    """Make a test of a property: each of ``strategies`` gives the argument of its name.

    ``part`` divides the number of examples that the profile asks for, where a test is one of many
    alike and an example shows as much as it does in the others. One
    that does not shrink has failures that are small as they are, and take long.

    A strategy is given as a function of parameters that pytest chooses, such as
    ``lambda source, destination: machine_states(version=source, machine_type=...)``.
    """

    def decorate(test: Test) -> Test:
        drawn = Drawn(test, strategies, part, shrinks)

        def undrawn(**_values: Any) -> None:
            raise pytest.UsageError(f"{test.__name__} draws: it needs the plugin `Properties`.")

        parameters = [Parameter(name, Parameter.KEYWORD_ONLY) for name in drawn.asked]
        undrawn.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        setattr(undrawn, DRAWN, drawn)
        named_as(test, undrawn)
        return undrawn

    return decorate


def named_as(test: Test, other: Test) -> None:
    """Give a function the name of another, but not its signature, as functools.wraps would."""
    other.__name__, other.__qualname__ = test.__name__, test.__qualname__
    other.__module__, other.__doc__ = test.__module__, test.__doc__


@composite
def late(draw: DrawFn, item: pytest.Function, strategy: Strategy) -> Any:
    """Draws from a strategy that depends on fixtures, which a collected test does not have yet."""
    values = (item._request.getfixturevalue(name) for name in signature(strategy).parameters)  # noqa: SLF001
    return draw(strategy(*values))


def strategy_of(item: pytest.Function, strategy: Strategy) -> SearchStrategy[Any]:
    """What a test draws from, for its parameters."""
    chosen = item.callspec.params if hasattr(item, "callspec") else {}
    names = list(signature(strategy).parameters)
    if any(name not in chosen for name in names):
        return late(item, strategy)
    return strategy(**{name: chosen[name] for name in names})


def hypothesis_test(item: pytest.Function, drawn: Drawn, adapt: Adapt) -> Test:
    """The Hypothesis test of a collected one; it takes nothing, and looks up what pytest chose."""
    own, test = drawn.own, drawn.test

    def example(**values: Any) -> None:
        look_up = item._request.getfixturevalue  # noqa: SLF001 -- as a fixture `request` would
        for name in own:
            values.setdefault(name, look_up(name))
        try:
            test(**{name: values[name] for name in (*own, *drawn.strategies)})
        except Violation as violation:
            violation.example = {name: values[name] for name in drawn.strategies}
            raise

    named_as(test, example)
    strategies = {
        name: adapt(item, strategy_of(item, one)) for name, one in drawn.strategies.items()
    }
    phases = [one for one in phases_of(item) if drawn.shrinks or one is not Phase.shrink]
    drawing = settings(max_examples=max(1, settings().max_examples // drawn.part), phases=phases)
    return drawing(given(**strategies)(example))


def is_smallest() -> bool:
    """Whether this is the smallest example that fails, once more: what is said now is reported."""
    return currently_in_test_context() and current_build_context().is_final


def is_shrinking() -> bool:
    """Whether a smaller example is looked for where this one fails."""
    return currently_in_test_context() and not current_build_context().is_final


class Properties:
    """A pytest plugin: makes Hypothesis tests of what is collected.

    ``adapt`` is what the suite says of strategies.
    """

    def __init__(self, adapt: Adapt) -> None:
        self.adapt = adapt

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Make them, each of the parameters that its test has."""
        for item in items:
            if isinstance(item, pytest.Function) and (drawn := getattr(item.obj, DRAWN, None)):
                item.obj = hypothesis_test(item, drawn, self.adapt)
                setattr(item.obj, DRAWN, drawn)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run one, which takes no arguments; of one that does not fail again, say so."""
        if not hasattr(pyfuncitem.obj, DRAWN):
            return None
        try:
            pyfuncitem.obj()
        except FlakyFailure as flaky:
            first = flaky.exceptions[0].__cause__  # Hypothesis wraps what is no Exception
            if not isinstance(first, Violation):
                raise
            case = f"Failing test case: {literal(first.example)}"
            again = Violation("\n".join((str(first), NOT_ALWAYS, case)), pytrace=False)
            again.clause, again.kind = first.clause, first.kind
            raise again from None
        return True
