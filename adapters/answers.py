"""How an implementation says that it will not, cannot, or is no more. It knows no machine."""

from reference.wire.errors import Cause


class AdapterError(Exception):
    """An adapter that cannot be used; the message says what is wrong with it and what to do."""


class AdapterAnswer(Exception):
    """An answer that is not a machine or a stream; ``reason`` is shown to the user.

    ``cause`` is why, where that is known; only of a stream that is rejected.
    """

    def __init__(self, reason: str, cause: Cause | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause


class SaveRefused(AdapterAnswer):
    """The implementation will not save this machine: it cannot express it, or not now."""


class LoadRejected(AdapterAnswer):
    """The implementation does not accept this stream."""


class Died(AdapterAnswer):
    """The implementation died: a signal, an abort. As any exception that the protocol lacks."""


class Hung(AdapterAnswer):
    """The implementation did not answer in time."""


class Unsupported(AdapterAnswer):
    """The implementation cannot do this at all. An error where it declared that it can."""
