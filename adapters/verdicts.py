"""What can happen on the road from one endpoint to another.

An implementation answers by returning or by raising. `asked` turns either into a value: what was
asked for, or the `Verdict` that says why it is not there. Equal verdicts compare equal.
"""

from collections.abc import Callable
from traceback import format_exception
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec.structs import replace

from adapters import answers
from reference.wire.errors import Cause


class Verdict(msgspec.Struct, frozen=True):
    """What happened; ``kind`` is the word for it in a report."""

    kind: ClassVar[str]


class Equivalent(Verdict, frozen=True):
    """The stream was accepted, and the guest cannot tell the difference."""

    kind: ClassVar[str] = "equivalent"


class Rejected(Verdict, frozen=True):
    """The loader said no. ``cause`` is why, where it tells that."""

    kind: ClassVar[str] = "rejected"
    reason: str
    cause: Cause | None = None


class Refused(Verdict, frozen=True):
    """The saver said no: it cannot express the machine, or not now."""

    kind: ClassVar[str] = "refused"
    reason: str


class Lossy(Verdict, frozen=True):
    """The stream was accepted, but something that the guest can see is gone.

    ``losses`` are the names of what is gone: attributes of the machine (``ccs_list``).
    """

    kind: ClassVar[str] = "lossy"
    losses: tuple[str, ...]


class Crashed(Verdict, frozen=True):
    """The implementation failed in a way that the protocol does not know.

    ``traceback`` begins in the implementation, not in the harness.
    """

    kind: ClassVar[str] = "crashed"
    traceback: str


class TimedOut(Verdict, frozen=True):
    """No answer came in time."""

    kind: ClassVar[str] = "timed out"
    reason: str


class Unsupported(Verdict, frozen=True):
    """The implementation cannot do this at all; a failure where it declared that it can."""

    kind: ClassVar[str] = "unsupported"
    reason: str


Answer = TypeVar("Answer")
No = TypeVar("No", Rejected, Refused, Unsupported)


FURTHER: dict[type[answers.AdapterAnswer], type[Crashed | TimedOut | Unsupported]] = {
    answers.Unsupported: Unsupported,
    answers.Died: Crashed,
    answers.Hung: TimedOut,
}
"""What an implementation can answer to anything."""


def asked(
    expected: type[Answer],
    no: tuple[type[answers.AdapterAnswer], type[No]],
    method: Callable[..., Any],
    *arguments: object,
) -> Answer | No | Crashed | TimedOut | Unsupported:
    """What ``method`` returns or raises, as a value; ``no`` is how it says no, and the verdict.

    ``expected`` is the type of what was asked for.
    """
    exception, verdict = no
    try:
        answer = method(*arguments)
    except exception as said:
        answered = verdict(said.reason)
        return replace(answered, cause=said.cause) if isinstance(answered, Rejected) else answered
    except tuple(FURTHER) as said:
        return FURTHER[type(said)](said.reason)
    except Exception as error:  # noqa: BLE001 - whatever else an implementation raises is a crash
        theirs = error.__traceback__ and error.__traceback__.tb_next
        return Crashed("".join(format_exception(type(error), error, theirs)).rstrip())
    if isinstance(answer, expected):
        return answer
    return Crashed(
        f"the answer is of type {type(answer).__name__}; the protocol asks for "
        f"{expected.__name__}, {exception.__name__} or Unsupported"
    )
