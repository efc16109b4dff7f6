"""How an implementation is asked, and what becomes of its answer."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from adapters import protocol
from adapters.asking import load, save
from adapters.verdicts import Crashed, Refused, Rejected, Unsupported
from reference.spapr.machine import Machine

MACHINE = Machine("pseries-2.6")


def answering(answer: Callable[[], Any]) -> Any:
    """An adapter that answers every question with the same function."""
    return SimpleNamespace(save=lambda *_: answer(), load=lambda *_: answer())


def raising(error: BaseException) -> Any:
    """An adapter that raises ``error``."""

    def answer() -> None:
        raise error

    return answering(answer)


def test_what_is_asked_for_is_returned_as_it_is() -> None:
    """A stream and a machine pass through."""
    assert save(answering(lambda: b"stream"), MACHINE, "3") == b"stream"
    assert load(answering(lambda: MACHINE), b"", "3", MACHINE) is MACHINE


def test_no_has_a_reason() -> None:
    """A refusal and a rejection become verdicts with their reason."""
    assert save(raising(protocol.SaveRefused("busy")), MACHINE, "3") == Refused("busy")
    assert load(raising(protocol.LoadRejected("new")), b"", "3", MACHINE) == Rejected("new")


def test_unsupported_is_not_a_no() -> None:
    """What cannot be done at all is a verdict of its own."""
    adapter = raising(protocol.Unsupported("no loader"))
    assert save(adapter, MACHINE, "3") == Unsupported("no loader")
    assert load(adapter, b"", "3", MACHINE) == Unsupported("no loader")


def test_a_crash_has_the_traceback_of_the_implementation() -> None:
    """Any other exception is a crash, shown from the implementation's first frame on."""
    crash = save(raising(KeyError("tb")), MACHINE, "3")
    assert isinstance(crash, Crashed)
    assert crash.traceback.endswith("KeyError: 'tb'")
    assert "verdicts.py" not in crash.traceback.replace("test_verdicts.py", "")


def test_the_wrong_no_is_a_crash() -> None:
    """A saver does not reject, and a loader does not refuse."""
    assert isinstance(save(raising(protocol.LoadRejected("x")), MACHINE, "3"), Crashed)
    assert isinstance(load(raising(protocol.SaveRefused("x")), b"", "3", MACHINE), Crashed)


@pytest.mark.parametrize("answer", [None, "text", bytearray(b"x")])
def test_an_answer_of_another_type_is_a_crash(answer: object) -> None:
    """What is neither a stream nor a machine is named by its type."""
    crashes = (
        save(answering(lambda: answer), MACHINE, "3"),
        load(answering(lambda: answer), b"", "3", MACHINE),
    )
    for crash, expected in zip(crashes, ("bytes", "Machine"), strict=True):
        assert isinstance(crash, Crashed)
        assert f"is of type {type(answer).__name__}" in crash.traceback
        assert f"asks for {expected}" in crash.traceback


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interruption_passes_through(error: BaseException) -> None:
    """Whoever stops the run stops it."""
    with pytest.raises(type(error)):
        save(raising(error), MACHINE, "3")
