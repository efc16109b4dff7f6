"""A machine in action: what guest and host do to it, as a program of a stream version answers."""

from collections.abc import Callable
from typing import Any

from reference.spapr import actions
from reference.spapr.actions import Action, MiscountedCall, Reply, Status
from reference.spapr.clock import get_time_of_day
from reference.spapr.events import check_exception, event_scan
from reference.spapr.host import plug, power_down, request_unplug, reset
from reference.spapr.indicators import get_sensor_state, set_indicator
from reference.spapr.machine import Machine
from reference.spapr.machine_types import Release
from reference.spapr.versions import stream_version
from reference.spapr.walks import configure_connector


def miscounted(machine: Machine, _release: Release, _call: MiscountedCall) -> tuple[Reply, Machine]:
    """A call with another number of arguments or return words does nothing."""
    return Reply(Status.PARAMETER_ERROR), machine


BEHAVIOUR: dict[type[Action], Callable[[Machine, Release, Any], tuple[Reply, Machine]]] = {
    actions.ConfigureConnector: configure_connector,
    actions.SetIndicator: set_indicator,
    actions.GetSensorState: get_sensor_state,
    actions.CheckException: check_exception,
    actions.EventScan: event_scan,
    actions.GetTimeOfDay: get_time_of_day,
    actions.MiscountedCall: miscounted,
    actions.HotPlug: plug,
    actions.RequestUnplug: request_unplug,
    actions.PowerDown: power_down,
    actions.Reset: reset,
}
"""What each action does."""


def act(
    machine: Machine, version_id: str, action: Action, *, release: Release | None = None
) -> tuple[Reply, Machine]:
    """What a program of ``version_id`` answers, and the machine afterwards.

    ``release`` is the program's, where it is a later one of those that the version stands for: some
    rules have a since or an until between them. Raises `NotATree` for a device whose tree is none,
    and `UnknownStreamVersion`.
    """
    known = release or stream_version(version_id).release
    return BEHAVIOUR[type(action)](machine, known, action)
