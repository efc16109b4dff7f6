"""What can go wrong apart from a bad stream (for that, see reference.wire.errors).

A description can contradict itself (`DescriptionError`, found when it is first used). A hook can
stop a load (`Rejected`; the engine adds where). A state can be impossible to save: because a value
does not fit its field (`DoesNotFit`), or because the program will not save it now (`Refused`).
"""

from typing import ClassVar, Self


class DescriptionError(Exception):
    """A VMStateDescription that cannot be interpreted; the message names it and the field."""


class Rejected(Exception):
    """What a hook raises to stop a load; the message says what it cannot accept."""


class SaveError(Exception):
    """A state that was not saved: which field, what is wrong with it, and what to do."""

    advice: ClassVar[str]

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The path to the field, as one word: ``tb.guest_timebase``."""
        return ".".join(self.path)

    def inside(self, name: str) -> Self:
        """Say that the error happened inside the field or subsection ``name``."""
        self.path = (name, *self.path)
        return self

    def __str__(self) -> str:
        where = f" (field {self.field})" if self.path else ""
        return f"{self.problem}{where}. {self.advice}"


class DoesNotFit(SaveError):
    """A value outside of what its field can hold."""

    advice = "Give the field a value of its type, or describe it with a wider one."


class Refused(SaveError):
    """A state that the program will not save as it is now."""

    advice = "Let the guest go on and try again."
