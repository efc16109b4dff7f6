"""What depends on a test of the state: fields that may be absent, and states that may be wrong."""

from typing import Any

from reference.vmstate.access import Access
from reference.vmstate.description import Field, FieldTest
from reference.vmstate.errors import DoesNotFit
from reference.vmstate.steps import Described, Step, Values
from reference.wire.errors import FieldRejected
from reference.wire.reader import Reader


class ValidateStep(Step):
    """No bytes; a test that the state must pass (VMS_MUST_EXIST)."""

    minimum_size = 0

    def __init__(self, field: Field, access: Access, version_id: int) -> None:
        self.field = field
        self.access = access
        self.version_id = version_id

    def passes(self, state: Any) -> bool:
        """Whether the state is as the description demands."""
        assert self.field.field_exists is not None
        return self.field.field_exists(state, self.version_id)

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Test what was loaded so far; raises `FieldRejected`."""
        if not self.passes(self.access.so_far(state, values)):
            raise FieldRejected(
                "Input validation failed", offset=reader.position, path=(self.field.name,)
            )

    def save(self, state: Any) -> bytes:
        """Test the state; raises `DoesNotFit`."""
        if not self.passes(state):
            raise DoesNotFit("Input validation failed").inside(self.field.name)
        return b""

    def describe(self, state: Any) -> Described:  # noqa: ARG002 -- a Step
        """Nothing: the field has no element."""
        return "", 0


class ConditionalStep(Step):
    """A step that is in the stream where its field's test says so (VMSTATE_*_TEST)."""

    minimum_size = 0

    def __init__(self, test: FieldTest, step: Step, access: Access, version_id: int) -> None:
        self.test = test
        self.step = step
        self.access = access
        self.version_id = version_id

    def load(self, reader: Reader, values: Values, state: Any) -> None:
        """Ask the test with what was loaded so far."""
        if self.test(self.access.so_far(state, values), self.version_id):
            self.step.load(reader, values, state)

    def save(self, state: Any) -> bytes:
        """The step's bytes, or none."""
        return self.step.save(state) if self.test(state, self.version_id) else b""

    def describe(self, state: Any) -> Described:
        """The step's entries, or none."""
        return self.step.describe(state) if self.test(state, self.version_id) else ("", 0)
