"""How a test fails: the clause, what it expected, what it got, and on which road."""

from collections.abc import Sequence
from typing import Any, NoReturn

import pytest

from adapters.verdicts import Crashed, Lossy, Refused, Rejected, TimedOut, Unsupported, Verdict
from reference.vmstate.records import Record
from suites.harness.clauses import find_clause
from suites.harness.differences import parting, shortened, table

VERDICTS = (Rejected, Refused, Lossy, Crashed, TimedOut, Unsupported)
KINDS = ("differs", "accepted", *(verdict.kind for verdict in VERDICTS))
"""How a test can fail: with another machine or stream than it must be, one where there must be
none, or a verdict."""


class Violation(pytest.fail.Exception):  # type: ignore[misc,name-defined] # untyped in pytest
    """What `fail` raises. Shown as its text, without a traceback through the suites."""

    __module__ = "builtins"  # as pytest's own, so that the summary names it in one word
    clause, kind = "", "differs"
    """The clause that does not hold, and how: one of `KINDS`."""
    got: Any = None
    """What came: a state, a stream, a verdict or a text."""
    because = ""
    """The reason that the implementation gave, where it gave one."""
    example: dict[str, Any] = {}  # noqa: RUF012 -- replaced, never changed
    """What was drawn, by the names of the test."""

    def __repr__(self) -> str:
        """The text and what Hypothesis added to it: the example that fails."""
        return "\n".join((str(self.msg), *getattr(self, "__notes__", ())))

    __str__ = __repr__


def fail(clause: str, *, expected: Any, got: Any, road: str, story: Sequence[str] = ()) -> NoReturn:
    """Fail the test because ``clause`` does not hold on ``road`` (``3+ccs->3``).

    ``story`` is what happened until then, where there is more to tell than an example says.
    ``expected`` and ``got`` are two states (machines) or decoded sections, of which the fields that
    differ are shown; two streams, of which the first byte that differs is; or each a verdict, a
    state that was accepted, a stream, or a text. Hypothesis adds the example, and
    `suites.harness.replay` the command.
    """
    rule = find_clause(clause)
    if isinstance(expected, Record) and isinstance(got, Record):
        kind = type(expected).__name__.lower()
        found = [f"the {kind}s differ:", *(f"    {line}" for line in table(expected, got))]
    elif isinstance(expected, dict) and isinstance(got, dict):
        found = ["the fields differ:", *(f"    {line}" for line in table(expected, got))]
    elif isinstance(expected, bytes) and isinstance(got, bytes):
        found = ["the bytes differ:", *(f"    {line}" for line in parting(expected, got))]
    else:
        found = [f"expected  {_said(expected)}", f"got       {_said(got)}"]
    if isinstance(got, Crashed):
        found += ["", *(f"    {line}" for line in got.traceback.splitlines())]
    told = [f"{place:>4}  {line}" for place, line in enumerate(story, 1)]
    lines = [f"{rule.id}: {rule.rule}", "", f"road      {road}", *told, *found]
    violation = Violation("\n".join(lines), pytrace=False)
    violation.clause, violation.kind = rule.id, kind_of(expected, got)
    violation.got, violation.because = got, reason_of(got)
    raise violation from None


def kind_of(expected: Any, got: Any) -> str:
    """How a test failed: the verdict that came, or that something was not as expected."""
    if isinstance(got, Verdict):
        return got.kind
    return "accepted" if isinstance(got, Record) and not isinstance(expected, Record) else "differs"


def reason_of(got: Any) -> str:
    """The reason that a verdict gives; of a crash the last line."""
    if isinstance(got, Crashed):
        return got.traceback.rpartition("\n")[2]
    return str(getattr(got, "reason", ""))


def _said(value: Any) -> str:
    """A verdict, a stream or a text in a few words."""
    if isinstance(value, str):
        return value
    if isinstance(value, Record):
        return "accepted"
    if isinstance(value, Lossy):
        return f"{value.kind}: {', '.join(value.losses)}"
    if isinstance(value, Verdict):
        reason = getattr(value, "reason", "")
        return f"{value.kind}{': ' if reason else ''}{reason}"
    return shortened(value)
