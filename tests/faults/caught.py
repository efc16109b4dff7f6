"""What an entry of the catalogue says."""

from msgspec import Struct


class Caught(Struct, frozen=True):
    """A fault that a test must catch.

    ``clause``: under which the test fails. ``case``: for which parameters, as its id says.
    ``fault``: the module and the class. ``story``: words of the failure by which a reader knows
    what is wrong.
    """

    clause: str
    case: str
    fault: str
    story: str
