"""What guest and host can do to a machine, and what is answered.

The guest's actions are RTAS calls (PAPR, "RTAS Call Defined"), by their names there in snake case.
"""

from enum import IntEnum
from typing import Self

from msgspec.structs import replace

from reference.spapr.device_tree import Fdt
from reference.vmstate.records import Record


class Status(IntEnum):
    """The first word that an RTAS call returns (QEMU include/hw/ppc/spapr.h, RTAS_OUT_...)."""

    SUCCESS = 0
    NO_ERRORS_FOUND = 1
    HARDWARE_ERROR = -1
    PARAMETER_ERROR = -3
    """Also for what is not supported, and for an indicator that is not there."""


class ConfigureConnectorStatus(IntEnum):
    """The first word that ibm,configure-connector returns beside the others (PAPR, same call)."""

    COMPLETE = 0
    NEXT_SIBLING = 1
    NEXT_CHILD = 2
    NEXT_PROPERTY = 3
    PREVIOUS_PARENT = 4
    ERROR = -1
    NOT_CONFIGURABLE = -9003


class Indicator(IntEnum):
    """What set-indicator sets of a connector; get-sensor-state has `ENTITY_SENSE` by 9003."""

    ISOLATION_STATE = 9001
    DR_INDICATOR = 9002
    ALLOCATION_STATE = 9003


ENTITY_SENSE = 9003
"""The sensor that says whether there is a device."""
ISOLATED, UNISOLATED = 0, 1
UNUSABLE, USABLE = 0, 1


class EventClass(IntEnum):
    """Bits of the mask of check-exception (QEMU hw/ppc/spapr_events.c, EVENT_CLASS_...)."""

    INTERNAL_ERRORS = 0x80000000
    EPOW = 0x40000000
    HOT_PLUG = 0x10000000
    IO = 0x08000000


class Action(Record, frozen=True, tag=True):
    """Something that happens to a running machine."""


class GuestCall(Action, frozen=True):
    """An RTAS call."""


class ConfigureConnector(GuestCall, frozen=True):
    """ibm,configure-connector with a work area of 4096 bytes, zero but for the index."""

    drc_index: int


class SetIndicator(GuestCall, frozen=True):
    """set-indicator: ``indicator`` is an `Indicator` or another number, ``state`` its value."""

    indicator: int
    drc_index: int
    state: int


class GetSensorState(GuestCall, frozen=True):
    """get-sensor-state: ``sensor`` is `ENTITY_SENSE` or another number."""

    drc_index: int
    sensor: int = ENTITY_SENSE


class CheckException(GuestCall, frozen=True):
    """check-exception for the classes of ``mask``, with a zeroed buffer of ``length`` bytes.

    ``length`` is what the guest says; the buffer is large enough for what comes.
    """

    mask: int
    length: int = 2048


class EventScan(GuestCall, frozen=True):
    """event-scan for the classes of ``mask``."""

    mask: int


class GetTimeOfDay(GuestCall, frozen=True):
    """get-time-of-day when the host's clock shows ``host_ns``, ns since the epoch."""

    host_ns: int


class MiscountedCall(GuestCall, frozen=True):
    """A call with ``nargs`` arguments and ``nret`` return words, where it has other numbers."""

    name: str
    nargs: int
    nret: int


class HostAction(Action, frozen=True):
    """Something that the host does. The reply is `DONE` or `IMPOSSIBLE`."""


class HotPlug(HostAction, frozen=True):
    """A device with the tree ``fdt`` is attached to an empty connector.

    ``plid``, 32 bits, is what its event is known by, in this and the other actions.
    """

    drc_index: int
    fdt: Fdt
    plid: int = 1


class RequestUnplug(HostAction, frozen=True):
    """The guest is asked to give a device back."""

    drc_index: int
    plid: int = 1


class PowerDown(HostAction, frozen=True):
    """The guest is asked to shut down."""

    plid: int = 1


class Reset(HostAction, frozen=True):
    """The machine is reset."""


AnyAction = (
    ConfigureConnector
    | SetIndicator
    | GetSensorState
    | CheckException
    | EventScan
    | GetTimeOfDay
    | MiscountedCall
    | HotPlug
    | RequestUnplug
    | PowerDown
    | Reset
)
"""All of them, as msgspec decodes them."""


class Reply(Record, frozen=True):
    """What an action answers.

    ``status``: the first return word, signed. ``words``: the others, 32 bits each. ``memory``: what
    the call left in its work area or buffer, less the zeros at its end. ``said``: why the host was
    refused, in the words of the program; no two programs have the same, so that it is `heard` and
    not compared.
    """

    status: int
    words: tuple[int, ...] = ()
    memory: bytes = b""
    said: str = ""

    def heard(self) -> Self:
        """The reply without the words of the program."""
        return replace(self, said="") if self.said else self


DONE = Reply(0)
IMPOSSIBLE = Reply(-1)
"""Of a host action: there is no such connector, or no device, or one already."""
